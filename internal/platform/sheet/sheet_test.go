package sheet_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/platform/sheet"
)

func book(cells ...any) sheet.Book {
	head := make([]string, len(cells))
	for i := range head {
		head[i] = "Colonne"
	}
	return sheet.Book{Sheets: []sheet.Sheet{{Name: "Dossiers", Head: head, Rows: [][]any{cells}}}, Yes: "oui", No: "non"}
}

func TestFormulasAreTexts(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"a formula", "=1+1", "'=1+1"},
		{"a plus", "+33 6 12", "'+33 6 12"},
		{"a minus", "-2+3", "'-2+3"},
		{"an at sign", "@SUM(A1)", "'@SUM(A1)"},
		{"a tab", "\t=1", "'\t=1"},
		{"a carriage return", "\r=1", "'\n=1"},
		{"blanks before a formula", "  =cmd()", "'  =cmd()"},
		{"a wide equals sign", "＝1+1", "'＝1+1"},
		{"a pipe", "|cmd", "'|cmd"},
		{"a list with dashes", "- un\n- deux", "'- un\n- deux"},
		{"a negative number", "-12.5", "-12.5"},
		{"an equals sign inside", "a = b", "a = b"},
		{"nothing", "", ""},
		{"an accent", "Été", "Été"},
	} {
		var out bytes.Buffer
		b := book(c.typed, "x")
		if err := b.CSV(&out, b.Sheets[0], false); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(&out)
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || rows[1][0] != c.want {
			t.Errorf("%s: CSV %q %v, want %q", c.name, rows, err, c.want)
		}
		out.Reset()
		if err := b.XLSX(&out); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.GetCellValue("Dossiers", "A2")
		if formula, _ := f.GetCellFormula("Dossiers", "A2"); err != nil || formula != "" || got != c.want {
			t.Errorf("%s: XLSX %q formula %q %v, want %q", c.name, got, formula, err, c.want)
		}
	}
}

func TestCSVReadsBackAtRandom(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	signs := []rune("aé;\"\n,=' \u00a0œ€\t0")
	for range 300 {
		cells := make([]any, 1+random.IntN(5))
		want := make([]string, len(cells))
		for i := range cells {
			word := []rune{'x'}
			for range random.IntN(12) {
				word = append(word, signs[random.IntN(len(signs))])
			}
			cells[i], want[i] = string(word), string(word)
		}
		var out bytes.Buffer
		b := book(cells...)
		if err := b.CSV(&out, b.Sheets[0], true); err != nil {
			t.Fatal(err)
		}
		text, marked := strings.CutPrefix(out.String(), "\uFEFF")
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || !marked || len(rows) != 2 || !slices.Equal(rows[1], want) {
			t.Fatalf("%q became %q (%v)", want, rows, err)
		}
	}
}

func TestXLSXKeepsNumbersDatesAndSheets(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	b := book(int64(12), 3.5, true, nil, time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC).In(paris))
	b.Sheets = append(b.Sheets, sheet.Sheet{Name: "Budget: dépenses/recettes [prévues] et réalisées", Head: []string{"a"}}, sheet.Sheet{Name: "dossiers", Head: []string{"a"}})
	var out bytes.Buffer
	if err := b.XLSX(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Dossiers", "Budget  dépenses recettes  prév", "dossiers 2"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
	for cell, want := range map[string]string{"A2": "12", "B2": "3.5", "C2": "oui", "D2": "", "E2": "2027-03-05 12:00:00"} {
		if got, err := f.GetCellValue("Dossiers", cell); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", cell, got, err, want)
		}
	}
	if kind, _ := f.GetCellType("Dossiers", "A2"); kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Error("a number became a text")
	}
}

// The same book gives the same bytes, however many sheets it has.
func TestXLSXIsTheSameEachTime(t *testing.T) {
	book := sheet.Book{}
	for i := range 6 {
		book.Sheets = append(book.Sheets, sheet.Sheet{Name: fmt.Sprintf("Feuille %d", i), Head: []string{"Nom"}, Rows: [][]any{{"Ana"}, {i}}})
	}
	var first bytes.Buffer
	if err := book.XLSX(&first); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		var again bytes.Buffer
		if err := book.XLSX(&again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("the same book in other bytes")
		}
	}
}
