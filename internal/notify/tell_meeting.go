package notify

import (
	"context"
	"fmt"

	"transformateur/internal/agenda/wish"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

// asking is a meeting that somebody asked for: the project's side and the other person's.
type asking struct {
	gathering gathering.ID
	project   string
	title     string // of the project
	person    string // name of the participant
	side      wish.Side
	state     wish.State
	note      string
}

// onMeeting tells the other side that a meeting is asked for, and who asked what was
// answered, while it still stands so. Reasons are never asked, so none is told.
func (s *Service) onMeeting(ctx context.Context, tx *db.Tx, e event.Event) error {
	m, err := db.Get(ctx, tx, func(sc db.Scanner) (m asking, err error) {
		return m, sc.Scan(&m.gathering, &m.project, &m.title, &m.person, &m.side, &m.state, &m.note)
	}, `select m.gathering_id, m.project_id, j.title, coalesce(p.name, s.name), m.asked_by, m.state, m.note
		from meetings m join projects j on j.id = m.project_id join participants s on s.id = m.participant_id left join people p on p.id = s.person_id where m.id = $1`, e.ObjectID)
	if errs.Is(err, errs.NotFound) || err == nil && e.Kind != "meeting."+string(m.state) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read meeting %s: %w", e.ObjectID, err)
	}
	g, err := gathering.Load(ctx, tx, m.gathering)
	if err != nil {
		return err
	}
	mail := Mail{Template: "meeting_" + string(m.state), Object: g.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(g.Edition)},
		Args: map[string]string{"What": g.Title, "Author": m.title, "Message": m.note, "Link": s.opt.BaseURL + "/gatherings/" + string(g.ID) + "/meetings"}}
	toTeam := (m.side == wish.Person) == (m.state == wish.Asked)
	if toTeam {
		mail.Args["Author"] = m.person
	}
	list, err := s.across(ctx, tx, e.ObjectID, toTeam)
	if err != nil {
		return err
	}
	for _, one := range list {
		mail.PersonID, mail.Key = one.id, mail.Template+":"+e.ID
		if err := s.Enqueue(ctx, tx, mail); err != nil {
			return err
		}
	}
	return nil
}

// across lists the people of one side of a meeting who are in its gathering and have an
// address: the team of the
// project, or who would meet it.
func (s *Service) across(ctx context.Context, r db.Reader, meeting string, team bool) ([]told, error) {
	which := "s.id = m.participant_id"
	if team {
		which = "s.project_id = m.project_id and s.role = 'team'"
	}
	list, err := db.List(ctx, r, scanTold, `select distinct p.id, p.lang from meetings m join participants s on s.gathering_id = m.gathering_id and `+which+`
		join people p on p.id = s.person_id where m.id = $1 and s.left_at is null and p.disabled_at is null
		and exists (select 1 from addresses x where x.person_id = p.id and x.main) order by p.id`, meeting)
	if err != nil {
		return nil, fmt.Errorf("list who is told of meeting %s: %w", meeting, err)
	}
	return list, nil
}
