package form

import (
	"strings"

	"transformateur/internal/form/rule"
)

// tableType is a list of rows, each an object by column id. A repeat has the
// author's columns; the others have their own.
type tableType struct {
	base
	own func() []Field
}

func said(fr, en string) Localised { return Localised{"fr": fr, "en": en} }

func bound(n float64) *float64 { return &n }

var (
	teamFields = []Field{
		{ID: "name", Type: "text", Required: true, Label: said("Nom", "Name")},
		{ID: "function", Type: "text", Required: true, Label: said("Fonction", "Function")},
		{ID: "status", Type: "text", Label: said("Statut", "Status")},
		{ID: "share", Type: "percent", Label: said("Part du temps de travail (%)", "Share of working time (%)"), Settings: Settings{Max: bound(100)}},
		{ID: "contribution", Type: "longtext", Label: said("Contribution au projet", "Contribution to the project"), Settings: Settings{MaxChars: 1000}},
	}
	milestoneFields = []Field{
		{ID: "label", Type: "text", Required: true, Label: said("Étape", "Milestone")},
		{ID: "from", Type: "date", Label: said("Début", "Start")},
		{ID: "to", Type: "date", Required: true, Label: said("Fin", "End")},
		{ID: "result", Type: "text", Label: said("Résultat attendu", "Expected result")},
	}
	indicatorFields = []Field{
		{ID: "label", Type: "text", Required: true, Label: said("Indicateur", "Indicator")},
		{ID: "unit", Type: "text", Label: said("Unité", "Unit")},
		{ID: "start", Type: "number", Label: said("Valeur de départ", "Starting value"), Settings: Settings{Decimals: 2}},
		{ID: "target", Type: "number", Required: true, Label: said("Valeur visée", "Target value"), Settings: Settings{Decimals: 2}},
		{ID: "method", Type: "text", Label: said("Mode de mesure", "How it is measured")},
	}
)

func teamColumns() []Field      { return teamFields }
func milestoneColumns() []Field { return milestoneFields }
func indicatorColumns() []Field { return indicatorFields }

// Columns are the columns of a table: those of the author for a repeat, those
// of the type for team, milestones and indicators, none for other types. They must not be changed.
func (f *Field) Columns() []Field {
	if t, ok := registry[f.Type].(tableType); ok && t.own != nil {
		return t.own()
	}
	return f.Settings.Columns
}

func (t tableType) check(f *Field, bad *problems) {
	s := f.Settings
	if s.MinRows < 0 || s.MaxRows < 0 || s.MaxRows > MaxRows || s.MinRows > MaxRows {
		bad.add("settings.max_rows", "form.setting_range")
	}
	if s.MaxRows > 0 && s.MinRows > s.MaxRows {
		bad.add("settings.min_rows", "form.setting_bounds_crossed")
	}
	if t.own != nil {
		return
	}
	if len(s.Columns) == 0 {
		bad.add("settings.columns", "form.setting_columns_none")
	}
	seen := map[string]bool{}
	for i := range s.Columns {
		c := &s.Columns[i]
		at := "settings.columns." + itoa(i)
		if seen[c.ID] {
			bad.add(at+".id", "form.id_twice", c.ID)
		}
		seen[c.ID] = true
		if b, ok := registry[c.Type]; ok && !b.traits().inRow {
			bad.add(at+".type", "form.setting_column_type", c.Type)
		}
		if c.ShowIf != nil || c.RequiredIf != nil {
			bad.add(at, "form.setting_column_condition")
		}
		inner := problems{at: join(bad.at, at)}
		checkField(c, &inner)
		bad.list = append(bad.list, inner.list...)
	}
}

func (tableType) fromHTML(f *Field, in *node) any {
	columns := f.Columns()
	out := []any{}
	for _, row := range in.rows() {
		object := map[string]any{}
		for i := range columns {
			c := &columns[i]
			if cell, b := row.kid(c.ID), registry[c.Type]; cell != nil && b != nil {
				object[c.ID] = b.fromHTML(c, cell)
			}
		}
		out = append(out, object)
	}
	return out
}

func (tableType) normalise(f *Field, raw any) (any, string) {
	rows, ok := raw.([]any)
	if !ok {
		return nil, "form.value_shape"
	}
	if len(rows) > MaxRows {
		return nil, "form.too_many_rows"
	}
	columns := f.Columns()
	out := make([]any, 0, len(rows))
	for _, r := range rows {
		object, ok := r.(map[string]any)
		if !ok {
			return nil, "form.value_shape"
		}
		row := map[string]any{}
		for id, v := range object {
			c := column(columns, id)
			if c == nil {
				return nil, "form.column_unknown"
			}
			value, key := canonical(registry[c.Type], c, v)
			if key != "" {
				return nil, key
			}
			if value != nil {
				row[id] = value
			}
		}
		if len(row) > 0 {
			out = append(out, row)
		}
	}
	return out, ""
}

func column(columns []Field, id string) *Field {
	for i := range columns {
		if columns[i].ID == id {
			return &columns[i]
		}
	}
	return nil
}

func (tableType) validate(f *Field, v any, e *Env, b *problems) {
	rows, _ := v.([]any)
	columns := f.Columns()
	inner := problems{}
	for r, raw := range rows {
		row, _ := raw.(map[string]any)
		for i := range columns {
			c := &columns[i]
			value := row[c.ID]
			if value == nil {
				if c.Required {
					b.add(itoa(r)+"."+c.ID, "form.required")
				}
				continue
			}
			registry[c.Type].validate(c, value, e, &inner)
			for _, p := range inner.list {
				b.add(join(itoa(r)+"."+c.ID, p.Path), p.Key, p.Args...)
			}
			inner.list = inner.list[:0]
		}
	}
	if least := f.Settings.MinRows; len(rows) < least {
		b.add("", "form.rows_few", len(rows), least)
	}
	if most := f.Settings.MaxRows; most > 0 && len(rows) > most {
		b.add("", "form.rows_many", len(rows), most)
	}
}

func (tableType) plain(f *Field, v any, s Speech) string {
	rows, _ := v.([]any)
	columns := f.Columns()
	var out []string
	for i, raw := range rows {
		row, _ := raw.(map[string]any)
		var cells []string
		for j := range columns {
			c := &columns[j]
			if value := row[c.ID]; value != nil {
				cells = append(cells, s.say("form.labelled", c.Label.In(s.Lang), registry[c.Type].plain(c, value, s)))
			}
		}
		out = append(out, itoa(i+1)+". "+strings.Join(cells, "; "))
	}
	return strings.Join(out, "\n")
}

// headers: the number of rows, then one column per column, the cells one under the other.
func (tableType) headers(f *Field, lang string) []Header {
	out := []Header{{f.ID + ".rows", f.Label.In(lang)}}
	for _, c := range f.Columns() {
		out = append(out, Header{f.ID + "." + c.ID, f.Label.In(lang) + " – " + c.Label.In(lang)})
	}
	return out
}

func (tableType) cells(f *Field, v any, s Speech) []any {
	rows, _ := v.([]any)
	out := []any{int64(len(rows))}
	columns := f.Columns()
	for j := range columns {
		c := &columns[j]
		lines := make([]string, len(rows))
		for i, raw := range rows {
			row, _ := raw.(map[string]any)
			if value := row[c.ID]; value != nil {
				lines[i] = strings.ReplaceAll(registry[c.Type].plain(c, value, s), "\n", " ")
			}
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return out
}

// part gives the rows, or one column for Count and Sum ("team.share").
func (tableType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Rows, Read: readRows}, true
	}
	c := column(f.Columns(), name)
	if c == nil {
		return rule.Info{}, false
	}
	cell, ok := registry[c.Type].part(c, "")
	return rule.Info{Kind: rule.Column, Elem: cell.Kind, Column: name, Options: cell.Options, Read: readRows, Cell: cell.Read}, ok
}

// prune drops the cells of columns that are gone, and from the others what they no longer offer.
func (tableType) prune(f *Field, v any) (any, bool) {
	rows, _ := v.([]any)
	columns := f.Columns()
	out := make([]any, 0, len(rows))
	lost := false
	for _, raw := range rows {
		row, _ := raw.(map[string]any)
		kept := map[string]any{}
		for id, value := range row {
			c := column(columns, id)
			if c == nil {
				lost = true
				continue
			}
			value, gone := registry[c.Type].prune(c, value)
			lost = lost || gone
			if !isEmpty(value) {
				kept[id] = value
			}
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out, lost
}
