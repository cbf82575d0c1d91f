package boards

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"

	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/live"
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
	out := &line{}
	conn, err := websocket.Accept(small{w, out}, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		l.Leave()
		return nil // the answer was given
	}
	conn.SetReadLimit(maxMessage)
	// Nothing of the request is needed any more but its language.
	ctx, stop := context.WithCancel(i18n.With(context.Background(), i18n.From(r.Context())))
	p := &pen{l: l, conn: conn, line: out, words: why(ctx), ctx: ctx, stop: stop}
	go p.hear()
	l.OnNews(p.news)
	return nil
}

// small gives a WebSocket smaller buffers than those of an HTTP server, which it would
// keep as long as somebody is on a board, and a line that others may write on.
type small struct {
	http.ResponseWriter
	line *line
}

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
	s.line.Conn = conn
	if tcp, ok := conn.(*net.TCPConn); ok { // else it is encrypted here, and not ours to write on
		if s.line.raw, err = tcp.SyscallConn(); err != nil {
			return nil, nil, err
		}
	}
	return s.line, bufio.NewReadWriter(in, bufio.NewWriterSize(s.line, writeBuffer)), nil
}

// line is a connection on which frames that are ready, each encoded once for all those who
// are told it, are written beside the few that the WebSocket writes by itself (answers to
// pings, farewells: 125 bytes at most, one write each).
type line struct {
	net.Conn
	mu    sync.Mutex
	until time.Time // a browser that reads nothing until then is left
	raw   syscall.RawConn
	owed  []byte // what the system did not take at once
}

// Patience is how long a browser that does not read may hold a message up, and how late
// the clock of that may be.
const (
	patience = 15 * time.Second
	late     = 5 * time.Second
)

func (l *line) hurry() error {
	now := clock.System{}.Now() // what the system measures deadlines by
	if l.until.Sub(now) > patience-late {
		return nil
	}
	l.until = now.Add(patience)
	return l.SetWriteDeadline(l.until)
}

// Write writes bytes that belong together.
func (l *line) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.hurry(); err != nil {
		return 0, err
	}
	return l.Conn.Write(text)
}

// try writes frames as far as the system takes them without waiting, and says whether it
// took them all. It is for whoever must not wait for one browser: the rest is owed.
func (l *line) try(list []live.Frame) bool {
	text := joined(list)
	if l.raw == nil {
		l.owed = text
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owed = takenNow(l.raw, text)
	return len(l.owed) == 0
}

// pay writes what is owed.
func (l *line) pay() error {
	text := l.owed
	if l.owed = nil; len(text) == 0 {
		return nil
	}
	_, err := l.Write(text)
	return err
}

// say writes frames, in one go when there are several.
func (l *line) say(list []live.Frame) error {
	_, err := l.Write(joined(list))
	return err
}

// joined are messages as one WebSocket message, one per line; one alone, as most are, is
// not copied. A browser takes a message in one go: what everybody sees of a card and what
// only its author sees of it must not be drawn one without the other.
func joined(list []live.Frame) []byte {
	if len(list) == 1 {
		return list[0].Wire()
	}
	n := 0
	for _, f := range list {
		n += len(f.JSON()) + 1
	}
	return live.Append(n, func(b []byte) []byte {
		for i, f := range list {
			if i > 0 {
				b = append(b, '\n')
			}
			b = append(b, f.JSON()...)
		}
		return b
	}).Wire()
}

// pen writes to a browser what its listener is told, while there is something.
type pen struct {
	l     *room.Listener
	conn  *websocket.Conn
	line  *line
	words func(error) string
	ctx   context.Context
	stop  context.CancelFunc
	calls atomic.Int64 // news since it began to write; 0 when nobody writes
}

// news has what is new written: at once, when the system takes it without waiting; else by
// a goroutine of its own. Whoever writes already is told that there is more.
func (p *pen) news() {
	if p.calls.Add(1) != 1 {
		return
	}
	list, ended := p.l.Take(p.words)
	if !ended && (len(list) == 0 || p.line.try(list)) && p.calls.CompareAndSwap(1, 0) {
		return
	}
	if ended && len(list) > 0 {
		p.line.owed = joined(list)
	}
	go p.write(ended)
}

// write writes what is owed, then what is new until there is no more.
func (p *pen) write(last bool) {
	if p.line.pay() != nil {
		p.end()
		return
	}
	if last {
		p.conn.Close(websocket.StatusNormalClosure, "")
		p.end()
		return
	}
	for {
		calls := p.calls.Load()
		list, ended := p.l.Take(p.words)
		if len(list) > 0 && p.line.say(list) != nil {
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
