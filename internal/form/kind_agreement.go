package form

import (
	"strings"

	"transformateur/internal/form/rule"
)

// commitmentsType is a list of ticked statements, in the order of the form.
type commitmentsType struct{ base }

// consentType is a box to tick: true, or not answered.
type consentType struct{ base }

// layoutType is a heading or an explanation: it has no answer.
type layoutType struct{ base }

func (f *Field) statement(id string) *Statement {
	for i := range f.Settings.Statements {
		if f.Settings.Statements[i].ID == id {
			return &f.Settings.Statements[i]
		}
	}
	return nil
}

func (commitmentsType) check(f *Field, bad *problems) {
	options := make([]Option, len(f.Settings.Statements))
	for i, s := range f.Settings.Statements {
		options[i] = Option{ID: s.ID, Label: s.Label}
	}
	checkOptions(options, "settings.statements", 1, bad)
}

func (commitmentsType) fromHTML(_ *Field, in *node) any { return in.list() }

func (commitmentsType) normalise(f *Field, raw any) (any, string) {
	list, key := textList(raw, cleanLine)
	if key != "" {
		return nil, key
	}
	ticked := map[string]bool{}
	for _, item := range list {
		ticked[item.(string)] = true
	}
	out := make([]any, 0, len(list))
	for _, s := range f.Settings.Statements {
		if ticked[s.ID] {
			out = append(out, s.ID)
		}
	}
	for _, item := range list {
		if f.statement(item.(string)) == nil {
			out = append(out, item)
		}
	}
	return out, ""
}

func (commitmentsType) validate(f *Field, v any, _ *Env, b *problems) {
	list, _ := v.([]any)
	for i := range f.Settings.Statements {
		s := &f.Settings.Statements[i]
		if !s.Optional && !hasText(list, s.ID) {
			b.add(s.ID, "form.commitment_missing")
		}
	}
	for _, item := range list {
		if f.statement(scalarText(item)) == nil {
			b.add("", "form.option_unknown", scalarText(item))
		}
	}
}

func hasText(list []any, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

func (commitmentsType) plain(f *Field, v any, s Speech) string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = scalarText(item)
		if st := f.statement(out[i]); st != nil {
			out[i] = st.Label.In(s.Lang)
		}
	}
	return strings.Join(out, "; ")
}

func (commitmentsType) part(f *Field, name string) (rule.Info, bool) {
	ids := []string{}
	for _, s := range f.Settings.Statements {
		ids = append(ids, s.ID)
	}
	return rule.Info{Kind: rule.List, Options: ids, Read: readList}, name == ""
}

func (commitmentsType) prune(f *Field, v any) (any, bool) {
	list, _ := v.([]any)
	kept := make([]any, 0, len(list))
	for _, item := range list {
		if f.statement(scalarText(item)) != nil {
			kept = append(kept, item)
		}
	}
	return kept, len(kept) < len(list)
}

func (consentType) normalise(_ *Field, raw any) (any, string) {
	v, key := typedTruth(raw)
	if v != true {
		return nil, key
	}
	return true, ""
}

func (consentType) plain(_ *Field, v any, s Speech) string { return sayTruth(v, s) }

func (consentType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Bool, Read: readBool}, name == ""
}

func (layoutType) check(f *Field, bad *problems) {
	if f.Type == "heading" && f.Settings.Level != 0 && f.Settings.Level != 2 && f.Settings.Level != 3 {
		bad.add("settings.level", "form.setting_range")
	}
	if f.Type == "explanation" {
		checkLabel(f.Settings.Body, "settings.body", bad)
	}
}

func (layoutType) fromHTML(*Field, *node) any            { return nil }
func (layoutType) normalise(*Field, any) (any, string)   { return nil, "form.value_static" }
func (layoutType) plain(*Field, any, Speech) string      { return "" }
func (layoutType) headers(*Field, string) []Header       { return nil }
func (layoutType) cells(*Field, any, Speech) []any       { return nil }
func (layoutType) part(*Field, string) (rule.Info, bool) { return rule.Info{}, false }
