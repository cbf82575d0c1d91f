// Package crew is who works on a project for a time fixed in advance: drawn from the pool of a programme, asked, counted against the days of a week.
package crew

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/pool"
)

// Relation is what a member of a crew holds on its project, between her two days.
const Relation = "crew"

// What is told about a place: the object of the event is the place.
const (
	ToldAsked    = "crew.asked"
	ToldAnswered = "crew.answered"
	ToldEnded    = "crew.ended"
)

// ID identifies a place in a crew; it is random.
type ID string

// Status is where a place stands.
type Status string

// The statuses. A place that was accepted is over after its last day, and stays "in".
const (
	Asked    Status = "asked"
	In       Status = "in"
	Declined Status = "declined"
	Ended    Status = "ended" // before its last day, or before it was answered
)

// The bounds of a place: half-days of a week in all crews together, days between the first
// and the last, characters of what is expected and of a reason.
const (
	Week     = 10
	MaxDays  = 366
	MaxLine  = 200
	MaxWords = 1000
)

// Wanted is what somebody is asked for.
type Wanted struct {
	Expert      pool.ID
	Part        string // what is expected of her
	Halves      int64  // half-days a week
	From, Until string // "2027-03-05", both within
}

// Place is somebody in a crew, or asked to join it.
type Place struct {
	ID       ID
	Project  project.ID
	Title    string // of the project
	Person   account.PersonID
	Name     string
	Part     string
	Halves   int64
	From     string
	Until    string
	Status   Status
	Words    string // with which she declined, or why it ended early
	AskedAt  time.Time
	Answered time.Time // zero until then
	Today    string
	Zone     string
}

// Over says whether the last day has passed.
func (p Place) Over() bool { return p.Until < p.Today }

// Works says whether she is in the crew today.
func (p Place) Works() bool { return p.Status == In && p.From <= p.Today && !p.Over() }

// Candidate is an expert who may be asked.
type Candidate struct {
	pool.Match
	Busy int64 // half-days a week that she promised to crews from today on, at the most
}

// Page is the crew of a project.
type Page struct {
	Project    project.Project
	Places     []Place
	Manages    bool
	Candidates []Candidate // to who manages
	Today      string
	Zone       string
}

// Service keeps crews.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	pool   *pool.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Pool   *pool.Service
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, pool: d.Pool}
	d.Bus.Subscribe("crew.merged", s.onMerged, "person.merged")
	return s
}

const columns = `c.id, c.project_id, p.title, c.person_id, h.name, c.part, c.halves, c.from_on, c.until_on, c.status, c.words, c.asked_at, c.answered_at, e.zone
	from crew_places c join projects p on p.id = c.project_id join editions e on e.id = p.edition_id join people h on h.id = c.person_id`

func (s *Service) list(ctx context.Context, r db.Reader, where string, args ...any) ([]Place, error) {
	now := s.clock.Now()
	all, err := db.List(ctx, r, func(sc db.Scanner) (p Place, err error) {
		err = sc.Scan(&p.ID, &p.Project, &p.Title, &p.Person, &p.Name, &p.Part, &p.Halves, &p.From, &p.Until, &p.Status, &p.Words, &p.AskedAt, &p.Answered, &p.Zone)
		p.Today = now.In(zone.Location(p.Zone)).Format(time.DateOnly)
		return p, err
	}, `select `+columns+` where `+where+` order by c.from_on, h.name, c.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list places of crews: %w", err)
	}
	return all, nil
}

// Load reads a place without asking who wants to know. Error: NotFound.
func (s *Service) Load(ctx context.Context, r db.Reader, id ID) (Place, error) {
	all, err := s.list(ctx, r, `c.id = $1`, string(id))
	if err == nil && len(all) == 0 {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return Place{}, err
	}
	return all[0], nil
}

// Of is the crew of a project: its team and the programme read who works on it and what for;
// who declined, and why, is for the programme. Errors: as the policy, on crew.read.
func (s *Service) Of(ctx context.Context, by account.User, id project.ID) (v Page, err error) {
	r := s.db.Reader()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "crew.read", v.Project.Object()); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "crew.manage", v.Project.Object())
	if err != nil {
		return v, err
	}
	e, err := programme.FindEdition(ctx, r, v.Project.Edition)
	if err != nil {
		return v, err
	}
	v.Manages, v.Zone, v.Today = may.Allowed, e.Zone, s.today(e)
	if v.Places, err = s.list(ctx, r, `c.project_id = $1`, string(id)); err != nil {
		return v, err
	}
	if v.Manages {
		v.Candidates, err = s.candidates(ctx, r, v)
		return v, err
	}
	v.Places = slices.DeleteFunc(v.Places, func(p Place) bool { return p.Status != In && p.Person != by.ID })
	return v, nil
}

func (s *Service) today(e programme.Edition) string {
	return s.clock.Now().In(zone.Location(e.Zone)).Format(time.DateOnly)
}

// candidates are the experts of the programme whom nothing ties to the project and who are
// neither asked nor there, with what they already promised.
func (s *Service) candidates(ctx context.Context, r db.Reader, v Page) (list []Candidate, err error) {
	fit, err := s.pool.Fit(ctx, r, pool.Need{Project: v.Project, Day: v.Today}, nil)
	if err != nil {
		return nil, err
	}
	for _, m := range fit {
		if slices.ContainsFunc(v.Places, func(p Place) bool { return p.Person == m.Person && standing(p) }) {
			continue
		}
		busy, err := s.promised(ctx, r, m.Person, v.Today, "9999-12-31")
		if err != nil {
			return nil, err
		}
		list = append(list, Candidate{m, busy})
	}
	return list, nil
}

// standing says whether a place keeps its person from being asked again.
func standing(p Place) bool { return (p.Status == Asked || p.Status == In) && !p.Over() }

// promised is the most half-days a week that a person gives to crews on one day between two.
// Between the first days of her places the sum only falls, so these days are looked at.
func (s *Service) promised(ctx context.Context, r db.Reader, who account.PersonID, from, until string) (most int64, err error) {
	all, err := s.list(ctx, r, `c.person_id = $1 and c.status = 'in' and c.from_on <= $2 and c.until_on >= $3`, string(who), until, from)
	if err != nil {
		return 0, err
	}
	for _, day := range append([]string{from}, starts(all, from)...) {
		sum := int64(0)
		for _, p := range all {
			if p.From <= day && day <= p.Until {
				sum += p.Halves
			}
		}
		most = max(most, sum)
	}
	return most, nil
}

func starts(all []Place, from string) (days []string) {
	for _, p := range all {
		if p.From > from {
			days = append(days, p.From)
		}
	}
	return days
}

// Mine lists the places of by, those that wait for her answer among them.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Place, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	return s.list(ctx, s.db.Reader(), `c.person_id = $1`, string(by.ID))
}

// Waited says whether by is asked to join a crew, or is in one whose last day has not passed.
func (s *Service) Waited(ctx context.Context, by account.User) (bool, error) {
	all, err := s.Mine(ctx, by)
	return slices.ContainsFunc(all, standing), err
}

// check cleans what is asked and reports every bad field at once.
func (w *Wanted) check(today string) (bad []errs.Field) {
	wrong := func(is bool, path, key string, args ...any) {
		if is {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	w.Part = strings.Join(strings.Fields(text.Clean(w.Part)), " ")
	w.From, w.Until = strings.TrimSpace(w.From), strings.TrimSpace(w.Until)
	from, fromErr := time.Parse(time.DateOnly, w.From)
	until, untilErr := time.Parse(time.DateOnly, w.Until)
	wrong(w.Part == "", "part", "crew.part_missing")
	wrong(utf8.RuneCountInString(w.Part) > MaxLine, "part", "crew.part_long", MaxLine)
	wrong(w.Halves < 1 || w.Halves > Week, "halves", "crew.halves")
	wrong(fromErr != nil, "from", "crew.day_unknown")
	wrong(untilErr != nil, "until", "crew.day_unknown")
	if fromErr == nil && untilErr == nil {
		wrong(until.Before(from) || w.Until < today, "until", "crew.until_early")
		wrong(until.Sub(from) > MaxDays*24*time.Hour, "until", "crew.until_late")
	}
	return bad
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, p Place) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(p.Project), Detail: map[string]any{"place": string(p.ID), "person": "person:" + string(p.Person)}})
}

// onMerged follows one person who had two accounts; her rights moved already. Where both
// were asked for one project, the place of the account that goes is closed.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	double, err := db.List(ctx, tx, func(sc db.Scanner) (d struct {
		place ID
		about string
	}, err error) {
		err = sc.Scan(&d.place, &d.about)
		return d, err
	}, `update crew_places set status = 'ended', ended_by = 'system', ended_at = $3 where person_id = $1 and status in ('asked', 'in')
		and exists (select 1 from crew_places o where o.project_id = crew_places.project_id and o.person_id = $2 and o.status in ('asked', 'in')) returning id, project_id`, string(m.From), string(m.To), s.clock.Now())
	if err != nil {
		return fmt.Errorf("close the double places of %s: %w", m.From, err)
	}
	for _, d := range double {
		if err := s.policy.EndFor(ctx, tx, account.System, policy.Ref{Kind: "project", ID: d.about}, reason(d.place)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `update crew_places set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("move the places of %s: %w", m.From, err)
	}
	return nil
}
