package inspect

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// stripSound copies an MP3 without its tags: ID3v2 before the sound (id3.org,
// ID3v2.4.0 §3.1), APEv2 and ID3v1 after it.
func stripSound(ctx context.Context, r io.ReaderAt, size int64, w io.Writer) (Cleaned, error) {
	from, to := int64(0), size
	read := func(at int64, n int) []byte {
		b := make([]byte, n)
		if at < 0 {
			return b
		}
		got, _ := r.ReadAt(b, at)
		clear(b[got:])
		return b
	}
	for h := read(from, 10); string(h[:3]) == "ID3" && from < to; h = read(from, 10) {
		from += 10 + int64(h[6]&0x7f)<<21 + int64(h[7]&0x7f)<<14 + int64(h[8]&0x7f)<<7 + int64(h[9]&0x7f)
		if h[5]&0x10 != 0 { // a footer
			from += 10
		}
	}
	if string(read(to-128, 3)) == "TAG" {
		to -= 128
	}
	if h := read(to-32, 32); string(h[:8]) == "APETAGEX" {
		n := int64(binary.LittleEndian.Uint32(h[12:]))
		if h[23]&0x80 != 0 { // a header of the same size too
			n += 32
		}
		to -= n
	}
	c := Cleaned{Kind: MP3}
	if from >= to || !mp3Frame(read(from, 4)) {
		c.leave("", "inspect.left_kind")
		from, to = 0, size
	}
	if _, err := io.Copy(w, &patient{ctx, io.NewSectionReader(r, from, to-from)}); err != nil {
		return c, fmt.Errorf("copy a sound: %w", err)
	}
	return c, nil
}
