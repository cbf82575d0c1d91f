package showcase_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/policy"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/showcase"
	pages "transformateur/internal/web/showcase"
	"transformateur/internal/web/ui"
)

// pair is two programs on one database, on each engine: the team writes to the first.
func pair(t *testing.T, body func(t *testing.T, first, second *world)) {
	for name, open := range map[string]func(t *testing.T) db.Options{
		"sqlite": func(t *testing.T) db.Options {
			file := filepath.Join(t.TempDir(), "shared.db")
			dbtest.Copy(t, file)
			return db.Options{File: file}
		},
		"postgres": func(t *testing.T) db.Options { return db.Options{URL: dbtest.PostgresURL(t), Readers: 4} },
	} {
		t.Run(name, func(t *testing.T) {
			options := open(t)
			opened := func() *db.DB {
				d, err := db.Open(ctx, options)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { d.Close() })
				return d
			}
			first := newWorld(t, opened())
			body(t, first, first.beside(opened()))
		})
	}
}

// beside is another program on the same data, with a clock of the same time.
func (w *world) beside(d *db.DB) *world {
	other, rights, bus := *w, policy.New(d, w.Clock), event.NewBus(d, w.Clock)
	other.showcase = showcase.New(showcase.Deps{DB: d, Clock: w.Clock, Policy: rights, Blobs: w.Blobs, Jobs: job.NewQueue(d, w.Clock), Bus: bus, Programmes: programme.New(d, w.Clock, rights, bus)})
	other.handler = &pages.Handler{Showcase: other.showcase, Statements: statement.New(d, w.Clock, rights), Clock: w.Clock, BaseURL: w.handler.BaseURL, Name: w.handler.Name, Contact: w.handler.Contact}
	return &other
}

// sent asks with a method, in a language, with headers.
func (w *world) sent(method, path string, lang i18n.Lang, headers map[string]string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	for _, route := range w.handler.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	r := httptest.NewRequest(method, path, nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r.WithContext(account.With(i18n.With(r.Context(), lang), account.User{})))
	return rec
}

var zipped = map[string]string{"Accept-Encoding": "gzip, br"}

func plainly(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(rec.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// The clock does not move: whatever the second program keeps is young.
func TestWithdrawnOnOneProgramIsGoneOnTheOther(t *testing.T) {
	pair(t, func(t *testing.T, first, second *world) {
		address := first.publishes()
		first.opens(first.Clock.Now())
		paths := append([]string{address, address + "/card"}, everywhere...)
		etags := map[string]string{}
		for range 2 { // twice: drawn, then kept and compressed
			for _, path := range paths {
				for _, lang := range i18n.Langs {
					got := second.sent(http.MethodGet, path, lang, zipped)
					if got.Code != http.StatusOK {
						t.Fatalf("%s answers %d", path, got.Code)
					}
					etags[path+string(lang)] = got.Header().Get("ETag")
				}
			}
		}
		first.sends(first.Bob, "/sheet/withdraw", url.Values{})
		for _, path := range paths {
			for _, lang := range i18n.Langs {
				for _, headers := range []map[string]string{nil, zipped, {"If-None-Match": etags[path+string(lang)]}} {
					got := second.sent(http.MethodGet, path, lang, headers)
					if body := got.Body.String(); got.Code == http.StatusNotModified && strings.HasPrefix(path, address) || strings.Contains(body, "connecté") {
						t.Errorf("withdrawn on one program, %s in %s with %v answers %d on the other", path, lang, headers, got.Code)
					}
				}
			}
		}
		if got := second.visits(address, ""); got.Code != http.StatusGone {
			t.Errorf("withdrawn, it answers %d", got.Code)
		}
	})
}

func TestEmbargoMovedOnOneProgramHoldsOnTheOther(t *testing.T) {
	pair(t, func(t *testing.T, first, second *world) {
		address := first.publishes()
		says := func(when string, want bool) {
			t.Helper()
			for _, w := range []*world{first, second} {
				for range 2 {
					if got := w.visits(address, ""); (got.Code == http.StatusOK) != want {
						t.Errorf("%s, it answers %d", when, got.Code)
					}
					if got := w.visits("/showcase", ""); strings.Contains(got.Body.String(), "connecté") != want {
						t.Errorf("%s, the home says the contrary", when)
					}
				}
			}
		}
		first.opens(first.Clock.Now().Add(30 * time.Second))
		says("before the hour", false)
		first.Clock.Advance(30*time.Second - time.Nanosecond)
		says("just before the hour", false)
		first.Clock.Advance(time.Nanosecond)
		says("on the hour", true)
		first.opens(first.Clock.Now().Add(time.Hour))
		says("under an embargo again", false)
	})
}

func TestKeptPageIsCompressedAndAnswersHead(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	address := w.publishes()
	w.opens(w.Clock.Now())
	said := map[i18n.Lang]string{}
	for _, lang := range i18n.Langs {
		first := w.sent(http.MethodGet, address, lang, zipped)
		again := w.sent(http.MethodGet, address, lang, zipped)
		said[lang] = first.Body.String()
		if first.Header().Get("Content-Encoding") != "" || again.Header().Get("Content-Encoding") != "gzip" || plainly(t, again) != said[lang] {
			t.Errorf("in %s, compressed, the page is another", lang)
		}
		if refused := w.sent(http.MethodGet, address, lang, map[string]string{"Accept-Encoding": "gzip;q=0"}); refused.Body.String() != said[lang] {
			t.Errorf("in %s, who takes nothing compressed is sent another page", lang)
		}
		if a, b := first.Header().Get("ETag"), again.Header().Get("ETag"); a == b || a == "" || b == "" {
			t.Errorf("two forms of the page have the marks %q and %q", a, b)
		}
		for _, etag := range []string{first.Header().Get("ETag"), again.Header().Get("ETag")} {
			got := w.sent(http.MethodGet, address, lang, map[string]string{"If-None-Match": etag, "Accept-Encoding": "gzip"})
			if got.Code != http.StatusNotModified || got.Body.Len() != 0 || got.Header().Get("Content-Encoding") != "" {
				t.Errorf("known under %s, it answers %d, %d bytes", etag, got.Code, got.Body.Len())
			}
		}
		head := w.sent(http.MethodHead, address, lang, zipped)
		if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != strconv.Itoa(again.Body.Len()) {
			t.Errorf("HEAD answers %d, %d bytes, says %s", head.Code, head.Body.Len(), head.Header().Get("Content-Length"))
		}
		if vary := again.Header().Get("Vary"); vary != "Accept-Encoding, Accept-Language, Cookie" {
			t.Errorf("caches are told that the page varies by %q", vary)
		}
	}
	if said[i18n.FR] == said[i18n.EN] {
		t.Error("one language is kept for both")
	}
	// What the frame says of the install is not kept over a change of it.
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r = r.WithContext(ui.WithReadOnly(account.With(i18n.With(r.Context(), i18n.FR), account.User{})))
	mux, rec := http.NewServeMux(), httptest.NewRecorder()
	for _, route := range w.handler.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	mux.ServeHTTP(rec, r)
	if rec.Body.String() == said[i18n.FR] {
		t.Error("a page kept from before says nothing of the lack of room")
	}
}

// Whoever asks after a change is told of it, however many ask at once.
func TestNobodyIsAnsweredByAnOlderReading(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.publishes()
		for range 5 {
			var all sync.WaitGroup
			var mu sync.Mutex
			var known int64 // the last version that a writer knows to be there
			for range 8 {
				all.Go(func() {
					for range 20 {
						mu.Lock()
						least := known
						mu.Unlock()
						if edge, err := w.showcase.Edge(ctx, account.User{}); err != nil || edge.Version < least {
							t.Errorf("after version %d, an answer of %d, %v", least, edge.Version, err)
						}
					}
				})
			}
			all.Go(func() {
				for range 10 {
					w.opens(w.Clock.Now())
					edge, err := w.showcase.Edge(ctx, account.User{})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					known = max(known, edge.Version)
					mu.Unlock()
				}
			})
			all.Wait()
		}
	})
}

// Searching for anything at all keeps no more than the bound, and answers as before.
func TestKeptPagesAreBounded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.publishes()
	w.opens(w.Clock.Now())
	w.handler.KeptBytes = 64 << 10
	for i := range 60 {
		w.sent(http.MethodGet, "/showcase/search?q=campus+"+strconv.Itoa(i), i18n.FR, nil)
	}
	if got := w.handler.Kept(); got == 0 || got > 64<<10 {
		t.Errorf("%d bytes are kept", got)
	}
	last, first := fmt.Sprint("/showcase/search?q=campus+", 59), "/showcase/search?q=campus+0"
	if a, b := w.sent(http.MethodGet, last, i18n.FR, zipped), w.sent(http.MethodGet, first, i18n.FR, zipped); a.Header().Get("Content-Encoding") != "gzip" || b.Header().Get("Content-Encoding") != "" {
		t.Error("the page asked for the longest ago is kept, or the last one is not")
	}
}
