// Command timing asks the program, in process, for what exists and for what does not, by turns, and says whether the time it takes tells them apart.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/web/ui"
)

func main() {
	requests := flag.Int("requests", 2000, "how many requests of each sort")
	seed := flag.Uint64("seed", 2018, "of the order in which they are sent")
	only := flag.String("only", "", "a part of the name of the addresses to try")
	flag.Parse()
	separated, err := run(os.Stdout, *requests, *seed, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if separated > 0 {
		os.Exit(2)
	}
}

// probe is an address that is asked for two sorts of things.
type probe struct {
	name           string
	known, unknown func(i int) *http.Request
}

func run(out io.Writer, requests int, seed uint64, only string) (separated int, err error) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	folder, err := os.MkdirTemp("", "transformateur-timing-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	w, err := newWorld(context.Background(), folder, 2*requests)
	if err != nil {
		return 0, err
	}
	defer w.app.Close()
	fmt.Fprintf(out, "%d requests of each sort by turns, seed %d, %s\n", requests, seed, runtime.Version())
	fmt.Fprintf(out, "%-58s %10s %10s %7s %8s\n", "", "known", "unknown", "ratio", "p")
	for _, p := range w.probes() {
		if !strings.Contains(p.name, only) {
			continue
		}
		v, err := w.measure(p, requests, seed)
		if err != nil {
			return separated, fmt.Errorf("%s: %w", p.name, err)
		}
		said := "alike"
		if !v.alike() {
			said = "told apart"
			separated++
		}
		fmt.Fprintf(out, "%-58s %10s %10s %7.3f %8.4f  %s\n", p.name, v.known.Round(100*time.Nanosecond), v.unknown.Round(100*time.Nanosecond), v.ratio, v.p, said)
	}
	return separated, nil
}

// measure sends the two sorts in pairs, each pair in an order drawn at random, after
// a tenth of them to warm up: what the machine does meanwhile falls on both alike.
func (w *world) measure(p probe, requests int, seed uint64) (verdict, error) {
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
