package stats

import (
	"slices"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/screening"
)

// rower takes the rows of a sheet.
type rower interface{ Row(cells []any) error }

// blocks opens a sheet for each repeated answer of which a column was chosen, when the
// first file that has it comes: one line a row of the answer, with the number and the
// title of its file.
type blocks struct {
	writer
	columns []string
	open    func(name string, head []string) (rower, error)
	sheets  map[string]rower
	widths  map[string]int
}

func (b *blocks) add(record screening.Record) error {
	for _, field := range record.Form.Form.Fields() {
		if !repeated(field) || !slices.ContainsFunc(b.columns, func(key string) bool { return strings.HasPrefix(key, fieldPrefix+field.ID+".") }) {
			continue
		}
		s := b.sheets[field.ID]
		if s == nil {
			head := b.blockHead(field)
			var err error
			if s, err = b.open(field.Label.In(b.speech.Lang), head); err != nil {
				return err
			}
			b.sheets[field.ID], b.widths[field.ID] = s, len(head)
		}
		for i, cells := range b.blockRows(field, record) {
			row := append([]any{record.Number, record.Title, i + 1}, cells...)
			if err := s.Row(fitted(row, b.widths[field.ID])); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitted gives a row the width of its sheet, which is that of the first form met.
func fitted(row []any, width int) []any {
	for len(row) < width {
		row = append(row, nil)
	}
	return row[:width]
}

func repeated(field *form.Field) bool { return field.Type == "budget" || len(field.Columns()) > 0 }

func (w writer) blockHead(field *form.Field) []string {
	head := []string{w.speech.Say("export.column_number"), w.speech.Say("export.column_title"), w.speech.Say("export.row")}
	if field.Type == "budget" {
		for _, part := range []string{"side", "category", "label", "amount"} {
			head = append(head, w.speech.Say("export.budget_"+part))
		}
		return head
	}
	for _, c := range field.Columns() {
		head = append(head, c.Label.In(w.speech.Lang))
	}
	return head
}

func (w writer) blockRows(field *form.Field, record screening.Record) [][]any {
	if field.Type == "budget" {
		return w.budgetRows(field, record)
	}
	speech := w.speech
	speech.Checks = record.Checks
	rows, _ := record.Answers[field.ID].([]any)
	out := make([][]any, 0, len(rows))
	for _, raw := range rows {
		answers, _ := raw.(map[string]any)
		var cells []any
		columns := field.Columns()
		for i := range columns {
			values := columns[i].Cells(answers[columns[i].ID], speech)
			if len(values) == 1 {
				cells = append(cells, values[0])
				continue
			}
			cells = append(cells, columns[i].Plain(answers[columns[i].ID], speech))
		}
		out = append(out, cells)
	}
	return out
}

func (w writer) budgetRows(field *form.Field, record screening.Record) (out [][]any) {
	answer, _ := record.Answers[field.ID].(map[string]any)
	for _, side := range []struct {
		name       string
		categories []form.Category
	}{{"expenses", field.Settings.Expenses}, {"income", field.Settings.Income}} {
		lines, _ := answer[side.name].([]any)
		for _, raw := range lines {
			line, _ := raw.(map[string]any)
			category, _ := line["category"].(string)
			for _, c := range side.categories {
				if c.ID == category {
					category = c.Label.In(w.speech.Lang)
				}
			}
			var amount any
			if cents, ok := line["amount"].(int64); ok {
				amount = float64(cents) / 100
			}
			label, _ := line["label"].(string)
			out = append(out, []any{w.speech.Say("export.budget_" + side.name), category, label, amount})
		}
	}
	return out
}
