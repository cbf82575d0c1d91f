package formview

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// question is one field to fill in: a whole question, or a cell of a table.
type question struct {
	view     *View
	field    *form.Field
	path     string // below "f.": the field's id, or "team.0.name"
	value    any
	problems []errs.Field
	required bool
	cell     bool
}

func (v *View) question(st form.FieldState) question {
	q := question{view: v, field: st.Field, path: st.Field.ID, value: v.Answers[st.Field.ID], required: st.Required}
	if v.Problems {
		q.problems = st.Problems
		if st.Missing() {
			q.problems = append(slices.Clone(q.problems), errs.Field{Path: st.Field.ID, Key: "form.required"})
		}
	}
	return q
}

// inside is a cell of the table q.
func (q question) inside(column *form.Field, row string, value any) question {
	return question{
		view: q.view, field: column, path: q.path + "." + row + "." + column.ID, value: value,
		problems: q.problems, required: column.Required, cell: true,
	}
}

// name is the name of a control, as form.DecodeHTML reads it.
func (q question) name() string { return "f." + q.path }

func (q question) label() string { return q.field.Label.In(q.view.lang()) }

func (q question) hint() string { return q.field.Help.In(q.view.lang()) }

func (q question) in(l form.Localised) string { return l.In(q.view.lang()) }

// text is the value as it is typed.
func (q question) text() string { return typed(q.field, q.value, q.view.lang()) }

// typed writes a value as a person types it: "12,5", "1234,50", a text.
func typed(f *form.Field, v any, lang string) string {
	point := ","
	if lang == "en" {
		point = "."
	}
	switch v := v.(type) {
	case string:
		return v
	case int64:
		if f.Type == "money" {
			return cents(v, point)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", point, 1)
	}
	return ""
}

func cents(n int64, point string) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	out := sign + strconv.FormatInt(n/100, 10)
	if n%100 != 0 {
		out += point + strconv.FormatInt(100+n%100, 10)[1:]
	}
	return out
}

// object and list read composite values; both are nil-safe.
func (q question) object() map[string]any {
	o, _ := q.value.(map[string]any)
	return o
}

func (q question) list() []string {
	raw, _ := q.value.([]any)
	out := make([]string, 0, len(raw))
	for _, item := range raw {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func part(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// errorAt says the problems of exactly one path below the question; "" is the question itself.
func (q question) errorAt(ctx context.Context, sub string) string {
	at := join(q.path, sub)
	return q.say(ctx, func(path string) bool { return path == at })
}

// errorBelow says the problems of the question and of everything below it.
func (q question) errorBelow(ctx context.Context) string {
	return q.say(ctx, func(path string) bool { return path == q.path || strings.HasPrefix(path, q.path+".") })
}

// errorExcept says the problems that belong to none of the parts, which say their own.
func (q question) errorExcept(ctx context.Context, parts ...string) string {
	return q.say(ctx, func(path string) bool {
		rest, below := strings.CutPrefix(path, q.path+".")
		return path == q.path || below && !slices.Contains(parts, rest)
	})
}

func (q question) say(ctx context.Context, about func(path string) bool) string {
	var out []string
	if refused := q.view.Refused[q.path]; refused != "" && about(q.path) {
		out = append(out, refused)
	}
	for _, p := range q.problems {
		if about(p.Path) {
			if s := i18n.T(ctx, p.Key, p.Args...); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, " ")
}

func join(path, sub string) string {
	if sub == "" {
		return path
	}
	return path + "." + sub
}

// control is the field of web/ui around a control of one value.
func (q question) control(ctx context.Context) ui.Field { return q.around(ctx, q.errorBelow(ctx)) }

// around is the field of web/ui with the given error.
func (q question) around(ctx context.Context, wrong string) ui.Field {
	f := ui.Field{Name: q.name(), Label: q.label(), Hint: q.hint(), Error: wrong, Optional: !q.required, Attrs: templ.Attributes{}}
	if !q.cell {
		f.Saved = q.saved()
		f.Beside = beside(q)
	}
	return f
}

func (q question) saved() ui.SaveState {
	if _, ok := q.view.Conflict[q.path]; ok {
		return ui.Conflict
	}
	return ui.Idle
}

// piece is the field of web/ui of one part of a composite question.
func (q question) piece(ctx context.Context, sub, label string, required bool) ui.Field {
	return ui.Field{Name: q.name() + "." + sub, Label: label, Error: q.errorAt(ctx, sub), Optional: !required, Attrs: templ.Attributes{}}
}

// limit is the counter of a text.
func (q question) limit() ui.Limit {
	s := q.field.Settings
	switch {
	case s.MaxLines > 0:
		return ui.Limit{Max: s.MaxLines, Unit: ui.Lines, Used: rule.LineCount(q.text())}
	case s.MaxChars > 0:
		return ui.Limit{Max: s.MaxChars, Unit: ui.Characters, Used: rule.Characters(q.text())}
	}
	return ui.Limit{}
}

// picks are the options to choose from, and the words written beside "other".
func (q question) picks(ctx context.Context) (options []ui.Option, chosen []string, own string) {
	chosen = q.list()
	if s, ok := q.value.(string); ok {
		chosen = []string{s}
	}
	for i, id := range chosen {
		if text, other := strings.CutPrefix(id, rule.OtherPrefix); other {
			chosen[i], own = rule.OtherOption, text
		}
	}
	for _, o := range q.field.Settings.Options {
		options = append(options, ui.Option{Value: o.ID, Label: q.in(o.Label), Hint: q.in(o.Help)})
	}
	if q.field.Settings.Other {
		options = append(options, ui.Option{Value: rule.OtherOption, Label: i18n.T(ctx, "formview.other")})
	}
	return options, chosen, own
}

// single adds to options of which one is chosen the way to take an answer back, which radio buttons lack.
func (q question) single(ctx context.Context, options []ui.Option) []ui.Option {
	if q.required {
		return options
	}
	return append(options, ui.Option{Value: "", Label: i18n.T(ctx, "formview.no_choice")})
}

// short says whether all labels are short enough to stand side by side.
func short(options []ui.Option) bool {
	for _, o := range options {
		if len(o.Label) > 26 || o.Hint != "" {
			return false
		}
	}
	return true
}

func itoa(i int) string { return strconv.Itoa(i) }
