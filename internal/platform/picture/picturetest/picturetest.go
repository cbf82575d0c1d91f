// Package picturetest makes pictures for tests: a sample is written by code, never kept as a file.
package picturetest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// Quarters is a picture red, green, blue and white, quarter by quarter.
func Quarters(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2 && y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			case x >= w/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// JPEG writes Quarters with more segments after its start.
func JPEG(t testing.TB, w, h int, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, Quarters(w, h), &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{}, b.Bytes()[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, b.Bytes()[2:]...)
}

// Segment writes a segment of a JPEG.
func Segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// EXIF writes an APP1 segment with an orientation, a place and an author.
func EXIF(orientation int, located bool) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08")
	entries := [][]byte{{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0}, {0x01, 0x3b, 0, 2, 0, 0, 0, 4, 'J', 'M', 'a', 0}}
	if located {
		entries = append(entries, []byte{0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 60})
	}
	tiff = append(tiff, 0, byte(len(entries)))
	for _, e := range entries {
		tiff = append(tiff, e...)
	}
	tiff = append(tiff, make([]byte, 40)...)
	return Segment(0xe1, "Exif\x00\x00"+string(tiff))
}

// PNG writes Quarters.
func PNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, Quarters(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Chunk writes a chunk of a PNG.
func Chunk(name, body string) string {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(name+body)))
	return string(head) + name + body + string(sum)
}

// HugePNG announces more pixels than it holds.
func HugePNG(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return []byte("\x89PNG\r\n\x1a\n" + Chunk("IHDR", string(head)+"\x08\x06\x00\x00\x00") + Chunk("IDAT", "x") + Chunk("IEND", ""))
}

// GIF writes a moving picture of 8 by 6 pixels.
func GIF(t testing.TB, frames int) []byte {
	t.Helper()
	g := &gif.GIF{}
	for range frames {
		m := image.NewPaletted(image.Rect(0, 0, 8, 6), color.Palette{color.Black, color.White})
		m.SetColorIndex(3, 3, 1)
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// RIFF writes a chunk of a WebP.
func RIFF(name, body string) string {
	n := string(binary.LittleEndian.AppendUint32(nil, uint32(len(body))))
	if len(body)%2 == 1 {
		body += "\x00"
	}
	return name + n + body
}

// WebP is a true lossy picture of one pixel, in an extended container.
func WebP(t testing.TB, chunks string) []byte {
	t.Helper()
	vp8, err := base64.StdEncoding.DecodeString("MAEAnQEqAQABAAIANCWkAANwAP77/VAA")
	if err != nil {
		t.Fatal(err)
	}
	body := "WEBP" + RIFF("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00") + RIFF("VP8 ", string(vp8)) + chunks
	return []byte("RIFF" + string([]byte{byte(len(body)), byte(len(body) >> 8), 0, 0}) + body)
}

// Corners reads which colour stands in each quarter of a picture made by Quarters.
func Corners(t testing.TB, body []byte) string {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	b, s := m.Bounds(), ""
	for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, _, _ := m.At(b.Min.X+b.Dx()*at[0]/4, b.Min.Y+b.Dy()*at[1]/4).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000:
			s += "W"
		case r > 0xc000:
			s += "R"
		case g > 0xc000:
			s += "G"
		default:
			s += "B"
		}
	}
	return s
}
