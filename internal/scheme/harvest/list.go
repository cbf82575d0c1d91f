// Package harvest reads lists of support schemes that others publish: JSON of Aides-territoires, XML, CSV and workbooks become rows, and rows become entries of a catalogue.
package harvest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/text"
)

// Kind is how a list is written.
type Kind string

// The kinds. Columns of a table and elements of XML are tied to fields by hand.
const (
	Territoires Kind = "territoires" // the answer of the API of Aides-territoires, as JSON
	Markup      Kind = "xml"
	Table       Kind = "table" // CSV or a workbook
)

// Bounds are the most that a list may hold. Rows count the line of heads.
var Bounds = sheet.Bounds{Bytes: 20 << 20, Rows: 5001, Columns: 200, Cell: 50_000, Sheets: 20}

// Row is one scheme of a list; Number is its place in the file, from 1.
type Row struct {
	Number int
	Cells  []string
}

// List is a file that was understood. Partial says that the file itself tells of a further page.
type List struct {
	Kind    Kind
	Heads   []string
	Rows    []Row
	Partial bool
}

// Parse reads a list. What it is is told from its first character: JSON, XML, a workbook or
// a CSV in UTF-8, UTF-16 or windows-1252.
//
// Errors: Invalid harvest.empty, harvest.not_territoires, harvest.xml_unreadable,
// harvest.rows_many; those of sheet.Read.
func Parse(content []byte) (List, error) {
	if int64(len(content)) > Bounds.Bytes {
		return List{}, errs.New(errs.Invalid, "sheet.too_big", Bounds.Bytes>>20)
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF")), " \t\r\n")
	var l List
	var err error
	switch {
	case len(start) == 0:
		return l, errs.New(errs.Invalid, "harvest.empty")
	case start[0] == '{' || start[0] == '[':
		l, err = territoires(start)
	case start[0] == '<':
		l, err = markup(start)
	default:
		l, err = table(content)
	}
	if err != nil {
		return List{}, err
	}
	switch n := len(l.Rows); {
	case n == 0:
		return List{}, errs.New(errs.Invalid, "harvest.empty")
	case n >= Bounds.Rows:
		return List{}, errs.New(errs.Invalid, "harvest.rows_many", Bounds.Rows-1)
	}
	return l, nil
}

// table reads a CSV or the first sheet of a workbook, whose first row names the columns.
func table(content []byte) (List, error) {
	book, err := sheet.Read(bytes.NewReader(content), Bounds)
	if err != nil {
		return List{}, err
	}
	rows := book.Tables[0].Rows
	l := List{Kind: Table, Heads: make([]string, len(rows[0].Cells))}
	for i, head := range rows[0].Cells {
		l.Heads[i] = line(head)
	}
	for _, r := range rows[1:] {
		cells := make([]string, len(l.Heads))
		copy(cells, r.Cells)
		l.Rows = append(l.Rows, Row{Number: r.Number, Cells: cells})
	}
	return l, nil
}

// fields are those of the API of Aides-territoires that are read, of versions 1.4 to 1.7
// (its serializers and its controller, libre, read and not copied). "contact" is left where
// it is: it names people.
var fields = []string{"id", "name", "short_title", "financers", "programs", "description", "aid_types", "categories", "subvention_comment", "subvention_rate_lower_bound", "subvention_rate_upper_bound", "loan_amount", "recoverable_advance_amount",
	"targeted_audiences", "perimeter", "destinations", "eligibility", "mobilization_steps", "recurrence", "start_date", "predeposit_date", "submission_deadline", "application_url", "origin_url", "url", "date_updated", "import_share_licence"}

// site completes the addresses that the API gives without their host.
const site = "https://aides-territoires.beta.gouv.fr"

// answer is a page of the API.
type answer struct {
	Next    *string           `json:"next"`
	Results []json.RawMessage `json:"results"`
}

// territoires reads one page of the API, several in an array, or an array of schemes.
func territoires(content []byte) (l List, err error) {
	l = List{Kind: Territoires, Heads: fields}
	var parts []json.RawMessage
	if content[0] == '{' {
		parts = []json.RawMessage{content}
	} else if json.Unmarshal(content, &parts) != nil {
		return l, errs.New(errs.Invalid, "harvest.not_territoires")
	}
	for _, part := range parts {
		var page answer
		if err := json.Unmarshal(part, &page); err != nil {
			return l, errs.New(errs.Invalid, "harvest.not_territoires").Because(err)
		}
		l.Partial = page.Next != nil && *page.Next != "" // the last page of several says the truth
		schemes := page.Results
		if schemes == nil {
			schemes = []json.RawMessage{part}
		}
		for _, one := range schemes {
			cells, known := aid(one)
			if !known {
				return l, errs.New(errs.Invalid, "harvest.not_territoires")
			}
			if l.Rows = append(l.Rows, Row{Number: len(l.Rows) + 1, Cells: cells}); len(l.Rows) >= Bounds.Rows {
				return l, nil
			}
		}
	}
	return l, nil
}

// aid reads the fields of a scheme; false for what is none.
func aid(raw json.RawMessage) (cells []string, known bool) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || m["id"] == nil || m["name"] == nil {
		return nil, false
	}
	cells = make([]string, len(fields))
	for i, field := range fields {
		if cells[i] = cut(cell(m[field])); field == "url" && strings.HasPrefix(cells[i], "/") {
			cells[i] = site + cells[i]
		}
	}
	return cells, true
}

// cell is a JSON value as a text: the elements of a list stand on a line each, and only
// texts, numbers and lists of them are read.
func cell(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		var s string
		_ = json.Unmarshal(raw, &s) // what is no text is nothing
		return s
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return ""
		}
		var lines []string
		for _, one := range list {
			if len(one) == 0 || one[0] == '[' || one[0] == '{' {
				continue
			}
			if s := line(cell(one)); s != "" {
				lines = append(lines, s)
			}
		}
		return strings.Join(lines, "\n")
	}
	if n, err := strconv.ParseFloat(string(raw), 64); err == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

// cut bounds a cell, in characters.
func cut(s string) string {
	if len(s) <= Bounds.Cell {
		return s
	}
	if runes := []rune(s); len(runes) > Bounds.Cell {
		return string(runes[:Bounds.Cell])
	}
	return s
}

// line tidies a text of one line.
func line(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
