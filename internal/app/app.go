// Package app is the program: it builds everything once, starts it and stops it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/admin"
	"transformateur/internal/agenda/afterword"
	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/minutes"
	"transformateur/internal/agenda/note"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/agenda/taster"
	"transformateur/internal/application"
	"transformateur/internal/approval"
	"transformateur/internal/assignment"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/continuity"
	"transformateur/internal/credential"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/gathering"
	"transformateur/internal/intake"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/live"
	"transformateur/internal/policy"
	"transformateur/internal/privacy"
	statements "transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/review"
	"transformateur/internal/review/comparison"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/review/opinion"
	"transformateur/internal/scheme"
	"transformateur/internal/screening"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/token"
	"transformateur/internal/venue"
	"transformateur/internal/web/api"
	"transformateur/internal/webhook"
)

// App is everything, wired.
type App struct {
	Config  config.Config
	Clock   clock.Clock
	DB      *db.DB
	Bus     *event.Bus
	Jobs    *job.Queue
	Metrics *Metrics

	Policy      *policy.Service
	Accounts    *account.Service
	Keys        *credential.Service
	Notify      *notify.Service
	Programmes  *programme.Service
	Teams       *programme.Teams
	Calls       *call.Service
	Files       *application.Service
	Screening   *screening.Service
	Intake      *intake.Service
	Reviews     *review.Service
	Comparisons *comparison.Service
	Enclosures  *enclosure.Service
	Rooms       *deliberation.Service
	Opinions    *opinion.Service
	Decisions   *decision.Service
	Continuity  *continuity.Service
	Approvals   *approval.Service
	Committees  *committee.Service
	Assignments *assignment.Service
	Projects    *project.Service
	Gatherings  *gathering.Service
	House       *house.Service
	Planner     *planner.Service
	Schedule    *schedule.Service
	Days        *conduct.Service
	Stage       Stage
	Pulse       *pulse.Service
	Notes       *note.Service
	Bookings    *booking.Service
	Sponsors    *sponsor.Service
	Minutes     *minutes.Service
	Tasters     *taster.Service
	Afterwords  *afterword.Service
	Deposits    *deposit.Service
	Boards      *room.Service
	Kits        *shelf.Service
	Photos      *photo.Service
	Markers     *marker.Service
	Schemes     *scheme.Service
	Venues      *venue.Service
	Admin       *admin.Service
	Watch       *admin.Watch
	Tokens      *token.Service
	Webhooks    *webhook.Service
	Privacy     *privacy.Service
	Statements  *statements.Service

	Entrance      *entrance.Service
	Registrations *registration.Service
	Papers        *papers.Service
	Experts       *pool.Service
	Rights        *right.Service

	roadmapServices
	synthesisServices
	reportServices
	showcaseServices
	outcomeServices
	factoryServices
	visitServices

	bell    live.Bell
	apiOnce sync.Once
	apiDoor *api.Handler
	handler http.Handler
	disks   []breakable
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New opens the data folder and builds the program. A fresh database is
// migrated; an older or newer one is refused with what to do.
func New(ctx context.Context, cfg config.Config, c clock.Clock) (*App, error) {
	if err := dataFolder(cfg.Data); err != nil {
		return nil, err
	}
	if err := whole(cfg); err != nil {
		return nil, err
	}
	d, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	err = ready(ctx, d)
	if err == nil {
		c, err = authority(ctx, d, c)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	a := &App{Config: cfg, Clock: c, DB: d, Bus: event.NewBus(d, c), Jobs: job.NewQueue(d, c), Metrics: newMetrics(d)}
	if err := a.build(ctx); err != nil {
		d.Close()
		return nil, err
	}
	a.handler = a.chain(a.mux())
	return a, nil
}

// ready migrates a fresh database and refuses one of another version. One whose first
// start was cut short is fresh still: nobody has done anything in it.
func ready(ctx context.Context, d *db.DB) error {
	schema, err := d.Schema(ctx)
	if err != nil {
		return err
	}
	fresh := schema.Fresh()
	if !fresh && schema.Have < schema.Want {
		acts, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from journal`)
		if err != nil {
			return fmt.Errorf("see whether the database was ever used: %w", err)
		}
		fresh = acts == 0
	}
	if fresh {
		return d.Migrate(ctx)
	}
	return schema.Check()
}

// Open opens the database that the settings name.
func Open(ctx context.Context, cfg config.Config) (*db.DB, error) {
	return db.Open(ctx, db.Options{URL: string(cfg.Database), File: File(cfg), Synchronous: cfg.Synchronous, Patience: cfg.Patience})
}

// File is where SQLite keeps the database of a data folder.
func File(cfg config.Config) string { return filepath.Join(cfg.Data, "transformateur.db") }

// Handler answers every request.
func (a *App) Handler() http.Handler { return a.handler }

// Start begins the background work: events and jobs.
func (a *App) Start(ctx context.Context) {
	ctx, a.stop = context.WithCancel(ctx)
	a.running.Add(4)
	go func() { defer a.running.Done(); (&readiness{db: a.DB, clock: a.Clock}).watch(ctx) }()
	go func() { defer a.running.Done(); a.Bus.Run(ctx) }()
	go func() { defer a.running.Done(); a.Jobs.Run(ctx) }()
	go func() { defer a.running.Done(); a.Webhooks.Run(ctx) }()
}

// Close stops the background work and closes the database.
func (a *App) Close() error {
	if a.stop != nil {
		a.stop()
		a.running.Wait()
	}
	a.Boards.Close()
	a.bell.Close()
	return a.DB.Close()
}

// Serve listens until ctx ends, or until a disk fails: then the error has the key
// "db.sync_failed". ready, if not nil, is told the address.
func (a *App) Serve(ctx context.Context, ready func(address string)) error {
	listener, err := net.Listen("tcp", a.Config.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", a.Config.Addr, err)
	}
	server := &http.Server{Handler: a.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn)}
	if a.DB.Unsafe() {
		slog.Warn("PostgreSQL runs with fsync off: a power cut loses what was acknowledged")
	}
	ctx, release := a.watchDisks(ctx)
	defer release()
	a.Start(ctx)
	a.running.Go(func() { a.Continuity.Run(ctx) })
	a.running.Go(func() { a.keepTime(ctx) })
	if ready != nil {
		ready("http://" + listener.Addr().String())
	}
	err = serve(ctx, server, func() error {
		if a.Config.Certificate != "" {
			return server.ServeTLS(listener, a.Config.Certificate, a.Config.CertificateKey)
		}
		return server.Serve(listener)
	})
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}
