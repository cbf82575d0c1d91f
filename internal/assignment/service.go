// Package assignment is who reads which file of a selection: what members would rather read, what the engine proposes and why, what is changed by hand, and what is published.
package assignment

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service assigns the files of selections to those who sit in them.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	bus        *event.Bus
	calls      *call.Service
	committees *committee.Service
	begun      Begun
}

// Begun tells which readings are written, or being written: the engine leaves them
// where they are.
type Begun interface {
	Begun(ctx context.Context, r db.Reader, id committee.SelectionID) ([]Pair, error)
	// HandedIn says whether the reading of a pair was handed in.
	HandedIn(ctx context.Context, r db.Reader, p Pair) (bool, error)
}

// Deps is what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Bus        *event.Bus
	Calls      *call.Service
	Committees *committee.Service
	Begun      Begun // nil while nothing records reviews
}

// New makes the service, which takes out of an assignment being prepared whatever a
// recusal or the end of a mandate makes impossible.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, calls: d.Calls, committees: d.Committees, begun: d.Begun}
	d.Bus.Subscribe("assignment.recusals", s.onRecusal, "recusal.found", "recusal.declared")
	d.Bus.Subscribe("assignment.mandates", s.onMandate, "committee.ended")
	return s
}

// Pair is a file given to a member.
type Pair struct {
	File   application.ID     `json:"file"`
	Member committee.MemberID `json:"member"`
}

// Given is a pair of an assignment, and where it comes from.
type Given struct {
	Pair
	Source string `json:"source"` // Engine, ByHand, Delegated or Imported
}

// The sources of a pair.
const (
	Engine    = "engine"
	ByHand    = "hand"
	Delegated = "delegated"
	Imported  = "imported"
)

// require loads a selection and refuses whoever may not do action on it.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id committee.SelectionID) (committee.Selection, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	if d, err := s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now())); err != nil {
		if d.Code == "stage" && errs.Is(err, errs.Forbidden) {
			return sel, errs.New(errs.Conflict, "committee.not_now")
		}
		return sel, err
	}
	return sel, nil
}

// clear lists the files of a selection's call from which nothing keeps a person. It asks
// the same exclusions as every page does: a recusal, her own application, her organisation.
func (s *Service) clear(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) (map[application.ID]bool, error) {
	args := []any{string(sel.Call.ID)}
	open, args := s.policy.Unexcluded(ctx, by, "application", "a.id", args)
	list, err := db.List(ctx, r, db.Value[string], `select a.id from applications a where a.call_id = $1 and `+open, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is open to a person in %s: %w", sel.ID, err)
	}
	out := make(map[application.ID]bool, len(list))
	for _, id := range list {
		out[application.ID(id)] = true
	}
	return out, nil
}

// closed lists the files of a selection's call from which something keeps a person: what
// clear leaves out.
func (s *Service) closed(ctx context.Context, r db.Reader, by account.User, sel committee.Selection) ([]application.ID, error) {
	open, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(sel.Call.ID)})
	list, err := db.List(ctx, r, db.Value[application.ID], `select a.id from applications a where a.call_id = $1 and not (`+open+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("list what is closed to a member in %s: %w", sel.ID, err)
	}
	return list, nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, sel committee.SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(sel), Detail: detail})
}
