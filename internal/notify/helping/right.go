package helping

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/right"
)

// onRight tells an expert what she is asked, and a team what became of its requests and of
// its right. A request that moved on meanwhile tells nobody to answer it.
func (s *Mails) onRight(ctx context.Context, tx *db.Tx, e event.Event) error {
	if e.Kind == right.ToldEnding {
		return s.onEnding(ctx, tx, e)
	}
	if e.Kind == right.ToldCancelled {
		return s.onCancelled(ctx, tx, e)
	}
	where := `a.id = $1`
	switch e.Kind {
	case right.ToldChosen:
		where = `q.id = $1 and q.expert_id = a.expert_id`
	case right.ToldAsked, right.ToldReminded:
		where = `a.id = $1 and a.answer = '' and q.status = 'open' and x.status = 'active'`
	}
	var ask, request, about, expert string
	err := tx.QueryRow(ctx, `select a.id, q.id, q.project_id, coalesce(x.person_id, '') from right_asks a join right_requests q on q.id = a.request_id join experts x on x.id = a.expert_id where `+where, e.ObjectID).Scan(&ask, &request, &about, &expert)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read request %s: %w", e.ObjectID, err)
	}
	p, err := project.Load(ctx, tx, project.ID(about))
	if err != nil {
		return err
	}
	if e.Kind == right.ToldAnswered {
		return s.tellTeam(ctx, tx, p, notify.Mail{Template: "right_answered", Key: "right_answered:" + e.ID, Args: map[string]string{"What": p.Title, "Link": s.baseURL + "/projects/" + about + "/rights/" + request}})
	}
	template := "right_asked"
	if e.Kind == right.ToldChosen {
		template = "right_chosen"
	}
	if expert == "" {
		return nil
	}
	return s.outbox.Enqueue(ctx, tx, notify.Mail{PersonID: expert, Template: template, Key: template + ":" + e.ID, Object: p.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(p.Edition)},
		Args: map[string]string{"What": p.Title, "Link": s.baseURL + "/experts/requests/" + ask}})
}

// onCancelled tells the expert who was chosen that the team gave its request up, and why.
func (s *Mails) onCancelled(ctx context.Context, tx *db.Tx, e event.Event) error {
	var gone struct {
		Expert string `json:"expert"`
	}
	if err := e.Read(&gone); err != nil {
		return err
	}
	q, err := right.LoadRequest(ctx, tx, right.RequestID(e.ObjectID))
	if err != nil {
		return err
	}
	who, err := db.Get(ctx, tx, db.Value[account.PersonID], `select coalesce(person_id, '') from experts where id = $1`, gone.Expert)
	if err != nil {
		return err
	}
	p, err := project.Load(ctx, tx, q.Project)
	if err != nil {
		return err
	}
	list, err := s.meeting(ctx, tx, []account.PersonID{who}, "")
	if err != nil {
		return err
	}
	for _, one := range list {
		mail := s.bookingMail(p, one, "right_cancelled:"+e.ID, "right_cancelled")
		mail.Args["Message"], mail.Args["Link"] = q.Reason, s.baseURL+"/experts/requests"
		if err := s.outbox.Enqueue(ctx, tx, mail); err != nil {
			return err
		}
	}
	return nil
}

// onEnding tells a team that its right soon ends, while there is something left of it.
func (s *Mails) onEnding(ctx context.Context, tx *db.Tx, e event.Event) error {
	var told struct {
		Fund string `json:"fund"`
	}
	if err := e.Read(&told); err != nil {
		return err
	}
	p, err := project.Load(ctx, tx, project.ID(e.ObjectID))
	if err != nil {
		return err
	}
	last, err := db.Get(ctx, tx, db.Value[string], `select last_day from right_shares where fund_id = $1 and project_id = $2`, told.Fund, e.ObjectID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.tellTeam(ctx, tx, p, notify.Mail{Template: "right_ending", Key: "right_ending:" + e.ID, Args: map[string]string{"What": p.Title, "Due": last, "Link": s.baseURL + "/projects/" + e.ObjectID + "/rights"}})
}

// tellTeam writes to those of a project's team who may act on what they are told. A day
// under "Due" is said in the language of each.
func (s *Mails) tellTeam(ctx context.Context, tx *db.Tx, p project.Project, m notify.Mail) error {
	team, err := project.Team(ctx, tx, p.ID, s.clock.Now())
	if err != nil {
		return err
	}
	key, args := m.Key, m.Args
	for _, mate := range team {
		if !slices.Contains([]string{"owner", "editor", "helper"}, mate.Relation) {
			continue
		}
		m.PersonID, m.Key, m.Args = string(mate.Person), key+":"+string(mate.Person), map[string]string{}
		for name, value := range args {
			m.Args[name] = value
		}
		if day, err := time.Parse(time.DateOnly, args["Due"]); err == nil {
			lang, err := db.Get(ctx, tx, db.Value[string], `select lang from people where id = $1`, m.PersonID)
			if err != nil {
				return err
			}
			m.Args["Due"] = text.Date(lang, day)
		}
		m.Object, m.Scope = p.Object().Ref, policy.Ref{Kind: "edition", ID: string(p.Edition)}
		if err := s.outbox.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
