// Package showcase is what the public reads of a programme: the sheets of projects that agreed to it, the pages of editions once their embargo is over, and resources.
package showcase

import (
	"context"
	"fmt"
	"sync"
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

	mu    sync.Mutex
	known Edge
	read  time.Time // when known was read; zero when it is to be read again
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

// Edge says until when what was drawn of the showcase stands: as long as Version is the
// same, and before Until, when an embargo ends (zero for none to come).
type Edge struct {
	Version int64
	Until   time.Time
}

// Holds says whether what was drawn under the edge still stands at an instant.
func (e Edge) Holds(now time.Time) bool { return e.Until.IsZero() || now.Before(e.Until) }

// trusted is how long a node trusts the version it read: another node may change it.
const trusted = time.Second

// Edge gives the present one, for everybody. A change made by this process is seen at once,
// one made by another within a second.
func (s *Service) Edge(ctx context.Context, _ account.User) (Edge, error) {
	now := s.clock.Now()
	s.mu.Lock()
	known, read := s.known, s.read
	s.mu.Unlock()
	if age := now.Sub(read); !read.IsZero() && age >= 0 && age < trusted && known.Holds(now) {
		return known, nil
	}
	r := s.db.Reader()
	version, err := db.Get(ctx, r, db.Value[int64], `select coalesce(max(version), 0) from showcase_state`)
	if err != nil {
		return Edge{}, fmt.Errorf("read the version of the showcase: %w", err)
	}
	fresh := Edge{Version: version}
	until, err := db.Get(ctx, r, db.Value[time.Time], `select opens_at from showcase_editions where opens_at > $1 order by opens_at limit 1`, now)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return Edge{}, fmt.Errorf("find the next embargo that ends: %w", err)
	}
	fresh.Until = until
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known.Version <= fresh.Version { // an older answer never hides a change of this process
		s.known, s.read = fresh, now
	}
	return fresh, nil
}

// turned notes that something of what visitors may read has changed.
func (s *Service) turned(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `insert into showcase_state (id, version) values ('public', 1) on conflict (id) do update set version = showcase_state.version + 1`); err != nil {
		return fmt.Errorf("note that the showcase changed: %w", err)
	}
	tx.AfterCommit(func() {
		s.mu.Lock()
		s.read = time.Time{}
		s.mu.Unlock()
	})
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
