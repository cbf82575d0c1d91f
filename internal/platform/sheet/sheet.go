// Package sheet is a table that leaves for a spreadsheet: CSV or XLSX, with nothing in its cells that a spreadsheet would execute.
package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Sheet is one table. Cells are nil, string, int64, int, float64, bool or time.Time,
// which is written as it is told in its zone.
type Sheet struct {
	Name string
	Head []string
	Rows [][]any
}

// Book is a spreadsheet file of one sheet or more.
type Book struct {
	Sheets []Sheet
	Yes    string // the words for true and false
	No     string
}

// moment is the one form of an instant in a cell: sortable, and read by every spreadsheet.
const moment = "2006-01-02 15:04:05"

// maxCell is the longest text of a cell of a spreadsheet, in characters (Excel's limit).
const maxCell = 32767

// newlines gives line ends one form: readers of CSV and of XLSX drop or double the others.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// safe makes a text that no spreadsheet takes for a formula: one that begins as a
// formula does is preceded by an apostrophe, as OWASP advises against CSV injection.
func safe(s string) string {
	s = newlines.Replace(strings.ToValidUTF8(s, "\uFFFD"))
	start := strings.TrimLeft(s, " \u00a0\u202f")
	if start != "" && strings.ContainsRune("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20", firstRune(start)) && !plainNumber(start) {
		s = "'" + s
	}
	if utf8.RuneCountInString(s) > maxCell {
		s = string([]rune(s)[:maxCell-1]) + "…"
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// plainNumber says whether a text is a number and nothing more: "-12" is harmless.
func plainNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil && strings.Trim(s, "+-0123456789. ") == ""
}

func (b Book) text(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return safe(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return b.Yes
		}
		return b.No
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format(moment)
	}
	return safe(fmt.Sprint(cell))
}

// CSV writes one sheet as UTF-8 text with semicolons (RFC 4180 quoting, CRLF). bom
// puts the mark that Excel needs to read accents.
func (b Book) CSV(w io.Writer, s Sheet, bom bool) error {
	out, err := b.StreamCSV(w, s.Head, bom)
	if err != nil {
		return fmt.Errorf("write the head of %s: %w", s.Name, err)
	}
	for _, row := range s.Rows {
		if err := out.Row(row); err != nil {
			return fmt.Errorf("write a row of %s: %w", s.Name, err)
		}
	}
	return out.Close()
}

// XLSX writes the whole book; the head of each sheet stays in view.
func (b Book) XLSX(w io.Writer) error {
	out := b.StreamXLSX()
	defer out.Close()
	for _, s := range b.Sheets {
		one, err := out.Sheet(s.Name, s.Head)
		if err != nil {
			return err
		}
		for _, row := range s.Rows {
			if err := one.Row(row); err != nil {
				return err
			}
		}
	}
	return out.Write(w)
}

func ptr(s string) *string { return &s }

// cell keeps numbers and instants as such, so that they can be added and sorted.
func (b Book) cell(value any, date int) any {
	switch v := value.(type) {
	case int64, int, float64, nil:
		return v
	case time.Time:
		if v.IsZero() {
			return nil
		}
		// A cell has no zone: it holds what the clock of the call's zone showed.
		return excelize.Cell{StyleID: date, Value: time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), 0, time.UTC)}
	}
	return b.text(value)
}

// sheetName makes a name that spreadsheets accept, once each: 31 characters without []:*?/\ or a quote at an end.
func sheetName(name string, used map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name), "' ")
	if name == "" {
		name = "–"
	}
	base := cut(name, 31)
	name = base
	for n := 2; used[strings.ToLower(name)]; n++ {
		mark := " " + strconv.Itoa(n)
		name = cut(base, 31-len(mark)) + mark
	}
	used[strings.ToLower(name)] = true
	return name
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most]))
	}
	return s
}
