package showcase

import (
	"context"
	"fmt"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Edge says until when what was drawn of the showcase stands: as long as Version is the
// present one, and before Until, when the next embargo ends; zero when none is to end.
type Edge struct {
	Version int64
	Until   time.Time
}

// Holds says whether what was drawn under the edge still stands at an instant.
func (e Edge) Holds(now time.Time) bool { return e.Until.IsZero() || now.Before(e.Until) }

// edges are the readings of the edge: at most one goes on, and at most one waits for its end.
type edges struct {
	mu            sync.Mutex
	running, next *reading
	known         Edge
	read          time.Time // when known was read, zero for never
}

// reading is one question to the database, for all who asked before it was put.
type reading struct {
	done chan struct{} // closed once edge and err are there
	edge Edge
	err  error
}

// Edge gives the present one, for everybody, whichever program made the last change: it is
// read from the database after the call, so that what was withdrawn before a visitor asks is
// never shown to her. Those who ask while a reading goes on share the next one: none of them
// is answered by a reading that began before she asked.
func (s *Service) Edge(ctx context.Context, _ account.User) (Edge, error) {
	e := &s.edges
	e.mu.Lock()
	mine, before := e.next, e.running
	if mine != nil {
		e.mu.Unlock()
		select {
		case <-mine.done:
			return mine.edge, mine.err
		case <-ctx.Done():
			return Edge{}, ctx.Err()
		}
	}
	mine = &reading{done: make(chan struct{}), err: errs.New(errs.Unavailable, "errs.unavailable")}
	e.next = mine
	e.mu.Unlock()
	if before != nil {
		<-before.done
	}
	e.mu.Lock()
	e.next, e.running = nil, mine
	e.mu.Unlock()
	defer close(mine.done)
	mine.edge, mine.err = s.readEdge(context.WithoutCancel(ctx)) // others wait for it, even if she left
	return mine.edge, mine.err
}

// readEdge asks the database. The end of the next embargo only changes with the version or
// with the clock: it is asked for when one of them moved past what is known.
func (s *Service) readEdge(ctx context.Context) (Edge, error) {
	e, r, now := &s.edges, s.db.Reader(), s.clock.Now()
	version, err := db.Get(ctx, r, db.Value[int64], `select coalesce(max(version), 0) from showcase_state`)
	if err != nil {
		return Edge{}, fmt.Errorf("read the version of the showcase: %w", err)
	}
	e.mu.Lock()
	known, read := e.known, e.read
	e.mu.Unlock()
	if !read.IsZero() && !now.Before(read) && known.Version == version && known.Holds(now) {
		return known, nil
	}
	fresh := Edge{Version: version}
	fresh.Until, err = db.Get(ctx, r, db.Value[time.Time], `select opens_at from showcase_editions where opens_at > $1 order by opens_at limit 1`, now)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return Edge{}, fmt.Errorf("find the next embargo that ends: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known, e.read = fresh, now
	return fresh, nil
}
