// Package commitment is what partners promise projects, and what becomes of it.
package commitment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// State is where a commitment stands.
type State string

// The states. Kept is what the partner says; the project confirms it.
const (
	Promised State = "promised"
	Underway State = "underway"
	Kept     State = "kept"
	Dropped  State = "dropped" // not kept, with why
)

// States lists them in their order.
var States = []State{Promised, Underway, Kept, Dropped}

// The bounds, in characters; how many commitments an edition holds.
const (
	MaxWhat    = 400
	MaxContact = 200
	MaxWhy     = 600
	MaxMany    = 1000
)

// ToldReminded says that a partner is to be reminded of a commitment, whose identifier it carries.
const ToldReminded = "commitment.reminded"

// Service keeps commitments.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	sheets *synthesis.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Jobs   *job.Queue
	Sheets *synthesis.Service
}

// New makes the service, and has it remind partners every hour.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, sheets: d.Sheets}
	d.Jobs.Every("remind_commitments", time.Hour, func(ctx context.Context, _ job.Job) error { return s.Remind(ctx, account.System) })
	return s
}

// Commitment is one thing that a partner promised.
type Commitment struct {
	ID           string
	Edition      programme.EditionID
	Project      project.ID
	Title        string // of the project
	Partner      partner.ID
	By           string // the title of the partner
	Line         string // the need that it answers, "" for none
	What         string
	Due          string // "2027-03-05", "" for no day
	Contact      string
	State        State
	Why          string // why it was not kept
	MadeAt       time.Time
	MovedAt      time.Time
	ConfirmedAt  time.Time // zero until the project confirms
	Version      int64
	Mine         bool // the reader is the partner
	person       account.PersonID
	name         string
	organisation string
}

// Late says whether a commitment is still open after its day.
func (c Commitment) Late(today string) bool {
	return c.Due != "" && c.Due < today && (c.State == Promised || c.State == Underway)
}

const columns = `k.id, k.edition_id, k.project_id, p.title, k.partner_id, t.organisation, coalesce(h.name, t.name), coalesce(t.person_id, ''), coalesce(k.line_id, ''), k.what, k.due, k.contact, k.state, k.why, k.made_at, k.moved_at, k.confirmed_at, k.version`

const tables = ` from commitments k join projects p on p.id = k.project_id join partners t on t.id = k.partner_id left join people h on h.id = t.person_id `

func scan(sc db.Scanner) (c Commitment, err error) {
	err = sc.Scan(&c.ID, &c.Edition, &c.Project, &c.Title, &c.Partner, &c.organisation, &c.name, &c.person, &c.Line, &c.What, &c.Due, &c.Contact, &c.State, &c.Why, &c.MadeAt, &c.MovedAt, &c.ConfirmedAt, &c.Version)
	c.By = partner.Partner{Organisation: c.organisation, Name: c.name}.Title()
	return c, err
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Commitment, error) {
	all, err := db.List(ctx, r, scan, `select `+columns+tables+`where `+where+` order by case when k.due = '' then 1 else 0 end, k.due, k.made_at, k.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list commitments: %w", err)
	}
	return all, nil
}

// Sheet is what a partner promises.
type Sheet struct {
	Project project.ID
	Partner partner.ID // for whom the programme writes; of no use to a partner
	Line    string     // the need that it answers, or ""
	What    string
	Due     string
	Contact string
}

func (w *Sheet) check() (bad []errs.Field) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	w.What, w.Contact, w.Due = strings.TrimSpace(text.Clean(w.What)), strings.Join(strings.Fields(text.Clean(w.Contact)), " "), strings.TrimSpace(w.Due)
	if w.What == "" {
		wrong("what", "commitment.what_missing")
	}
	if utf8.RuneCountInString(w.What) > MaxWhat {
		wrong("what", "commitment.what_long", MaxWhat)
	}
	if utf8.RuneCountInString(w.Contact) > MaxContact {
		wrong("contact", "commitment.contact_long", MaxContact)
	}
	if _, err := time.Parse(time.DateOnly, w.Due); w.Due != "" && err != nil {
		wrong("due", "commitment.due_wrong")
	}
	return bad
}

// standing is what by is to the commitments of an edition.
type standing struct {
	edition programme.Edition
	manages bool
	partner partner.Partner // empty for none
}

func (s *Service) standing(ctx context.Context, r db.Reader, by account.User, action policy.Action, id programme.EditionID) (standing, error) {
	v, err := partner.Stand(ctx, r, s.policy, by, action, id)
	return standing{v.Edition, v.Manages, v.Partner}, err
}

// Make writes a commitment down: by the partner herself, or for her by who runs the programme.
// It is about a project that shares something with her. Errors: Invalid on "project",
// "partner", "what", "due", "contact"; Conflict commitment.many; as the policy, on
// commitment.make.
func (s *Service) Make(ctx context.Context, by account.User, id programme.EditionID, w Sheet) (made string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		made, err = s.MakeIn(ctx, tx, by, id, w)
		return err
	})
	return made, err
}

// MakeIn is Make, in the transaction of what goes with it.
func (s *Service) MakeIn(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w Sheet) (string, error) {
	bad := w.check()
	st, who, bad, err := s.promising(ctx, tx, by, id, asked{w.Partner, bad})
	if err != nil {
		return "", err
	}
	if who.ID != "" {
		shown, err := s.shows(ctx, tx, who, w.Project)
		switch {
		case err != nil:
			return "", err
		case shown == nil:
			bad = append(bad, errs.Field{Path: "project", Key: "commitment.project_missing"})
		case !slices.ContainsFunc(shown.Lines, func(l synthesis.Line) bool { return l.ID == w.Line }):
			w.Line = ""
		}
	}
	if err := errs.NewInvalid("commitment.invalid", bad); err != nil {
		return "", err
	}
	w.Partner = who.ID
	return s.put(ctx, tx, by, st.edition.ID, w)
}

// HonourIn writes down what a partner promises of an offer that a project accepted: that the
// project still shares something with her is not asked again. Errors: as Make, but on "project".
func (s *Service) HonourIn(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w Sheet) (string, error) {
	bad := w.check()
	st, who, bad, err := s.promising(ctx, tx, by, id, asked{w.Partner, bad})
	if err != nil {
		return "", err
	}
	if err := errs.NewInvalid("commitment.invalid", bad); err != nil {
		return "", err
	}
	w.Partner = who.ID
	return s.put(ctx, tx, by, st.edition.ID, w)
}

// asked is for whom somebody writes, and what is wrong with it already.
type asked struct {
	partner partner.ID
	bad     []errs.Field
}

// promising finds who promises: by herself, or who is named to who runs the programme.
func (s *Service) promising(ctx context.Context, r db.Reader, by account.User, id programme.EditionID, a asked) (st standing, who partner.Partner, bad []errs.Field, err error) {
	if st, err = s.standing(ctx, r, by, "commitment.make", id); err != nil {
		return st, who, nil, err
	}
	who = st.partner
	if st.manages && a.partner != "" {
		now, err := partner.Of(ctx, r, id)
		if err != nil {
			return st, who, nil, err
		}
		i := slices.IndexFunc(now, func(p partner.Partner) bool { return p.ID == a.partner })
		if who = (partner.Partner{}); i >= 0 {
			who = now[i]
		}
	}
	if who.ID == "" {
		a.bad = append(a.bad, errs.Field{Path: "partner", Key: "commitment.partner_missing"})
	}
	return st, who, a.bad, nil
}

func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, id programme.EditionID, w Sheet) (string, error) {
	if err := tx.Lock(ctx, "commitments:"+string(id)); err != nil {
		return "", err
	}
	n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from commitments where edition_id = $1`, string(id))
	if err != nil {
		return "", err
	}
	if n >= MaxMany {
		return "", errs.New(errs.Conflict, "commitment.many", MaxMany)
	}
	made := db.NewID()
	_, err = tx.Exec(ctx, `insert into commitments (id, edition_id, project_id, partner_id, line_id, what, due, contact, state, why, made_at, made_by, moved_at, confirmed_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 'promised', '', $9, $10, $9, '', 1)`, made, string(id), string(w.Project), string(w.Partner), db.Null(w.Line), w.What, w.Due, w.Contact, s.clock.Now(), by.Actor())
	if err != nil {
		return "", fmt.Errorf("write a commitment of %s: %w", id, err)
	}
	return made, s.note(ctx, tx, by, "commitment.made", w.Project, made)
}

// shows gives what a project shares with a partner, nil for nothing.
func (s *Service) shows(ctx context.Context, r db.Reader, who partner.Partner, id project.ID) (*synthesis.Shared, error) {
	all, err := s.sheets.SharedWith(ctx, r, who)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Project == id {
			return &all[i], nil
		}
	}
	return nil, nil
}

// Step is what becomes of a commitment.
type Step struct {
	To      State
	Why     string // needed for Dropped
	Version int64
}

// Move says where a commitment stands: the partner who made it, or who runs the programme, for
// her. Errors: Invalid on "state", "why"; Conflict commitment.meanwhile; NotFound; as the
// policy, on commitment.make.
func (s *Service) Move(ctx context.Context, by account.User, id programme.EditionID, which string, step Step) error {
	step.Why = strings.TrimSpace(text.Clean(step.Why))
	var bad []errs.Field
	if !slices.Contains(States, step.To) {
		bad = append(bad, errs.Field{Path: "state", Key: "commitment.state_wrong"})
	}
	if step.To == Dropped && step.Why == "" {
		bad = append(bad, errs.Field{Path: "why", Key: "commitment.why_missing"})
	}
	if utf8.RuneCountInString(step.Why) > MaxWhy {
		bad = append(bad, errs.Field{Path: "why", Key: "commitment.why_long", Args: []any{MaxWhy}})
	}
	if step.To != Dropped {
		step.Why = ""
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.standing(ctx, tx, by, "commitment.make", id)
		if err != nil {
			return err
		}
		c, err := find(ctx, tx, id, which)
		if err != nil {
			return err
		}
		if !st.manages && c.Partner != st.partner.ID {
			return notFound()
		}
		if err := errs.NewInvalid("commitment.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update commitments set state = $3, why = $4, moved_at = $5, confirmed_at = null, confirmed_by = '', version = version + 1 where id = $1 and version = $2`, which, step.Version, string(step.To), step.Why, s.clock.Now())
		if err != nil {
			return fmt.Errorf("move commitment %s: %w", which, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "commitment.meanwhile")
		}
		return s.note(ctx, tx, by, "commitment.moved", c.Project, which)
	})
}

// Confirm has a project say that a commitment was kept. Errors: NotFound; Conflict
// commitment.meanwhile when it moved since it was shown; as the policy, on commitment.confirm.
func (s *Service) Confirm(ctx context.Context, by account.User, id project.ID, which string, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := project.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "commitment.confirm", p.Object()); err != nil {
			return err
		}
		c, err := find(ctx, tx, p.Edition, which)
		if err != nil {
			return err
		}
		if c.Project != id {
			return notFound()
		}
		n, err := tx.Exec(ctx, `update commitments set state = 'kept', why = '', moved_at = $3, confirmed_at = $3, confirmed_by = $4, version = version + 1 where id = $1 and version = $2 and confirmed_at is null`, which, version, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("confirm commitment %s: %w", which, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "commitment.meanwhile")
		}
		return s.note(ctx, tx, by, "commitment.confirmed", id, which)
	})
}

func find(ctx context.Context, r db.Reader, id programme.EditionID, which string) (Commitment, error) {
	c, err := db.Get(ctx, r, scan, `select `+columns+tables+`where k.id = $1 and k.edition_id = $2`, which, string(id))
	if err != nil {
		return c, fmt.Errorf("find commitment %s: %w", which, err)
	}
	return c, nil
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, about project.ID, which string) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(about), Detail: map[string]any{"commitment": which}})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }
