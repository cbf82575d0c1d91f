package clock

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Movable is a clock that can be moved forward by hand, for demonstrations: it then runs on
// from there. Where it stands beside its own clock is kept in a file, so that it does not go
// back when the program starts again.
type Movable struct {
	own  Clock
	file string

	mu    sync.Mutex
	ahead time.Duration
}

// NewMovable reads how far ahead the clock is from a file; without one it is not. Error: a
// file that holds anything else.
func NewMovable(own Clock, file string) (*Movable, error) {
	m := &Movable{own: own, file: file}
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the clock of the demonstration: %w", err)
	}
	if m.ahead, err = time.ParseDuration(strings.TrimSpace(string(text))); err != nil || m.ahead < 0 {
		return nil, fmt.Errorf("the clock of the demonstration (%s) holds %q: remove the file", file, text)
	}
	return m, nil
}

// Now is the time of its own clock, moved.
func (m *Movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.own.Now().Add(m.ahead)
}

// Forward moves the clock to an instant, and keeps that. It never goes back: false for an
// instant that is past.
func (m *Movable) Forward(to time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ahead := to.Sub(m.own.Now()).Truncate(time.Millisecond)
	if ahead <= m.ahead {
		return false, nil
	}
	beside := m.file + ".new"
	if err := os.WriteFile(beside, []byte(ahead.String()+"\n"), 0o600); err != nil {
		return false, fmt.Errorf("keep the clock of the demonstration: %w", err)
	}
	if err := os.Rename(beside, m.file); err != nil {
		return false, fmt.Errorf("keep the clock of the demonstration: %w", err)
	}
	m.ahead = ahead
	return true, nil
}
