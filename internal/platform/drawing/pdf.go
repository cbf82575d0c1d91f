package drawing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/go-pdf/fpdf"

	"transformateur/internal/platform/pdf"
)

const family = "atkinson"

// WritePDF writes pages as one document, each of its own size, whose outline is their
// titles. The same pages give the same bytes.
func WritePDF(w io.Writer, m pdf.Meta, pages []*Page) error {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(m.At.UTC())
	f.SetModificationDate(m.At.UTC())
	f.AddUTF8FontFromBytes(family, "", pdf.Font(false))
	f.AddUTF8FontFromBytes(family, "B", pdf.Font(true))
	f.SetTitle(m.Title, true)
	f.SetAuthor(m.Author, true)
	f.SetSubject(m.Subject, true)
	f.SetProducer("Transformateur", true)
	f.SetLang(m.Lang)
	f.SetAutoPageBreak(false, 0)
	said := ""
	for _, p := range pages {
		f.AddPageFormat("P", fpdf.SizeType{Wd: p.W, Ht: p.H})
		if p.Title != "" && p.Title != said {
			f.Bookmark(p.Title, 0, 0)
			said = p.Title
		}
		for _, s := range p.shapes {
			drawPDF(f, s)
		}
	}
	if err := f.Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

func drawPDF(f *fpdf.Fpdf, s shape) {
	b, mode := s.box, stylePDF(f, s.style)
	switch s.kind {
	case rectangle:
		if s.style.Round > 0 {
			f.RoundedRect(b.X, b.Y, b.W, b.H, s.style.Round, "1234", mode)
		} else {
			f.Rect(b.X, b.Y, b.W, b.H, mode)
		}
	case disc:
		f.Circle(b.X+b.W/2, b.Y+b.H/2, b.W/2, mode)
	case segment:
		f.Line(b.X, b.Y, b.X+b.W, b.Y+b.H)
	case writing:
		weight := ""
		if s.words.Bold {
			weight = "B"
		}
		f.SetFont(family, weight, s.words.Size)
		f.SetTextColor(int(s.words.Colour[0]), int(s.words.Colour[1]), int(s.words.Colour[2]))
		f.Text(b.X, b.Y, s.words.printable(s.text))
	case photograph:
		sum := sha256.Sum256(s.jpeg)
		name := hex.EncodeToString(sum[:])
		kind := fpdf.ImageOptions{ImageType: "JPG"}
		f.RegisterImageOptionsReader(name, kind, bytes.NewReader(s.jpeg))
		f.ImageOptions(name, b.X, b.Y, b.W, b.H, false, kind, 0, "")
	case squares:
		f.SetFillColor(0, 0, 0)
		s.runs(func(one Box) { f.Rect(one.X, one.Y, one.W, one.H, "F") })
	}
	if s.style.Dashed {
		f.SetDashPattern(nil, 0)
	}
}

func stylePDF(f *fpdf.Fpdf, s Style) (mode string) {
	if s.Fill != nil {
		f.SetFillColor(int(s.Fill[0]), int(s.Fill[1]), int(s.Fill[2]))
		mode = "F"
	}
	if s.Line != nil {
		f.SetDrawColor(int(s.Line[0]), int(s.Line[1]), int(s.Line[2]))
		f.SetLineWidth(s.Width)
		mode += "D"
	}
	if s.Dashed {
		f.SetDashPattern([]float64{1.5, 1.5}, 0)
	}
	return mode
}
