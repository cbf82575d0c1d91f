package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

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
	boards []room.ID
	people []*person
	base   atomic.Pointer[string]
	acked  atomic.Int64
}

// person is one browser.
type person struct {
	c      *crowd
	n      int
	board  room.ID
	conn   *websocket.Conn
	wmu    sync.Mutex
	mu     sync.Mutex
	last   int64
	seq    int64
	waits  []time.Duration
	unsent map[int64]string // operations that are not acknowledged
}

func newCrowd(p plan, boards []room.ID, base string) *crowd {
	c := &crowd{plan: p, boards: boards}
	c.base.Store(&base)
	for n := range p.People {
		c.people = append(c.people, &person{c: c, n: n, board: boards[n%len(boards)], last: -1, unsent: map[int64]string{}})
	}
	return c
}

// connect opens everybody's connection, some at a time.
func (c *crowd) connect(ctx context.Context) error {
	slots, bad := make(chan struct{}, 32), make(chan error, len(c.people))
	var group sync.WaitGroup
	for _, p := range c.people {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := p.open(ctx); err != nil {
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

// open connects, and listens until the connection ends.
func (p *person) open(ctx context.Context) error {
	base := strings.Replace(*p.c.base.Load(), "http", "ws", 1)
	p.mu.Lock()
	after := p.last
	p.mu.Unlock()
	conn, _, err := websocket.Dial(ctx, fmt.Sprintf("%s/boards/%s/live?client=%s&after=%d", base, p.board, clientOf(p.n), after),
		&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"login=" + tokenOf(p.n)}}})
	if err != nil {
		return err
	}
	conn.SetReadLimit(16 << 20)
	p.wmu.Lock()
	p.conn = conn
	p.wmu.Unlock()
	heard := make(chan struct{})
	go p.listen(ctx, conn, heard)
	select {
	case <-heard:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(30 * time.Second):
		return fmt.Errorf("person %d was told nothing", p.n)
	}
}

// heard is what of a message the load looks at.
type heard struct {
	M   string                     `json:"m"`
	N   int64                      `json:"n"`
	S   int64                      `json:"s"`
	Key string                     `json:"key"`
	Set map[string]json.RawMessage `json:"set"`
}

func (p *person) listen(ctx context.Context, conn *websocket.Conn, first chan struct{}) {
	for {
		_, text, err := conn.Read(ctx)
		now := time.Now()
		if err != nil {
			return
		}
		for line := range strings.Lines(string(text)) {
			var m heard
			if json.Unmarshal([]byte(line), &m) != nil {
				continue
			}
			p.hear(m, now)
			if m.M == "hello" && first != nil {
				close(first)
				first = nil
			}
		}
	}
}

func (p *person) hear(m heard, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.M {
	case "ack":
		delete(p.unsent, m.S)
		p.c.acked.Add(1)
	case "hello", "set":
		p.last = max(p.last, m.N)
	}
	if m.M != "set" {
		return
	}
	for key, object := range m.Set {
		if !strings.HasPrefix(key, "c/") || key == "c/"+cardOf(p.n) {
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
				p.waits = append(p.waits, now.Sub(time.Unix(0, nanos)))
			}
		}
	}
}

// send sends an operation, and keeps it until it is acknowledged.
func (p *person) send(ctx context.Context, kind, target, field, value string) error {
	p.mu.Lock()
	p.seq++
	op := fmt.Sprintf(`{"s":%d,"k":%q,"t":%q,"f":%q,"b":%d,"v":%s}`, p.seq, kind, target, field, p.last, value)
	p.unsent[p.seq] = op
	p.mu.Unlock()
	return p.write(ctx, `{"ops":[`+op+`]}`)
}

func (p *person) write(ctx context.Context, text string) error {
	p.wmu.Lock()
	defer p.wmu.Unlock()
	if p.conn == nil {
		return nil
	}
	return p.conn.Write(ctx, websocket.MessageText, []byte(text))
}

// cards has everybody add the card that she will write on.
func (c *crowd) cards(ctx context.Context) error {
	for _, p := range c.people {
		if err := p.send(ctx, "card.add", cardOf(p.n), "", `{"type":"note","zone":"z","order":"V","fields":{"text":""}}`); err != nil {
			return err
		}
	}
	return c.settled(ctx)
}

// settled waits until everything that was sent is acknowledged.
func (c *crowd) settled(ctx context.Context) error {
	limit := time.Now().Add(60 * time.Second)
	for _, p := range c.people {
		for {
			p.mu.Lock()
			left := len(p.unsent)
			p.mu.Unlock()
			if left == 0 {
				break
			}
			if time.Now().After(limit) || ctx.Err() != nil {
				return fmt.Errorf("person %d waits for %d acknowledgements", p.n, left)
			}
			time.Sleep(5 * time.Millisecond)
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
				p.send(ctx, "card.set", cardOf(p.n), "text", string(text))
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
			p.send(ctx, "card.set", cardOf(p.n), "text", string(text))
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
