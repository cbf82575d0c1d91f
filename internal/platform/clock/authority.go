package clock

import (
	"sync"
	"time"
)

// Authority is the time that counts when several machines, or one whose clock may
// be set, must agree: it follows the instants that an authority tells, runs on
// elapsed time between two of them, and never goes back. A machine whose own clock
// is wrong, or steps back, tells the same time as the others.
type Authority struct {
	own     Clock
	elapsed func() time.Duration

	mu     sync.Mutex
	anchor time.Time     // what the authority last told
	since  time.Duration // when, in elapsed time
	last   time.Time     // the latest instant told to anybody
}

// NewAuthority begins on a machine's own clock. elapsed tells how long the process
// has run, and never goes back; nil asks the machine.
func NewAuthority(own Clock, elapsed func() time.Duration) *Authority {
	if elapsed == nil {
		begin := time.Now()
		elapsed = func() time.Duration { return time.Since(begin) }
	}
	now := own.Now()
	return &Authority{own: own, elapsed: elapsed, anchor: now, since: elapsed()}
}

// Follow takes the instant that the authority tells now, and says how far the
// machine's own clock is from it.
func (a *Authority) Follow(at time.Time) (skew time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.anchor, a.since = at.UTC(), a.elapsed()
	return a.own.Now().Sub(at)
}

// Elapsed is how long the process has run; it never goes back.
func (a *Authority) Elapsed() time.Duration { return a.elapsed() }

// Now is the authority's time.
func (a *Authority) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.anchor.Add(a.elapsed() - a.since)
	if now.Before(a.last) {
		return a.last
	}
	a.last = now
	return now
}
