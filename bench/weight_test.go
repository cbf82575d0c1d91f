package bench

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/app"
)

// The bounds of a page that applicants see, at a first visit with nothing in the
// browser's memory: bytes as they travel, and requests.
const (
	weightMost   = 150_000
	requestsMost = 15
)

var (
	loaded = regexp.MustCompile(`(?:<link\b[^>]*\bhref|\bsrc|\bsrcset|\bposter|\bdata-src)="([^"]+)"`)
	used   = regexp.MustCompile(`url\(["']?([^"')]+)["']?\)|@import\s*["']([^"']+)["']`)
	ours   = regexp.MustCompile(`(?:from|import)\s*\(?["']([^"']+)["']`)
)

// page is everything that a browser fetches to show an address. Every font of the
// style sheet counts, although a browser fetches only those whose characters the
// page holds: it is a bound.
type page struct {
	requests  []string
	travelled int // as the server sends it to a browser that takes gzip
	unpacked  int
	foreign   []string
}

func TestApplicantPagesAreLight(t *testing.T) {
	w := newWorld(t)
	c := w.openCall("appel", formOf(100, 30))
	a := w.draft(c, "Campus numérique")
	w.save(a.ID, edits(0, 100, 0))
	for _, address := range []string{"/applications/" + string(a.ID) + "/edit", "/applications/" + string(a.ID), "/applications/" + string(a.ID) + "/submit", "/applications", "/"} {
		p := fetch(t, w.app, address)
		t.Logf("%s: %d requests, %.1f kB travelled, %.1f kB unpacked", strings.ReplaceAll(address, string(a.ID), "ID"), len(p.requests), float64(p.travelled)/1000, float64(p.unpacked)/1000)
		if p.travelled > weightMost || len(p.requests) > requestsMost {
			t.Errorf("%s: %d bytes, %d requests: at most %d and %d\n%s", address, p.travelled, len(p.requests), weightMost, requestsMost, strings.Join(p.requests, "\n"))
		}
		if len(p.foreign) > 0 {
			t.Errorf("%s leaves the origin: %v", address, p.foreign)
		}
		if len(p.requests) < 4 {
			t.Errorf("%s: only %v was found: the test proves nothing", address, p.requests)
		}
	}
}

// fetch visits an address and what it loads, then what that loads, once each.
func fetch(t *testing.T, a *app.App, address string) (p page) {
	t.Helper()
	for queue := []string{address}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if slices.Contains(p.requests, at) || strings.HasPrefix(at, "data:") {
			continue
		}
		if !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") {
			p.foreign = append(p.foreign, at)
			continue
		}
		p.requests = append(p.requests, at)
		rec := visit(t, a, at)
		p.travelled += rec.Body.Len()
		text := unpack(t, rec)
		p.unpacked += len(text)
		search := map[string]*regexp.Regexp{"text/html": loaded, "text/css": used, "text/javascript": ours}[strings.SplitN(rec.Header().Get("Content-Type"), ";", 2)[0]]
		if search == nil {
			continue
		}
		for _, m := range search.FindAllStringSubmatch(text, -1) {
			queue = append(queue, resolve(at, strings.Join(m[1:], "")))
		}
	}
	return p
}

func visit(t *testing.T, a *app.App, address string) *httptest.ResponseRecorder {
	t.Helper()
	return visitBy(t, a, "ana", address)
}

func visitBy(t *testing.T, a *app.App, person, address string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	r.AddCookie(&http.Cookie{Name: "login", Value: tokenOf(person)})
	r.Header.Set("Accept-Encoding", "gzip")
	rec := httptest.NewRecorder()
	a.Handler().ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d", address, rec.Code)
	}
	return rec
}

func unpack(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if rec.Header().Get("Content-Encoding") != "gzip" {
		return rec.Body.String()
	}
	z, err := gzip.NewReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// resolve reads a reference relative to the file that holds it.
func resolve(at, reference string) string {
	if rest, ok := strings.CutPrefix(reference, "./"); ok {
		return at[:strings.LastIndexByte(at, '/')+1] + rest
	}
	if !strings.Contains(reference, ":") && !strings.HasPrefix(reference, "/") {
		return at[:strings.LastIndexByte(at, '/')+1] + reference
	}
	return reference
}
