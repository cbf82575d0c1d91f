// Package stats is counts and exports: what reads everything and changes nothing but the journal.
package stats

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/platform/zone"
	"transformateur/internal/screening"
)

// Service makes exports.
type Service struct {
	files     *application.Service
	screening *screening.Service
}

// New makes the service.
func New(files *application.Service, records *screening.Service) *Service {
	return &Service{files, records}
}

// Group is a part of the columns that an export offers: what is known of the file,
// the way to reach people, or a step of the form.
type Group struct {
	Title   string
	Columns []Column
}

// Column is one that an export may have. Parts are those of a composite answer.
type Column struct {
	Key   string
	Label string
	Parts []Column // when the answer takes several columns; Key is then none of them
}

// own are the columns that do not come from the form, in order, by group.
var own = map[string][]string{
	"identity":      {"number", "title", "status"},
	"deposit":       {"deposited_at", "kind", "receipt", "due"},
	"admissibility": {"verdict", "reason", "labels"},
	"contacts":      {"owner", "email"},
}

// fieldPrefix begins the keys of the columns made from the form's questions.
const fieldPrefix = "f."

// Columns lists what an export of a call may have, in order: what is known of every
// file, then the questions of the published form, then those of earlier ones.
func (s *Service) Columns(ctx context.Context, by account.User, id call.ID, speech form.Speech) ([]Group, error) {
	forms, err := s.screening.Forms(ctx, by, id)
	if err != nil {
		return nil, err
	}
	_, contacts, err := s.screening.Exported(ctx, by, id, screening.Filter{Status: "none"})
	if err != nil {
		return nil, err
	}
	var groups []Group
	for _, name := range []string{"identity", "deposit", "admissibility", "contacts"} {
		if name == "contacts" && !contacts {
			continue
		}
		g := Group{Title: speech.Say("export.group_" + name)}
		for _, key := range own[name] {
			g.Columns = append(g.Columns, Column{Key: key, Label: speech.Say("export.column_" + key)})
		}
		groups = append(groups, g)
	}
	return append(groups, questions(forms, speech)...), nil
}

// questions lists the columns of the questions, each once, in the order of the steps.
func questions(forms []*form.Compiled, speech form.Speech) []Group {
	var groups []Group
	seen := map[string]bool{}
	for i, compiled := range forms {
		for _, step := range compiled.Form.Steps {
			g := Group{Title: step.Title.In(speech.Lang)}
			if i > 0 {
				g.Title = speech.Say("export.group_former", g.Title)
			}
			for j := range step.Fields {
				field := &step.Fields[j]
				heads := headers(field, speech)
				if len(heads) == 0 || seen[field.ID] {
					continue
				}
				seen[field.ID] = true
				c := Column{Key: fieldPrefix + heads[0].Key, Label: field.Label.In(speech.Lang)}
				for _, head := range heads {
					if len(heads) > 1 {
						c.Key = ""
						c.Parts = append(c.Parts, Column{Key: fieldPrefix + head.Key, Label: head.Label})
					}
				}
				g.Columns = append(g.Columns, c)
			}
			if len(g.Columns) > 0 {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// headers are a question's columns; the totals of a budget get their names.
func headers(field *form.Field, speech form.Speech) []form.Header {
	heads := field.Headers(speech.Lang)
	if field.Type == "budget" {
		for i, total := range []string{"expenses", "income", "public", "public_rate"} {
			heads[i].Label = field.Label.In(speech.Lang) + " – " + speech.Say("export.budget_"+total)
		}
	}
	return heads
}

// Keys lists the keys of columns, those of composite answers included.
func Keys(groups []Group) []string {
	var keys []string
	for _, g := range groups {
		for _, c := range g.Columns {
			if c.Key != "" {
				keys = append(keys, c.Key)
			}
			for _, p := range c.Parts {
				keys = append(keys, p.Key)
			}
		}
	}
	return keys
}

// Format is how an export is written.
type Format string

// The formats. CSVPlain is without the mark that Excel needs to read accents.
const (
	CSV      Format = "csv"
	CSVPlain Format = "csv_plain"
	XLSX     Format = "xlsx"
	JSON     Format = "json" // docs/exports.md
	ZIP      Format = "zip"  // a folder a file, with its attachments
)

// Formats lists them.
var Formats = []Format{XLSX, CSV, CSVPlain, JSON, ZIP}

// Extension ends the name of the file.
func (f Format) Extension() string {
	if f == CSVPlain {
		return "csv"
	}
	return string(f)
}

// Wanted is what an export is asked to hold.
type Wanted struct {
	Filter  screening.Filter
	Columns []string // keys; unknown ones are refused
	Format  Format
	Speech  form.Speech
}

// Prepared is an export ready to be written.
type Prepared struct {
	Rows   int
	Format Format
	write  func(io.Writer) error
}

// Export finds the files that by may export and that the filter keeps, journals how
// many leave and with which columns, and gives the export to write. Files are read
// while it is written, some at a time; those that came meanwhile are left out.
//
// Errors: Invalid "export.no_column", "export.format", or "export.needs_two" for an
// archive to which no second person agreed; those of the policy.
func (s *Service) Export(ctx context.Context, by account.User, id call.ID, want Wanted) (Prepared, error) {
	p := Prepared{Format: want.Format}
	c, err := s.screening.ExportedCall(ctx, by, id)
	if err != nil {
		return p, err
	}
	groups, err := s.Columns(ctx, by, id, want.Speech)
	if err != nil {
		return p, err
	}
	offered := Keys(groups)
	columns := slices.DeleteFunc(slices.Clone(offered), func(key string) bool { return !slices.Contains(want.Columns, key) })
	var bad []errs.Field
	if len(columns) == 0 {
		bad = append(bad, errs.Field{Path: "column", Key: "export.no_column"})
	}
	if !slices.Contains(Formats, want.Format) {
		bad = append(bad, errs.Field{Path: "format", Key: "export.format"})
	}
	if want.Format == ZIP {
		switch err := s.screening.ExportedWhole(ctx, by, id); {
		case errs.Is(err, errs.Forbidden):
			bad = append(bad, errs.Field{Path: "format", Key: "export.needs_two"})
		case err != nil:
			return p, err
		}
	}
	if err := errs.NewInvalid("application.invalid", bad); err != nil {
		return p, err
	}
	items, _, err := s.screening.Exported(ctx, by, id, want.Filter)
	if err != nil {
		return p, err
	}
	labels, err := s.screening.Labels(ctx, by, id)
	if err != nil {
		return p, err
	}
	w := writer{speech: want.Speech, zone: zone.Location(c.Zone), labels: map[string]string{}, call: c, columns: columns, heads: heads(groups, columns)}
	for _, label := range labels {
		w.labels[label.ID] = label.Name
	}
	ids, noted := make([]application.ID, len(items)), make(map[application.ID]bool, len(items))
	for i, item := range items {
		ids[i], noted[item.ID] = item.ID, true
	}
	p.Rows = len(items)
	each := func(visit func(screening.Record) error) error {
		return s.screening.EachRecord(ctx, by, id, want.Filter, func(record screening.Record) error {
			if !noted[record.ID] {
				return nil
			}
			return visit(record)
		})
	}
	p.write = func(out io.Writer) error { return s.write(ctx, by, out, want.Format, w, each) }
	return p, s.screening.NoteExport(ctx, by, id, string(want.Format), columns, ids)
}

// Write writes the file.
func (p Prepared) Write(w io.Writer) error { return p.write(w) }

// eachRecord visits the files of an export.
type eachRecord func(visit func(screening.Record) error) error

func (s *Service) write(ctx context.Context, by account.User, out io.Writer, format Format, w writer, each eachRecord) error {
	switch format {
	case XLSX:
		return w.workbook(out, each)
	case JSON:
		return w.json(out, each)
	case ZIP:
		return s.archive(ctx, by, out, w, each)
	}
	rows, err := w.book().StreamCSV(out, w.heads, format == CSV)
	if err != nil {
		return err
	}
	if err := each(func(record screening.Record) error { return rows.Row(w.row(record, w.columns)) }); err != nil {
		return err
	}
	return rows.Close()
}

// writer turns records into rows.
type writer struct {
	speech  form.Speech
	zone    *time.Location
	labels  map[string]string
	call    call.Call
	columns []string // keys
	heads   []string // their labels
}

func (w writer) book() sheet.Book {
	return sheet.Book{Yes: w.speech.Say("export.yes"), No: w.speech.Say("export.no")}
}

// workbook writes the sheet of files and one for each repeated block.
func (w writer) workbook(out io.Writer, each eachRecord) error {
	book := w.book().StreamXLSX()
	defer book.Close()
	main, err := book.Sheet(w.speech.Say("export.sheet"), w.heads)
	if err != nil {
		return err
	}
	more := w.blocks(func(name string, head []string) (rower, error) { return book.Sheet(name, head) })
	err = each(func(record screening.Record) error {
		if err := main.Row(w.row(record, w.columns)); err != nil {
			return err
		}
		return more.add(record)
	})
	if err != nil {
		return err
	}
	return book.Write(out)
}

func (w writer) blocks(open func(name string, head []string) (rower, error)) *blocks {
	return &blocks{w, w.columns, open, map[string]rower{}, map[string]int{}}
}

func heads(groups []Group, columns []string) []string {
	labels := map[string]string{}
	for _, g := range groups {
		for _, c := range g.Columns {
			labels[c.Key] = c.Label
			for _, p := range c.Parts {
				labels[p.Key] = p.Label
			}
		}
	}
	out := make([]string, len(columns))
	for i, key := range columns {
		out[i] = labels[key]
	}
	return out
}

func (w writer) row(record screening.Record, columns []string) []any {
	speech := w.speech
	speech.Checks = record.Checks
	cells := map[string]any{}
	for _, field := range record.Form.Form.Fields() {
		if !slices.ContainsFunc(columns, func(key string) bool { return strings.HasPrefix(key, fieldPrefix+field.ID) }) {
			continue
		}
		values := field.Cells(record.Answers[field.ID], speech)
		for i, head := range field.Headers(speech.Lang) {
			cells[fieldPrefix+head.Key] = values[i]
		}
	}
	out := make([]any, len(columns))
	for i, key := range columns {
		if strings.HasPrefix(key, fieldPrefix) {
			out[i] = cells[key]
		} else {
			out[i] = w.own(record, key)
		}
	}
	return out
}

// own is the cell of a column that does not come from the form.
func (w writer) own(record screening.Record, key string) any {
	switch key {
	case "number":
		return record.Number
	case "title":
		return record.Title
	case "status":
		return w.speech.Say("export.status_" + string(record.Status))
	case "deposited_at":
		return record.SubmittedAt.In(w.zone)
	case "kind":
		return w.speech.Say("export.kind_" + record.Kind)
	case "receipt":
		if record.Receipt == 0 {
			return nil // deposited elsewhere: nothing was signed here
		}
		return record.Receipt
	case "due":
		return when(record.Due, w.zone)
	case "verdict":
		if record.Verdict == "" {
			return w.speech.Say("export.verdict_waiting")
		}
		return w.speech.Say("export.verdict_" + record.Verdict)
	case "reason":
		return record.Reason
	case "owner":
		return record.Owner
	case "email":
		return record.OwnerEmail
	}
	names := make([]string, len(record.Labels))
	for i, id := range record.Labels {
		names[i] = w.labels[id]
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func when(at time.Time, zone *time.Location) any {
	if at.IsZero() {
		return nil
	}
	return at.In(zone)
}
