// Package assembly is the meetings of an edition's partners: one project after the other on everybody's screen, and what is said there.
package assembly

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// ID identifies a meeting; it is random.
type ID string

// State is where a meeting stands.
type State string

// The states.
const (
	Planned State = "planned"
	Running State = "running"
	Over    State = "over"
)

// The bounds: characters of a title and of a place, minutes of a project, meetings of an edition.
const (
	MaxLine    = 120
	MaxMinutes = 120
	MaxMany    = 50
)

// Service keeps the meetings of partners.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	sheets   *synthesis.Service
	offers   *proposal.Service
	promises *commitment.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB          *db.DB
	Clock       clock.Clock
	Policy      *policy.Service
	Sheets      *synthesis.Service
	Offers      *proposal.Service
	Commitments *commitment.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, sheets: d.Sheets, offers: d.Offers, promises: d.Commitments}
}

// Meeting is one meeting of partners.
type Meeting struct {
	ID      ID
	Edition programme.EditionID
	Title   string
	HeldOn  string // "2027-03-05"
	Place   string // where, and at what hour
	State   State
	Timer   Timer
	Beats   int64
	Version int64
}

const columns = `a.id, a.edition_id, a.title, a.held_on, a.place, a.state, coalesce(a.project_id, ''), a.running_since, a.spent, a.extra, a.beats, a.version`

func scan(sc db.Scanner) (m Meeting, err error) {
	var spent, extra int64
	err = sc.Scan(&m.ID, &m.Edition, &m.Title, &m.HeldOn, &m.Place, &m.State, &m.Timer.Project, &m.Timer.RunningSince, &spent, &extra, &m.Beats, &m.Version)
	m.Timer.Spent, m.Timer.Extra = time.Duration(spent)*time.Millisecond, time.Duration(extra)*time.Millisecond
	return m, err
}

func find(ctx context.Context, r db.Reader, id programme.EditionID, which ID) (Meeting, error) {
	m, err := db.Get(ctx, r, scan, `select `+columns+` from assemblies a where a.id = $1 and a.edition_id = $2`, string(which), string(id))
	if err != nil {
		return m, fmt.Errorf("find meeting %s: %w", which, err)
	}
	return m, nil
}

// Turn is a project of a meeting.
type Turn struct {
	Project project.ID
	Title   string
	Minutes int
}

func turnsOf(ctx context.Context, r db.Reader, which ID) ([]Turn, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (t Turn, err error) { return t, sc.Scan(&t.Project, &t.Title, &t.Minutes) },
		`select n.project_id, p.title, n.minutes from assembly_turns n join projects p on p.id = n.project_id where n.assembly_id = $1 and p.status = 'active' order by n.seq, n.project_id`, string(which))
	if err != nil {
		return nil, fmt.Errorf("list the projects of meeting %s: %w", which, err)
	}
	return list, nil
}

// seatsOf lists who sits in a meeting, those who are partners no more too.
func seatsOf(ctx context.Context, r db.Reader, id programme.EditionID, which ID) (list []partner.Partner, err error) {
	held, err := db.List(ctx, r, db.Value[partner.ID], `select partner_id from assembly_partners where assembly_id = $1`, string(which))
	if err != nil {
		return nil, fmt.Errorf("list who sits in meeting %s: %w", which, err)
	}
	ever, err := partner.Ever(ctx, r, id)
	for _, p := range ever {
		if slices.Contains(held, p.ID) {
			list = append(list, p)
		}
	}
	return list, err
}

// Sheet is what a meeting is planned to be.
type Sheet struct {
	Title    string
	HeldOn   string
	Place    string
	Turns    []Turn // in their order
	Partners []partner.ID
	Version  int64 // of the meeting that was read; of no use for a new one
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// check looks at a sheet: projects and partners that are not of the edition are refused.
func (w *Sheet) check(of []project.Project, partners []partner.Partner) (bad []errs.Field) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	w.Title, w.Place, w.HeldOn = oneLine(w.Title), oneLine(w.Place), strings.TrimSpace(w.HeldOn)
	if w.Title == "" {
		wrong("title", "assembly.title_missing")
	}
	for path, line := range map[string]string{"title": w.Title, "place": w.Place} {
		if utf8.RuneCountInString(line) > MaxLine {
			wrong(path, "assembly.line_long", MaxLine)
		}
	}
	if _, err := time.Parse(time.DateOnly, w.HeldOn); err != nil {
		wrong("day", "assembly.day_wrong")
	}
	if len(w.Turns) == 0 {
		wrong("projects", "assembly.projects_missing")
	}
	for _, t := range w.Turns {
		if t.Minutes < 1 || t.Minutes > MaxMinutes {
			wrong("minutes."+string(t.Project), "assembly.minutes_wrong", MaxMinutes)
		}
		if !slices.ContainsFunc(of, func(p project.Project) bool { return p.ID == t.Project }) {
			wrong("projects", "assembly.project_wrong")
		}
	}
	for _, id := range w.Partners {
		if !slices.ContainsFunc(partners, func(p partner.Partner) bool { return p.ID == id }) {
			wrong("partners", "assembly.partner_wrong")
		}
	}
	return bad
}

// Plan writes a new meeting down. Errors: Invalid on "title", "day", "place", "projects",
// "minutes.ID", "partners"; Conflict assembly.many; as the policy, on assembly.manage.
func (s *Service) Plan(ctx context.Context, by account.User, id programme.EditionID, w Sheet) (which ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.sheet(ctx, tx, by, id, &w); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "assemblies:"+string(id)); err != nil {
			return err
		}
		n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from assemblies where edition_id = $1`, string(id))
		if err != nil {
			return err
		}
		if n >= MaxMany {
			return errs.New(errs.Conflict, "assembly.many", MaxMany)
		}
		which = ID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into assemblies (id, edition_id, title, held_on, place, state, spent, extra, beats, version, created_at, created_by) values ($1, $2, $3, $4, $5, 'planned', 0, 0, 1, 1, $6, $7)`,
			string(which), string(id), w.Title, w.HeldOn, w.Place, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("plan a meeting of %s: %w", id, err)
		}
		if err := fill(ctx, tx, which, w); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "assembly.planned", Meeting{ID: which, Edition: id})
	})
	return which, err
}

// sheet looks at what somebody writes of a meeting, given that she may.
func (s *Service) sheet(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w *Sheet) error {
	if _, err := s.managing(ctx, tx, by, id); err != nil {
		return err
	}
	of, err := project.In(ctx, tx, id)
	if err != nil {
		return err
	}
	partners, err := partner.Of(ctx, tx, id)
	if err != nil {
		return err
	}
	return errs.NewInvalid("assembly.invalid", w.check(of, partners))
}

// Save changes a meeting, before it or while it goes on: the order, the minutes, who sits.
// Errors: Invalid as Plan; Conflict assembly.meanwhile; NotFound; as the policy, on
// assembly.manage.
func (s *Service) Save(ctx context.Context, by account.User, id programme.EditionID, which ID, w Sheet) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.sheet(ctx, tx, by, id, &w); err != nil {
			return err
		}
		m, err := find(ctx, tx, id, which)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update assemblies set title = $3, held_on = $4, place = $5, version = version + 1, beats = beats + 1 where id = $1 and version = $2`, string(which), w.Version, w.Title, w.HeldOn, w.Place)
		if err != nil {
			return fmt.Errorf("change meeting %s: %w", which, err)
		}
		if n == 0 {
			return meanwhile()
		}
		for _, table := range []string{"assembly_turns", "assembly_partners"} {
			if _, err := tx.Exec(ctx, `delete from `+table+` where assembly_id = $1`, string(which)); err != nil {
				return fmt.Errorf("change meeting %s: %w", which, err)
			}
		}
		if err := fill(ctx, tx, which, w); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "assembly.changed", m)
	})
}

func fill(ctx context.Context, tx *db.Tx, which ID, w Sheet) error {
	for i, t := range w.Turns {
		if _, err := tx.Exec(ctx, `insert into assembly_turns (assembly_id, project_id, seq, minutes) values ($1, $2, $3, $4) on conflict (assembly_id, project_id) do nothing`, string(which), string(t.Project), i+1, t.Minutes); err != nil {
			return fmt.Errorf("put a project in meeting %s: %w", which, err)
		}
	}
	for _, p := range w.Partners {
		if _, err := tx.Exec(ctx, `insert into assembly_partners (assembly_id, partner_id) values ($1, $2) on conflict (assembly_id, partner_id) do nothing`, string(which), string(p)); err != nil {
			return fmt.Errorf("seat a partner in meeting %s: %w", which, err)
		}
	}
	return nil
}

func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, "assembly.manage", e.PolicyObject())
	}
	return e, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, m Meeting) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "edition", ID: string(m.Edition), Detail: map[string]any{"meeting": string(m.ID)}})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func meanwhile() error { return errs.New(errs.Conflict, "assembly.meanwhile") }
