package demo

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"

	"transformateur/internal/demo"
)

// deck is a page of presentation, as a PDF file.
func deck(p demo.Project, title string, at time.Time) ([]byte, error) {
	f := fpdf.New("L", "mm", "A4", "")
	f.SetCreationDate(at)
	f.SetModificationDate(at)
	f.SetTitle(p.Name, true)
	plain := f.UnicodeTranslatorFromDescriptor("")
	f.AddPage()
	f.SetFillColor(30, 64, 110)
	f.Rect(0, 0, 297, 14, "F")
	f.SetY(34)
	line := func(style string, size, height float64, words string) {
		f.SetFont("Helvetica", style, size)
		f.MultiCell(0, height, plain(strings.NewReplacer("\u202f", "\u00a0", "\u2019", "'").Replace(words)), "", "L", false)
		f.Ln(4)
	}
	line("B", 30, 13, p.Name)
	line("", 16, 8, p.Organisation)
	line("B", 14, 8, title)
	line("", 16, 9, p.Pitch)
	f.SetY(-30)
	line("I", 11, 6, "Document fabriqué pour la démonstration.")
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("draw the slides of %s: %w", p.Name, err)
	}
	return out.Bytes(), nil
}

// attach joins the slides of a project to a question.
func (w *world) attach(k *work, field, name, title string) error {
	content, err := deck(k.project, title, w.clock.Now())
	if err != nil {
		return err
	}
	if _, err := w.app.Files.Attach(w.ctx, k.by, k.id, field, name, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("attach to %s: %w", k.project.Name, err)
	}
	return nil
}
