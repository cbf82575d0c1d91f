package stats

import (
	"slices"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/sheet"
)

// blocks makes a sheet for each repeated answer of which a column was chosen: one
// line a row of the answer, with the number and the title of its file.
func (w writer) blocks(records []application.Record, columns []string) []sheet.Sheet {
	var order []string
	byField := map[string]*sheet.Sheet{}
	for _, record := range records {
		for _, field := range record.Form.Form.Fields() {
			if !repeated(field) || !slices.ContainsFunc(columns, func(key string) bool { return strings.HasPrefix(key, fieldPrefix+field.ID+".") }) {
				continue
			}
			s := byField[field.ID]
			if s == nil {
				order = append(order, field.ID)
				s = &sheet.Sheet{Name: field.Label.In(w.speech.Lang), Head: w.blockHead(field)}
				byField[field.ID] = s
			}
			for i, cells := range w.blockRows(field, record) {
				row := append([]any{record.Number, record.Title, i + 1}, cells...)
				s.Rows = append(s.Rows, fitted(row, len(s.Head)))
			}
		}
	}
	out := make([]sheet.Sheet, len(order))
	for i, id := range order {
		out[i] = *byField[id]
	}
	return out
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

func (w writer) blockRows(field *form.Field, record application.Record) [][]any {
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

func (w writer) budgetRows(field *form.Field, record application.Record) (out [][]any) {
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
