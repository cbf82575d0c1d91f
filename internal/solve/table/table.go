// Package table is a CSV file read row by row, where each fault names its line and its field.
package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The problems that an input can have. A Fault with Infeasible is well written, but
// asks for what cannot be.
const (
	Unreadable    = "unreadable"     // not CSV, or not JSON, at this line
	MissingColumn = "missing_column" // the first line does not name this column
	Empty         = "empty"          // a cell that must hold something is blank
	NotNumber     = "not_number"     // not a finite number
	OutOfRange    = "out_of_range"   // a number beyond what the method takes
	Twice         = "twice"          // what may stand once stands twice
	Itself        = "itself"         // something compared with itself
	Unknown       = "unknown"        // a name that stands nowhere else
	Version       = "version"        // a version of the format that this program does not read
	Infeasible    = "infeasible"     // well written, and impossible: more to select than there is, nothing to rank
	TooMany       = "too_many"       // more than the method is made for
)

// Fault is an input that cannot be used: where, and why.
type Fault struct {
	Line    int    // of the file, or place in the list, from 1; 0 when the whole is meant
	Field   string // column or field; "" when the whole line is meant
	Value   string // what stands there
	Problem string // one of the constants above
}

// Error says the fault in English, for programs and their authors.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", f.Line)
	}
	if f.Field != "" {
		fmt.Fprintf(&b, "%s: ", f.Field)
	}
	b.WriteString(f.Problem)
	if f.Value != "" {
		fmt.Fprintf(&b, " (%q)", f.Value)
	}
	return b.String()
}

// Row is one line of a table.
type Row struct {
	Line  int
	cells map[string]string
}

// Text is the cell of a column without spaces around it, "" when the table lacks the
// column.
func (r Row) Text(column string) string { return strings.TrimSpace(r.cells[column]) }

// Name is the cell of a column that must hold a name.
func (r Row) Name(column string) (string, error) {
	if name := r.Text(column); name != "" {
		return name, nil
	}
	return "", &Fault{Line: r.Line, Field: column, Problem: Empty}
}

// Number is the cell of a column that must hold a finite number; a comma may stand
// for the decimal point.
func (r Row) Number(column string) (float64, error) {
	text := r.Text(column)
	if text == "" {
		return 0, &Fault{Line: r.Line, Field: column, Problem: Empty}
	}
	x, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, &Fault{Line: r.Line, Field: column, Value: text, Problem: NotNumber}
	}
	return x, nil
}

// Read reads a CSV file whose first line names its columns, in any order and in any
// case; columns that nobody asks for are left alone. The separator is a comma, or a
// semicolon when the first line holds no comma. It returns a *Fault when the file
// cannot be read.
func Read(r io.Reader, required ...string) ([]Row, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	first, _, _ := strings.Cut(string(text), "\n")
	if !strings.Contains(first, ",") && strings.Contains(first, ";") {
		in.Comma = ';'
	}
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Fault{Line: 1, Field: required[0], Problem: MissingColumn}
	}
	if err != nil {
		return nil, unreadable(err)
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
	}
	for _, column := range required {
		if !slices.Contains(head, column) {
			return nil, &Fault{Line: 1, Field: column, Problem: MissingColumn}
		}
	}
	return rows(in, head)
}

func rows(in *csv.Reader, head []string) (all []Row, err error) {
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := in.FieldPos(0)
		row := Row{Line: line, cells: make(map[string]string, len(head))}
		for i, column := range head {
			row.cells[column] = record[i]
		}
		all = append(all, row)
	}
}

func unreadable(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return &Fault{Line: at.Line, Value: at.Err.Error(), Problem: Unreadable}
	}
	return fmt.Errorf("read the table: %w", err)
}
