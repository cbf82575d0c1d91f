package app

import (
	"path/filepath"
	"testing"
)

// Nothing that writes escapes the matrix in silence: a route that changes nothing there
// is named with a reason, and only such a route is.
func TestEveryWritingRouteIsReached(t *testing.T) {
	reached := readWrites(t, filepath.Join("testdata", "writes.txt"))
	named, there := map[string]int{}, map[string]bool{}
	for why, patterns := range unreached {
		if len(why) < 20 {
			t.Errorf("%q is no reason", why)
		}
		for _, pattern := range patterns {
			named[pattern]++
		}
	}
	for _, route := range writing(newWorld(t).app.Routes()) {
		there[route.Pattern] = true
		switch changes := reached[route.Pattern]; {
		case len(changes) == 0 && named[route.Pattern] == 0:
			t.Errorf("%s changes nothing in the write matrix: give its form values in sent, or say in unreached why none can", route.Pattern)
		case len(changes) > 0 && named[route.Pattern] > 0:
			t.Errorf("%s is reached by the write matrix: take it out of unreached", route.Pattern)
		}
	}
	for pattern, times := range named {
		if !there[pattern] || times > 1 {
			t.Errorf("%s stands %d times in unreached; it must be a route, named once", pattern, times)
		}
	}
	for pattern := range sent {
		if !there[pattern] || named[pattern] > 0 {
			t.Errorf("%s has values in sent: it must be a route that is reached", pattern)
		}
	}
}
