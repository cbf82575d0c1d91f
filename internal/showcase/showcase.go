// Package showcase is what the public reads of a programme: the sheets of projects that agreed to it, the pages of editions once their embargo is over, and resources.
package showcase

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Service keeps the showcase.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	blobs      blob.Store
	inspector  scrutiny.Inspector
	jobs       *job.Queue
	bus        *event.Bus
	programmes *programme.Service
	turn       chan struct{} // one picture at a time is looked at: each holds much memory

	edges edges
}

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Blobs      blob.Store
	Inspector  scrutiny.Inspector
	Jobs       *job.Queue
	Bus        *event.Bus
	Programmes *programme.Service
}

// New makes the service, which listens to what changes the pages of editions, and tells teams
// when visitors see their sheets.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, blobs: d.Blobs, inspector: d.Inspector, jobs: d.Jobs, bus: d.Bus, programmes: d.Programmes, turn: make(chan struct{}, 1)}
	d.Bus.Subscribe("showcase", func(ctx context.Context, tx *db.Tx, _ event.Event) error { return s.turned(ctx, tx) },
		programme.AgencyEdited, programme.ProgrammeEdited, programme.EditionEdited, programme.EditionPublished, programme.EditionClosed,
		programme.StageAdded, programme.StageEdited, programme.StageMoved, programme.StageRemoved)
	d.Jobs.Every("announce_sheets", 5*time.Minute, func(ctx context.Context, _ job.Job) error { return s.Announce(ctx, account.System) })
	return s
}

// turned notes that something of what visitors may read has changed.
func (s *Service) turned(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `insert into showcase_state (id, version) values ('public', 1) on conflict (id) do update set version = showcase_state.version + 1`); err != nil {
		return fmt.Errorf("note that the showcase changed: %w", err)
	}
	return nil
}

// act is a line of the journal: what was done to which object.
type act struct {
	name string
	on   policy.Ref
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, a act, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: a.name, Kind: a.on.Kind, ID: a.on.ID, Detail: detail})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func stale() error { return errs.New(errs.Conflict, "showcase.stale") }
