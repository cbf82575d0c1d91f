package form

import (
	"strings"

	"transformateur/internal/form/rule"
)

// Plain writes a canonical answer in words, for searches, mails, exports and
// receipts; "" for no answer. Several lines are possible.
func (f *Field) Plain(v any, s Speech) string {
	b, ok := registry[f.Type]
	if !ok || isEmpty(v) {
		return ""
	}
	return b.plain(f, v, s)
}

// Headers are the columns that the field takes in an export; a heading or an explanation takes none.
func (f *Field) Headers(lang string) []Header {
	b, ok := registry[f.Type]
	if !ok {
		return nil
	}
	return b.headers(f, lang)
}

// Cells are the cells of an answer under Headers: nil, string, int64, float64
// or bool. Amounts are in currency units.
func (f *Field) Cells(v any, s Speech) []any {
	b, ok := registry[f.Type]
	if !ok {
		return nil
	}
	if isEmpty(v) {
		return make([]any, len(b.headers(f, s.Lang)))
	}
	return b.cells(f, v, s)
}

// SearchText is what a full-text search reads of the answers: the words that
// people wrote and chose, without the answers of hidden fields.
func (s *State) SearchText(answers Answers, speech Speech) string {
	var out []string
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Visible && !f.Empty {
			if t := f.Field.Plain(answers[f.Field.ID], speech); t != "" {
				out = append(out, t)
			}
		}
	}
	return strings.Join(out, "\n")
}

// Phrase says a condition in words: « « Type de porteur » est « Association » ».
func (f *Form) Phrase(e rule.Expr, s Speech) string { return f.say(rule.Describe(e), s) }

func (f *Form) say(p rule.Phrase, s Speech) string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		switch a := a.(type) {
		case rule.Phrase:
			args[i] = f.say(a, s)
		case rule.Joined:
			parts := make([]string, len(a.Parts))
			for j, part := range a.Parts {
				parts[j] = f.say(part, s)
			}
			args[i] = strings.Join(parts, " "+s.say(a.Key)+" ")
		case rule.FieldName:
			args[i] = s.say("form.quoted", f.labelOf(a.Path, s))
		case rule.Given:
			args[i] = f.given(a, s)
		default:
			args[i] = a
		}
	}
	return s.say(p.Key, args...)
}

// labelOf names a field, or a part of one: « Équipe – Part du temps ».
func (f *Form) labelOf(path string, s Speech) string {
	id, part, _ := strings.Cut(path, ".")
	fl := f.Field(id)
	if fl == nil {
		return path
	}
	label := fl.Label.In(s.Lang)
	if part == "" {
		return label
	}
	if name := fl.partLabel(part, s); name != "" {
		return label + " – " + name
	}
	return label + " – " + part
}

func (f *Field) partLabel(part string, s Speech) string {
	if c := column(f.Columns(), part); c != nil {
		return c.Label.In(s.Lang)
	}
	if d := f.dimension(part); d != nil {
		return d.Label.In(s.Lang)
	}
	if o := findOption(f.Settings.Questions, part); o != nil {
		return o.Label.In(s.Lang)
	}
	if side, id, ok := strings.Cut(part, "."); ok {
		if c := findCategory(f.categories(side), id); c != nil {
			return c.Label.In(s.Lang)
		}
	}
	if i := strings.Index("012", part); f.Type == "linked" && i >= 0 && i < len(f.Settings.Levels) {
		return f.Settings.Levels[i].In(s.Lang)
	}
	if f.Type == "shares" {
		return optionLabel(f.Settings.Options, part, s.Lang)
	}
	return s.say("form.part_" + part)
}

// given writes a constant as the field it is compared with shows it.
func (f *Form) given(g rule.Given, s Speech) string {
	id, part, _ := strings.Cut(g.Field, ".")
	fl := f.Field(id)
	items := g.Value.Items()
	out := make([]string, len(items))
	for i := range items {
		out[i] = sayConstant(fl, part, &items[i], s)
	}
	return strings.Join(out, ", ")
}

func sayConstant(f *Field, part string, c *rule.Const, s Speech) string {
	if f != nil {
		if col := column(f.Columns(), part); col != nil {
			f = col
			part = ""
		}
	}
	switch {
	case c.Kind() == rule.Bool:
		return sayTruth(c.True(), s)
	case c.Kind() == rule.Number && f != nil && f.Type == "budget":
		if part == "public_rate" || part == "funded" {
			return withUnit(grouped(decimal(int64(c.Number())), s.Lang), "%", s.Lang)
		}
		return amount(int64(c.Number()), "EUR", s.Lang)
	case c.Kind() == rule.Number && f != nil && part == "":
		if t, ok := registry[f.Type].(numberType); ok {
			return t.plain(f, tidyFloat(c.Number()), s)
		}
	}
	if c.Kind() == rule.Number {
		return grouped(c.Text(), s.Lang)
	}
	return s.say("form.quoted", sayOption(f, c.Text(), s))
}

func sayOption(f *Field, id string, s Speech) string {
	if f == nil {
		return id
	}
	if id == rule.OtherOption && f.Settings.Other {
		return s.say("form.other")
	}
	if st := f.statement(id); st != nil {
		return st.Label.In(s.Lang)
	}
	if f.Type == "date" {
		return sayDay(id, s.Lang)
	}
	if o := deepOption(f.Settings.Options, id); o != nil {
		return o.Label.In(s.Lang)
	}
	return id
}

// deepOption finds an option at any level of linked lists.
func deepOption(options []Option, id string) *Option {
	for i := range options {
		if options[i].ID == id {
			return &options[i]
		}
		if o := deepOption(options[i].Options, id); o != nil {
			return o
		}
	}
	return nil
}
