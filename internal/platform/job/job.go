// Package job is work to do later: enqueued in the transaction that needs it, claimed with a lease, tried again when it fails.
package job

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

// Job is one piece of work.
type Job struct {
	ID       string
	Kind     string // verb and noun: "send_mail"
	Payload  json.RawMessage
	Attempts int // how many times it was started before this one
}

// Read decodes the payload.
func (j Job) Read(into any) error {
	if err := json.Unmarshal(j.Payload, into); err != nil {
		return fmt.Errorf("read the payload of %s: %w", j.Kind, err)
	}
	return nil
}

// Handler does a job. It may be run again after a crash: what it does outside the
// database must be recognisable by the job's ID.
type Handler func(ctx context.Context, j Job) error

// lease is how long a worker may be silent before another takes the job.
const lease = 5 * time.Minute

// Queue keeps jobs and runs them.
type Queue struct {
	db       *db.DB
	clock    clock.Clock
	mu       sync.RWMutex
	handlers map[string]Handler
	every    map[string]time.Duration
	wake     chan struct{}
}

// NewQueue makes a queue on a database.
func NewQueue(d *db.DB, c clock.Clock) *Queue {
	return &Queue{db: d, clock: c, handlers: map[string]Handler{}, every: map[string]time.Duration{}, wake: make(chan struct{}, 1)}
}

// rouse has Run look at once; it never blocks.
func (q *Queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Handle registers who does the jobs of a kind.
func (q *Queue) Handle(kind string, h Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.handlers[kind] = h
}

// Every has a kind of job done again and again; one at a time over all nodes.
func (q *Queue) Every(kind string, period time.Duration, h Handler) {
	q.Handle(kind, h)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.every[kind] = period
}

// Enqueue asks for a job. A non-empty key makes it unique for its kind as long as
// its row is kept: asking twice is asking once.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, kind, key string, payload any, at time.Time) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("write the payload of %s: %w", kind, err)
	}
	var unique any
	if key != "" {
		unique = key
	}
	_, err = tx.Exec(ctx, `
		insert into jobs (id, kind, unique_key, payload, run_at, attempts, max_attempts, problem, created_at)
		values ($1, $2, $3, $4, $5, 0, 20, '', $6) on conflict do nothing`,
		db.NewID(), kind, unique, string(body), at, q.clock.Now())
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	tx.AfterCommit(q.rouse)
	return nil
}

// Run does jobs until ctx ends.
func (q *Queue) Run(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		if err := q.Work(ctx); err != nil && ctx.Err() == nil {
			slog.Error("do jobs", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		case <-tick.C:
		}
	}
}

// Work does everything that is due.
func (q *Queue) Work(ctx context.Context) error {
	if err := q.schedule(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		j, err := q.claim(ctx)
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("claim a job: %w", err)
		}
		q.mu.RLock()
		h := q.handlers[j.Kind]
		q.mu.RUnlock()
		if err := q.settle(ctx, j, do(ctx, h, j)); err != nil {
			return fmt.Errorf("settle job %s: %w", j.ID, err)
		}
	}
	return ctx.Err()
}

func do(ctx context.Context, h Handler, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in job %s: %v", j.Kind, p)
		}
	}()
	if h == nil {
		return fmt.Errorf("nobody does %s", j.Kind)
	}
	return h(ctx, j)
}

func (q *Queue) schedule(ctx context.Context) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if len(q.every) == 0 {
		return nil
	}
	now := q.clock.Now()
	missing := map[string]bool{}
	for kind, period := range q.every {
		slot := now.Truncate(period).Format(time.RFC3339)
		_, err := db.Get(ctx, q.db.Reader(), db.Value[string], `select id from jobs where kind = $1 and unique_key = $2`, kind, slot)
		if errs.Is(err, errs.NotFound) {
			missing[kind] = true
		} else if err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return q.db.Write(ctx, func(tx *db.Tx) error {
		for _, kind := range slices.Sorted(maps.Keys(missing)) { // in one order everywhere
			if err := q.Enqueue(ctx, tx, kind, now.Truncate(q.every[kind]).Format(time.RFC3339), nil, now); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `delete from jobs where done_at < $1`, now.Add(-30*24*time.Hour))
		return err
	})
}

func scanJob(s db.Scanner) (j Job, err error) {
	var payload string
	err = s.Scan(&j.ID, &j.Kind, &payload, &j.Attempts)
	j.Payload = json.RawMessage(payload)
	return j, err
}

// claim takes the oldest due job; the where clause decides between two nodes.
func (q *Queue) claim(ctx context.Context) (j Job, err error) {
	now := q.clock.Now()
	due, err := db.List(ctx, q.db.Reader(), scanJob, `
		select id, kind, payload, attempts from jobs
		where done_at is null and run_at <= $1 and (leased_until is null or leased_until <= $1)
		order by run_at, id limit 10`, now)
	if err != nil {
		return j, err
	}
	for _, j := range due {
		mine := false
		err := q.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `
				update jobs set leased_until = $2, attempts = attempts + 1
				where id = $1 and done_at is null and (leased_until is null or leased_until <= $3)`, j.ID, now.Add(lease), now)
			mine = n == 1
			return err
		})
		if err != nil || mine {
			return j, err
		}
	}
	return j, errs.New(errs.NotFound, "errs.not_found")
}

// settle marks a job done, or gives it another time to run.
func (q *Queue) settle(ctx context.Context, j Job, problem error) error {
	now := q.clock.Now()
	return q.db.Write(ctx, func(tx *db.Tx) error {
		if problem == nil {
			_, err := tx.Exec(ctx, `update jobs set done_at = $2, leased_until = null, problem = '' where id = $1`, j.ID, now)
			return err
		}
		slog.Warn("job failed", "kind", j.Kind, "id", j.ID, "attempts", j.Attempts+1, "err", problem)
		_, err := tx.Exec(ctx, `
			update jobs set leased_until = null, problem = $2, run_at = $3,
			  done_at = case when attempts >= max_attempts then $4 else done_at end
			where id = $1`, j.ID, problem.Error(), now.Add(event.Backoff(j.Attempts)), now)
		return err
	})
}
