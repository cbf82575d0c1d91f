package deliberation

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/solve/calibrate"
)

// Reading is one review as it was handed in.
type Reading struct {
	File      application.ID
	Member    committee.MemberID
	Name      string // of the member
	Score     float64
	Scored    bool             // at least one criterion was judged
	Failed    []form.Localised // eliminatory conditions that the file does not meet
	Advice    form.Localised   // what the reader recommends
	Sure      bool             // she said how sure she is
	Certainty float64          // from 0 to 1, when Sure
	Shareable []string         // comments that may be passed on to the applicant
	Marks     []Mark           // the criteria that the reader judged
}

// Mark is what a reader says of one criterion.
type Mark struct {
	Criterion string // the question
	Label     form.Localised
	Value     float64 // from 0, the worst anchor, to 1, the best
	YesNo     bool    // a yes/no question, not a scale
}

// Readings gives the reviews of a selection that count, without asking who wants them.
type Readings interface {
	Readings(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Reading, error)
}

// Preference is an answer of a member to "which of the two?".
type Preference struct {
	Member        committee.MemberID
	Winner, Loser application.ID
	Equal         bool // neither was preferred
}

// Preferences gives the comparisons of a selection that count, without asking who wants
// them: none while members still compare.
type Preferences interface {
	Preferences(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Preference, error)
}

// Places names territories, by their kind and code.
type Places interface {
	Territory(kind, code string) (string, bool)
}

// Service holds rooms, decisions and minutes.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	bus      *event.Bus
	calls    *call.Service
	places   Places
	readings Readings
	compared Preferences
	live     *hub
	kept     kept
	fits     struct {
		sync.Mutex
		kept map[[32]byte]*calibrate.Result
	}
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	Calls    *call.Service
	Places   Places
	Readings Readings
	Compared Preferences
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, calls: d.Calls, places: d.Places, readings: d.Readings, compared: d.Compared, live: newHub()}
}

// require loads a selection on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id committee.SelectionID) (committee.Selection, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	_, err = s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now()))
	return sel, err
}

// acts are what pages ask the policy about a deliberation.
var acts = []policy.Action{"selection.results", "selection.deliberate", "selection.convene", "selection.preside", "selection.minutes", "selection.sign", "selection.register", "selection.attendance", "selection.ranking"}

// May says what by may do about a deliberation now.
func (s *Service) May(ctx context.Context, by account.User, sel committee.Selection) (map[policy.Action]bool, error) {
	return s.may(ctx, s.db.Reader(), by, sel)
}

func (s *Service) may(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) (map[policy.Action]bool, error) {
	got, err := s.policy.Decisions(ctx, r, by, sel.Object(s.clock.Now()), acts...)
	out := map[policy.Action]bool{}
	for action, d := range got {
		out[action] = d.Allowed
	}
	return out, err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, id committee.SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(id), Detail: detail})
}

// seen lists the files of a selection that still run and from which nothing keeps by away,
// by their number. Whatever is shown to her is made of these alone: ranks, counts and
// figures close up around those from which she stepped aside.
func (s *Service) seen(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) ([]application.Application, error) {
	all, err := running(ctx, r, sel.ID)
	if err != nil {
		return nil, err
	}
	open, err := s.open(ctx, r, by, sel.ID)
	return slices.DeleteFunc(all, func(a application.Application) bool { return !open[a.ID] }), err
}

// running lists the files of a selection that still run, by number.
func running(ctx context.Context, r db.Reader, id committee.SelectionID) ([]application.Application, error) {
	all, err := committee.Files(ctx, r, id)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", id, err)
	}
	return slices.DeleteFunc(all, func(a application.Application) bool {
		return a.Status != application.Submitted && a.Status != application.Reopened
	}), nil
}

// open tells the files of a selection that no exclusion closes to somebody.
func (s *Service) open(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (map[application.ID]bool, error) {
	where, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	ids, err := db.List(ctx, r, db.Value[string], `select a.id from applications a where a.selection_id = $1 and `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is open to %s: %w", by.Actor(), err)
	}
	out := map[application.ID]bool{}
	for _, one := range ids {
		out[application.ID(one)] = true
	}
	return out, nil
}

// one finds a file among those that by may see; absent and closed answer the same.
func (s *Service) one(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, id application.ID) (application.Application, error) {
	files, err := s.seen(ctx, r, by, sel)
	if err != nil {
		return application.Application{}, err
	}
	for _, a := range files {
		if a.ID == id {
			return a, nil
		}
	}
	return application.Application{}, errs.New(errs.NotFound, "errs.not_found")
}
