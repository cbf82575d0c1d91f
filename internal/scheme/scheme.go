// Package scheme keeps the support schemes of an agency, what is known of projects, and the way each project goes from a scheme that suits it to what it obtained.
package scheme

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/scheme/eligible"
)

// ID identifies a scheme; it is random.
type ID string

// State is where a scheme stands in the catalogue.
type State string

// The states. Only a published scheme, on a day between its dates, is proposed.
const (
	Draft     State = "draft"
	Published State = "published"
	Archived  State = "archived"
)

// States lists them in the order in which people filter.
var States = []State{Published, Draft, Archived}

// Instruments are what a scheme gives.
var Instruments = []string{"consulting", "grant", "training", "diagnosis", "loan", "advance", "engineering", "network", "other"}

// Sheet is what is written of a scheme. What people read (Audience) stands apart from what
// the machine computes (Criteria).
type Sheet struct {
	Name        string               `json:"name"`
	Provider    string               `json:"provider,omitempty"`
	Purpose     string               `json:"purpose,omitempty"`
	Instruments []string             `json:"instruments,omitempty"`
	Tags        []string             `json:"tags,omitempty"` // words that needs and locks are looked up by
	Amounts     string               `json:"amounts,omitempty"`
	MaxAmount   int64                `json:"max_amount,omitempty"` // cents; 0 for not said
	Rate        int64                `json:"rate,omitempty"`       // percent at most; 0 for not said
	Audience    string               `json:"audience,omitempty"`
	Territory   string               `json:"territory,omitempty"`
	Expenses    string               `json:"expenses,omitempty"`
	Conditions  string               `json:"conditions,omitempty"`
	Calendar    string               `json:"calendar,omitempty"`
	ValidFrom   string               `json:"valid_from,omitempty"` // "2026-01-01", or ""
	ValidTo     string               `json:"valid_to,omitempty"`   // included
	Link        string               `json:"link,omitempty"`       // where it is asked for
	Source      string               `json:"source,omitempty"`
	SourceURL   string               `json:"source_url,omitempty"`
	SourceOn    string               `json:"source_on,omitempty"` // the day of what the source says
	ReplacedBy  ID                   `json:"replaced_by,omitempty"`
	Criteria    []eligible.Criterion `json:"criteria,omitempty"`
}

// Scheme is an entry of the catalogue.
type Scheme struct {
	ID     ID
	Agency programme.AgencyID
	Origin string // where it was taken from, "" when it was written here
	State  State
	Sheet
	CheckedOn string // "2026-11-22", or "" for never
	CheckedBy string // an actor
	Version   int64
	UpdatedAt time.Time
}

// Object is the scheme as the policy sees it.
func (s Scheme) Object() policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "scheme", ID: string(s.ID)}, Within: []policy.Ref{{Kind: "agency", ID: string(s.Agency)}}, State: string(s.State)}
}

// Proposed says whether the scheme may be proposed on a day.
func (s Scheme) Proposed(day string) bool {
	return s.State == Published && (s.ValidFrom == "" || s.ValidFrom <= day) && (s.ValidTo == "" || day <= s.ValidTo)
}

// Ended says whether its last day is over.
func (s Scheme) Ended(day string) bool { return s.ValidTo != "" && s.ValidTo < day }

// Service keeps schemes and orientations.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	compiled *shelf
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service) *Service {
	return &Service{db: d, clock: c, policy: p, compiled: &shelf{kept: map[programme.AgencyID]*catalogue{}}}
}

func (s *Service) today() string { return s.clock.Now().Format(time.DateOnly) }

const columns = `s.id, s.agency_id, coalesce(s.origin, ''), s.state, s.sheet, s.checked_on, s.checked_by, s.version, s.updated_at`

func scan(sc db.Scanner) (s Scheme, err error) {
	var sheet string
	if err = sc.Scan(&s.ID, &s.Agency, &s.Origin, &s.State, &sheet, &s.CheckedOn, &s.CheckedBy, &s.Version, &s.UpdatedAt); err != nil {
		return s, err
	}
	if err = json.Unmarshal([]byte(sheet), &s.Sheet); err != nil {
		return s, fmt.Errorf("read the sheet of scheme %s: %w", s.ID, err)
	}
	return s, nil
}

// load reads a scheme without asking who wants it. Error: NotFound.
func load(ctx context.Context, r db.Reader, id ID) (Scheme, error) {
	s, err := db.Get(ctx, r, scan, `select `+columns+` from schemes s where s.id = $1`, string(id))
	if err != nil {
		return s, fmt.Errorf("load scheme %s: %w", id, err)
	}
	return s, nil
}

// require reads a scheme and asks the policy.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (Scheme, error) {
	one, err := load(ctx, r, id)
	if err != nil {
		return one, err
	}
	_, err = s.policy.Require(ctx, r, by, action, one.Object())
	return one, err
}

func agencyObject(id programme.AgencyID) policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "agency", ID: string(id)}}
}

// managing says whether by may write in the catalogue of an agency.
func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, agency programme.AgencyID) error {
	_, err := s.policy.Require(ctx, r, by, "scheme.manage", agencyObject(agency))
	return err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, e journal.Entry) error {
	e.Actor = by.Actor()
	return journal.Write(ctx, tx, s.clock.Now(), e)
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func stale() error { return errs.New(errs.Conflict, "scheme.stale") }
