// Command boards is a crowd on live boards: people over WebSockets against the program as it is delivered, what they wait and what it costs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"transformateur/bench/served"
)

func main() {
	p := plan{}
	flag.Uint64Var(&p.Seed, "seed", uint64(time.Now().UnixNano()), "seed of what is drawn")
	flag.StringVar(&p.Binary, "binary", "", "the program, built here when none is given")
	flag.IntVar(&p.People, "people", 500, "people, each with a connection")
	flag.IntVar(&p.Rooms, "rooms", 25, "boards over which they are spread")
	flag.Float64Var(&p.Rate, "rate", 1, "changes a second of each person")
	flag.DurationVar(&p.Length, "length", 20*time.Second, "how long they write")
	flag.IntVar(&p.Votes, "bursts", 20, "times everybody acts in the same instant")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, p)
	fmt.Print(report)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// report is what a load gave.
type report struct {
	plan
	memory, idle         float64 // of the server with everybody connected, and before
	steady, together     []time.Duration
	server, generator    time.Duration // of processor, while people wrote
	serverTogether       time.Duration
	acknowledged, wanted int64
}

func (r report) String() string {
	return fmt.Sprintf(`boards: seed %d, %d people in %d rooms, %.1f changes/s each for %v
from sending to receipt by another: p50 %v, p95 %v, p99 %v, most %v (%d receipts)
acknowledged: %d of %d
all at once, %d times: p50 %v, p99 %v, most %v
processor: server %.2f s while they wrote, generator %.2f s; server %.2f s for the bursts
memory: %.1f MB with nobody, %.1f kB for each connection
`, r.Seed, r.People, r.Rooms, r.Rate, r.Length, centile(r.steady, 50), centile(r.steady, 95), centile(r.steady, 99), centile(r.steady, 100), len(r.steady), r.acknowledged, r.wanted,
		r.Votes, centile(r.together, 50), centile(r.together, 99), centile(r.together, 100), r.server.Seconds(), r.generator.Seconds(), r.serverTogether.Seconds(), r.idle/1e6, (r.memory-r.idle)/1e3/float64(r.People))
}

// run prepares an install and plays the load against it.
func run(ctx context.Context, p plan) (r report, err error) {
	r.plan = p
	dir, err := os.MkdirTemp("", "transformateur-boards-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if p.Binary == "" {
		if p.Binary, err = served.Build(ctx, dir); err != nil {
			return r, err
		}
	}
	boards, err := prepare(ctx, filepath.Join(dir, "data"), p.People, p.Rooms)
	if err != nil {
		return r, fmt.Errorf("prepare: %w", err)
	}
	server, err := served.Start(ctx, p.Binary, filepath.Join(dir, "data"))
	if err != nil {
		return r, err
	}
	defer server.Kill()
	time.Sleep(time.Second)
	if r.idle, err = server.Resident(); err != nil {
		return r, err
	}
	c := newCrowd(p, boards)
	if err := c.connect(ctx, server.Address); err != nil {
		return r, fmt.Errorf("connect: %w", err)
	}
	if r.memory, err = server.Resident(); err != nil {
		return r, err
	}
	if err := c.cards(ctx); err != nil {
		return r, err
	}
	c.taken()
	return r, r.play(ctx, c, server)
}

func (r *report) play(ctx context.Context, c *crowd, server *served.Process) error {
	before, err := server.Spent()
	if err != nil {
		return err
	}
	acked, own := c.acked.Load(), served.Usage()
	c.edit(ctx, r.Rate, r.Length)
	if err := c.settled(ctx); err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond)
	after, err := server.Spent()
	if err != nil {
		return err
	}
	r.server, r.generator, r.steady = after-before, served.Usage()-own, c.taken()
	r.acknowledged = c.acked.Load() - acked
	for _, p := range c.people {
		r.wanted += p.Sent() - 1
	}
	for range r.Votes {
		c.burst(ctx)
	}
	last, err := server.Spent()
	r.serverTogether, r.together = last-after, c.taken()
	return err
}
