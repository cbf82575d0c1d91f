package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/deliberations"
	"transformateur/internal/web/ui"
)

// inRoom is how many people sit in the room of the benchmark.
const inRoom = 30

// BenchmarkRoom measures an act of a deliberation until it is seen: from the request of
// who proposes a motion until each of thirty pages was called and has read the room
// again, all over loopback, and each a connection of its own for the stream.
func BenchmarkRoom(b *testing.B) {
	w := deliberationtest.New(b, dbtest.SQLite(b), 20)
	people := []account.User{w.Chair, w.Mia, w.Noe, w.Zoe}
	for i := len(people); i < inRoom; i++ {
		who := w.Person(fmt.Sprintf("member%02d", i))
		w.Sit(who, committee.Juror)
		people = append(people, who)
	}
	w.Open(people...)
	w.Discuss(w.Files[0], "")
	server := roomServer(w, people)
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := make(chan time.Time, inRoom)
	for i := range people {
		ready := make(chan error, 1)
		go follow(ctx, server.URL+fmt.Sprintf("/%d/deliberations/selection", i), ready, seen)
		if err := <-ready; err != nil {
			b.Fatal(err)
		}
	}
	var all []time.Duration
	var cpu time.Duration
	for b.Loop() {
		before := spent()
		start := time.Now()
		if err := w.Rooms.Propose(ctx, w.Mia, deliberationtest.Selection, deliberation.Retain, ""); err != nil {
			b.Fatal(err)
		}
		for range people {
			all = append(all, (<-seen).Sub(start))
		}
		cpu += spent() - before
		b.StopTimer() // one motion at a time, as in a room
		v, err := w.Rooms.Room(ctx, w.Mia, deliberationtest.Selection)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Rooms.Withdraw(ctx, w.Mia, deliberationtest.Selection, v.Motions[0].ID); err != nil {
			b.Fatal(err)
		}
		for range people {
			<-seen
		}
		b.StartTimer()
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(ms(cpu)*inRoom/float64(len(all)), "cpu-ms/act") // that of the thirty who ask included
}

// roomServer serves the room to the i-th person under /i.
func roomServer(w *deliberationtest.World, people []account.User) *httptest.Server {
	h := &deliberations.Handler{Rooms: w.Rooms, Clock: w.Clock, Alive: func(*http.Request) bool { return true }}
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	return httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/", &i); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		ctx := account.With(i18n.With(r.Context(), i18n.FR), people[i])
		http.StripPrefix(fmt.Sprintf("/%d", i), mux).ServeHTTP(rw, r.WithContext(ctx))
	}))
}

// follow is one page: it listens, and reads the room again whenever it is called.
func follow(ctx context.Context, address string, ready chan<- error, seen chan<- time.Time) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2}}
	get := func(url string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		return client.Do(request)
	}
	stream, err := get(address + "/stream")
	if err != nil {
		ready <- err
		return
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		switch strings.TrimPrefix(lines.Text(), "event: ") {
		case "listening":
			ready <- nil
		case "changed":
			page, err := get(address)
			if err != nil {
				return
			}
			_, err = io.Copy(io.Discard, page.Body)
			page.Body.Close()
			if err != nil || page.StatusCode != http.StatusOK {
				return
			}
			seen <- time.Now()
		}
	}
}
