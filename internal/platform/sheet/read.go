package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"transformateur/internal/platform/errs"
)

// Bounds are the most that is read of a file somebody sends.
type Bounds struct {
	Bytes   int64 // of the file as it was sent
	Rows    int   // of all its sheets together, heads included
	Columns int   // of a sheet
	Cell    int   // characters of a cell
	Sheets  int
}

// Row is one line of a table; Number is its place in the file, from 1.
type Row struct {
	Number int
	Cells  []string
}

// Table is one sheet as it was read: rows without a cell are left out.
type Table struct {
	Name string
	Rows []Row
}

// Incoming is a spreadsheet that somebody sent, and how it was written.
type Incoming struct {
	Format   string // "csv" or "xlsx"
	Encoding string // of a CSV: "utf-8", "utf-16" or "windows-1252"
	Comma    rune   // of a CSV
	Tables   []Table
}

// Read reads a CSV or XLSX file within bounds. The kind is told from the first bytes,
// the encoding of a CSV from its marks and its validity, the separator from the line
// of heads. Nothing is computed: the formulas of a workbook give the value they had.
//
// Errors: Invalid "sheet.too_big", "sheet.too_many_rows", "sheet.too_many_columns",
// "sheet.cell_too_long", "sheet.too_many_sheets", "sheet.empty" or "sheet.unreadable".
func Read(r io.Reader, b Bounds) (Incoming, error) {
	content, err := io.ReadAll(io.LimitReader(r, b.Bytes+1))
	if err != nil {
		return Incoming{}, fmt.Errorf("read a spreadsheet: %w", err)
	}
	if int64(len(content)) > b.Bytes {
		return Incoming{}, errs.New(errs.Invalid, "sheet.too_big", b.Bytes>>20)
	}
	var in Incoming
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		in, err = readXLSX(content, b)
	} else {
		in, err = readCSV(content, b)
	}
	if err == nil && (len(in.Tables) == 0 || len(in.Tables[0].Rows) == 0) {
		err = errs.New(errs.Invalid, "sheet.empty")
	}
	return in, err
}

// limits counts what was read against the bounds.
type limits struct {
	Bounds
	rows int
}

// keep adds a row to a table, unless it is empty.
func (l *limits) keep(t *Table, number int, cells []string) error {
	last := 0
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		last = i + 1
		if len(cell) > l.Cell && utf8.RuneCountInString(cell) > l.Cell {
			return errs.New(errs.Invalid, "sheet.cell_too_long", number, l.Cell)
		}
	}
	if last == 0 {
		return nil
	}
	if last > l.Columns {
		return errs.New(errs.Invalid, "sheet.too_many_columns", l.Columns)
	}
	if l.rows++; l.rows > l.Rows {
		return errs.New(errs.Invalid, "sheet.too_many_rows", l.Rows)
	}
	t.Rows = append(t.Rows, Row{number, append([]string(nil), cells[:last]...)})
	return nil
}

func readCSV(content []byte, b Bounds) (Incoming, error) {
	in := Incoming{Format: "csv"}
	var text string
	text, in.Encoding = decode(content)
	if strings.ContainsRune(text, 0) {
		return in, errs.New(errs.Invalid, "sheet.unreadable")
	}
	if rest, said := strings.CutPrefix(text, "sep="); said && len(rest) > 1 { // what Excel writes and reads
		in.Comma, _ = utf8.DecodeRuneInString(rest)
		_, text, _ = strings.Cut(rest, "\n")
	} else {
		in.Comma = commaOf(text)
	}
	if !strings.ContainsRune(";,\t|", in.Comma) {
		return in, errs.New(errs.Invalid, "sheet.unreadable")
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = in.Comma, -1, true, true
	table, count := Table{}, limits{Bounds: b}
	for number := 1; ; number++ {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, errs.New(errs.Invalid, "sheet.unreadable").Because(err)
		}
		if err := count.keep(&table, number, cells); err != nil {
			return in, err
		}
	}
	in.Tables = []Table{table}
	return in, nil
}

// decode gives a text its runes: marks first (Unicode, section 23.8), then UTF-8 when
// the whole is valid, else the Western code page that Excel writes on Windows.
func decode(content []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(content, []byte("\xEF\xBB\xBF")):
		return strings.ToValidUTF8(string(content[3:]), "\uFFFD"), "utf-8"
	case bytes.HasPrefix(content, []byte("\xFF\xFE")):
		return wide(content[2:], 0, 1), "utf-16"
	case bytes.HasPrefix(content, []byte("\xFE\xFF")):
		return wide(content[2:], 1, 0), "utf-16"
	case utf8.Valid(content):
		return string(content), "utf-8"
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(content)
	if err != nil {
		return strings.ToValidUTF8(string(content), "\uFFFD"), "utf-8"
	}
	return string(out), "windows-1252"
}

// wide reads UTF-16, whose low and high bytes stand at these places of each pair.
func wide(content []byte, low, high int) string {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = uint16(content[2*i+low]) | uint16(content[2*i+high])<<8
	}
	return string(utf16.Decode(units))
}

// commaOf is the separator that the line of heads has most of, outside quotes.
func commaOf(text string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[r]++
		}
	}
	best := ';'
	for _, comma := range ",\t|" {
		if counts[comma] > counts[best] {
			best = comma
		}
	}
	return best
}

// Bare takes away the apostrophe that a spreadsheet of ours puts before a text that
// would be a formula: what was written comes back. Other texts stay as they are.
func Bare(s string) string {
	if rest, marked := strings.CutPrefix(s, "'"); marked && safe(rest) != rest && strings.HasPrefix(safe(rest), "'") {
		return rest
	}
	return s
}
