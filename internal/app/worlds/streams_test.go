package worlds_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"transformateur/internal/web/ui"
)

// heard keeps what a stream said, and says when it began.
type heard struct {
	mu     sync.Mutex
	header http.Header
	text   []byte
	begun  chan struct{}
	once   sync.Once
}

// Header, WriteHeader, Write, Flush and SetWriteDeadline are what a stream writes to.
func (h *heard) Header() http.Header { return h.header }

// WriteHeader is not kept: a stream that is refused says nothing.
func (h *heard) WriteHeader(int) {}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, b...)
	return len(b), nil
}

// Flush is called after each event.
func (h *heard) Flush() { h.once.Do(func() { close(h.begun) }) }

// SetWriteDeadline is what a stream asks for; nothing here is slow.
func (h *heard) SetWriteDeadline(time.Time) error { return nil }

// listening opens the streams that an observer may have open, does something, and gives
// what they said until a while after; told, until one of them said something.
func (w *world) listening(t *testing.T, key string, told bool, do func()) (said []string) {
	t.Helper()
	ctx, hangUp := context.WithCancel(t.Context())
	var all []*heard
	var waiting sync.WaitGroup
	for _, id := range w.column(`select object_id from relations where subject_id = $1 and object_kind = 'application' and revoked_at is null order by object_id`, string(w.as(key).ID)) {
		h := &heard{header: http.Header{}, begun: make(chan struct{})}
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/applications/"+id+"/stream", nil)
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: w.tokens[key]})
		waiting.Go(func() { w.app.Handler().ServeHTTP(h, r) })
		select {
		case <-h.begun:
		case <-time.After(20 * time.Second):
			t.Fatalf("the stream of %s for %s does not begin", id, key)
		}
		all = append(all, h)
	}
	length := func() (n int) {
		for _, h := range all {
			h.mu.Lock()
			n += len(h.text)
			h.mu.Unlock()
		}
		return n
	}
	before := length()
	do()
	for tries := 0; tries < 15 || told && length() == before && tries < 500; tries++ {
		time.Sleep(20 * time.Millisecond)
	}
	hangUp()
	waiting.Wait()
	for _, h := range all {
		said = append(said, string(h.text))
	}
	return said
}

// Streams that are open while a secret is made say the same as if it were not; and
// those of its team say it.
func TestStreamsTellNoSecret(t *testing.T) {
	quiet(t)
	w := begin(t)
	for _, a := range script() {
		w.play(a)
	}
	w.stop()
	acts := map[string]func(w *world){
		"a comment": func(w *world) {
			w.must(w.app.Files.Comment(w.ctx, w.as("hana"), w.files["gil "+string(open)], "summary", "La salicorne manque."))
		},
		"an answer": func(w *world) { w.write("hana", "gil "+string(open), "summary", "La salicorne.") },
		"where somebody writes": func(w *world) {
			w.must(w.app.Files.Here(w.ctx, w.as("hana"), w.files["gil "+string(open)], "summary"))
		},
	}
	for name, do := range acts {
		for _, key := range []string{"dora", "ana", "carl", "gil"} {
			t.Run(name+" before "+key, func(t *testing.T) {
				var without, with []string
				w.visit(t, func(v *world) { without = v.listening(t, key, false, func() {}) })
				w.visit(t, func(v *world) {
					with = v.listening(t, key, key == "gil", func() { chance(t, "while streams are open, "+name); do(v) })
				})
				if len(with) == 0 || slices.Equal(without, with) == (key == "gil") {
					t.Errorf("without: %q\nwith: %q", without, with)
				}
			})
		}
	}
}
