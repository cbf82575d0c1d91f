// Package office writes texts that word processors open and edit: headings, paragraphs, lists and tables, as OpenDocument (ODT) and as Office Open XML (DOCX).
package office

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"
)

// Meta is what a text says of itself.
type Meta struct {
	Title   string
	Subject string
	Lang    string    // "fr" or "en"
	At      time.Time // when what it tells was said: the same content gives the same bytes
}

// Run is a piece of a paragraph; with a Link, an absolute address, it leads somewhere.
type Run struct {
	Text string
	Link string
}

// Text is a text being written, the first part first.
type Text struct {
	Meta
	blocks []block
}

type kind int

const (
	heading kind = iota
	paragraph
	item
	caption
	table
)

type block struct {
	kind  kind
	level int
	runs  []Run
	head  []string
	rows  [][]string
}

// New begins a text with its title at the top.
func New(m Meta) *Text {
	t := &Text{Meta: m}
	t.blocks = append(t.blocks, block{kind: heading, runs: []Run{{Text: m.Title}}})
	return t
}

// Heading begins a part; level is from 1 to 3.
func (t *Text) Heading(level int, s string) {
	t.blocks = append(t.blocks, block{kind: heading, level: min(max(level, 1), 3), runs: []Run{{Text: s}}})
}

// Paragraph adds one; line breaks of its runs are kept.
func (t *Text) Paragraph(runs ...Run) {
	t.blocks = append(t.blocks, block{kind: paragraph, runs: runs})
}

// Item adds a line of a list.
func (t *Text) Item(runs ...Run) { t.blocks = append(t.blocks, block{kind: item, runs: runs}) }

// Table adds one under its caption. The first column names the rows; the others hold
// figures, which stand on the right. A row that is shorter than head is completed.
func (t *Text) Table(title string, head []string, rows [][]string) {
	t.blocks = append(t.blocks, block{kind: caption, runs: []Run{{Text: title}}}, block{kind: table, head: head, rows: rows, runs: []Run{{Text: title}}})
}

// links are the addresses that the text leads to, in order, once each.
func (t *Text) links() (list []string) {
	seen := map[string]bool{}
	for _, b := range t.blocks {
		for _, r := range b.runs {
			if r.Link != "" && !seen[r.Link] {
				seen[r.Link] = true
				list = append(list, r.Link)
			}
		}
	}
	return list
}

// file is one entry of a package.
type file struct {
	name   string
	body   string
	stored bool // not compressed, without what readers of magic numbers stumble on
}

// pack writes a package whose bytes depend on its files alone: no entry carries a time.
func pack(w io.Writer, files []file) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		var to io.Writer
		var err error
		if f.stored {
			h.Method, h.CRC32 = zip.Store, crc32.ChecksumIEEE([]byte(f.body))
			h.CompressedSize64, h.UncompressedSize64 = uint64(len(f.body)), uint64(len(f.body))
			to, err = z.CreateRaw(h)
		} else {
			to, err = z.CreateHeader(h)
		}
		if err == nil {
			_, err = io.WriteString(to, f.body)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the text: %w", err)
	}
	return nil
}

// escape is s as XML text; what XML cannot hold is left out.
func escape(s string) string {
	var b strings.Builder
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	_ = xml.EscapeText(&b, []byte(s)) // a builder refuses nothing
	return b.String()
}

// lines writes a text of several lines: each escaped, with between them.
func lines(s, between string) string {
	parts := strings.Split(s, "\n")
	for i, p := range parts {
		parts[i] = escape(p)
	}
	return strings.Join(parts, between)
}

// row is what stands in each column of a row.
func (b block) row(i int) []string {
	cells := append([]string{}, b.rows[i]...)
	for len(cells) < len(b.head) {
		cells = append(cells, "")
	}
	return cells
}

const prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func (t *Text) stamp() string { return t.At.UTC().Format("2006-01-02T15:04:05Z") }

// region is the country that word processors want beside a language.
func (t *Text) region() string {
	if t.Lang == "en" {
		return "GB"
	}
	return "FR"
}
