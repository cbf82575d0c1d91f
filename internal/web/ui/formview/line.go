package formview

import (
	"context"
	"strconv"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// lineField is the field of a one-line text.
func lineField(ctx context.Context, q question) ui.Field {
	f := q.control(ctx)
	if q.field.Type == "text" {
		f.Limit = q.limit()
	}
	return f
}

// lineInput is the control of a one-line type. Numbers are texts with a numeric
// keyboard: what a browser cannot read in a number control it drops, and nothing typed may be lost.
func lineInput(q question) ui.Input {
	in := ui.Input{Value: q.text()}
	s := q.field.Settings
	switch q.field.Type {
	case "email":
		in.Type, in.Autocomplete = "email", "email"
	case "phone":
		in.Type, in.Autocomplete, in.Size = "tel", "tel", "medium"
	case "link":
		in.Mode = "url"
	case "iban":
		in.Size = ""
	case "reference":
		in.Size = "medium"
	case "number":
		in.Mode, in.Size, in.After = "decimal", "short", q.in(s.Unit)
	case "percent":
		in.Mode, in.Size, in.After = "decimal", "short", "%"
	case "money":
		in.Mode, in.Size, in.After = "decimal", "medium", currency(q.field)
	}
	return in
}

func currency(f *form.Field) string {
	if c := f.Settings.Currency; c != "" && c != "EUR" {
		return c
	}
	return "€"
}

func yesNo(ctx context.Context, q question) ui.Choice {
	options := []ui.Option{{Value: "yes", Label: i18n.T(ctx, "formview.yes")}, {Value: "no", Label: i18n.T(ctx, "formview.no")}}
	chosen := []string{""}
	if v, ok := q.value.(bool); ok && v {
		chosen[0] = "yes"
	} else if ok {
		chosen[0] = "no"
	}
	return ui.Choice{Options: q.single(ctx, options), Chosen: chosen, Side: true}
}

// oneOf makes sure that an empty answer ticks the empty choice.
func oneOf(chosen []string) []string {
	if len(chosen) == 0 {
		return []string{""}
	}
	return chosen
}

// dayKind is a date control when the value is a day or empty, and a text when it is something typed that is no day.
func isDay(s string) bool {
	_, ok := rule.ParseDay(s)
	return ok || s == ""
}

// many says from how many options a list is a drop-down.
const many = 9

// linkedLevel is one drop-down list of linked lists: options in groups by parent.
type linkedLevel struct {
	label  string
	groups []linkedGroup
	chosen string
	parent string // of the chosen option, its ids joined by "/"
}

type linkedGroup struct {
	parent  string // ids of the options above, joined by "/"
	label   string
	options []form.Option
}

// linkedLevels lays the tree of options out by level.
func (q question) linkedLevels() []linkedLevel {
	chosen := q.list()
	out := make([]linkedLevel, len(q.field.Settings.Levels))
	groups := []linkedGroup{{options: q.field.Settings.Options}}
	above := ""
	for i := range out {
		out[i] = linkedLevel{label: q.in(q.field.Settings.Levels[i]), groups: groups, parent: above}
		if i < len(chosen) {
			out[i].chosen = chosen[i]
			above = joinPath(above, chosen[i], "/")
		} else {
			above = "?"
		}
		var below []linkedGroup
		for _, g := range groups {
			for _, o := range g.options {
				if len(o.Options) > 0 {
					below = append(below, linkedGroup{joinPath(g.parent, o.ID, "/"), joinPath(g.label, q.in(o.Label), " › "), o.Options})
				}
			}
		}
		groups = below
	}
	return out
}

func joinPath(above, id, with string) string {
	if above == "" {
		return id
	}
	return above + with + id
}

// rankOf is the place of an option in a ranking, from 1; 0 when it has none.
func rankOf(list []string, id string) int {
	for i, item := range list {
		if item == id {
			return i + 1
		}
	}
	return 0
}

// ranked are the options of a ranking in the order of the answer, the others after.
func (q question) ranked() []form.Option {
	list := q.list()
	out := make([]form.Option, 0, len(q.field.Settings.Options))
	for _, id := range list {
		for _, o := range q.field.Settings.Options {
			if o.ID == id {
				out = append(out, o)
			}
		}
	}
	for _, o := range q.field.Settings.Options {
		if rankOf(list, o.ID) == 0 {
			out = append(out, o)
		}
	}
	return out
}

// stepErrors is what the summary of a step says, each line leading to its control.
func stepErrors(ctx context.Context, v *View, s *form.Step) []ui.FieldError {
	var out []ui.FieldError
	for _, st := range v.shown(s) {
		if st.Missing() {
			out = append(out, problemLine(ctx, v, st.Field, errs.Field{Path: st.Field.ID, Key: "form.required"}))
		}
		for _, p := range st.Problems {
			out = append(out, problemLine(ctx, v, st.Field, p))
		}
	}
	return out
}

func problemLine(ctx context.Context, v *View, f *form.Field, p errs.Field) ui.FieldError {
	return ui.FieldError{
		Path: "f." + target(f, p.Path),
		Text: i18n.T(ctx, "formview.problem", place(f, p.Path, v.lang()), i18n.T(ctx, p.Key, p.Args...)),
	}
}

// place names what a problem is about: the field, and the row and column when it is in a table.
func place(f *form.Field, path, lang string) string {
	label := f.Label.In(lang)
	columns := f.Columns()
	if len(columns) == 0 {
		return label
	}
	row, column := rowOf(f.ID, path)
	if row < 0 {
		return label
	}
	label += " " + strconv.Itoa(row+1)
	for i := range columns {
		if columns[i].ID == column {
			return label + ", " + columns[i].Label.In(lang)
		}
	}
	return label
}

// allErrors is what the summary of a whole form says.
func allErrors(ctx context.Context, v *View) []ui.FieldError {
	var out []ui.FieldError
	for _, st := range v.State.Steps {
		if st.Visible {
			out = append(out, stepErrors(ctx, v, st.Step)...)
		}
	}
	return out
}
