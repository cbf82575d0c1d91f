// Package clock tells the time; it is the only place that asks the machine for it.
package clock

import (
	"sync"
	"time"
)

// Clock tells the present instant, in UTC. Everything that needs the time is given one.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the machine's time in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Fake is a clock that tests set by hand. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake is a clock stopped at the given instant.
func NewFake(at time.Time) *Fake { return &Fake{now: at.UTC()} }

// Now is the instant the test chose.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to an instant, forwards or backwards.
func (f *Fake) Set(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = at.UTC()
}

// Advance moves the clock by a duration and returns the new instant.
func (f *Fake) Advance(by time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(by)
	return f.now
}
