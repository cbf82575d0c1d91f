// Package proposal is what partners offer projects, and what becomes of it before anything is promised.
package proposal

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
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// State is where an offer stands.
type State string

// The states. Promised is what the partner made a commitment of; the last two are ends, each
// with a reason.
const (
	Offered   State = "offered"
	Accepted  State = "accepted" // by the project
	Promised  State = "promised"
	Declined  State = "declined"  // by the project
	Withdrawn State = "withdrawn" // by the partner
)

// Stands says whether an offer still answers something.
func (s State) Stands() bool { return s == Offered || s == Accepted || s == Promised }

// Kinds are what may be offered.
var Kinds = []string{"advice", "money", "place", "people", "equipment", "contact", "other"}

// The bounds, in characters; how many offers an edition holds.
const (
	MaxBody     = 600
	MaxQuantity = 120
	MaxWhy      = 600
	MaxMany     = 2000
)

// What is told of an offer, whose identifier the event carries.
const (
	ToldMade     = "proposal.made"
	ToldAnswered = "proposal.answered"
)

// Service keeps offers.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	bus      *event.Bus
	sheets   *synthesis.Service
	promises *commitment.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB          *db.DB
	Clock       clock.Clock
	Policy      *policy.Service
	Bus         *event.Bus
	Sheets      *synthesis.Service
	Commitments *commitment.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, sheets: d.Sheets, promises: d.Commitments}
}

// Offer is one thing that a partner offers a project.
type Offer struct {
	ID         string
	Edition    programme.EditionID
	Project    project.ID
	Title      string // of the project
	Partner    partner.ID
	By         string // the title of the partner
	Line       string // the need that it answers, "" for none
	Need       string // its words, "" when the reader does not read them
	Kind       string
	Body       string
	Quantity   string
	Until      string // "2027-03-05", "" for no day
	State      State
	Why        string
	Commitment string // which one it became, "" for none
	MadeAt     time.Time
	MovedAt    time.Time
	Version    int64
	Mine       bool // the reader is the partner
}

// Past says whether an offer that nobody answered is over.
func (o Offer) Past(today string) bool {
	return o.Until != "" && o.Until < today && (o.State == Offered || o.State == Accepted)
}

const columns = `o.id, o.edition_id, o.project_id, p.title, o.partner_id, t.organisation, coalesce(h.name, t.name), coalesce(o.line_id, ''), o.kind, o.body, o.quantity, o.valid_until, o.state, o.why, coalesce(o.commitment_id, ''), o.made_at, o.moved_at, o.version`

const tables = ` from proposals o join projects p on p.id = o.project_id join partners t on t.id = o.partner_id left join people h on h.id = t.person_id `

func scan(sc db.Scanner) (o Offer, err error) {
	var who partner.Partner
	err = sc.Scan(&o.ID, &o.Edition, &o.Project, &o.Title, &o.Partner, &who.Organisation, &who.Name, &o.Line, &o.Kind, &o.Body, &o.Quantity, &o.Until, &o.State, &o.Why, &o.Commitment, &o.MadeAt, &o.MovedAt, &o.Version)
	o.By = who.Title()
	return o, err
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Offer, error) {
	all, err := db.List(ctx, r, scan, `select `+columns+tables+`where `+where+` order by o.made_at, o.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list offers: %w", err)
	}
	return all, nil
}

func find(ctx context.Context, r db.Reader, which string) (Offer, error) {
	o, err := db.Get(ctx, r, scan, `select `+columns+tables+`where o.id = $1`, which)
	if err != nil {
		return o, fmt.Errorf("find offer %s: %w", which, err)
	}
	return o, nil
}

// Sheet is what a partner offers.
type Sheet struct {
	Project  project.ID
	Partner  partner.ID // for whom the programme writes; of no use to a partner
	Line     string     // the need that it answers, or ""
	Kind     string
	Body     string
	Quantity string
	Until    string
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

func (w *Sheet) check(today string) (bad []errs.Field) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	w.Body, w.Quantity, w.Until = strings.TrimSpace(text.Clean(w.Body)), oneLine(w.Quantity), strings.TrimSpace(w.Until)
	if !slices.Contains(Kinds, w.Kind) {
		wrong("kind", "proposal.kind_missing")
	}
	if w.Body == "" {
		wrong("body", "proposal.body_missing")
	}
	if utf8.RuneCountInString(w.Body) > MaxBody {
		wrong("body", "proposal.body_long", MaxBody)
	}
	if utf8.RuneCountInString(w.Quantity) > MaxQuantity {
		wrong("quantity", "proposal.quantity_long", MaxQuantity)
	}
	if _, err := time.Parse(time.DateOnly, w.Until); w.Until != "" && err != nil {
		wrong("until", "proposal.until_wrong")
	} else if w.Until != "" && w.Until < today {
		wrong("until", "proposal.until_past")
	}
	return bad
}

// standing is what by is to the offers of an edition.
type standing struct {
	edition programme.Edition
	today   string
	manages bool
	partner partner.Partner // empty for none
}

func (s *Service) standing(ctx context.Context, r db.Reader, by account.User, action policy.Action, id programme.EditionID) (standing, error) {
	v, err := partner.Stand(ctx, r, s.policy, by, action, id)
	if err != nil {
		return standing{}, err
	}
	return standing{v.Edition, s.today(v.Edition), v.Manages, v.Partner}, nil
}

func (s *Service) today(e programme.Edition) string {
	return s.clock.Now().In(e.Location()).Format(time.DateOnly)
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, o Offer) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(o.Project), Detail: map[string]any{"offer": o.ID}})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func meanwhile() error { return errs.New(errs.Conflict, "proposal.meanwhile") }
