// Package boardtest is a browser on a live board, for tests and loads: what it sends again, and what it was told.
package boardtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Browser is one tab on a board.
type Browser struct {
	Board, Token, Client string
	// Heard, if not nil, is told each message, at the instant it came.
	Heard func(m Message, at time.Time)

	write sync.Mutex
	conn  *websocket.Conn

	mu      sync.Mutex
	last    int64
	seq     int64
	waiting map[int64]string
	acked   map[int64]int64
	refused map[int64]string
	objects map[string]json.RawMessage
	own     map[string]json.RawMessage
}

// Message is what the server says.
type Message struct {
	M    string                     `json:"m"`
	N    int64                      `json:"n"`
	S    int64                      `json:"s"`
	Full bool                       `json:"full"`
	Key  string                     `json:"key"`
	Set  map[string]json.RawMessage `json:"set"`
}

// New is a tab that has nothing yet.
func New(board, token, client string) *Browser {
	return &Browser{Board: board, Token: token, Client: client, last: -1, waiting: map[int64]string{}, acked: map[int64]int64{}, refused: map[int64]string{}, objects: map[string]json.RawMessage{}, own: map[string]json.RawMessage{}}
}

// Open connects to the program at an address, waits until it is told what there is, and
// sends again what was not acknowledged.
func (b *Browser) Open(ctx context.Context, address string) error {
	b.mu.Lock()
	after := b.last
	b.mu.Unlock()
	conn, _, err := websocket.Dial(ctx, fmt.Sprintf("%s/boards/%s/live?client=%s&after=%d", strings.Replace(address, "http", "ws", 1), b.Board, b.Client, after),
		&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"login=" + b.Token}}})
	if err != nil {
		return err
	}
	conn.SetReadLimit(16 << 20)
	b.write.Lock()
	b.conn = conn
	b.write.Unlock()
	greeted, ended := make(chan struct{}), make(chan struct{})
	go b.listen(ctx, conn, greeted, ended)
	select {
	case <-greeted:
		return b.again(ctx)
	case <-ended:
		return fmt.Errorf("the connection ended before anything was said")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the connection without a word.
func (b *Browser) Close() {
	b.write.Lock()
	defer b.write.Unlock()
	if b.conn != nil {
		b.conn.CloseNow()
		b.conn = nil
	}
}

func (b *Browser) listen(ctx context.Context, conn *websocket.Conn, greeted, ended chan struct{}) {
	defer close(ended)
	for {
		_, text, err := conn.Read(ctx)
		at := time.Now()
		if err != nil {
			return
		}
		for line := range strings.Lines(string(text)) {
			var m Message
			if json.Unmarshal([]byte(line), &m) != nil {
				continue
			}
			b.hear(m)
			if b.Heard != nil {
				b.Heard(m, at)
			}
			if m.M == "hello" && greeted != nil {
				close(greeted)
				greeted = nil
			}
		}
	}
}

func (b *Browser) hear(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m.M {
	case "ack":
		b.acked[m.S] = m.N
		delete(b.waiting, m.S)
	case "no":
		b.refused[m.S] = m.Key
		delete(b.waiting, m.S)
	case "hello":
		if m.Full {
			b.objects, b.own = map[string]json.RawMessage{}, map[string]json.RawMessage{}
		}
		maps.Copy(b.objects, m.Set)
		b.last = m.N
	case "set":
		maps.Copy(b.objects, m.Set)
		b.last = max(b.last, m.N)
	case "own":
		maps.Copy(b.own, m.Set)
	}
}

// Send does an operation: value is its JSON. It is kept until it is acknowledged.
func (b *Browser) Send(ctx context.Context, kind, target, field, value string) (seq int64) {
	b.mu.Lock()
	b.seq++
	seq = b.seq
	op := fmt.Sprintf(`{"s":%d,"k":%q,"t":%q,"f":%q,"b":%d,"v":%s}`, seq, kind, target, field, max(0, b.last), value)
	b.waiting[seq] = op
	b.mu.Unlock()
	b.say(ctx, `{"ops":[`+op+`]}`) // what is lost on the way is sent again
	return seq
}

func (b *Browser) say(ctx context.Context, text string) error {
	b.write.Lock()
	defer b.write.Unlock()
	if b.conn == nil {
		return nil
	}
	return b.conn.Write(ctx, websocket.MessageText, []byte(text))
}

// again sends what is not acknowledged, in its order.
func (b *Browser) again(ctx context.Context) error {
	b.mu.Lock()
	var list []string
	for _, seq := range slices.Sorted(maps.Keys(b.waiting)) {
		list = append(list, b.waiting[seq])
	}
	b.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	return b.say(ctx, `{"ops":[`+strings.Join(list, ",")+`]}`)
}

// Waiting is how many operations are not answered.
func (b *Browser) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

// Sent is how many operations were sent.
func (b *Browser) Sent() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seq
}

// Acked gives the number under which each operation was acknowledged.
func (b *Browser) Acked() map[int64]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.acked)
}

// Seen is what everybody sees of the board, as she was told, and up to which number.
func (b *Browser) Seen() (objects map[string]json.RawMessage, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.objects), b.last
}

// Settle waits until everything that was sent is answered.
func (b *Browser) Settle(ctx context.Context) error {
	for b.Waiting() > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d operations of %s wait for an answer", b.Waiting(), b.Client)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
