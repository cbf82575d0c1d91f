// Package pdf is a small document to keep or to print: a title, paragraphs, tables of terms, numbered pages, and files attached inside.
package pdf

import (
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/go-pdf/fpdf"
)

// The fonts are those of the pages, Atkinson Hyperlegible (SIL Open Font License,
// fonts/OFL.txt), turned from WOFF2 into TrueType with fontTools and nothing added.
var (
	//go:embed fonts/atkinson-400.ttf
	regular []byte
	//go:embed fonts/atkinson-700.ttf
	bold []byte
)

const (
	font   = "atkinson"
	margin = 18.0 // mm
	body   = 10.0 // points
	line   = 5.0  // mm, at the size of the body
)

// Meta is what a document says of itself.
type Meta struct {
	Title   string
	Author  string
	Subject string
	Lang    string    // "fr" or "en"
	At      time.Time // when what it tells happened: the same content gives the same bytes
	Page    string    // "Page %d sur %s", at the foot of each page
}

// Doc is a document being written; errors wait for Write.
type Doc struct{ f *fpdf.Fpdf }

// New begins a document on A4 paper.
func New(m Meta) *Doc {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(m.At.UTC())
	f.SetModificationDate(m.At.UTC())
	f.AddUTF8FontFromBytes(font, "", regular)
	f.AddUTF8FontFromBytes(font, "B", bold)
	f.SetTitle(m.Title, true)
	f.SetAuthor(m.Author, true)
	f.SetSubject(m.Subject, true)
	f.SetProducer("Transformateur", true)
	f.SetLang(m.Lang)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin+6)
	f.AliasNbPages("{pages}")
	f.SetFooterFunc(func() {
		f.SetY(-margin)
		f.SetFont(font, "", 8)
		f.SetTextColor(90, 84, 74)
		f.CellFormat(0, 5, m.Title, "", 0, "L", false, 0, "")
		f.SetX(margin)
		f.CellFormat(0, 5, fmt.Sprintf(m.Page, f.PageNo(), "{pages}"), "", 0, "R", false, 0, "")
		f.SetTextColor(0, 0, 0)
	})
	f.AddPage()
	return &Doc{f}
}

func (d *Doc) text(style string, size float64, s string) {
	d.f.SetFont(font, style, size)
	d.f.MultiCell(0, line*size/body, s, "", "L", false)
}

// Title is the name of the document, once, at its top.
func (d *Doc) Title(s string) {
	d.text("B", 20, s)
	d.f.Ln(3)
}

// Heading begins a part. It does not stay alone at the foot of a page.
func (d *Doc) Heading(s string) {
	_, height := d.f.GetPageSize()
	if d.f.GetY() > height-margin-30 {
		d.f.AddPage()
	}
	d.f.Ln(4)
	d.text("B", 13, s)
	d.f.Bookmark(s, 0, -1)
	d.f.Ln(1)
}

// Paragraph is a text; its line breaks are kept.
func (d *Doc) Paragraph(s string) {
	d.text("", body, s)
	d.f.Ln(1.5)
}

// Pair is a term and what it is.
type Pair struct{ Term, Text string }

// Pairs is a table of terms, each beside what it is; a long text goes on under itself.
func (d *Doc) Pairs(rows []Pair) {
	const wide = 52.0
	width, height := d.f.GetPageSize()
	for _, row := range rows {
		d.f.SetFont(font, "", body)
		lines := max(len(d.f.SplitText(row.Text, width-2*margin-wide)), 1)
		d.f.SetFont(font, "B", body)
		terms := max(len(d.f.SplitText(row.Term, wide-4)), 1)
		if tall := float64(max(lines, terms)) * line; d.f.GetY()+tall > height-margin-6 && tall < height/2 {
			d.f.AddPage()
		}
		page, top := d.f.PageNo(), d.f.GetY()
		d.f.MultiCell(wide-4, line, row.Term, "", "L", false)
		under := d.f.GetY()
		d.f.SetFont(font, "", body)
		d.f.SetLeftMargin(margin + wide)
		if d.f.PageNo() == page {
			d.f.SetXY(margin+wide, top)
		}
		d.f.MultiCell(0, line, row.Text, "", "L", false)
		d.f.SetLeftMargin(margin)
		if d.f.PageNo() == page && d.f.GetY() < under {
			d.f.SetY(under)
		}
		d.f.Ln(1)
		d.f.SetX(margin)
	}
}

// Attach puts a file inside the document, where readers of PDF find it.
func (d *Doc) Attach(name, description string, content []byte) {
	d.f.SetAttachments([]fpdf.Attachment{{Content: content, Filename: name, Description: description}})
}

// Write writes the document.
func (d *Doc) Write(w io.Writer) error {
	if err := d.f.Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// Font is the font of documents, as TrueType: what is drawn beside them is written in it.
func Font(heavy bool) []byte {
	if heavy {
		return bold
	}
	return regular
}
