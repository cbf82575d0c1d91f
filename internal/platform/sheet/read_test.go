package sheet_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
)

var bounds = sheet.Bounds{Bytes: 1 << 20, Rows: 100, Columns: 20, Cell: 1000, Sheets: 5}

func cellsOf(t sheet.Table) (out [][]string) {
	for _, row := range t.Rows {
		out = append(out, row.Cells)
	}
	return out
}

func TestCSVIsReadHoweverItWasWritten(t *testing.T) {
	marked := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune("ID\tÉté\n1\tœuvre\n")) {
		marked = append(marked, byte(unit), byte(unit>>8))
	}
	for _, c := range []struct {
		name, content, encoding string
		comma                   rune
		want                    [][]string
	}{
		{"UTF-8 with commas", "ID,Été\n1,\"a, b\"\n", "utf-8", ',', [][]string{{"ID", "Été"}, {"1", "a, b"}}},
		{"a mark and semicolons", "\xEF\xBB\xBFID;Été\r\n1;oui\r\n", "utf-8", ';', [][]string{{"ID", "Été"}, {"1", "oui"}}},
		{"Excel on Windows", "ID;\xC9t\xE9\n1;12 \x80\n", "windows-1252", ';', [][]string{{"ID", "Été"}, {"1", "12 €"}}},
		{"UTF-16 with tabs", string(marked), "utf-16", '\t', [][]string{{"ID", "Été"}, {"1", "œuvre"}}},
		{"a separator that is said", "sep=|\r\nID|Nom\n1|a;b\n", "utf-8", '|', [][]string{{"ID", "Nom"}, {"1", "a;b"}}},
		{"commas inside the quotes of a head", "\"a, b, c\";d\n1;2\n", "utf-8", ';', [][]string{{"a, b, c", "d"}, {"1", "2"}}},
		{"a line break inside quotes", "ID;Texte\n1;\"un\ndeux\"\n", "utf-8", ';', [][]string{{"ID", "Texte"}, {"1", "un\ndeux"}}},
		{"empty lines and rows of nothing", "ID;Nom\n\n;;\n2;b\n", "utf-8", ';', [][]string{{"ID", "Nom"}, {"2", "b"}}},
		{"a quote that was forgotten", "ID;Nom\n1;5\" de large\n", "utf-8", ';', [][]string{{"ID", "Nom"}, {"1", "5\" de large"}}},
	} {
		in, err := sheet.Read(strings.NewReader(c.content), bounds)
		if err != nil || in.Encoding != c.encoding || in.Comma != c.comma || !slices.EqualFunc(cellsOf(in.Tables[0]), c.want, slices.Equal[[]string]) {
			t.Errorf("%s: %s %q %v %v", c.name, in.Encoding, in.Comma, in.Tables, err)
		}
	}
}

func TestWorkbooksKeepDaysAndDigits(t *testing.T) {
	f := excelize.NewFile()
	money, _ := f.NewStyle(&excelize.Style{NumFmt: 4})
	day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	french := "dd/mm/yyyy hh:mm"
	hour, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &french})
	share, _ := f.NewStyle(&excelize.Style{NumFmt: 10})
	at := time.Date(2026, 3, 5, 10, 30, 0, 0, time.UTC)
	for i, c := range []struct {
		value any
		style int
	}{{"texte", 0}, {1234567.5, money}, {at.Truncate(24 * time.Hour), day}, {at, hour}, {0.125, share}, {true, 0}, {1234, 0}, {"=1+1", 0}, {0.1 + 0.2, money}} {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		if err := f.SetCellValue("Sheet1", cell, c.value); err != nil {
			t.Fatal(err)
		}
		if c.style > 0 {
			if err := f.SetCellStyle("Sheet1", cell, cell, c.style); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	in, err := sheet.Read(&out, bounds)
	want := []string{"texte", "1234567.5", "2026-03-05", "2026-03-05 10:30:00", "12.5 %", "true", "1234", "=1+1", "0.3"}
	if err != nil || !slices.Equal(in.Tables[0].Rows[0].Cells, want) {
		t.Errorf("%v %v", in.Tables, err)
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, _ := z.Create(name)
		w.Write(bytes.Repeat([]byte(" "), 40<<20))
	}
	z.Close()
	for _, c := range []struct{ name, content, want string }{
		{"nothing", "", "sheet.empty"},
		{"blanks", "\n\n", "sheet.empty"},
		{"too many bytes", strings.Repeat("a", 1<<20+1), "sheet.too_big"},
		{"too many rows", strings.Repeat("a;b\n", 101), "sheet.too_many_rows"},
		{"too many columns", strings.Repeat("a;", 21) + "b\n", "sheet.too_many_columns"},
		{"a cell too long", "a\n" + strings.Repeat("é", 1001), "sheet.cell_too_long"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00", "sheet.unreadable"},
		{"half a workbook", "PK\x03\x04rubbish", "sheet.unreadable"},
		{"a bomb", bomb.String(), "sheet.unreadable"},
	} {
		if _, err := sheet.Read(strings.NewReader(c.content), bounds); errs.KeyOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// A row that claims to be the two thousand millionth must not be counted up to.
func TestARowFarAwayIsRefusedSoon(t *testing.T) {
	f := excelize.NewFile()
	if err := f.SetCellValue("Sheet1", "A1", "x"); err != nil {
		t.Fatal(err)
	}
	var out, bad bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&bad)
	for _, part := range r.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		to.Write(bytes.ReplaceAll(content, []byte(`<row r="1"`), []byte(`<row r="2000000000"`)))
	}
	w.Close()
	start := time.Now()
	_, err = sheet.Read(&bad, bounds)
	if took := time.Since(start); !errs.Is(err, errs.Invalid) || took > 10*time.Second {
		t.Errorf("%v after %s", err, took)
	}
}

func TestBareIsTheInverse(t *testing.T) {
	for _, typed := range []string{"=1+1", "-2+3", "'tis", "'=x", "-12", "  =cmd()", "- un", "＝1", "texte", ""} {
		var out bytes.Buffer
		b := book(typed, "x")
		if err := b.CSV(&out, b.Sheets[0], false); err != nil {
			t.Fatal(err)
		}
		in, err := sheet.Read(&out, bounds)
		if err != nil {
			t.Fatal(err)
		}
		bare := sheet.Bare(in.Tables[0].Rows[1].Cells[0])
		var again bytes.Buffer
		b = book(bare, "x")
		if err := b.CSV(&again, b.Sheets[0], false); err != nil || (typed != "'=x" && bare != typed) {
			t.Errorf("%q came back as %q (%v)", typed, bare, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("ID;Nom\n1;\"a\nb\"\n"))
	f.Add([]byte("sep=,\nID,Nom\n1,'=x\n"))
	f.Add([]byte("\xEF\xBB\xBFID\tNom\n\"1\n"))
	f.Add([]byte("\xFF\xFEI\x00D\x00\n"))
	var out bytes.Buffer
	if err := book("=1", int64(2), time.Unix(0, 0)).XLSX(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		in, err := sheet.Read(bytes.NewReader(content), bounds)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("an error that is nobody's: %v", err)
			}
			return
		}
		rows := 0
		for _, table := range in.Tables {
			rows += len(table.Rows)
			for _, row := range table.Rows {
				if len(row.Cells) > bounds.Columns || len(row.Cells) == 0 {
					t.Fatalf("a row of %d cells", len(row.Cells))
				}
			}
		}
		if rows > bounds.Rows {
			t.Fatalf("%d rows", rows)
		}
	})
}
