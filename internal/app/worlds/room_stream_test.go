package worlds_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/deliberation"
	"transformateur/internal/web/ui"
)

// follows opens the stream of the room for somebody, does something, and gives what was
// said to her until a while after; told, until something was said.
func (w *world) follows(t *testing.T, key string, told bool, do func()) string {
	t.Helper()
	ctx, hangUp := context.WithCancel(t.Context())
	h := &heard{header: http.Header{}, begun: make(chan struct{})}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/deliberations/"+string(w.selection())+"/stream", nil)
	r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: w.tokens[key]})
	done := make(chan struct{})
	go func() { w.app.Handler().ServeHTTP(h, r); close(done) }()
	select {
	case <-h.begun:
	case <-time.After(20 * time.Second):
		t.Fatalf("the stream of the room for %s does not begin", key)
	}
	said := func() string {
		h.mu.Lock()
		defer h.mu.Unlock()
		return string(h.text)
	}
	before := said()
	do()
	// A stream looks by itself once a second: what it would then say is waited for.
	for tries := 0; tries < 70 || told && said() == before && tries < 500; tries++ {
		time.Sleep(20 * time.Millisecond)
	}
	hangUp()
	<-done
	return said()
}

// The stream of a member who stepped aside is the same byte for byte whatever is said,
// voted, decided or noted while she waits; those inside are called at each act.
func TestRoomStreamTellsNoSecret(t *testing.T) {
	quiet(t)
	w := begin(t)
	for _, a := range script() {
		w.play(a)
	}
	file := "gil " + string(chosen)
	w.deliberates(file)
	motion := w.moves("Voyons.")
	w.stop()
	acts := map[string]func(w *world){
		"nothing": func(*world) {},
		"a motion": func(w *world) {
			w.must(w.app.Rooms.Propose(w.ctx, w.as("juror"), w.selection(), deliberation.Refuse, "Le congre est vert."))
		},
		"a vote": func(w *world) { w.votes("juror", motion, deliberation.Against) },
		"a vote that is closed": func(w *world) {
			w.votes("juror", motion, deliberation.For)
			w.must(w.app.Rooms.CloseVote(w.ctx, w.as("chair"), w.selection(), motion))
		},
		"a decision":   func(w *world) { w.pronounces(file, deliberation.Refuse, "La thonine est fraîche.") },
		"more time":    func(w *world) { w.must(w.app.Rooms.Time(w.ctx, w.as("chair"), w.selection(), 20)) },
		"who came in":  func(w *world) { w.must(w.app.Rooms.Enter(w.ctx, w.as("clerk"), w.selection())) },
		"who went out": func(w *world) { w.must(w.app.Rooms.Leave(w.ctx, w.as("juror"), w.selection())) },
	}
	var first string
	w.visit(t, func(v *world) { first = v.follows(t, "recused", false, func() {}) })
	if strings.Count(first, "event:") != 1 {
		t.Fatalf("while she waits she is told %q", first)
	}
	for name, do := range acts {
		t.Run(name, func(t *testing.T) {
			var waits, sits string
			w.visit(t, func(v *world) { waits = v.follows(t, "recused", false, func() { do(v) }) })
			w.visit(t, func(v *world) { sits = v.follows(t, "chair", name != "nothing", func() { do(v) }) })
			if waits != first {
				t.Errorf("the stream of who waits says %q, and without it %q", waits, first)
			}
			if called := strings.Contains(sits, "event: changed"); called == (name == "nothing") {
				t.Errorf("the stream of the chair says %q", sits)
			}
		})
	}
	t.Run("another file from which nobody stepped aside", func(t *testing.T) {
		var back string
		w.visit(t, func(v *world) {
			back = v.follows(t, "recused", true, func() {
				v.must(v.app.Rooms.Withdraw(v.ctx, v.as("chair"), v.selection(), motion))
				v.must(v.app.Rooms.Call(v.ctx, v.as("chair"), v.selection(), v.files["dora "+string(chosen)], ""))
			})
		})
		events := strings.Split(strings.TrimSpace(back), "\n\n")
		if told := slices.Compact(slices.Clone(events)); !slices.Equal(told, []string{"event: listening\ndata: null", "event: changed\ndata: null"}) { // two acts, told at once or not
			t.Errorf("once she may come back she is told %q", events)
		}
	})
}
