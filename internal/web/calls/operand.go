package calls

import (
	"slices"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
)

// operand is something that a condition may compare: an answer, a part of one, or a
// measure of one.
type operand struct {
	Value   string // as the list of the page sends it: "f:budget.total", "count:team"
	Label   string
	Kind    rule.Kind
	Options []choice // what a choice or a list may hold; nil for any text
	Factor  float64  // from what people type to what rules read: 100 for euros, else 1
	Unit    string
}

type choice struct{ ID, Label string }

// operandGroup is the operands of one step.
type operandGroup struct {
	Title string
	List  []operand
}

// operands lists what a condition may read: the answers of the fields for which keep is true.
func operands(f *form.Form, s form.Speech, keep func(step, field int) bool) []operandGroup {
	var out []operandGroup
	for i := range f.Steps {
		g := operandGroup{Title: f.Steps[i].Title.In(s.Lang)}
		for j := range f.Steps[i].Fields {
			if keep(i, j) {
				g.List = append(g.List, operandsOf(f.Steps[i].Fields[j], s)...)
			}
		}
		if len(g.List) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// operandsOf probes a field alone in a small form, so that one field still to be
// written does not keep conditions from reading the others.
func operandsOf(f form.Field, s form.Speech) []operand {
	f.ShowIf, f.RequiredIf, f.Required = nil, nil, false
	if f.Label.In("fr") == "" {
		f.Label = form.Localised{"fr": f.ID}
	}
	alone := &form.Form{Version: form.Version, Steps: []form.Step{{ID: "alone", Title: form.Localised{"fr": "-"}, Fields: []form.Field{f}}}}
	compiled, err := alone.Compile()
	if err != nil {
		return nil
	}
	var out []operand
	for _, part := range partNames(&f) {
		path := f.ID
		if part != "" {
			path += "." + part
		}
		info, ok := compiled.Lookup(path)
		if !ok {
			continue
		}
		o := operand{Value: "f:" + path, Label: nameOf(alone, path, s), Kind: info.Kind, Factor: 1}
		o.Factor, o.Unit = scaleOf(&f, part)
		if info.Options != nil {
			o.Options = choicesOf(&f, part, info.Options, s)
		}
		out = append(out, measures(o, path, info, &f, s)...)
	}
	return out
}

// measures adds to an answer what can be counted in it.
func measures(o operand, path string, info rule.Info, f *form.Field, s form.Speech) []operand {
	of := func(op rule.Op, factor float64) operand {
		return operand{Value: string(op) + ":" + path, Label: o.Label + " : " + s.Say("form.operator_"+string(op)), Kind: rule.Number, Factor: factor}
	}
	switch info.Kind {
	case rule.Column:
		list := []operand{of(rule.Count, 1)}
		if info.Elem == rule.Number {
			list = append(list, of(rule.Sum, o.Factor))
		}
		return list
	case rule.Rows, rule.List:
		return []operand{o, of(rule.Count, 1)}
	case rule.Date:
		return []operand{o, of(rule.Age, 1)}
	case rule.Text:
		if f.Type == "longtext" {
			return []operand{o, of(rule.Chars, 1), of(rule.Lines, 1)}
		}
	}
	return []operand{o}
}

// composite are the names that the parts of composite answers may have; those of
// other types come from their settings.
var composite = []string{"", "from", "to", "days", "first", "expenses", "income", "public", "own", "balance", "public_rate", "funded",
	"kind", "id", "name", "function", "organisation", "email", "phone", "street", "complement", "postcode", "city", "country", "0", "1", "2"}

func partNames(f *form.Field) []string {
	names := slices.Clone(composite)
	for _, c := range f.Columns() {
		names = append(names, c.ID)
	}
	for _, o := range slices.Concat(f.Settings.Questions, f.Settings.Options) {
		names = append(names, o.ID)
	}
	for _, d := range f.Settings.Dimensions {
		names = append(names, d.ID)
	}
	for _, c := range f.Settings.Expenses {
		names = append(names, "expenses."+c.ID)
	}
	for _, c := range f.Settings.Income {
		names = append(names, "income."+c.ID)
	}
	return slices.Compact(names)
}

// nameOf is the label of a field or of a part, without the quotes and the verb of a sentence.
func nameOf(f *form.Form, path string, s form.Speech) string {
	bare := s
	bare.Say = func(key string, args ...any) string {
		if (key == "form.op_true" || key == "form.quoted") && len(args) == 1 {
			if name, ok := args[0].(string); ok {
				return name
			}
		}
		return s.Say(key, args...)
	}
	return f.Phrase(rule.F(path), bare)
}

// scaleOf says how what people type becomes what rules read: amounts are kept in
// cents, rates of a budget in basis points.
func scaleOf(f *form.Field, part string) (factor float64, unit string) {
	kind := f.Type
	for _, c := range f.Columns() {
		if c.ID == part {
			kind = c.Type
		}
	}
	switch {
	case f.Type == "budget" && (part == "public_rate" || part == "funded"):
		return 100, "%"
	case f.Type == "budget" && part != "", kind == "money":
		return 100, "€"
	case kind == "percent":
		return 1, "%"
	}
	return 1, ""
}

// choicesOf gives their labels to the ids that an answer may hold.
func choicesOf(f *form.Field, part string, ids []string, s form.Speech) []choice {
	labels := map[string]string{}
	var walk func([]form.Option)
	walk = func(list []form.Option) {
		for _, o := range list {
			labels[o.ID] = o.Label.In(s.Lang)
			walk(o.Options)
		}
	}
	for _, c := range f.Columns() {
		if c.ID == part {
			walk(c.Settings.Options)
		}
	}
	walk(f.Settings.Options)
	for _, st := range f.Settings.Statements {
		labels[st.ID] = st.Label.In(s.Lang)
	}
	out := make([]choice, len(ids))
	for i, id := range ids {
		label := labels[id]
		switch {
		case label != "":
		case id == rule.OtherOption:
			label = s.Say("form.other")
		default:
			label = strings.TrimSpace(id)
		}
		out[i] = choice{id, label}
	}
	return out
}

// find looks an operand up by the value of its list.
func find(groups []operandGroup, value string) (operand, bool) {
	for _, g := range groups {
		for _, o := range g.List {
			if o.Value == value {
				return o, true
			}
		}
	}
	return operand{}, false
}
