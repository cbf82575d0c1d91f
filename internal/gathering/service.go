package gathering

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// The bounds of a gathering, in characters, in days and in people.
const (
	MaxTitle  = 120
	MaxAbout  = 2000
	MaxPlace  = 200
	MaxName   = 120
	MaxDays   = 31
	MaxPeople = 1000
)

// Service keeps gatherings and who is in them.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	bus      *event.Bus
	people   *account.Service
	projects *project.Service

	mu      sync.RWMutex
	watches []func(ID, account.PersonID)
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	Jobs     *job.Queue
	People   *account.Service
	Projects *project.Service
}

// New makes the service, which makes the project of each confirmed place, follows who
// answers invitations, and closes what is over.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, people: d.People, projects: d.Projects}
	d.Jobs.Every("gatherings_over", 15*time.Minute, func(ctx context.Context, _ job.Job) error { return s.closeDue(ctx) })
	d.Jobs.Every("projects_born", time.Hour, func(ctx context.Context, _ job.Job) error { return s.catchUp(ctx) })
	d.Bus.Subscribe("gathering.projects", s.onPlace, "place.confirmed", "place.given_up", "place.released")
	d.Bus.Subscribe("gathering.answered", s.onAnswered, "invitation.accepted", "invitation.declined")
	d.Bus.Subscribe("gathering.people", s.onPerson, "person.merged", "person.erased")
	d.People.BeforeSweep(letGo)
	return s
}

// letGo forgets which invitation asked a participant, before that invitation is forgotten.
func letGo(ctx context.Context, tx *db.Tx, ended time.Time) error {
	_, err := tx.Exec(ctx, `update participants set invitation_id = null where invitation_id in (select id from invitations where expires_at < $1 and accepted_at is null)`, ended)
	return err
}

// Watch has f told, once it is on disk, that what a person is in a gathering changed or
// ended, in this process; an empty person stands for everybody there. f must not block.
// Other nodes find out by asking Seat again, each second.
func (s *Service) Watch(f func(gathering ID, person account.PersonID)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watches = append(s.watches, f)
}

func (s *Service) changed(tx *db.Tx, id ID, person account.PersonID) {
	tx.AfterCommit(func() {
		s.mu.RLock()
		defer s.mu.RUnlock()
		for _, f := range s.watches {
			f(id, person)
		}
	})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

// require loads a gathering on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (Gathering, error) {
	g, err := Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, action, g.Object())
	return g, err
}

// Sheet is what is written of a gathering.
type Sheet struct {
	Title, About, Place, Zone string
	StartsOn, EndsOn          string // "2027-03-05"
	Version                   int64  // the one that was read
}

func (w *Sheet) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	w.Title, w.Place, w.About = one(w.Title), one(w.Place), strings.TrimSpace(text.Clean(w.About))
	w.StartsOn, w.EndsOn = strings.TrimSpace(w.StartsOn), strings.TrimSpace(w.EndsOn)
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(w.Title == "", "title", "gathering.title_missing")
	fault(utf8.RuneCountInString(w.Title) > MaxTitle, "title", "gathering.title_long", MaxTitle)
	fault(utf8.RuneCountInString(w.About) > MaxAbout, "about", "gathering.about_long", MaxAbout)
	fault(utf8.RuneCountInString(w.Place) > MaxPlace, "place", "gathering.place_long", MaxPlace)
	_, err := zone.Load(w.Zone)
	fault(err != nil, "zone", "account.zone_unknown")
	first, err := time.Parse(time.DateOnly, w.StartsOn)
	fault(err != nil, "starts_on", "gathering.day_missing")
	if err != nil {
		return bad
	}
	if w.EndsOn == "" {
		w.EndsOn = w.StartsOn
	}
	last, err := time.Parse(time.DateOnly, w.EndsOn)
	switch {
	case err != nil:
		fault(true, "ends_on", "gathering.day_missing")
	case last.Before(first):
		fault(true, "ends_on", "gathering.ends_before")
	case last.Sub(first) >= MaxDays*24*time.Hour:
		fault(true, "ends_on", "gathering.long", MaxDays)
	}
	return bad
}

// Create prepares a gathering in an edition; by runs it. Errors: Invalid on each field of
// the sheet; as the policy.
func (s *Service) Create(ctx context.Context, by account.User, edition programme.EditionID, w Sheet) (id ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		id, err = s.CreateIn(ctx, tx, by, edition, w)
		return err
	})
	return id, err
}

// CreateIn is Create in the transaction of an act that prepares several gatherings.
func (s *Service) CreateIn(ctx context.Context, tx *db.Tx, by account.User, edition programme.EditionID, w Sheet) (ID, error) {
	bad := w.check()
	if err := s.creating(ctx, tx, by, edition); err != nil {
		return "", err
	}
	if err := errs.NewInvalid("gathering.invalid", bad); err != nil {
		return "", err
	}
	id := ID(db.NewID())
	_, err := tx.Exec(ctx, `insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, created_at, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', $9, 1, $10, $11)`,
		string(id), string(edition), w.Title, w.About, w.Place, w.Zone, w.StartsOn, w.EndsOn, newCode(), s.clock.Now(), by.Actor())
	if err != nil {
		return "", fmt.Errorf("create a gathering: %w", err)
	}
	if err := s.note(ctx, tx, by, "gathering.created", id, map[string]any{"edition": string(edition)}); err != nil {
		return "", err
	}
	if by.IsSystem() {
		return id, nil
	}
	g, err := Load(ctx, tx, id)
	if err != nil {
		return "", err
	}
	_, err = s.seat(ctx, tx, by, g, Participant{Person: by.ID, Name: by.Name, Role: Facilitator})
	return id, err
}

func (s *Service) creating(ctx context.Context, r db.Reader, by account.User, edition programme.EditionID) error {
	e, err := programme.FindEdition(ctx, r, edition)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.create", e.PolicyObject())
	return err
}

// Creatable says whether by may prepare a gathering in an edition, as an error.
func (s *Service) Creatable(ctx context.Context, by account.User, edition programme.EditionID) error {
	return s.creating(ctx, s.db.Reader(), by, edition)
}

// Edit saves the sheet. Errors: Invalid; Conflict "gathering.meanwhile" when somebody
// wrote since it was read; as the policy.
func (s *Service) Edit(ctx context.Context, by account.User, id ID, w Sheet) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		if err := errs.NewInvalid("gathering.invalid", bad); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update gatherings set title = $3, about = $4, place = $5, zone = $6, starts_on = $7, ends_on = $8, version = version + 1 where id = $1 and version = $2`,
			string(id), w.Version, w.Title, w.About, w.Place, w.Zone, w.StartsOn, w.EndsOn)
		if err != nil {
			return fmt.Errorf("edit gathering %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "gathering.meanwhile")
		}
		return s.note(ctx, tx, by, "gathering.edited", id, nil)
	})
}

// alphabet is what join codes are written with: no letter or digit that is taken for
// another one on a wall. Eight of them make 8.5·10¹¹ codes.
const (
	alphabet   = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	codeLength = 8
)

func newCode() string {
	var out strings.Builder
	for out.Len() < codeLength {
		var b [1]byte
		rand.Read(b[:])
		if n := int(b[0]) & 31; n < len(alphabet) { // the others are drawn again: each letter is as likely
			out.WriteByte(alphabet[n])
		}
	}
	return out.String()
}

// PlainCode is a code as somebody typed or scanned it, in the form in which it is kept.
func PlainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(alphabet, r) {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
}

// ShowCode is a code as people read it, in two halves.
func ShowCode(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:codeLength/2] + "-" + code[codeLength/2:]
}

// Code is the code of a gathering, to those who run it.
func (s *Service) Code(ctx context.Context, by account.User, id ID) (Gathering, string, error) {
	g, err := s.require(ctx, s.db.Reader(), by, "gathering.manage", id)
	return g, g.code, err
}

// Renew draws another code: what was printed opens nothing any more.
func (s *Service) Renew(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update gatherings set join_code = $2 where id = $1`, string(id), newCode()); err != nil {
			return fmt.Errorf("renew the code of gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "gathering.code_renewed", id, nil)
	})
}
