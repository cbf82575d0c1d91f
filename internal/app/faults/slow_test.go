package faults

import (
	"net/http"
	"testing"
	"time"
)

// Each sync takes two seconds, and a write waits one for its turn: what has begun is
// awaited and kept, what waits too long is refused before it begins, and asking again
// deposits once.
func TestSlowDisk(t *testing.T) {
	m := newMachine(t, draw(t), theOrigin(t))
	m.env = []string{patiently + "=1s"}
	l := newLedger(theOrigin(t), m.rng)
	c := m.boot()
	for range 10 { // a commit may by chance take all of them along
		l.until(c.base, c.ended, func(d *deposit) bool { return d.whole }) // ready to be deposited
		m.disk.set(func(d *disk) { d.delay = 2 * time.Second })
		l.deposits(c.base, c.ended, 1)
		m.disk.set(func(d *disk) { d.delay = 0 })
		if l.answers(http.StatusServiceUnavailable) > 0 {
			break
		}
	}
	if l.answers(http.StatusServiceUnavailable) == 0 {
		t.Error("nobody was asked to come back: the test shows nothing")
	}
	if n := l.answers(http.StatusInternalServerError); n > 0 {
		t.Errorf("%d answers told of a fault of ours", n)
	}
	m.restart(c)
	m.settle(l)
}
