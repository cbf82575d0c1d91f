// Package screening is what a programme's team does with the files deposited to a call: it lists, searches, labels and views them, says whether they are admissible, asks for corrections, and keeps their record.
package screening

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service screens the files of calls.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	calls  *call.Service
	files  *application.Service
}

// Deps is what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Calls  *call.Service
	Files  *application.Service
}

// New makes the service, which makes each file findable once it is deposited.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, calls: d.Calls, files: d.Files}
	d.Bus.Subscribe("application.index", s.index, "application.submitted", "application.imported") // the name is that of deliveries already noted
	return s
}

func (s *Service) record(ctx context.Context, tx *db.Tx, at time.Time, by account.User, act string, id application.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, at, journal.Entry{Actor: by.Actor(), Act: act, Kind: "application", ID: string(id), Detail: detail})
}
