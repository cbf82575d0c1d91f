// Command rush is the last minute of a call: thousands of drafts being written, and everybody depositing at once, against the program as it is delivered.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"transformateur/bench/served"
)

// plan is a rush to play.
type plan struct {
	Seed      uint64
	Drafts    int           // prepared beforehand
	Deposits  int           // tried in the last minute
	Autosaves int           // a second, until the deadline
	Window    time.Duration // the "last minute"
	Peak      time.Duration // its end, in which 4 deposits of 10 come
	Binary    string        // built here when empty
}

func main() {
	p := plan{Window: time.Minute, Peak: 10 * time.Second}
	flag.Uint64Var(&p.Seed, "seed", uint64(time.Now().UnixNano()), "seed of what is drawn")
	flag.StringVar(&p.Binary, "binary", "", "the program, built here when none is given")
	flag.IntVar(&p.Drafts, "drafts", 20_000, "drafts prepared")
	flag.IntVar(&p.Deposits, "deposits", 1_000, "deposits in the last minute")
	flag.IntVar(&p.Autosaves, "autosaves", 300, "autosaves a second")
	flag.DurationVar(&p.Window, "window", p.Window, "length of the last minute")
	flag.DurationVar(&p.Peak, "peak", p.Peak, "length of the peak before the deadline")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, p)
	if err == nil {
		fmt.Print(report)
		err = report.verdict(true)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prepares an install, plays the rush against it, kills it, and reads what it kept.
func run(ctx context.Context, p plan) (r report, err error) {
	dir, err := os.MkdirTemp("", "transformateur-rush-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if p.Binary == "" {
		if p.Binary, err = served.Build(ctx, dir); err != nil {
			return r, err
		}
	}
	draw := rand.New(rand.NewPCG(p.Seed, 6))
	w, err := prepare(ctx, filepath.Join(dir, "data"), p)
	if err != nil {
		return r, fmt.Errorf("prepare %d drafts: %w", p.Drafts, err)
	}
	server, err := served.Start(ctx, p.Binary, w.folder)
	if err != nil {
		return r, err
	}
	defer server.Kill()
	if err := w.close(ctx, time.Now().Add(p.Window+2*time.Second)); err != nil {
		return r, fmt.Errorf("set the deadline: %w", err)
	}
	began, spent := time.Now(), served.Usage()
	still := served.Pulse(dir)
	deposits, saves := w.play(ctx, server.Address, p, draw)
	machine := still()
	r = report{plan: p, took: time.Since(began), generator: served.Usage() - spent, machine: machine}
	if r.memory, err = server.Peak(); err != nil {
		return r, err
	}
	r.server = server.Kill() // whatever it acknowledged must be on disk
	return r, r.judge(ctx, w, deposits, saves)
}

// report is what a rush gave.
type report struct {
	plan
	took              time.Duration
	acknowledged      int
	refused           int // because the deadline had passed
	busy              int // 503, tried again
	failed            int // neither, to the end
	lost, twice, side int
	lateRefused       int // of those sent after the deadline
	saves, savesLost  int
	waits, machine    []time.Duration // of an acknowledgement; of 4 kB synced beside, which is what the machine allows
	server, generator time.Duration   // of processor
	memory            float64         // peak of the server, in bytes
}

func centile(waits []time.Duration, c int) time.Duration {
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return waits[min(len(waits)*c/100, len(waits)-1)].Round(time.Millisecond)
}

func (r report) String() string {
	return fmt.Sprintf(`rush: seed %d, %d drafts, %d deposits in %v (peak %v), %d autosaves/s asked
deposits: %d acknowledged, %d refused after the deadline, %d told to wait and tried again, %d failed
lost: %d, twice: %d, on the wrong side of the deadline: %d (to reach: 0, 0, 0)
autosaves: %d acknowledged (%.0f/s), %d lost
acknowledgement: p50 %v, p99 %v (to reach: 2s)
the machine meanwhile, 4 kB synced: p50 %v, p99 %v
memory of the server, at its peak: %.0f MB (to reach: 300)
processor: server %.1f s, generator %.1f s, over %.0f s; server/generator %.2f
`, r.Seed, r.Drafts, r.Deposits, r.Window, r.Peak, r.Autosaves, r.acknowledged, r.refused, r.busy, r.failed, r.lost, r.twice, r.side,
		r.saves, float64(r.saves)/(r.Window.Seconds()+2), r.savesLost, centile(r.waits, 50), centile(r.waits, 99), centile(r.machine, 50), centile(r.machine, 99),
		r.memory/1e6, r.server.Seconds(), r.generator.Seconds(), r.took.Seconds(), r.server.Seconds()/r.generator.Seconds())
}

// verdict says what was not reached; waits and memory depend on the machine, and
// count only when asked.
func (r report) verdict(figures bool) error {
	switch {
	case r.lost+r.twice+r.side+r.savesLost > 0:
		return fmt.Errorf("lost %d, twice %d, wrong side %d, autosaves lost %d: none may be", r.lost, r.twice, r.side, r.savesLost)
	case r.failed > 0:
		return fmt.Errorf("%d deposits had no answer that says what became of them", r.failed)
	case r.acknowledged == 0 || r.lateRefused == 0 || r.saves == 0:
		return fmt.Errorf("%d acknowledged, %d refused, %d saves: this proves nothing", r.acknowledged, r.lateRefused, r.saves)
	case figures && centile(r.waits, 99) > 2*time.Second:
		return fmt.Errorf("p99 of an acknowledgement: %v", centile(r.waits, 99))
	case figures && r.memory > 300e6:
		return fmt.Errorf("peak of memory: %.0f MB", r.memory/1e6)
	}
	return nil
}
