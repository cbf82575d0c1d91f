// Package entrance is who is there at a gathering: badges, arrivals and departures noted at the door, and the attendance that they make.
package entrance

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Kind is what is noted at the entrance.
type Kind string

// The kinds. Undone takes back another mark, whichever of the two comes first.
const (
	In     Kind = "in"
	Out    Kind = "out"
	Undone Kind = "undone"
)

// Pulse tells the open pages of a gathering that its day changed, with the change itself.
type Pulse interface {
	Beat(ctx context.Context, tx *db.Tx, id gathering.ID) error
}

// Service keeps badges and marks.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	pulse  Pulse
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, pulse Pulse) *Service {
	return &Service{db: d, clock: c, policy: p, pulse: pulse}
}

// require loads a gathering that by runs.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.manage", g.Object())
	return g, err
}

// May says whether by runs a gathering, as an error.
func (s *Service) May(ctx context.Context, by account.User, id gathering.ID) error {
	_, err := s.require(ctx, s.db.Reader(), by, id)
	return err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

// Guest is somebody who comes, or came.
type Guest struct {
	ID           string // of her seat
	Name         string // her address until she answers, when nobody said how she is called
	Organisation string
	Role         gathering.Role
	Project      string // the title of the one she comes for
	Invited      bool   // she has not answered
	Left         bool   // her seat ended
	Code         string // of her badge, "" before badges were made
}

// guests lists those who come, and those who came and have no seat any more, by name.
func guests(ctx context.Context, r db.Reader, id gathering.ID) ([]Guest, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (g Guest, err error) {
		err = sc.Scan(&g.ID, &g.Name, &g.Organisation, &g.Role, &g.Project, &g.Invited, &g.Left, &g.Code)
		return g, err
	}, `select s.id, case when s.name = '' then s.email else s.name end, s.organisation, s.role, coalesce(j.title, ''), s.person_id is null, s.left_at is not null, coalesce(b.code, '')
		from participants s left join projects j on j.id = s.project_id left join entrance_badges b on b.participant_id = s.id
		where s.gathering_id = $1 and (s.left_at is null or exists (select 1 from entrance_marks m where m.participant_id = s.id and m.kind = 'in'))
		order by case when s.name = '' then s.email else s.name end, s.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who comes to gathering %s: %w", id, err)
	}
	return list, nil
}

// mark is a line of the entrance as it is kept.
type mark struct {
	id, participant string
	kind            Kind
	of              string
	at              time.Time
}

// marks lists what was noted and not taken back, the first thing first.
func marks(ctx context.Context, r db.Reader, id gathering.ID) ([]mark, error) {
	all, err := db.List(ctx, r, func(sc db.Scanner) (m mark, err error) {
		err = sc.Scan(&m.id, &m.participant, &m.kind, &m.of, &m.at)
		return m, err
	}, `select id, participant_id, kind, of_id, at from entrance_marks where gathering_id = $1 order by at, noted_at, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the entrance of gathering %s: %w", id, err)
	}
	return standing(all), nil
}

// standing leaves out what was taken back, and what takes back: nobody takes back another
// person's mark.
func standing(all []mark) (list []mark) {
	undone := map[[2]string]bool{}
	for _, m := range all {
		if m.kind == Undone {
			undone[[2]string{m.participant, m.of}] = true
		}
	}
	for _, m := range all {
		if m.kind != Undone && !undone[[2]string{m.participant, m.id}] {
			list = append(list, m)
		}
	}
	return list
}

// night is how long after midnight an instant still belongs to the evening before, as in
// running orders, whose days end at three in the morning.
const night = 3 * time.Hour

// dayOf is the day of a gathering to which an instant belongs, at its place.
func dayOf(g gathering.Gathering, at time.Time) string {
	return at.In(zone.Location(g.Zone)).Add(-night).Format(time.DateOnly)
}

// hereNow are the last marks of those who arrived on a day and have not left since.
func hereNow(g gathering.Gathering, list []mark, day string) map[string]mark {
	here := map[string]mark{}
	for _, m := range list {
		if m.kind == In && dayOf(g, m.at) == day {
			here[m.participant] = m
		} else {
			delete(here, m.participant)
		}
	}
	return here
}

// Present are the participants who are there now, with when each arrived: nobody is from
// the evening before. It asks nobody who wants it. Error: NotFound.
func (s *Service) Present(ctx context.Context, r db.Reader, id gathering.ID) (map[string]time.Time, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	list, err := marks(ctx, r, id)
	if err != nil {
		return nil, err
	}
	there := map[string]time.Time{}
	for participant, m := range hereNow(g, list, dayOf(g, s.clock.Now())) {
		there[participant] = m.at
	}
	return there, nil
}
