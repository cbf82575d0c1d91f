package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/bench/served"
)

// phase is a part of a load: what people waited, and what it cost.
type phase struct {
	waits             []time.Duration // sorted
	server, generator time.Duration   // of processor
}

func (p phase) String() string {
	return fmt.Sprintf("p50 %v, p95 %v, p99 %v, most %v (%d receipts); processor: server %.2f s, generator %.2f s",
		centile(p.waits, 50), centile(p.waits, 95), centile(p.waits, 99), centile(p.waits, 100), len(p.waits), p.server.Seconds(), p.generator.Seconds())
}

// report is what a load gave on a server.
type report struct {
	people                 int
	idle, memory, peak     float64 // bytes resident with nobody, with everybody connected, and the most
	steady, together, rush phase
	sent, acknowledged     int64
	behind, disordered     int
	asked                  int // times somebody was asked to connect again
	storm                  time.Duration
}

func (r report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "each her text:  %v\n", r.steady)
	if len(r.together.waits) > 0 {
		fmt.Fprintf(&b, "all at once:    %v\n", r.together)
	}
	if len(r.rush.waits) > 0 {
		fmt.Fprintf(&b, "rush:           %v\n", r.rush)
	}
	fmt.Fprintf(&b, "acknowledged:   %d of %d; %d see less than was written, %d in another order; %d asked to connect again\n", r.acknowledged, r.sent, r.behind, r.disordered, r.asked)
	fmt.Fprintf(&b, "everybody back: %v\n", r.storm.Round(time.Millisecond))
	fmt.Fprintf(&b, "memory:         %.1f MB with nobody, %.1f MB with everybody (%.1f kB each), %.1f MB at most\n", r.idle/1e6, r.memory/1e6, (r.memory-r.idle)/1e3/float64(max(1, r.people)), r.peak/1e6)
	return b.String()
}

// over gives the figures of a server as parts of those of another.
func (r report) over(o report) string {
	ratio := func(a, b time.Duration) float64 { return float64(a) / float64(max(1, b)) }
	line := func(name string, a, b phase) string {
		if len(a.waits) == 0 {
			return ""
		}
		return fmt.Sprintf("%s p50 %.2f, p99 %.2f, processor %.2f\n", name, ratio(centile(a.waits, 50), centile(b.waits, 50)), ratio(centile(a.waits, 99), centile(b.waits, 99)), ratio(a.server, b.server))
	}
	return line("each her text: ", r.steady, o.steady) + line("all at once:   ", r.together, o.together) + line("rush:          ", r.rush, o.rush)
}

// part plays one part of a load and measures it.
func part(c *crowd, server *served.Process, play func() error) (p phase, err error) {
	c.taken()
	before, err := server.Spent()
	if err != nil {
		return p, err
	}
	own := served.Usage()
	err = play()
	after, serr := server.Spent()
	p.server, p.generator, p.waits = after-before, served.Usage()-own, c.taken()
	if err == nil {
		err = serr
	}
	return p, err
}

func (r *report) play(ctx context.Context, c *crowd, server *served.Process) (err error) {
	r.people = c.People
	time.Sleep(time.Second)
	if r.idle, err = server.Resident(); err != nil {
		return err
	}
	if _, err = c.connect(ctx, 32); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	time.Sleep(time.Second)
	if r.memory, err = server.Resident(); err != nil {
		return err
	}
	if err := c.burst(ctx); err != nil { // each puts her card
		return err
	}
	if r.steady, err = part(c, server, func() error { return c.edit(ctx, c.Rate, c.Length) }); err != nil {
		return err
	}
	if r.together, err = part(c, server, func() error {
		for range c.Bursts {
			if err := c.burst(ctx); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if c.Rush > 0 {
		if r.rush, err = part(c, server, func() error { return c.edit(ctx, c.Rush, c.RushLength) }); err != nil {
			return err
		}
	}
	r.sent, r.acknowledged = c.sent()
	r.behind, r.disordered = c.apart()
	for _, p := range c.people {
		r.asked += p.gaps
	}
	if r.peak, err = server.Peak(); err != nil {
		return err
	}
	r.storm, err = c.storm(ctx)
	return err
}
