package review

import (
	"context"
	"sync"
	"time"

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
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Service keeps rubrics and reviews.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	files  *application.Service
	calls  *call.Service
	grids  sync.Map // compiled rubrics, by the digest of their text
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Files  *application.Service
	Calls  *call.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, files: d.Files, calls: d.Calls}
}

// Event is what other capabilities are told of a reading: never what it says.
type Event struct {
	Selection string `json:"selection"`
	File      string `json:"file"`
	Member    string `json:"member"`
	Reason    string `json:"reason,omitempty"`
}

func (s *Service) publish(ctx context.Context, tx *db.Tx, kind string, e Event) error {
	return s.bus.Publish(ctx, tx, kind, e.File, e)
}

// record writes in the journal of the selection; what a review says never goes there.
func (s *Service) record(ctx context.Context, tx *db.Tx, at time.Time, by account.User, act string, id committee.SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, at, journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(id), Detail: detail})
}

// selectionFor loads a selection on which by may do action.
func (s *Service) selectionFor(ctx context.Context, by account.User, action policy.Action, id committee.SelectionID) (committee.Selection, error) {
	r := s.db.Reader()
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	_, err = s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now()))
	return sel, err
}

// env is the instant in the zone of a call, for conditions that ask for today's date.
func (s *Service) env(sel committee.Selection) form.Env {
	return form.Env{Now: s.clock.Now().In(zone.Location(sel.Call.Zone))}
}

var errNoGrid = errs.New(errs.Conflict, "review.no_rubric")

// May asks the policy about a selection, for pages that offer acts.
func (s *Service) May(ctx context.Context, by account.User, sel committee.Selection, actions ...policy.Action) (map[policy.Action]policy.Decision, error) {
	return s.policy.Decisions(ctx, s.db.Reader(), by, sel.Object(s.clock.Now()), actions...)
}
