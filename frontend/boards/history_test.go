// Package boards tries the browser side of live boards: it holds nothing but tests.
package boards

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"transformateur/internal/board"
)

var (
	seedFlag = flag.Uint64("seed", 0, "draw the histories from this seed again")
	many     = flag.Int("histories", 120, "how many random histories to play")
)

func seed(t *testing.T) uint64 {
	s := *seedFlag
	if s == 0 {
		s = uint64(time.Now().UnixNano()) % 1_000_000
	}
	t.Logf("seed %d", s)
	return s
}

// browser opens a browser for a test.
func browser(t testing.TB) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if _, err := exec.LookPath("google-chrome"); err != nil {
			t.Skip("no Chromium on this machine: the browser side of boards is not tested")
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, timeout := context.WithTimeout(ctx, 90*time.Second+time.Duration(*many)*200*time.Millisecond)
	t.Cleanup(timeout)
	return ctx
}

func ask[T any](t testing.TB, ctx context.Context, expression string) T {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// page opens the harness.
func page(t *testing.T) (context.Context, *server) {
	t.Helper()
	s, url := newServer(t)
	ctx := browser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	for !ask[bool](t, ctx, "typeof histories === 'function'") {
		time.Sleep(20 * time.Millisecond)
	}
	return ctx, s
}

type played struct {
	Faults  []string `json:"faults"`
	Ops     int      `json:"ops"`
	Done    int      `json:"done"`
	Refused int      `json:"refused"`
}

func (p played) hold(t *testing.T, s *server) {
	t.Helper()
	if len(p.Faults) > 0 {
		name, _, _ := strings.Cut(p.Faults[0], ":")
		s.mu.Lock()
		defer s.mu.Unlock()
		if r := s.rooms[name]; r != nil {
			t.Log(strings.Join(r.log, "\n"))
		}
		t.Fatalf("%d faults, the first ones:\n%s", len(p.Faults), strings.Join(p.Faults[:min(6, len(p.Faults))], "\n"))
	}
}

// Two to five people behind a network that cuts, delays and repeats, who close their
// windows and open them again: all end up with the same board, and no text is nowhere.
func TestHistoriesConverge(t *testing.T) {
	ctx, s := page(t)
	rng := rand.New(rand.NewPCG(seed(t), 1))
	ops, refused := 0, 0
	for left := *many; left > 0; left -= 60 {
		p := ask[played](t, ctx, fmt.Sprintf("histories(%d, %d, 25)", rng.IntN(1<<30), min(60, left)))
		if dir := os.Getenv("BOARD_TRACE"); dir != "" && len(p.Faults) > 0 {
			_ = os.WriteFile(dir, []byte(strings.Join(ask[[]string](t, ctx, "trace"), "\n")), 0o644)
		}
		p.hold(t, s)
		ops, refused = ops+p.Ops, refused+p.Refused
	}
	if ops == 0 || refused == 0 {
		t.Fatal("nothing was tried")
	}
	t.Logf("%d histories, %d operations, %d of them refused", *many, ops, refused)
}

// What one person sees at once is what the server answers afterwards.
func TestShownAtOnceIsWhatComesBack(t *testing.T) {
	ctx, s := page(t)
	rng := rand.New(rand.NewPCG(seed(t), 2))
	for range 4 {
		p := ask[played](t, ctx, fmt.Sprintf("conformance(%d, 150)", rng.IntN(1<<30)))
		p.hold(t, s)
		if p.Refused > p.Done/2 {
			t.Fatalf("%d of %d operations refused: too little is tried", p.Refused, p.Done)
		}
	}
}

// Browsers and the server draw the same ranks.
func TestRanksAgree(t *testing.T) {
	ctx, _ := page(t)
	rng := rand.New(rand.NewPCG(seed(t), 3))
	ranks := []string{"", board.Between("", "")}
	var calls []string
	var want []string
	for range 400 {
		a, b := ranks[rng.IntN(len(ranks))], ranks[rng.IntN(len(ranks))]
		made := board.Between(a, b)
		calls = append(calls, fmt.Sprintf("between(%q,%q)", a, b))
		want = append(want, made)
		if len(made) < board.MaxOrder {
			ranks = append(ranks, made)
		}
	}
	for i, got := range ask[[]string](t, ctx, "["+strings.Join(calls, ",")+"]") {
		if got != want[i] {
			t.Errorf("%s is %q in the browser, %q on the server", calls[i], got, want[i])
		}
	}
}
