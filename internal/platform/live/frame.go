// Package live is what travels between the people of a live page: frames, encoded once for all those who are told the same.
package live

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
)

// Frame is a message in JSON, encoded once: as it is, and as a WebSocket carries it from a
// server, whole and not masked (RFC 6455, 5.2).
type Frame struct {
	wire []byte
	head int // bytes of the WebSocket's header before the JSON
}

// longestHead is the longest header of a frame that a server sends: 2 bytes, and 8 of length.
const longestHead = 10

// Encode writes a value as a frame. It panics on what JSON cannot say, as channels are:
// messages are types of ours.
func Encode(v any) Frame {
	var b bytes.Buffer
	b.Grow(256)
	b.Write(make([]byte, longestHead))
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	return framed(b.Bytes()[:b.Len()-1]) // the encoder ends with a line feed
}

// Append builds a frame from JSON that is written already: write appends it to what it is
// given, and must write what JSON can say.
func Append(size int, write func([]byte) []byte) Frame {
	return framed(write(make([]byte, longestHead, longestHead+size)))
}

// framed puts the header before a message that leaves room for it.
func framed(whole []byte) Frame {
	const finalText = 0x80 | 0x1
	n := len(whole) - longestHead
	switch {
	case n < 126:
		whole[8], whole[9] = finalText, byte(n)
		return Frame{whole[8:], 2}
	case n < 1<<16:
		whole[6], whole[7] = finalText, 126
		binary.BigEndian.PutUint16(whole[8:], uint16(n))
		return Frame{whole[6:], 4}
	}
	whole[0], whole[1] = finalText, 127
	binary.BigEndian.PutUint64(whole[2:], uint64(n))
	return Frame{whole, longestHead}
}

// JSON is the message. It is not to be changed.
func (f Frame) JSON() json.RawMessage { return f.wire[f.head:] }

// Wire is the message with the header of its WebSocket frame. It is not to be changed.
func (f Frame) Wire() []byte { return f.wire }
