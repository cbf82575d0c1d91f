package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"transformateur/internal/board/boardtest"
)

// ours speaks with a board of the program.
type ours struct {
	board string
	n     int
}

func (o *ours) kind() websocket.MessageType { return websocket.MessageText }

func (o *ours) open(ctx context.Context, address string) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, fmt.Sprintf("%s/boards/%s/live?client=%s&after=-1", strings.Replace(address, "http", "ws", 1), o.board, boardtest.ClientID(o.n)),
		&websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {"login=" + boardtest.Token(o.n)}}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(16 << 20)
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(message, []byte(`"m":"hello"`)) {
			return conn, nil
		}
	}
}

// write changes the text of her card, which her first message adds.
func (o *ours) write(seq int64, text string) []byte {
	if seq == 1 {
		return fmt.Appendf(nil, `{"ops":[{"s":1,"k":"card.add","t":%q,"f":"","b":0,"v":{"type":"note","zone":"z","order":"V","fields":{"text":%q}}}]}`, boardtest.CardID(o.n), text)
	}
	return fmt.Appendf(nil, `{"ops":[{"s":%d,"k":"card.set","t":%q,"f":"text","b":0,"v":%q}]}`, seq, boardtest.CardID(o.n), text)
}

func (o *ours) acknowledged(message []byte) int { return bytes.Count(message, []byte(`"m":"ack"`)) }

func (o *ours) ended(message []byte) bool { return bytes.Contains(message, []byte(`"m":"gap"`)) }
