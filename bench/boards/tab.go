package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// wire is how a person speaks with a server: what differs between ours and another.
type wire interface {
	// open connects, and gives the connection once the server said what there is.
	open(ctx context.Context, address string) (*websocket.Conn, error)
	// write is the message that puts a text on her card, as her change of that number.
	write(seq int64, text string) []byte
	// acknowledged counts the acknowledgements in a message.
	acknowledged(message []byte) int
	// ended says that the server asks her to connect again.
	ended(message []byte) bool
	kind() websocket.MessageType
}

// person is one browser: what it sent, what it was told, and how long what others wrote
// took to reach it. Texts name who wrote them and when ("#12@1763800000000000000"), so
// that reading them costs the generator the same on each server.
type person struct {
	wire
	n     int
	write sync.Mutex
	conn  *websocket.Conn

	mu      sync.Mutex
	sent    int64
	acked   int64
	waits   []time.Duration
	seen    map[int]int64 // the last stamp of each person of the room
	order   maphash.Hash  // of all the stamps, in their order
	gaps    int
	backing int64 // her own last stamp
}

var orderSeed = maphash.MakeSeed()

func newPerson(n int, w wire) *person {
	p := &person{wire: w, n: n, seen: map[int]int64{}}
	p.order.SetSeed(orderSeed)
	return p
}

// connect opens the connection and listens.
func (p *person) connect(ctx context.Context, address string) error {
	conn, err := p.open(ctx, address)
	if err != nil {
		return err
	}
	p.write.Lock()
	p.conn = conn
	p.write.Unlock()
	go p.listen(ctx, conn, address)
	return nil
}

func (p *person) listen(ctx context.Context, conn *websocket.Conn, address string) {
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		p.hear(message, time.Now())
		if p.ended(message) {
			p.mu.Lock()
			p.gaps++
			p.mu.Unlock()
			conn.CloseNow()
			if ctx.Err() == nil {
				p.connect(ctx, address)
			}
			return
		}
	}
}

// leave ends the connection without a word.
func (p *person) leave() {
	p.write.Lock()
	defer p.write.Unlock()
	if p.conn != nil {
		p.conn.CloseNow()
	}
}

// say changes the text of her card.
func (p *person) say(ctx context.Context) error {
	p.write.Lock()
	defer p.write.Unlock()
	p.mu.Lock()
	p.sent++
	seq, stamp := p.sent, time.Now().UnixNano()
	p.backing = stamp
	p.mu.Unlock()
	return p.conn.Write(ctx, p.kind(), p.wire.write(seq, fmt.Sprintf("Une idée pour le projet #%d@%d", p.n, stamp)))
}

func (p *person) hear(message []byte, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acked += int64(p.acknowledged(message))
	for {
		_, rest, found := bytes.Cut(message, []byte("#"))
		if !found {
			return
		}
		message = rest
		who, stamp, ok := stamped(rest)
		if !ok {
			continue
		}
		if who != p.n && p.seen[who] != stamp {
			p.waits = append(p.waits, at.Sub(time.Unix(0, stamp)))
		}
		p.seen[who] = stamp
		fmt.Fprint(&p.order, who, stamp)
	}
}

// stamped reads who wrote and when.
func stamped(text []byte) (who int, stamp int64, ok bool) {
	at := bytes.IndexByte(text[:min(len(text), 8)], '@')
	if at < 1 {
		return 0, 0, false
	}
	end := at + 1
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	who, err := strconv.Atoi(string(text[:at]))
	if err != nil {
		return 0, 0, false
	}
	stamp, err = strconv.ParseInt(string(text[at+1:end]), 10, 64)
	return who, stamp, err == nil
}

// owed is how many of her changes are not acknowledged.
func (p *person) owed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent - p.acked
}

// taken gives the waits that she saw, and forgets them.
func (p *person) taken() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.waits
	p.waits = nil
	return list
}

// apart counts the people of one room who do not see the last text of another, and those
// who were told things in another order than the others. Who was asked to connect again
// was told several changes as one, and has no order to compare.
func apart(room []*person) (behind, disordered int) {
	last := map[int]int64{}
	for _, p := range room {
		p.mu.Lock()
		last[p.n] = p.backing
		p.mu.Unlock()
	}
	orders := map[uint64]int{}
	for _, p := range room {
		p.mu.Lock()
		for n, stamp := range last {
			if n != p.n && p.seen[n] != stamp {
				behind++
				break
			}
		}
		if p.gaps == 0 {
			orders[p.order.Sum64()]++
		}
		p.mu.Unlock()
	}
	most, all := 0, 0
	for _, count := range orders {
		most, all = max(most, count), all+count
	}
	return behind, all - most
}
