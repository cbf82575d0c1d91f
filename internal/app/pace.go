package app

import (
	"net/http"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// pace is the beat on which the program says that something is absent. What is hidden
// costs more work than what is not there, and nobody may time the difference
// (bench/timing): both answers leave at the first beat after the work is done.
const pace = 10 * time.Millisecond

// coarse is more than the error of the runtime's timers, which wake on whole
// milliseconds when nothing else happens: the rest is waited for more finely.
const coarse = 2 * time.Millisecond

// paced holds the answer of a handler that found nothing until the next beat, counted
// from the arrival of the request. Nothing waits on a clock that a test moves by hand.
func (a *App) paced(next ui.HandlerFunc) ui.HandlerFunc {
	if _, real := a.Clock.(clock.System); !real {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		start := a.Clock.Now()
		err := next(w, r)
		if !errs.Is(err, errs.NotFound) {
			return err
		}
		beat := start.Add((a.Clock.Now().Sub(start) + coarse).Truncate(pace) + pace)
		timer := time.NewTimer(beat.Sub(a.Clock.Now()) - coarse)
		defer timer.Stop()
		select {
		case <-timer.C:
			doze(beat.Sub(a.Clock.Now()))
		case <-r.Context().Done():
		}
		return err
	}
}
