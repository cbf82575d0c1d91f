package form

import (
	"strings"

	"transformateur/internal/form/rule"
)

// linkedType is a path in a tree of options, two or three levels deep: a list of ids.
type linkedType struct{ base }

// rankingType is a list of options, the first preferred.
type rankingType struct{ base }

// scaleType is one of several worded anchors in order; rules read its rank, from 1.
type scaleType struct{ base }

func (linkedType) check(f *Field, bad *problems) {
	if n := len(f.Settings.Levels); n != 2 && n != 3 {
		bad.add("settings.levels", "form.setting_levels")
		return
	}
	total := 0
	var visit func(options []Option, at string, level int)
	visit = func(options []Option, at string, level int) {
		total += len(options)
		checkOptions(options, at, 0, bad)
		for i, o := range options {
			if len(o.Options) > 0 && level+1 >= len(f.Settings.Levels) {
				bad.add(join(at, itoa(i))+".options", "form.setting_options_nested")
			} else {
				visit(o.Options, join(at, itoa(i))+".options", level+1)
			}
		}
	}
	visit(f.Settings.Options, "settings.options", 0)
	if len(f.Settings.Options) == 0 {
		bad.add("settings.options", "form.setting_options_few", 1)
	}
	if total > MaxOptions {
		bad.add("settings.options", "form.setting_options_many", MaxOptions)
	}
}

// fromHTML takes one list per level. A page without script offers the
// options of every parent in groups: a choice below another parent is cut.
func (linkedType) fromHTML(f *Field, in *node) any {
	out := []any{}
	for i := range max(2, len(f.Settings.Levels)) {
		s := in.kid(itoa(i)).value()
		if s == "" {
			break
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return in.list()
	}
	return out
}

func (linkedType) normalise(_ *Field, raw any) (any, string) {
	list, ok := raw.([]any)
	if !ok || len(list) > 3 {
		return nil, "form.value_shape"
	}
	out := make([]any, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, "form.value_shape"
		}
		if s = cleanLine(s); s == "" {
			break
		}
		out = append(out, s)
	}
	return out, ""
}

func (linkedType) validate(f *Field, v any, _ *Env, b *problems) {
	list, _ := v.([]any)
	options := f.Settings.Options
	for i, item := range list {
		o := findOption(options, scalarText(item))
		if o == nil {
			b.add(itoa(i), "form.option_unknown", scalarText(item))
			return
		}
		options = o.Options
	}
	if len(options) > 0 {
		b.add(itoa(len(list)), "form.linked_incomplete")
	}
}

func (linkedType) plain(f *Field, v any, s Speech) string {
	list, _ := v.([]any)
	options := f.Settings.Options
	var out []string
	for _, item := range list {
		out = append(out, optionLabel(options, scalarText(item), s.Lang))
		if o := findOption(options, scalarText(item)); o != nil {
			options = o.Options
		} else {
			options = nil
		}
	}
	return strings.Join(out, " › ")
}

func (linkedType) headers(f *Field, lang string) []Header {
	var out []Header
	for i, l := range f.Settings.Levels {
		out = append(out, Header{f.ID + "." + itoa(i), f.Label.In(lang) + " – " + l.In(lang)})
	}
	return out
}

func (t linkedType) cells(f *Field, v any, s Speech) []any {
	list, _ := v.([]any)
	out := make([]any, len(f.Settings.Levels))
	for i := range out {
		if i < len(list) {
			names := strings.Split(t.plain(f, list[:i+1], s), " › ")
			out[i] = names[len(names)-1]
		}
	}
	return out
}

// part gives the whole path as a list of ids, or the choice of one level ("sector.0").
func (linkedType) part(f *Field, name string) (rule.Info, bool) {
	if name == "" {
		var ids []string
		var visit func([]Option)
		visit = func(options []Option) {
			for _, o := range options {
				ids = append(ids, o.ID)
				visit(o.Options)
			}
		}
		visit(f.Settings.Options)
		return rule.Info{Kind: rule.List, Options: ids, Read: readList}, true
	}
	level := strings.Index("012", name)
	return rule.Info{Kind: rule.Choice, Read: func(v any) (rule.Value, bool) {
		list, _ := v.([]any)
		if level >= len(list) {
			return rule.Value{}, false
		}
		return readChoice(list[level])
	}}, len(name) == 1 && level >= 0 && level < len(f.Settings.Levels)
}

// prune keeps the part of the path that still exists.
func (linkedType) prune(f *Field, v any) (any, bool) {
	list, _ := v.([]any)
	options := f.Settings.Options
	for i, item := range list {
		o := findOption(options, scalarText(item))
		if o == nil {
			return list[:i:i], true
		}
		options = o.Options
	}
	return v, false
}

func (rankingType) check(f *Field, bad *problems) {
	checkOptions(f.Settings.Options, "settings.options", 2, bad)
	checkFlat(f.Settings.Options, "settings.options", bad)
	checkPicks(f, bad)
}

// fromHTML takes a rank per option (f.<field>.<option>=1); equal ranks follow
// the order of the form. A list under the field's own name is taken as it is.
func (rankingType) fromHTML(f *Field, in *node) any {
	if list := in.list(); len(list) > 1 || len(list) == 1 && in.value() != "" {
		return list
	}
	var out []any
	for rank := 1; rank <= len(f.Settings.Options); rank++ {
		for _, o := range f.Settings.Options {
			if strings.TrimSpace(in.kid(o.ID).value()) == itoa(rank) {
				out = append(out, o.ID)
			}
		}
	}
	return out
}

func (rankingType) normalise(_ *Field, raw any) (any, string) {
	list, key := textList(raw, cleanLine)
	return list, key
}

func (rankingType) validate(f *Field, v any, _ *Env, b *problems) {
	list, _ := v.([]any)
	for _, item := range list {
		if findOption(f.Settings.Options, scalarText(item)) == nil {
			b.add("", "form.option_unknown", scalarText(item))
		}
	}
	if f.Settings.MinPicks == 0 && f.Settings.MaxPicks == 0 && len(list) < len(f.Settings.Options) {
		b.add("", "form.ranking_incomplete", len(list), len(f.Settings.Options))
	}
	checkCount(f, len(list), b)
}

func (rankingType) plain(f *Field, v any, s Speech) string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = itoa(i+1) + ". " + optionLabel(f.Settings.Options, scalarText(item), s.Lang)
	}
	return strings.Join(out, "; ")
}

// part gives the ranked options as a list, or the first one ("needs.first").
func (rankingType) part(f *Field, name string) (rule.Info, bool) {
	if name == "first" {
		return rule.Info{Kind: rule.Choice, Options: optionIDs(f), Read: func(v any) (rule.Value, bool) {
			list, _ := v.([]any)
			if len(list) == 0 {
				return rule.Value{}, false
			}
			return readChoice(list[0])
		}}, true
	}
	return rule.Info{Kind: rule.List, Options: optionIDs(f), Read: readList}, name == ""
}

func (rankingType) prune(f *Field, v any) (any, bool) { return keepOffered(f, v) }

func (scaleType) check(f *Field, bad *problems) {
	checkOptions(f.Settings.Options, "settings.options", 2, bad)
	checkFlat(f.Settings.Options, "settings.options", bad)
}

func (scaleType) validate(f *Field, v any, _ *Env, b *problems) {
	if findOption(f.Settings.Options, scalarText(v)) == nil {
		b.add("", "form.option_unknown", scalarText(v))
	}
}

func (scaleType) plain(f *Field, v any, s Speech) string {
	return optionLabel(f.Settings.Options, scalarText(v), s.Lang)
}

// part gives the anchor, or its rank from 1 as a number ("maturity.rank").
func (scaleType) part(f *Field, name string) (rule.Info, bool) {
	if name == "rank" {
		return rule.Info{Kind: rule.Number, Read: func(v any) (rule.Value, bool) {
			for i := range f.Settings.Options {
				if f.Settings.Options[i].ID == v {
					return rule.Value{Kind: rule.Number, Num: float64(i + 1)}, true
				}
			}
			return rule.Value{}, false
		}}, true
	}
	return rule.Info{Kind: rule.Choice, Options: optionIDs(f), Read: readChoice}, name == ""
}

func (scaleType) prune(f *Field, v any) (any, bool) { return choiceType{}.prune(f, v) }
