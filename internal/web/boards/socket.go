package boards

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
)

// live is the board over a WebSocket (RFC 6455). A message from the server may hold
// several objects, one per line. A connection that waits costs one small stack and two
// small buffers: the handler ends once it is made, and what is written is written by a
// goroutine that lives as long as there is something to write.
func (h *Handler) live(w http.ResponseWriter, r *http.Request) error {
	l, err := h.enter(r)
	if err != nil {
		return err
	}
	conn, err := websocket.Accept(small{w}, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		l.Leave()
		return nil // the answer was given
	}
	conn.SetReadLimit(maxMessage)
	// Nothing of the request is needed any more but its language.
	ctx, stop := context.WithCancel(i18n.With(context.Background(), i18n.From(r.Context())))
	p := &pen{l: l, conn: conn, words: why(ctx), ctx: ctx, stop: stop}
	go p.hear()
	l.OnNews(p.news)
	return nil
}

// small gives a WebSocket smaller buffers than those of an HTTP server, which it would
// keep as long as somebody is on a board.
type small struct{ http.ResponseWriter }

// Bytes of the buffers of a connection: most messages of a board fit, larger ones take
// several reads or writes.
const (
	readBuffer  = 512
	writeBuffer = 1 << 10
)

// Hijack takes the connection over from the server.
func (s small) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(conn, max(readBuffer, both.Reader.Buffered()))
	if n := both.Reader.Buffered(); n > 0 { // what the browser sent before it was answered
		early, _ := both.Reader.Peek(n)
		in.Reset(io.MultiReader(bytes.NewReader(early), conn))
		in.Peek(n)
	}
	return conn, bufio.NewReadWriter(in, bufio.NewWriterSize(conn, writeBuffer)), nil
}

// pen writes to a browser what its listener is told, while there is something.
type pen struct {
	l     *room.Listener
	conn  *websocket.Conn
	words func(error) string
	ctx   context.Context
	stop  context.CancelFunc
	calls atomic.Int64 // news since it began to write; 0 when nobody writes
}

// news has what is new written, by who writes already or by somebody new.
func (p *pen) news() {
	if p.calls.Add(1) == 1 {
		go p.write()
	}
}

// write writes until there is nothing new.
func (p *pen) write() {
	for {
		calls := p.calls.Load()
		list, ended := p.l.Take(p.words)
		if len(list) > 0 && p.say(join(list)) != nil {
			p.end()
			return
		}
		if ended {
			p.conn.Close(websocket.StatusNormalClosure, "")
			p.end()
			return
		}
		if p.calls.CompareAndSwap(calls, 0) {
			return
		}
	}
}

// end ends the connection; what comes after finds somebody writing, who never does.
func (p *pen) end() {
	p.stop()
	p.conn.CloseNow()
}

// patience is how long a browser that does not read may hold a message up.
const patience = 15 * time.Second

func (p *pen) say(text []byte) error {
	ctx, done := context.WithTimeout(p.ctx, patience)
	defer done()
	return p.conn.Write(ctx, websocket.MessageText, text)
}

// hear hands in what the browser sends, until it is gone.
func (p *pen) hear() {
	defer p.l.Leave()
	defer p.end()
	for {
		_, text, err := p.conn.Read(p.ctx)
		if err != nil || !p.taken(text) {
			return
		}
	}
}

// taken hands in one message; false when nothing more is to be read.
func (p *pen) taken(text []byte) bool {
	var m sent
	if json.Unmarshal(text, &m) != nil || len(m.Ops) > maxOps {
		p.conn.Close(websocket.StatusUnsupportedData, "unreadable")
		return false
	}
	if m.Here != nil {
		p.l.Move(m.Here.At, m.Here.Field)
	}
	if m.Ping != 0 {
		p.l.Pong()
	}
	return len(m.Ops) == 0 || p.l.Send(p.ctx, m.Ops) == nil
}

// join puts messages one per line; one alone, as most are, is not copied.
func join(list [][]byte) []byte {
	if len(list) == 1 {
		return list[0]
	}
	n := 0
	for _, one := range list {
		n += len(one) + 1
	}
	out := make([]byte, 0, n)
	for i, one := range list {
		if i > 0 {
			out = append(out, '\n')
		}
		out = append(out, one...)
	}
	return out
}
