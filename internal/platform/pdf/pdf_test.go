package pdf_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/pdf"
)

func write(t *testing.T, attached string) []byte {
	t.Helper()
	d := pdf.New(pdf.Meta{Title: "Accusé de réception n° 12", Author: "Aract", Lang: "fr", At: time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC), Page: "Page %d sur %s"})
	d.Title("Accusé de réception n° 12")
	d.Paragraph("Œuvre d’Élodie – « ça », ž š Ł …")
	d.Heading("Empreintes")
	var rows []pdf.Pair
	for range 60 {
		rows = append(rows, pdf.Pair{Term: "Une question dont l’intitulé est long et passe à la ligne", Text: strings.Repeat("0f", 32)})
	}
	d.Pairs(rows)
	d.Attach("accuse.json", "L’accusé signé", []byte(attached))
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDocument(t *testing.T) {
	one, again := write(t, "{}"), write(t, "{}")
	if !bytes.HasPrefix(one, []byte("%PDF-")) || !bytes.Equal(one, again) {
		t.Error("the same content does not give the same bytes")
	}
	for _, want := range []string{"/Lang", "/EmbeddedFile", "/Count 3", "/Outlines"} {
		if !bytes.Contains(one, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	if len(one) > 150_000 {
		t.Errorf("%d bytes: the fonts are not cut down", len(one))
	}
}

// A table goes on from page to page, and the same table is the same bytes.
func TestTable(t *testing.T) {
	write := func(rows int) []byte {
		doc := pdf.New(pdf.Meta{Title: "Bilan", Lang: "fr", At: time.Date(2027, 3, 5, 9, 0, 0, 0, time.UTC), Page: "Page %d sur %s"})
		var list [][]string
		for range rows {
			list = append(list, []string{"Une réponse assez longue pour tenir sur deux lignes, ou même sur trois, selon la largeur", "12", "1 250"})
		}
		doc.Table("Familles", []string{"Réponse", "Dossiers", "Somme"}, list)
		var b bytes.Buffer
		if err := doc.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	pages := func(b []byte) int { return bytes.Count(b, []byte("/Type /Page\n")) }
	if !bytes.Equal(write(90), write(90)) {
		t.Error("the same table is not the same bytes")
	}
	if one, many := pages(write(3)), pages(write(90)); one != 1 || many < 3 {
		t.Errorf("%d and %d pages", one, many)
	}
}
