package journeys_test

import (
	"sync/atomic"
	"time"

	"transformateur/internal/platform/clock"
)

// days is a clock that runs like everybody's, until a journey lets days pass at once.
type days struct{ passed atomic.Int64 }

var _ clock.Clock = (*days)(nil)

// Now is the machine's time, plus what has been let pass.
func (d *days) Now() time.Time {
	return clock.System{}.Now().Add(time.Duration(d.passed.Load()))
}

// pass lets time pass.
func (d *days) pass(by time.Duration) { d.passed.Add(int64(by)) }
