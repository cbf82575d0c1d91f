// Package timing_test asks the program for what exists and for what does not, by turns, and says whether the time it takes tells them apart.
package timing_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/web/ui"
)

// seed is that of the order in which requests are sent.
const seed = 2018

// probe is an address that is asked for two sorts of things.
type probe struct {
	name           string
	known, unknown func(i int) *http.Request
}

// TestTiming measures as many requests of each sort as TRANSFORMATEUR_TIMING says, and
// fails when one address tells them apart (make timing). Without it, a few are sent, whose
// time is not judged: that of a busy machine says nothing.
func TestTiming(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	defer slog.SetDefault(before)
	requests, err := strconv.Atoi(os.Getenv("TRANSFORMATEUR_TIMING"))
	judged := err == nil && requests >= 100
	if !judged {
		requests = 5
	}
	w, err := newWorld(context.Background(), t.TempDir(), 2*requests)
	if err != nil {
		t.Fatal(err)
	}
	defer w.app.Close()
	t.Logf("%d requests of each sort by turns, seed %d, %s", requests, seed, runtime.Version())
	t.Logf("%-52s %10s %10s %6s %7s", "", "known", "unknown", "ratio", "p")
	for _, p := range w.probes() {
		if !strings.Contains(p.name, os.Getenv("TRANSFORMATEUR_TIMING_ONLY")) {
			continue
		}
		v, err := w.measure(p, requests)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		t.Logf("%-52s %10s %10s %6.3f %7.4f", p.name, v.known.Round(100*time.Nanosecond), v.unknown.Round(100*time.Nanosecond), v.ratio, v.p)
		if !judged || v.alike() {
			continue
		}
		// One address in a hundred falls below by chance: what is there shows again.
		if v, err = w.measure(p, requests); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		t.Logf("%-52s %10s %10s %6.3f %7.4f", "  measured again", v.known.Round(100*time.Nanosecond), v.unknown.Round(100*time.Nanosecond), v.ratio, v.p)
		if !v.alike() {
			t.Errorf("%s is told apart", p.name)
		}
	}
}

// measure sends the two sorts in pairs, each pair in an order drawn at random, after
// a tenth of them to warm up: what the machine does meanwhile falls on both alike.
func (w *world) measure(p probe, requests int) (verdict, error) {
	rng := rand.New(rand.NewPCG(seed, uint64(len(p.name))))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var known, unknown []time.Duration
	for i := range requests + requests/10 {
		if i%50 == 0 {
			runtime.GC()
		}
		a, b := p.known(i), p.unknown(i)
		var ta, tb time.Duration
		var sa, sb int
		if rng.IntN(2) == 0 {
			ta, sa = w.time(a)
			tb, sb = w.time(b)
		} else {
			tb, sb = w.time(b)
			ta, sa = w.time(a)
		}
		if sa != sb {
			return verdict{}, fmt.Errorf("status %d for what is known, %d for what is not", sa, sb)
		}
		if i >= requests/10 {
			known, unknown = append(known, ta), append(unknown, tb)
		}
	}
	return judge(known, unknown), nil
}

func (w *world) time(r *http.Request) (time.Duration, int) {
	rec := httptest.NewRecorder()
	start := clock.System{}.Now()
	w.handler.ServeHTTP(rec, r)
	return clock.System{}.Now().Sub(start), rec.Code
}

func (w *world) request(method, address, form, token string, i int) *http.Request {
	r := httptest.NewRequest(method, address, strings.NewReader(form))
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16&255, i>>8&255, i&255)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: token})
	}
	return r
}
