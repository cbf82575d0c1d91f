// Package picture reads, turns and cleans pictures; a picture is what a file of one of four formats shows.
package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Format is how a picture is written down.
type Format string

// The formats that are read here.
const (
	PNG  Format = "png"
	JPEG Format = "jpeg"
	GIF  Format = "gif"
	WebP Format = "webp"
)

// Structure is what a picture tells without being decoded: its size in pixels,
// its EXIF orientation (1 to 8, or 0), whether it says where it was taken, where
// its format says that it ends, in bytes, and whether that end was found.
type Structure struct {
	Width, Height int
	Orientation   int
	Located       bool
	End           int64
	Whole         bool

	progressive bool    // a JPEG in several scans
	channels    int     // of a JPEG
	perPixel    float64 // bytes of a decoded JPEG, colour sampling included
	deep        bool    // a PNG with 16 bits a channel
	alpha       bool    // a WebP that says it has transparency
}

// counting is a buffered reader that knows where it is.
type counting struct {
	*bufio.Reader
	at int64
}

func (c *counting) take(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(c.Reader, b)
	c.at += int64(got)
	return b[:got], err
}

func (c *counting) skip(n int64) error {
	got, err := io.CopyN(io.Discard, c.Reader, n)
	c.at += got
	return err
}

// Read walks the structure of a picture. A picture that breaks off is
// not an error: what is known so far comes back, with whole false.
func Read(r io.Reader, size int64, format Format) (Structure, error) {
	c := &counting{Reader: bufio.NewReaderSize(r, 64<<10)}
	var p Structure
	var err error
	switch format {
	case PNG:
		err = readPNG(c, &p)
	case JPEG:
		err = readJPEG(c, &p)
	case GIF:
		err = readGIF(c, &p)
	case WebP:
		err = readWebP(c, &p, size)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF || errors.Is(err, errBroken) {
		return p, nil
	}
	p.End, p.Whole = c.at, err == nil
	return p, err
}

var errBroken = errors.New("the structure breaks off")

const maxMetadata = 1 << 20 // bytes of one piece of metadata that are read

// readPNG walks the chunks (ISO/IEC 15948 §5).
func readPNG(c *counting, p *Structure) error {
	if err := c.skip(8); err != nil {
		return err
	}
	for first := true; ; first = false {
		h, err := c.take(8)
		if err != nil {
			return err
		}
		n, name := int64(binary.BigEndian.Uint32(h)), string(h[4:])
		if n > 1<<31-1 || first != (name == "IHDR") {
			return errBroken
		}
		switch {
		case name == "IHDR":
			b, err := c.take(int(min(n, 13)))
			if err != nil || len(b) < 13 {
				return errBroken
			}
			p.Width, p.Height = int(int32(binary.BigEndian.Uint32(b))), int(int32(binary.BigEndian.Uint32(b[4:])))
			p.deep = b[8] == 16
			n -= 13
		case name == "eXIf" && n <= maxMetadata:
			b, err := c.take(int(n))
			if err != nil {
				return err
			}
			readEXIF(b, p)
			n = 0
		}
		if err := c.skip(n + 4); err != nil {
			return err
		}
		if name == "IEND" {
			return nil
		}
	}
}

// readJPEG walks the segments (ITU-T T.81 annex B) up to the end of the image.
func readJPEG(c *counting, p *Structure) error {
	if err := c.skip(2); err != nil {
		return err
	}
	for {
		marker, err := nextMarker(c)
		if err != nil {
			return err
		}
		switch {
		case marker == 0xd9:
			return nil
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd8:
			continue
		}
		h, err := c.take(2)
		if err != nil {
			return err
		}
		n := int(binary.BigEndian.Uint16(h)) - 2
		if n < 0 {
			return errBroken
		}
		b, err := c.take(n)
		if err != nil {
			return err
		}
		switch {
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && n >= 6:
			p.Height, p.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
			p.channels, p.progressive = int(b[5]), marker == 0xc2
			p.perPixel = sampling(b[6:])
		case marker == 0xe1:
			readAPP1(b, p)
		}
	}
}

// sampling says how many samples stand for one pixel, from the components of a
// frame header (ITU-T T.81 §B.2.2).
func sampling(components []byte) float64 {
	total, widest, highest := 0, 1, 1
	for len(components) >= 3 {
		h, v := int(components[1]>>4), int(components[1]&15)
		total += h * v
		widest, highest = max(widest, h), max(highest, v)
		components = components[3:]
	}
	return float64(total) / float64(widest*highest)
}

// nextMarker passes over entropy-coded data, in which 0xff is followed by 0 or
// by a restart marker.
func nextMarker(c *counting) (byte, error) {
	for {
		part, err := c.ReadSlice(0xff)
		c.at += int64(len(part))
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return 0, err
		}
		for {
			m, err := c.ReadByte()
			if err != nil {
				return 0, err
			}
			c.at++
			if m == 0xff {
				continue
			}
			if m != 0 && (m < 0xd0 || m > 0xd7) {
				return m, nil
			}
			break
		}
	}
}

// readGIF walks the blocks (GIF89a specification, §15 to §27).
func readGIF(c *counting, p *Structure) error {
	h, err := c.take(13)
	if err != nil {
		return err
	}
	p.Width, p.Height = int(binary.LittleEndian.Uint16(h[6:])), int(binary.LittleEndian.Uint16(h[8:]))
	if err := skipColours(c, h[10]); err != nil {
		return err
	}
	for {
		kind, err := c.take(1)
		if err != nil {
			return err
		}
		switch kind[0] {
		case 0x3b:
			return nil
		case 0x21:
			err = c.skip(1)
		case 0x2c:
			var d []byte
			if d, err = c.take(9); err == nil {
				// A frame may be larger than the screen that announces it.
				p.Width = max(p.Width, int(binary.LittleEndian.Uint16(d[4:])))
				p.Height = max(p.Height, int(binary.LittleEndian.Uint16(d[6:])))
				if err = skipColours(c, d[8]); err == nil {
					err = c.skip(1)
				}
			}
		default:
			return errBroken
		}
		for err == nil {
			var n []byte
			if n, err = c.take(1); err != nil || n[0] == 0 {
				break
			}
			err = c.skip(int64(n[0]))
		}
		if err != nil {
			return err
		}
	}
}

func skipColours(c *counting, flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	return c.skip(3 << (flags&7 + 1))
}

// readWebP walks the RIFF chunks (RFC 9649 §2).
func readWebP(c *counting, p *Structure, size int64) error {
	h, err := c.take(12)
	if err != nil {
		return err
	}
	end := min(int64(binary.LittleEndian.Uint32(h[4:]))+8, size)
	for c.at+8 <= end {
		h, err := c.take(8)
		if err != nil {
			return err
		}
		n := int64(binary.LittleEndian.Uint32(h[4:]))
		b, err := c.take(int(min(n, maxMetadata)))
		if err != nil {
			return err
		}
		switch name := string(h[:4]); {
		case name == "VP8X" && len(b) >= 10:
			p.Width, p.Height, p.alpha = 1+u24(b[4:]), 1+u24(b[7:]), b[0]&0x10 != 0
		case name == "VP8 " && len(b) >= 10 && bytes.Equal(b[3:6], []byte("\x9d\x01\x2a")):
			p.Width = max(p.Width, int(binary.LittleEndian.Uint16(b[6:])&0x3fff))
			p.Height = max(p.Height, int(binary.LittleEndian.Uint16(b[8:])&0x3fff))
		case name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
			bits := binary.LittleEndian.Uint32(b[1:])
			p.Width, p.Height = max(p.Width, int(bits&0x3fff)+1), max(p.Height, int(bits>>14&0x3fff)+1)
			p.alpha = p.alpha || bits>>28&1 != 0
		case name == "EXIF":
			readEXIF(bytes.TrimPrefix(b, []byte("Exif\x00\x00")), p)
		case name == "XMP ":
			readXMP(b, p)
		}
		if err := c.skip(n - int64(len(b)) + n&1); err != nil {
			return err
		}
	}
	return nil
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func readAPP1(b []byte, p *Structure) {
	if tiff, ok := bytes.CutPrefix(b, []byte("Exif\x00\x00")); ok {
		readEXIF(tiff, p)
	} else if bytes.HasPrefix(b, []byte("http://ns.adobe.com/x")) {
		readXMP(b, p)
	}
}

func readXMP(b []byte, p *Structure) {
	p.Located = p.Located || bytes.Contains(b, []byte("GPSLatitude"))
}

// readEXIF reads the orientation (tag 0x0112) and whether there is a place (tag
// 0x8825) in the first directory of a TIFF structure (CIPA DC-008 §4.6).
func readEXIF(b []byte, p *Structure) {
	if len(b) < 8 {
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			return
		}
		switch order.Uint16(entries) {
		case 0x0112:
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				p.Orientation = v
			}
		case 0x8825:
			p.Located = true
		}
		entries = entries[12:]
	}
}
