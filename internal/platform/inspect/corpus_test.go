package inspect

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

// part is one entry of a zip under construction.
type part struct {
	name, body string
	stored     bool
}

func zipOf(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.stored {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawEntry is one entry of a zip written byte by byte, so that it can lie.
type rawEntry struct {
	name, local  string // local: the name in the local header, when it differs
	packed       []byte
	size         uint32
	method       uint16
	flags        uint16
	at           int // offset written in the directory; -1: the true one
	skipContents bool
}

func rawZip(entries ...rawEntry) []byte {
	var b, dir bytes.Buffer
	le := binary.LittleEndian
	for _, e := range entries {
		at := b.Len()
		if e.local == "" {
			e.local = e.name
		}
		if !e.skipContents {
			h := append([]byte(sigLocal), make([]byte, 26)...)
			le.PutUint16(h[4:], 20)
			le.PutUint16(h[6:], e.flags)
			le.PutUint16(h[8:], e.method)
			le.PutUint32(h[18:], uint32(len(e.packed)))
			le.PutUint32(h[22:], e.size)
			le.PutUint16(h[26:], uint16(len(e.local)))
			b.Write(h)
			b.WriteString(e.local)
			b.Write(e.packed)
		}
		if e.at >= 0 {
			at = e.at
		}
		c := append([]byte(sigCentral), make([]byte, 42)...)
		le.PutUint16(c[6:], 20)
		le.PutUint16(c[8:], e.flags)
		le.PutUint16(c[10:], e.method)
		le.PutUint32(c[20:], uint32(len(e.packed)))
		le.PutUint32(c[24:], e.size)
		le.PutUint16(c[28:], uint16(len(e.name)))
		le.PutUint32(c[42:], uint32(at))
		dir.Write(c)
		dir.WriteString(e.name)
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

func deflated(t testing.TB, n int) []byte {
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

const (
	wordTypes  = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	macroTypes = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`
	sheetTypes = `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	slideTypes = `<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>`
	wordBody   = `<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:ins w:id="1" w:author="Jeanne Martin" w:date="2026-01-01T00:00:00Z"><w:r><w:t>Le projet de Jeanne</w:t></w:r></w:ins></w:p></w:body></w:document>`
	relation   = `<Relationships xmlns="r"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s" TargetMode="External"/></Relationships>`
	odfBody    = `<office:document-content xmlns:office="o" xmlns:draw="d" xmlns:xlink="x" xmlns:text="t">%s</office:document-content>`
	ole10      = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

func docx(t testing.TB, extra ...part) []byte {
	return zipOf(t, append([]part{{name: "[Content_Types].xml", body: wordTypes}, {name: "word/document.xml", body: wordBody}}, extra...)...)
}

func rel(kind, target string) part {
	return part{name: "word/_rels/document.xml.rels", body: fmt.Sprintf(relation, kind, target)}
}

func odt(t testing.TB, content string, extra ...part) []byte {
	return zipOf(t, append([]part{{"mimetype", "application/vnd.oasis.opendocument.text", true}, {name: "content.xml", body: fmt.Sprintf(odfBody, content)}}, extra...)...)
}

// pdfOf writes a small PDF with a catalogue of the given content and more objects.
func pdfOf(catalogue string, objects ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n", catalogue)
	b.WriteString("2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+4, o)
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

func objStm(dict, content string) string {
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

func utf16of(s, mark string) string {
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

// noise does not compress.
func noise(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return string(b)
}

// The pictures of the corpus come from the package that knows how to write them.
var (
	jpegOf, pngOf, gifOf = picturetest.JPEG, picturetest.PNG, picturetest.GIF
	exif, segment        = picturetest.EXIF, picturetest.Segment
	pngChunk, hugePNG    = picturetest.Chunk, picturetest.HugePNG
	riff, webpSample     = picturetest.RIFF, picturetest.WebP
	corners              = picturetest.Corners
)

// webpOf is a lossless WebP of one pixel-sized header; its content is not decoded by Inspect.
func webpOf(w, h int, chunks string) []byte {
	vp8l := string(append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, uint32(w-1)|uint32(h-1)<<14)...))
	body := "WEBP" + riff("VP8L", vp8l+strings.Repeat("\x00", 20)) + chunks
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body)
}
