// Package hostile writes the files that people must not be able to harm each other with; a hostile file is made by code, byte by byte, with the verdict that it deserves.
package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"transformateur/internal/platform/picture/picturetest"
)

// The signatures of the ZIP format (PKWARE APPNOTE 6.3.10, §4.3).
const (
	sigLocal   = "PK\x03\x04"
	sigCentral = "PK\x01\x02"
	sigEnd     = "PK\x05\x06"
)

// Part is one entry of a zip under construction.
type Part struct {
	Name, Body string
	Stored     bool
}

// Zip writes a zip as an ordinary program does.
func Zip(t testing.TB, parts ...Part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.Name, Method: zip.Deflate}
		if p.Stored {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.Body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// RawEntry is one entry of a zip written byte by byte, so that it can lie.
type RawEntry struct {
	Name, Local  string // Local: the name in the local header, when it differs
	Packed       []byte
	Size         uint32
	Method       uint16
	Flags        uint16
	At           int    // offset written in the directory; -1: the true one
	Attributes   uint32 // external ones; a symbolic link is 0120777 << 16
	SkipContents bool
}

// RawZip writes a zip whose directory may contradict what it points to.
func RawZip(entries ...RawEntry) []byte {
	var b, dir bytes.Buffer
	le := binary.LittleEndian
	for _, e := range entries {
		at := b.Len()
		if e.Local == "" {
			e.Local = e.Name
		}
		if !e.SkipContents {
			h := append([]byte(sigLocal), make([]byte, 26)...)
			le.PutUint16(h[4:], 20)
			le.PutUint16(h[6:], e.Flags)
			le.PutUint16(h[8:], e.Method)
			le.PutUint32(h[18:], uint32(len(e.Packed)))
			le.PutUint32(h[22:], e.Size)
			le.PutUint16(h[26:], uint16(len(e.Local)))
			b.Write(h)
			b.WriteString(e.Local)
			b.Write(e.Packed)
		}
		if e.At >= 0 {
			at = e.At
		}
		c := append([]byte(sigCentral), make([]byte, 42)...)
		le.PutUint32(c[38:], e.Attributes)
		le.PutUint16(c[6:], 20)
		le.PutUint16(c[8:], e.Flags)
		le.PutUint16(c[10:], e.Method)
		le.PutUint32(c[20:], uint32(len(e.Packed)))
		le.PutUint32(c[24:], e.Size)
		le.PutUint16(c[28:], uint16(len(e.Name)))
		le.PutUint32(c[42:], uint32(at))
		dir.Write(c)
		dir.WriteString(e.Name)
	}
	end := append([]byte(sigEnd), make([]byte, 18)...)
	le.PutUint16(end[8:], uint16(len(entries)))
	le.PutUint16(end[10:], uint16(len(entries)))
	le.PutUint32(end[12:], uint32(dir.Len()))
	le.PutUint32(end[16:], uint32(b.Len()))
	b.Write(dir.Bytes())
	b.Write(end)
	return b.Bytes()
}

// Deflated is n zero bytes, compressed.
func Deflated(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, int64(n)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// The parts that documents are made of.
const (
	WordTypes  = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	macroTypes = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`
	SheetTypes = `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	SlideTypes = `<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>`
	WordBody   = `<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:ins w:id="1" w:author="Jeanne Martin" w:date="2026-01-01T00:00:00Z"><w:r><w:t>Le projet de Jeanne</w:t></w:r></w:ins></w:p></w:body></w:document>`
	relation   = `<Relationships xmlns="r"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s" TargetMode="External"/></Relationships>`
	odfBody    = `<office:document-content xmlns:office="o" xmlns:draw="d" xmlns:xlink="x" xmlns:text="t">%s</office:document-content>`
	OLE10      = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// Docx is a small Word document with more parts.
func Docx(t testing.TB, extra ...Part) []byte {
	return Zip(t, append([]Part{{Name: "[Content_Types].xml", Body: WordTypes}, {Name: "word/document.xml", Body: WordBody}}, extra...)...)
}

// Rel is a link of a Word document to something outside it.
func Rel(kind, target string) Part {
	return Part{Name: "word/_rels/document.xml.rels", Body: fmt.Sprintf(relation, kind, target)}
}

// ODTOf is a small ODF text with the given content and more parts.
func ODTOf(t testing.TB, content string, extra ...Part) []byte {
	return Zip(t, append([]Part{{"mimetype", "application/vnd.oasis.opendocument.text", true}, {Name: "content.xml", Body: fmt.Sprintf(odfBody, content)}}, extra...)...)
}

// PDFOf writes a small PDF with a catalogue of the given content and more objects.
func PDFOf(catalogue string, objects ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n", catalogue)
	b.WriteString("2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+4, o)
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

// ObjStm is a compressed stream with the given dictionary.
func ObjStm(dict, content string) string {
	var b bytes.Buffer
	level := zlib.DefaultCompression // the fastest would store short content plain
	if len(content) > 1<<20 {
		level = zlib.BestSpeed
	}
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		panic(err)
	}
	io.WriteString(w, content)
	w.Close()
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, b.Len(), b.String())
}

// UTF16 writes ASCII in UTF-16 after its byte order mark, which says the order.
func UTF16(s, mark string) string {
	b := []byte(mark)
	for _, c := range []byte(s) {
		if mark == "\xfe\xff" {
			b = append(b, 0, c)
		} else {
			b = append(b, c, 0)
		}
	}
	return string(b)
}

// Noise does not compress.
func Noise(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return string(b)
}

// The pictures of the corpus come from the package that knows how to write them.
var (
	jpegOf, pngOf, gifOf = picturetest.JPEG, picturetest.PNG, picturetest.GIF
	exif, segment        = picturetest.EXIF, picturetest.Segment
	pngChunk, hugePNG    = picturetest.Chunk, picturetest.HugePNG
	riff                 = picturetest.RIFF
)

// WebPOf is a lossless WebP of one pixel-sized header; its content is not decoded by Inspect.
func WebPOf(w, h int, chunks string) []byte {
	vp8l := string(append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, uint32(w-1)|uint32(h-1)<<14)...))
	body := "WEBP" + riff("VP8L", vp8l+strings.Repeat("\x00", 20)) + chunks
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body)
}
