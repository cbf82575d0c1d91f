package form

import (
	"slices"
	"strings"

	"transformateur/internal/form/rule"
)

// matrixType asks several questions with the same options: {question: option}.
type matrixType struct{ base }

// sharesType splits 100 % over the options: {option: whole percent}.
type sharesType struct{ base }

// assessmentType is the self-assessment: {dimension: {"score": 0 to 4, or
// "unknown": true; "comment": text}}.
type assessmentType struct{ base }

func (matrixType) check(f *Field, bad *problems) {
	checkOptions(f.Settings.Options, "settings.options", 2, bad)
	checkFlat(f.Settings.Options, "settings.options", bad)
	checkOptions(f.Settings.Questions, "settings.questions", 1, bad)
	checkFlat(f.Settings.Questions, "settings.questions", bad)
}

func (matrixType) fromHTML(_ *Field, in *node) any { return kidValues(in) }

// kidValues gathers the text of every kid.
func kidValues(in *node) map[string]any {
	out := map[string]any{}
	if in != nil {
		for k, n := range in.kids {
			if len(n.values) > 0 {
				out[k] = n.value()
			}
		}
	}
	return out
}

// byID normalises an object whose keys are ids.
func byID(raw any, one func(any) (any, string)) (any, string) {
	object, ok := raw.(map[string]any)
	if !ok || len(object) > MaxOptions {
		return nil, "form.value_shape"
	}
	out := map[string]any{}
	for k, v := range object {
		if !validOptionID(k) {
			return nil, "form.value_shape"
		}
		if isEmpty(v) {
			continue
		}
		value, key := one(v)
		if key != "" {
			return nil, key
		}
		if !isEmpty(value) {
			out[k] = value
		}
	}
	return out, ""
}

func (matrixType) normalise(_ *Field, raw any) (any, string) { return byID(raw, lineOf) }

func (matrixType) validate(f *Field, v any, _ *Env, b *problems) {
	object, _ := v.(map[string]any)
	for _, q := range f.Settings.Questions {
		s, answered := object[q.ID].(string)
		if !answered {
			b.add(q.ID, "form.matrix_incomplete")
		} else if findOption(f.Settings.Options, s) == nil {
			b.add(q.ID, "form.option_unknown", s)
		}
	}
	strangers(object, func(id string) bool { return findOption(f.Settings.Questions, id) != nil }, b)
}

// strangers reports the keys that the form does not ask for, in order.
func strangers(object map[string]any, known func(string) bool, b *problems) {
	var odd []string
	for k := range object {
		if !known(k) {
			odd = append(odd, k)
		}
	}
	slices.Sort(odd)
	for _, k := range odd {
		b.add(k, "form.option_unknown", k)
	}
}

func (matrixType) plain(f *Field, v any, s Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, q := range f.Settings.Questions {
		if id := text(object, q.ID); id != "" {
			out = append(out, s.say("form.labelled", q.Label.In(s.Lang), optionLabel(f.Settings.Options, id, s.Lang)))
		}
	}
	return strings.Join(out, "; ")
}

func optionHeaders(f *Field, options []Option, lang string) []Header {
	var out []Header
	for _, o := range options {
		out = append(out, Header{f.ID + "." + o.ID, f.Label.In(lang) + " – " + o.Label.In(lang)})
	}
	return out
}

func (matrixType) headers(f *Field, lang string) []Header {
	return optionHeaders(f, f.Settings.Questions, lang)
}

func (matrixType) cells(f *Field, v any, s Speech) []any {
	object, _ := v.(map[string]any)
	out := make([]any, len(f.Settings.Questions))
	for i, q := range f.Settings.Questions {
		if id := text(object, q.ID); id != "" {
			out[i] = optionLabel(f.Settings.Options, id, s.Lang)
		}
	}
	return out
}

func (matrixType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	}
	return rule.Info{Kind: rule.Choice, Options: optionIDs(f), Read: partOf(name, readChoice)}, findOption(f.Settings.Questions, name) != nil
}

func (matrixType) prune(f *Field, v any) (any, bool) {
	return keepKeys(v, func(id string, answer any) bool {
		return findOption(f.Settings.Questions, id) != nil && findOption(f.Settings.Options, scalarText(answer)) != nil
	})
}

func keepKeys(v any, keep func(string, any) bool) (any, bool) {
	object, _ := v.(map[string]any)
	out := map[string]any{}
	for k, x := range object {
		if keep(k, x) {
			out[k] = x
		}
	}
	return out, len(out) < len(object)
}

func (sharesType) check(f *Field, bad *problems) {
	checkOptions(f.Settings.Options, "settings.options", 2, bad)
	checkFlat(f.Settings.Options, "settings.options", bad)
}

func (sharesType) fromHTML(_ *Field, in *node) any { return kidValues(in) }

func (sharesType) normalise(f *Field, raw any) (any, string) {
	return byID(raw, func(v any) (any, string) { return numberType{}.normalise(f, v) })
}

func (sharesType) validate(f *Field, v any, _ *Env, b *problems) {
	object, _ := v.(map[string]any)
	total, readable := int64(0), true
	for _, o := range f.Settings.Options {
		raw, given := object[o.ID]
		n, ok := raw.(int64)
		if given && (!ok || n < 0 || n > 100) {
			b.add(o.ID, "form.share_unreadable")
			readable = false
		}
		total += n
	}
	if readable && total != 100 {
		b.add("", "form.shares_total", total)
	}
	strangers(object, func(id string) bool { return findOption(f.Settings.Options, id) != nil }, b)
}

func (sharesType) plain(f *Field, v any, s Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, o := range f.Settings.Options {
		if raw, given := object[o.ID]; given {
			out = append(out, s.say("form.labelled", o.Label.In(s.Lang), withUnit(scalarText(raw), "%", s.Lang)))
		}
	}
	return strings.Join(out, "; ")
}

func (sharesType) headers(f *Field, lang string) []Header {
	return optionHeaders(f, f.Settings.Options, lang)
}

func (sharesType) cells(f *Field, v any, _ Speech) []any {
	object, _ := v.(map[string]any)
	out := make([]any, len(f.Settings.Options))
	for i, o := range f.Settings.Options {
		out[i] = object[o.ID]
	}
	return out
}

func (sharesType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	}
	return rule.Info{Kind: rule.Number, Read: partOf(name, readNumber)}, findOption(f.Settings.Options, name) != nil
}

func (sharesType) prune(f *Field, v any) (any, bool) {
	return keepKeys(v, func(id string, _ any) bool { return findOption(f.Settings.Options, id) != nil })
}
