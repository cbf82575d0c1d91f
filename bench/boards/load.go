package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// crowd is everybody on a server.
type crowd struct {
	plan
	address string
	people  []*person
}

// connect opens everybody's connection, so many at a time, and gives how long it took.
func (c *crowd) connect(ctx context.Context, together int) (time.Duration, error) {
	start, slots, bad := time.Now(), make(chan struct{}, together), make(chan error, len(c.people))
	var group sync.WaitGroup
	for _, p := range c.people {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := p.connect(ctx, c.address); err != nil {
				bad <- err
			}
		})
	}
	group.Wait()
	select {
	case err := <-bad:
		return 0, err
	default:
		return time.Since(start), nil
	}
}

// settled waits until everything that was sent is acknowledged, and what was told is heard.
func (c *crowd) settled(ctx context.Context) error {
	deadline := time.Now().Add(time.Minute)
	for _, p := range c.people {
		for p.owed() > 0 {
			if time.Now().After(deadline) || ctx.Err() != nil {
				return fmt.Errorf("%d changes of person %d are not acknowledged", p.owed(), p.n)
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	time.Sleep(200 * time.Millisecond)
	return nil
}

// edit has everybody change her text so many times a second, each at an instant of her own.
func (c *crowd) edit(ctx context.Context, rate float64, length time.Duration) error {
	draw := rand.New(rand.NewPCG(c.Seed, 7))
	every := time.Duration(float64(time.Second) / rate)
	var group sync.WaitGroup
	start := time.Now()
	for _, p := range c.people {
		offset := time.Duration(draw.Int64N(int64(every)))
		group.Go(func() {
			for at := start.Add(offset); at.Sub(start) < length; at = at.Add(every) {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(at)):
				}
				p.say(ctx) // what could not be sent is missing from the acknowledgements
			}
		})
	}
	group.Wait()
	return c.settled(ctx)
}

// burst has everybody act in the same instant.
func (c *crowd) burst(ctx context.Context) error {
	var group sync.WaitGroup
	at := time.Now().Add(50 * time.Millisecond)
	for _, p := range c.people {
		group.Go(func() {
			time.Sleep(time.Until(at))
			p.say(ctx)
		})
	}
	group.Wait()
	return c.settled(ctx)
}

// storm has everybody lose her connection and come back in the same instant.
func (c *crowd) storm(ctx context.Context) (time.Duration, error) {
	for _, p := range c.people {
		p.leave()
	}
	return c.connect(ctx, len(c.people))
}

// taken gives all waits, sorted, and forgets them.
func (c *crowd) taken() (all []time.Duration) {
	for _, p := range c.people {
		all = append(all, p.taken()...)
	}
	slices.Sort(all)
	return all
}

// sent is how many changes were sent, and acknowledged.
func (c *crowd) sent() (sent, acked int64) {
	for _, p := range c.people {
		p.mu.Lock()
		sent, acked = sent+p.sent, acked+p.acked
		p.mu.Unlock()
	}
	return sent, acked
}

// apart counts those who do not see what others wrote last, and those who were told in
// another order than others of their room.
func (c *crowd) apart() (behind, disordered int) {
	for room := range c.Rooms {
		var list []*person
		for n := room; n < len(c.people); n += c.Rooms {
			list = append(list, c.people[n])
		}
		b, d := apart(list)
		behind, disordered = behind+b, disordered+d
	}
	return behind, disordered
}

func centile(sorted []time.Duration, c float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(float64(len(sorted))*c/100), len(sorted)-1)].Round(10 * time.Microsecond)
}
