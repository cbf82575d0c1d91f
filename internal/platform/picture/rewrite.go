package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// Rewrite copies a picture without decoding it and leaves out what is
// not needed to draw it. The orientation is written back alone.
func Rewrite(r io.Reader, w io.Writer, format Format, p Structure, size int64) error {
	c := &counting{Reader: bufio.NewReaderSize(r, 64<<10)}
	var err error
	switch format {
	case JPEG:
		err = rewriteJPEG(c, w, p)
	case PNG:
		err = rewritePNG(c, w, p)
	case WebP:
		err = rewriteWebP(c, w, p, size)
	case GIF:
		err = rewriteGIF(c, w)
	default:
		return broken()
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF || err == errBroken {
		return broken()
	}
	return err
}

// orientationTIFF is the smallest EXIF body that says how to turn a picture.
func orientationTIFF(orientation int) string {
	return "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
}

// rewriteJPEG keeps JFIF, the colour profile and Adobe's colour transform among
// the application segments.
func rewriteJPEG(c *counting, w io.Writer, p Structure) error {
	if err := c.skip(2); err != nil {
		return err
	}
	start := []byte{0xff, 0xd8}
	if p.Orientation > 1 {
		body := "Exif\x00\x00" + orientationTIFF(p.Orientation)
		start = append(append(start, 0xff, 0xe1, 0, byte(len(body)+2)), body...)
	}
	if _, err := w.Write(start); err != nil {
		return err
	}
	scan := false
	for {
		marker, err := copyScan(c, w, scan)
		if err != nil {
			return err
		}
		if marker == 0xd9 {
			_, err := w.Write([]byte{0xff, 0xd9})
			return err
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 {
			continue
		}
		h, err := c.take(2)
		if err != nil || binary.BigEndian.Uint16(h) < 2 {
			return errBroken
		}
		body, err := c.take(int(binary.BigEndian.Uint16(h)) - 2)
		if err != nil {
			return err
		}
		scan = marker == 0xda
		if !keepSegment(marker, body) {
			continue
		}
		if _, err := w.Write(slices.Concat([]byte{0xff, marker}, h, body)); err != nil {
			return err
		}
	}
}

func keepSegment(marker byte, body []byte) bool {
	switch {
	case marker == 0xe0:
		return bytes.HasPrefix(body, []byte("JFIF\x00"))
	case marker == 0xe2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case marker == 0xee:
		return bytes.HasPrefix(body, []byte("Adobe"))
	}
	return marker < 0xe0 || marker > 0xef && marker != 0xfe
}

// copyScan goes to the next marker and copies the entropy-coded bytes before
// it; outside a scan, stray bytes are dropped.
func copyScan(c *counting, w io.Writer, scan bool) (byte, error) {
	out := w
	if !scan {
		out = io.Discard
	}
	for {
		part, err := c.ReadSlice(0xff)
		full := err == bufio.ErrBufferFull
		if err != nil && !full {
			return 0, err
		}
		if !full {
			part = part[:len(part)-1]
		}
		if _, err := out.Write(part); err != nil {
			return 0, err
		}
		if full {
			continue
		}
		m := byte(0xff)
		for m == 0xff {
			if m, err = c.ReadByte(); err != nil {
				return 0, err
			}
		}
		if m != 0 && (m < 0xd0 || m > 0xd7) {
			return m, nil
		}
		if _, err := out.Write([]byte{0xff, m}); err != nil {
			return 0, err
		}
	}
}

// rewriteGIF keeps the frames, their timing and how often they turn; comments,
// XMP and what else a program adds are left out.
func rewriteGIF(c *counting, w io.Writer) error {
	pass := func(n int) ([]byte, error) {
		b, err := c.take(n)
		if err == nil {
			_, err = w.Write(b)
		}
		return b, err
	}
	colours := func(flags byte) error {
		if flags&0x80 == 0 {
			return nil
		}
		_, err := pass(3 << (flags&7 + 1))
		return err
	}
	h, err := pass(13)
	if err != nil {
		return err
	}
	if err := colours(h[10]); err != nil {
		return err
	}
	for {
		kind, err := c.take(1)
		if err != nil {
			return err
		}
		out := w
		switch kind[0] {
		case 0x3b:
			_, err := w.Write(kind)
			return err
		case 0x2c:
			err = rewriteFrame(pass, w, colours)
		case 0x21:
			out, err = extension(c, w)
		default:
			return errBroken
		}
		if err == nil {
			err = copyBlocks(c, out)
		}
		if err != nil {
			return err
		}
	}
}

func rewriteFrame(pass func(int) ([]byte, error), w io.Writer, colours func(byte) error) error {
	if _, err := w.Write([]byte{0x2c}); err != nil {
		return err
	}
	d, err := pass(9)
	if err != nil {
		return err
	}
	if err := colours(d[8]); err != nil {
		return err
	}
	_, err = pass(1)
	return err
}

// extension says where the blocks of an extension go: timing and turns are kept.
func extension(c *counting, w io.Writer) (io.Writer, error) {
	label, err := c.take(1)
	if err != nil {
		return nil, err
	}
	name, err := c.Peek(12)
	if err != nil {
		return nil, err
	}
	if label[0] != 0xf9 && (label[0] != 0xff || string(name) != "\x0bNETSCAPE2.0") {
		return io.Discard, nil
	}
	_, err = w.Write([]byte{0x21, label[0]})
	return w, err
}

func copyBlocks(c *counting, w io.Writer) error {
	for {
		n, err := c.take(1)
		if err != nil {
			return err
		}
		body, err := c.take(int(n[0]))
		if err != nil {
			return err
		}
		if _, err := w.Write(append(n, body...)); err != nil || n[0] == 0 {
			return err
		}
	}
}

// keptChunks are those of a PNG that change how it looks (ISO/IEC 15948 §11, APNG).
var keptChunks = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT", "cICP"}

func rewritePNG(c *counting, w io.Writer, p Structure) error {
	sig, err := c.take(8)
	if err != nil {
		return err
	}
	if _, err := w.Write(sig); err != nil {
		return err
	}
	for {
		h, err := c.take(8)
		if err != nil {
			return err
		}
		n, name := int64(binary.BigEndian.Uint32(h)), string(h[4:])
		if n > 1<<31-1 {
			return errBroken
		}
		if !slices.Contains(keptChunks, name) {
			if err := c.skip(n + 4); err != nil {
				return err
			}
			continue
		}
		if _, err := w.Write(h); err != nil {
			return err
		}
		if got, err := io.CopyN(w, c.Reader, n+4); err != nil || got != n+4 {
			return fmt.Errorf("copy a chunk: %w", err)
		}
		if name == "IHDR" && p.Orientation > 1 {
			body := "eXIf" + orientationTIFF(p.Orientation)
			chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-4))
			chunk = binary.BigEndian.AppendUint32(append(chunk, body...), crc32.ChecksumIEEE([]byte(body)))
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
		if name == "IEND" {
			return nil
		}
	}
}

const (
	webpEXIF = 0x08 // flags of VP8X (RFC 9649 §2.7.1)
	webpXMP  = 0x04
)

// rewriteWebP turns the metadata chunks into chunks of zeros under a name that
// readers pass over (RFC 9649 §2.7.1.6): the sizes announced before stay true.
func rewriteWebP(c *counting, w io.Writer, p Structure, size int64) error {
	head, err := c.take(12)
	if err != nil {
		return err
	}
	end := min(int64(binary.LittleEndian.Uint32(head[4:]))+8, size)
	if _, err := w.Write(head); err != nil {
		return err
	}
	for c.at+8 <= end {
		h, err := c.take(8)
		if err != nil {
			return err
		}
		n := int64(binary.LittleEndian.Uint32(h[4:]))
		n += n & 1
		switch string(h[:4]) {
		case "VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP":
		default:
			copy(h, "free")
		}
		if _, err := w.Write(h); err != nil {
			return err
		}
		body := io.LimitReader(c.Reader, n)
		switch string(h[:4]) {
		case "VP8X":
			b, err := c.take(int(min(n, 64)))
			if err != nil || len(b) == 0 {
				return errBroken
			}
			b[0] &^= webpEXIF | webpXMP
			c.at -= int64(len(b))
			body = io.MultiReader(bytes.NewReader(b), io.LimitReader(c.Reader, n-int64(len(b))))
		case "free":
			if err := c.skip(n); err != nil {
				return err
			}
			c.at -= n
			body = io.LimitReader(nothing{}, n)
		}
		got, err := io.Copy(w, body)
		c.at += got
		if err != nil || got != n {
			return errBroken
		}
	}
	return nil
}

type nothing struct{}

func (nothing) Read(b []byte) (int, error) { clear(b); return len(b), nil }
