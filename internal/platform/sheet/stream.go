package sheet

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// CSVStream writes one sheet row by row.
type CSVStream struct {
	book Book
	out  *csv.Writer
	line []string
}

// StreamCSV begins a sheet, written as Book.CSV does.
func (b Book) StreamCSV(w io.Writer, head []string, bom bool) (*CSVStream, error) {
	if bom {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return nil, err
		}
	}
	s := &CSVStream{book: b, out: csv.NewWriter(w), line: make([]string, 0, len(head))}
	s.out.Comma, s.out.UseCRLF = ';', true
	for _, cell := range head {
		s.line = append(s.line, safe(cell))
	}
	return s, s.out.Write(s.line)
}

// Row writes a row.
func (s *CSVStream) Row(cells []any) error {
	s.line = s.line[:0]
	for _, cell := range cells {
		s.line = append(s.line, s.book.text(cell))
	}
	return s.out.Write(s.line)
}

// Close writes what is left.
func (s *CSVStream) Close() error {
	s.out.Flush()
	return s.out.Error()
}

// XLSXStream writes a workbook whose rows wait on the disk, not in memory.
type XLSXStream struct {
	book       Book
	file       *excelize.File
	sheets     []*SheetStream
	used       map[string]bool
	bold, date int
	err        error
}

// SheetStream is a sheet of a workbook; several may be written at the same time.
type SheetStream struct {
	of   *XLSXStream
	name string
	out  *excelize.StreamWriter
	rows int
	line []any
}

// StreamXLSX begins a workbook.
func (b Book) StreamXLSX() *XLSXStream {
	s := &XLSXStream{book: b, file: excelize.NewFile(), used: map[string]bool{}}
	if s.bold, s.err = s.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); s.err == nil {
		s.date, s.err = s.file.NewStyle(&excelize.Style{CustomNumFmt: ptr("yyyy-mm-dd hh:mm:ss")})
	}
	return s
}

// Sheet adds a sheet, whose head stays in view.
func (s *XLSXStream) Sheet(name string, head []string) (*SheetStream, error) {
	one := &SheetStream{of: s, name: sheetName(name, s.used)}
	err := s.err
	if err == nil && len(s.sheets) == 0 {
		err = s.file.SetSheetName("Sheet1", one.name)
	} else if err == nil {
		_, err = s.file.NewSheet(one.name)
	}
	if err == nil {
		err = one.begin(head)
	}
	if err != nil {
		return nil, fmt.Errorf("write sheet %s: %w", one.name, err)
	}
	s.sheets = append(s.sheets, one)
	return one, nil
}

func (one *SheetStream) begin(head []string) (err error) {
	if one.out, err = one.of.file.NewStreamWriter(one.name); err != nil {
		return err
	}
	line := make([]any, 0, len(head))
	for i, cell := range head {
		width := min(max(float64(utf8.RuneCountInString(cell)), 12), 40)
		if err := one.out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		line = append(line, excelize.Cell{StyleID: one.of.bold, Value: safe(cell)})
	}
	if err := one.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	one.rows = 1
	return one.out.SetRow("A1", line)
}

// Row writes a row.
func (one *SheetStream) Row(cells []any) error {
	one.line = one.line[:0]
	for _, cell := range cells {
		one.line = append(one.line, one.of.book.cell(cell, one.of.date))
	}
	one.rows++
	if err := one.out.SetRow("A"+strconv.Itoa(one.rows), one.line); err != nil {
		return fmt.Errorf("write sheet %s: %w", one.name, err)
	}
	return nil
}

// Write ends the workbook and writes it.
func (s *XLSXStream) Write(w io.Writer) error {
	for _, one := range s.sheets {
		if err := one.out.Flush(); err != nil {
			return fmt.Errorf("write sheet %s: %w", one.name, err)
		}
	}
	write := s.file.Write
	if len(s.sheets) > 1 {
		write = s.ordered
	}
	if err := write(w); err != nil {
		return fmt.Errorf("write the spreadsheet: %w", err)
	}
	return nil
}

// ordered writes the parts of the workbook by name: the library takes its sheets as they
// come from a map, and the same workbook would be other bytes each time.
func (s *XLSXStream) ordered(w io.Writer, _ ...excelize.Options) error {
	waiting, err := os.CreateTemp("", "workbook-")
	if err != nil {
		return err
	}
	defer os.Remove(waiting.Name())
	defer waiting.Close()
	if err := s.file.Write(waiting); err != nil {
		return err
	}
	size, err := waiting.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(waiting, size)
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// Close frees what waited on the disk.
func (s *XLSXStream) Close() error { return s.file.Close() }
