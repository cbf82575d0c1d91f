// Package note is what stays of a coaching: what who accompanies a project writes for its team or for herself alone, and what was agreed.
package note

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// The two texts of a note. The shared one is read by the project's team, by who accompanies
// the project and by who runs the gathering; the private one by its author, and by nobody
// else whatever her rights.
const (
	Shared  = "shared"
	Private = "private"
)

// MaxText bounds each text of a note, in characters.
const MaxText = 6000

// Outside is the place of a note that belongs to no slot, in addresses.
const Outside = "outside"

// Service keeps notes.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	projects *project.Service
	plans    *schedule.Service
	pulse    *pulse.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Projects *project.Service
	Plans    *schedule.Service
	Pulse    *pulse.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, projects: d.Projects, plans: d.Plans, pulse: d.Pulse}
}

// Slot is one meeting of a coaching about a project, as the published plan has it.
type Slot struct {
	Sitting  string
	Title    string // of its activity, "" for the name of its kind
	Day      string // "2027-03-05"
	From, To order.Minute
	Room     string // the id of its room
	Mine     bool   // the reader is one of those who accompany in it
}

// book is the coaching of a gathering, as its published plan has it.
type book struct {
	order order.Order
	slots []plan.Sitting
}

// book reads the coaching of a gathering; without a plan there is none.
func (s *Service) book(ctx context.Context, r db.Reader, id gathering.ID) (b book, err error) {
	v, err := s.plans.Current(ctx, r, id)
	if errs.Is(err, errs.NotFound) {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	b.order = v.Order
	for _, one := range v.Plan.Sittings {
		if a, known := v.Order.Find(one.Activity); known && a.Kind == order.Coaching && one.Project != "" {
			b.slots = append(b.slots, one)
		}
	}
	return b, nil
}

// of lists the slots of a project for somebody who may have a seat.
func (b book) of(id project.ID, seat string) (list []Slot) {
	for _, one := range b.slots {
		if one.Project != string(id) {
			continue
		}
		a, _ := b.order.Find(one.Activity)
		slot := Slot{Sitting: one.ID, Title: a.Title, From: one.From, To: one.To, Room: one.Room, Mine: seat != "" && one.Has(seat)}
		if one.Day >= 0 && one.Day < len(b.order.Days) {
			slot.Day = b.order.Days[one.Day]
		}
		list = append(list, slot)
	}
	return list
}

// accompanies says whether a role goes with projects that are not its own.
func accompanies(r gathering.Role) bool { return r == gathering.Coach || r == gathering.Expert }

// with lists the projects that a seat accompanies: that of a sponsor, and those that a
// sponsor or an expert meets in a slot.
func (b book) with(seat gathering.Participant) (list []project.ID) {
	if seat.Role == gathering.Coach && seat.Project != "" {
		list = append(list, seat.Project)
	}
	if !accompanies(seat.Role) {
		return list
	}
	for _, one := range b.slots {
		if one.Has(seat.ID) && !slices.Contains(list, project.ID(one.Project)) {
			list = append(list, project.ID(one.Project))
		}
	}
	return list
}

// With lists the projects that somebody in a gathering accompanies, without asking who
// wants them: that of a sponsor, and those that a sponsor or an expert meets in a slot of
// the published plan.
func (s *Service) With(ctx context.Context, r db.Reader, seat gathering.Participant) ([]project.ID, error) {
	b, err := s.book(ctx, r, seat.Gathering)
	if err != nil {
		return nil, err
	}
	return b.with(seat), nil
}

// standing is what somebody is to the projects of a gathering.
type standing struct {
	g       gathering.Gathering
	seat    gathering.Participant // empty for none
	book    book
	manages bool
	with    []project.ID
}

// standing asks the policy about a gathering, then finds what by is there.
func (s *Service) standing(ctx context.Context, r db.Reader, by account.User, action policy.Action, id gathering.ID) (st standing, err error) {
	if st.g, err = gathering.Load(ctx, r, id); err != nil {
		return st, err
	}
	if _, err = s.policy.Require(ctx, r, by, action, st.g.Object()); err != nil {
		return st, err
	}
	may, err := s.policy.Decide(ctx, r, by, "gathering.manage", st.g.Object())
	if err != nil {
		return st, err
	}
	st.manages = may.Allowed
	st.seat, err = gathering.Comes(ctx, r, id, by.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return st, err
	}
	if st.book, err = s.book(ctx, r, id); err == nil {
		st.with = st.book.with(st.seat)
	}
	return st, err
}

// part is what somebody is to one project.
type part struct{ writes, team, manages bool }

func (p part) reads() bool { return p.writes || p.team || p.manages }

// part is what somebody is to a project by her seat and by who runs the gathering.
func (st standing) part(id project.ID) part {
	return part{writes: slices.Contains(st.with, id), manages: st.manages, team: st.seat.Role == gathering.Team && st.seat.Project == id}
}

// part finds what by is to a project of the gathering. Error: NotFound when it is of
// another edition, or when she is nothing to it.
func (s *Service) part(ctx context.Context, r db.Reader, by account.User, st standing, id project.ID) (project.Project, part, error) {
	var p part
	one, err := project.Load(ctx, r, id)
	if err == nil && one.Edition != st.g.Edition {
		err = notFound()
	}
	if err != nil {
		return one, p, err
	}
	if p = st.part(id); !p.team {
		team, err := project.Team(ctx, r, id, s.clock.Now())
		if err != nil {
			return one, p, err
		}
		p.team = slices.ContainsFunc(team, func(m project.Mate) bool { return m.Person == by.ID })
	}
	if !p.reads() {
		return one, p, notFound()
	}
	return one, p, nil
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

// Said is a note, as somebody may read it: what is shared of it.
type Said struct {
	Sitting  string
	Day      string
	From, To order.Minute
	Author   string // her name, or what stands in its place
	Mine     bool
	Text     string // "" when nothing is shared
	Private  bool   // mine: something is kept for me alone
	SavedAt  time.Time
}

// saidIn lists, by project, the notes of a gathering, or about one project, that hold something by may know of: what is shared,
// and that she wrote something for herself. No private text leaves the database here.
func saidIn(ctx context.Context, r db.Reader, id gathering.ID, about project.ID, by account.PersonID) (map[project.ID][]Said, error) {
	said := map[project.ID][]Said{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (n Said, err error) {
		var value string
		var of project.ID
		if err = sc.Scan(&of, &n.Sitting, &n.Day, &n.From, &n.To, &n.Author, &n.Mine, &value, &n.Private, &n.SavedAt); err == nil {
			n.Text, err = textOf(value)
		}
		if n.Text != "" || n.Private {
			said[of] = append(said[of], n)
		}
		return n, err
	}, `select n.project_id, n.sitting, n.day, n.from_minute, n.to_minute, p.name, coalesce(p.person_id, '') = $3, coalesce(a.value, 'null'),
		  coalesce(p.person_id, '') = $3 and exists (select 1 from coaching_answers q where q.note_id = n.id and q.field = 'private' and q.value not in ('null', '""')), coalesce(a.saved_at, n.begun_at)
		from coaching_notes n join participants p on p.id = n.participant_id
		left join coaching_answers a on a.note_id = n.id and a.field = 'shared'
		where n.gathering_id = $1 and ($2 = '' or n.project_id = $2)
		order by n.day, n.from_minute, n.begun_at, n.id`, string(id), string(about), string(by))
	if err != nil {
		return nil, fmt.Errorf("list the notes of gathering %s: %w", id, err)
	}
	return said, nil
}
