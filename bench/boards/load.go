package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/room"
)

// plan is a load: people spread over rooms, each changing a text so many times a second,
// then all at once so many times.
type plan struct {
	Seed   uint64
	People int
	Rooms  int
	Rate   float64 // changes a second of each person
	Length time.Duration
	Votes  int // times everybody votes in the same instant
	Binary string
}

// crowd is everybody, and what they saw.
type crowd struct {
	plan
	people []*person
	acked  atomic.Int64
}

// person is one browser, and how long what others wrote took to reach it.
type person struct {
	*boardtest.Browser
	n     int
	mu    sync.Mutex
	waits []time.Duration
}

func newCrowd(p plan, boards []room.ID) *crowd {
	c := &crowd{plan: p}
	for n := range p.People {
		one := &person{Browser: boardtest.New(string(boards[n%len(boards)]), boardtest.Token(n), boardtest.ClientID(n)), n: n}
		one.Heard = func(m boardtest.Message, at time.Time) { c.heard(one, m, at) }
		c.people = append(c.people, one)
	}
	return c
}

// connect opens everybody's connection, some at a time.
func (c *crowd) connect(ctx context.Context, address string) error {
	slots, bad := make(chan struct{}, 32), make(chan error, len(c.people))
	var group sync.WaitGroup
	for _, p := range c.people {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := p.Open(ctx, address); err != nil {
				bad <- err
			}
		})
	}
	group.Wait()
	select {
	case err := <-bad:
		return err
	default:
		return nil
	}
}

// heard notes how long what another wrote was on its way: texts hold the instant of their
// sending.
func (c *crowd) heard(p *person, m boardtest.Message, at time.Time) {
	if m.M == "ack" {
		c.acked.Add(1)
	}
	if m.M != "set" {
		return
	}
	for key, object := range m.Set {
		if !strings.HasPrefix(key, "c/") || key == "c/"+boardtest.CardID(p.n) {
			continue
		}
		var card struct {
			Fields map[string]struct{ V string }
		}
		if json.Unmarshal(object, &card) != nil {
			continue
		}
		if _, stamp, ok := strings.Cut(card.Fields["text"].V, "@"); ok {
			var nanos int64
			if fmt.Sscan(stamp, &nanos); nanos > 0 {
				p.mu.Lock()
				p.waits = append(p.waits, at.Sub(time.Unix(0, nanos)))
				p.mu.Unlock()
			}
		}
	}
}

// cards has everybody add the card that she will write on.
func (c *crowd) cards(ctx context.Context) error {
	for _, p := range c.people {
		p.Send(ctx, "card.add", boardtest.CardID(p.n), "", `{"type":"note","zone":"z","order":"V","fields":{"text":""}}`)
	}
	return c.settled(ctx)
}

// settled waits until everything that was sent is acknowledged.
func (c *crowd) settled(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, time.Minute)
	defer done()
	for _, p := range c.people {
		if err := p.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// edit has everybody change her text so many times a second, each at an instant of her own.
func (c *crowd) edit(ctx context.Context, rate float64, length time.Duration) {
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
				text, _ := json.Marshal(fmt.Sprintf("Une idée de la personne %d @%d", p.n, time.Now().UnixNano()))
				p.Send(ctx, "card.set", boardtest.CardID(p.n), "text", string(text))
			}
		})
	}
	group.Wait()
}

// burst has everybody act in the same instant, and gives how long until each act was seen
// by each other person of its room.
func (c *crowd) burst(ctx context.Context) {
	var group sync.WaitGroup
	at := time.Now().Add(50 * time.Millisecond)
	for _, p := range c.people {
		group.Go(func() {
			time.Sleep(time.Until(at))
			text, _ := json.Marshal(fmt.Sprintf("Ensemble %d @%d", p.n, time.Now().UnixNano()))
			p.Send(ctx, "card.set", boardtest.CardID(p.n), "text", string(text))
		})
	}
	group.Wait()
	c.settled(ctx)
	time.Sleep(100 * time.Millisecond)
}

// taken gives all waits, sorted, and forgets them.
func (c *crowd) taken() (all []time.Duration) {
	for _, p := range c.people {
		p.mu.Lock()
		all = append(all, p.waits...)
		p.waits = nil
		p.mu.Unlock()
	}
	slices.Sort(all)
	return all
}

func centile(sorted []time.Duration, c float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(float64(len(sorted))*c/100), len(sorted)-1)]
}
