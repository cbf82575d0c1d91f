package live

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// Frames of each length of header are read by a WebSocket that is not ours.
func TestFramesAreReadByAWebSocket(t *testing.T) {
	var sent []Frame
	for _, n := range []int{0, 1, 123, 124, 125, 126, 200, 65533, 65534, 65535, 70000} {
		sent = append(sent, Encode(strings.Repeat("é", n/2)+strings.Repeat("a", n%2)))
	}
	sent = append(sent, Append(3, func(b []byte) []byte { return append(b, `{"m":"set"}`...) }), Append(100, func(b []byte) []byte { return append(b, `1`...) }))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw := &hijacked{ResponseWriter: w}
		if _, err := websocket.Accept(raw, r, nil); err != nil {
			t.Error(err)
			return
		}
		for _, f := range sent {
			if _, err := raw.conn.Write(f.Wire()); err != nil {
				t.Error(err)
			}
		}
	}))
	defer server.Close()
	c, _, err := websocket.Dial(context.Background(), strings.Replace(server.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(1 << 20)
	for i, f := range sent {
		kind, text, err := c.Read(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if kind != websocket.MessageText || string(text) != string(f.JSON()) {
			t.Errorf("frame %d: %d bytes of kind %v, %d were sent", i, len(text), kind, len(f.JSON()))
		}
	}
}

// hijacked remembers the connection that a WebSocket took over.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

func (h *hijacked) Hijack() (c net.Conn, both *bufio.ReadWriter, err error) {
	c, both, err = http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = c
	return c, both, err
}
