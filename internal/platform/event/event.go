// Package event is what happened, told to other parts of the program: a row written with the act, then delivered at least once.
package event

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
)

// Event is something that happened to an object.
type Event struct {
	ID       string
	At       time.Time
	Kind     string // past participle: "application.submitted"
	ObjectID string
	Payload  json.RawMessage
}

// Read decodes the payload.
func (e Event) Read(into any) error {
	if err := json.Unmarshal(e.Payload, into); err != nil {
		return fmt.Errorf("read the payload of %s: %w", e.Kind, err)
	}
	return nil
}

// Handler reacts to an event inside a transaction: what it writes and the fact
// that it has run are kept together. What leaves the database must go through a job.
type Handler func(ctx context.Context, tx *db.Tx, e Event) error

type subscriber struct {
	name   string
	kinds  map[string]bool
	handle Handler
}

// Bus connects those who publish with those who subscribe.
type Bus struct {
	db    *db.DB
	clock clock.Clock
	mu    sync.RWMutex
	subs  map[string]subscriber
	wake  chan struct{}
}

// NewBus makes a bus on a database.
func NewBus(d *db.DB, c clock.Clock) *Bus {
	return &Bus{db: d, clock: c, subs: map[string]subscriber{}, wake: make(chan struct{}, 1)}
}

// rouse has Run look at once; it never blocks.
func (b *Bus) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Subscribe registers a handler under a stable name for some kinds of events. It
// is called before anything is published.
func (b *Bus) Subscribe(name string, handle Handler, kinds ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := subscriber{name: name, kinds: map[string]bool{}, handle: handle}
	for _, kind := range kinds {
		s.kinds[kind] = true
	}
	b.subs[name] = s
}

// Publish keeps an event with the transaction that made it true.
func (b *Bus) Publish(ctx context.Context, tx *db.Tx, kind, objectID string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("write the payload of %s: %w", kind, err)
	}
	id, at := db.NewID(), b.clock.Now()
	b.mu.RLock()
	defer b.mu.RUnlock()
	kept := false
	for _, s := range b.subs {
		if !s.kinds[kind] {
			continue
		}
		if !kept {
			kept = true
			if _, err := tx.Exec(ctx, `insert into events (id, at, kind, object_id, payload) values ($1, $2, $3, $4, $5)`, id, at, kind, objectID, string(body)); err != nil {
				return fmt.Errorf("publish %s: %w", kind, err)
			}
		}
		if _, err := tx.Exec(ctx, `insert into event_deliveries (event_id, subscriber, attempts, due_at, problem) values ($1, $2, 0, $3, '')`, id, s.name, at); err != nil {
			return fmt.Errorf("address %s to %s: %w", kind, s.name, err)
		}
	}
	if kept {
		tx.AfterCommit(b.rouse)
	}
	return nil
}

// Run delivers events until ctx ends. Several nodes may run at once.
func (b *Bus) Run(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		if _, err := b.Deliver(ctx); err != nil && ctx.Err() == nil {
			slog.Error("deliver events", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		case <-tick.C:
		}
	}
}

type delivery struct {
	event      Event
	subscriber string
	attempts   int
}

func scanDelivery(s db.Scanner) (d delivery, err error) {
	var payload string
	err = s.Scan(&d.event.ID, &d.event.At, &d.event.Kind, &d.event.ObjectID, &payload, &d.subscriber, &d.attempts)
	d.event.Payload = json.RawMessage(payload)
	return d, err
}

// Deliver hands over everything that is due and says how many deliveries succeeded.
func (b *Bus) Deliver(ctx context.Context) (int, error) {
	delivered := 0
	for ctx.Err() == nil {
		due, err := db.List(ctx, b.db.Reader(), scanDelivery, `
			select e.id, e.at, e.kind, e.object_id, e.payload, d.subscriber, d.attempts
			from event_deliveries d join events e on e.id = d.event_id
			where d.done_at is null and d.due_at <= $1
			order by e.at, e.id, d.subscriber limit 100`, b.clock.Now())
		if err != nil {
			return delivered, fmt.Errorf("list due deliveries: %w", err)
		}
		if len(due) == 0 {
			return delivered, nil
		}
		n, err := b.deliverAll(ctx, due)
		delivered += n
		if err != nil {
			return delivered, err
		}
	}
	return delivered, ctx.Err()
}

// atOnce bounds the deliveries under way, enough for their commits to be grouped.
const atOnce = 8

// deliverAll hands over events: those about one object in their order, those about
// different objects at once.
func (b *Bus) deliverAll(ctx context.Context, due []delivery) (int, error) {
	var objects []string
	of := map[string][]delivery{}
	for _, one := range due {
		if of[one.event.ObjectID] == nil {
			objects = append(objects, one.event.ObjectID)
		}
		of[one.event.ObjectID] = append(of[one.event.ObjectID], one)
	}
	var waiting sync.WaitGroup
	var delivered atomic.Int64
	problems, slots := make([]error, len(objects)), make(chan struct{}, atOnce)
	for i, object := range objects {
		slots <- struct{}{}
		waiting.Go(func() {
			defer func() { <-slots }()
			for _, one := range of[object] {
				ok, err := b.deliver(ctx, one)
				if err != nil {
					problems[i] = err
					return
				}
				if ok {
					delivered.Add(1)
				}
			}
		})
	}
	waiting.Wait()
	return int(delivered.Load()), errors.Join(problems...)
}

func (b *Bus) deliver(ctx context.Context, one delivery) (bool, error) {
	b.mu.RLock()
	s, known := b.subs[one.subscriber]
	b.mu.RUnlock()
	mine := false
	err := b.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update event_deliveries set done_at = $3 where event_id = $1 and subscriber = $2 and done_at is null`, one.event.ID, one.subscriber, b.clock.Now())
		if err != nil || n == 0 || !known {
			return err
		}
		mine = true
		return s.handle(ctx, tx, one.event)
	})
	if err == nil {
		return mine, nil
	}
	if !mine {
		return false, err
	}
	slog.Warn("event not delivered", "kind", one.event.Kind, "subscriber", one.subscriber, "attempts", one.attempts+1, "err", err)
	return false, b.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update event_deliveries set attempts = attempts + 1, due_at = $3, problem = $4 where event_id = $1 and subscriber = $2`,
			one.event.ID, one.subscriber, b.clock.Now().Add(Backoff(one.attempts)), err.Error())
		return err
	})
}

// Backoff is how long to wait before trying again: 2 s doubled each time, an hour at most.
func Backoff(attempts int) time.Duration {
	if attempts > 10 {
		return time.Hour
	}
	return min(2*time.Second<<attempts, time.Hour)
}
