package pdfclean

import (
	"bytes"
	"io"
)

const window = 256 << 10

// Names calls do with every name of a PDF (ISO 32000-1 §7.3.5), "#xx"
// resolved, and where it starts. Names are looked for everywhere, inside
// streams too: a hostile file can make two readers disagree on where a stream
// ends, and the names that matter are too long to appear by chance.
func Names(r io.Reader, do func(name string, at int64)) error {
	buf := make([]byte, 0, window+256)
	base := int64(0)
	for {
		n, err := io.ReadFull(r, buf[len(buf):window])
		buf = buf[:len(buf)+n]
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		stop := len(buf)
		if !last {
			stop -= 256 // a name may go on in the next window
		}
		i := 0
		for i < stop {
			at := bytes.IndexByte(buf[i:stop], '/')
			if at < 0 {
				i = stop
				break
			}
			i += at + 1
			name, n := nameAt(buf[i:min(len(buf), i+255)])
			if n > 0 {
				do(name, base+int64(i)-1)
			}
			i += n
		}
		if last {
			return nil
		}
		base += int64(i)
		buf = append(buf[:0], buf[i:]...)
	}
}

func nameAt(b []byte) (string, int) {
	var out []byte
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 {
			return string(out), i
		}
		if c == '#' && i+2 < len(b) {
			if v, ok := unhex(b[i+1], b[i+2]); ok {
				out = append(out, v)
				i += 2
				continue
			}
		}
		out = append(out, c)
	}
	return string(out), len(b)
}

func unhex(a, b byte) (byte, bool) {
	digit := func(c byte) (byte, bool) {
		switch {
		case c >= '0' && c <= '9':
			return c - '0', true
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			return c | 0x20 - 'a' + 10, true
		}
		return 0, false
	}
	hi, ok1 := digit(a)
	lo, ok2 := digit(b)
	return hi<<4 | lo, ok1 && ok2
}
