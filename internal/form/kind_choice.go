package form

import (
	"slices"
	"strings"

	"transformateur/internal/form/rule"
)

// yesnoType is yes or no; no is an answer.
type yesnoType struct{ base }

// choiceType is the id of one option, or "other:" and a text.
type choiceType struct{ base }

// choicesType is a list of options, in the order of the form, "other" last.
type choicesType struct{ base }

func (yesnoType) normalise(_ *Field, raw any) (any, string) { return typedTruth(raw) }

// typedTruth reads what a script or a plain form sends for yes or no.
func typedTruth(raw any) (any, string) {
	switch v := raw.(type) {
	case bool:
		return v, ""
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "yes", "true", "on", "1", "oui":
			return true, ""
		case "no", "false", "0", "non":
			return false, ""
		case "":
			return nil, ""
		}
	}
	return nil, "form.value_shape"
}

func (yesnoType) plain(_ *Field, v any, s Speech) string { return sayTruth(v, s) }

func sayTruth(v any, s Speech) string {
	if v == true {
		return s.say("form.yes")
	}
	return s.say("form.no")
}

func (yesnoType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Bool, Read: readBool}, name == ""
}

// checkOptions reports options without id, twice the same, or without label.
func checkOptions(options []Option, at string, least int, bad *problems) {
	if len(options) < least {
		bad.add(at, "form.setting_options_few", least)
	}
	seen := map[string]bool{}
	for i, o := range options {
		here := join(at, itoa(i))
		if !validOptionID(o.ID) || o.ID == rule.OtherOption {
			bad.add(here+".id", "form.setting_id", o.ID)
		} else if seen[o.ID] {
			bad.add(here+".id", "form.setting_id_twice", o.ID)
		}
		seen[o.ID] = true
		checkLabel(o.Label, here+".label", bad)
	}
}

func checkLabel(l Localised, at string, bad *problems) {
	if strings.TrimSpace(l.In("fr")) == "" {
		bad.add(at, "form.setting_label_missing")
	}
}

func checkFlat(options []Option, at string, bad *problems) {
	for i, o := range options {
		if len(o.Options) > 0 {
			bad.add(join(at, itoa(i))+".options", "form.setting_options_nested")
		}
	}
	if len(options) > MaxOptions {
		bad.add(at, "form.setting_options_many", MaxOptions)
	}
}

func (choiceType) check(f *Field, bad *problems) { checkChoice(f, bad) }

func checkChoice(f *Field, bad *problems) {
	checkOptions(f.Settings.Options, "settings.options", 1, bad)
	checkFlat(f.Settings.Options, "settings.options", bad)
}

func checkPicks(f *Field, bad *problems) {
	s := f.Settings
	total := len(s.Options)
	if s.Other {
		total++
	}
	if s.MinPicks < 0 || s.MaxPicks < 0 || s.MinPicks > total || s.MaxPicks > total {
		bad.add("settings.min_picks", "form.setting_range")
	} else if s.MaxPicks > 0 && s.MinPicks > s.MaxPicks {
		bad.add("settings.min_picks", "form.setting_bounds_crossed")
	}
}

// fromHTML joins the option "other" with its text; a text written without
// ticking "other" counts as ticking it, so that it is not lost.
func (choiceType) fromHTML(_ *Field, in *node) any {
	chosen, own := in.value(), in.kid("other").value()
	if chosen == rule.OtherOption || chosen == "" && strings.TrimSpace(own) != "" {
		return rule.OtherPrefix + own
	}
	return chosen
}

func (choiceType) normalise(_ *Field, raw any) (any, string) {
	s, ok := raw.(string)
	if !ok {
		return nil, "form.value_shape"
	}
	return tidyOption(s), ""
}

func tidyOption(s string) string {
	s = cleanLine(s)
	if s == rule.OtherOption {
		return rule.OtherPrefix
	}
	if own, ok := strings.CutPrefix(s, rule.OtherPrefix); ok {
		return rule.OtherPrefix + cleanLine(own)
	}
	return s
}

func (choiceType) validate(f *Field, v any, _ *Env, b *problems) {
	checkPicked(f, scalarText(v), "", b)
}

func checkPicked(f *Field, s, sub string, b *problems) {
	own, other := strings.CutPrefix(s, rule.OtherPrefix)
	switch {
	case other && f.Settings.Other && own == "":
		b.add(join(sub, "other"), "form.other_missing")
	case other && f.Settings.Other && rule.Characters(own) > defaultLine:
		b.add(join(sub, "other"), "form.too_long", rule.Characters(own), defaultLine)
	case other && f.Settings.Other:
	case findOption(f.Settings.Options, s) == nil:
		b.add(sub, "form.option_unknown", s)
	}
}

func findOption(options []Option, id string) *Option {
	for i := range options {
		if options[i].ID == id {
			return &options[i]
		}
	}
	return nil
}

// optionLabel is the label of a chosen option, the person's own words, or the id of an option that is gone.
func optionLabel(options []Option, id, lang string) string {
	if own, ok := strings.CutPrefix(id, rule.OtherPrefix); ok {
		return own
	}
	if o := findOption(options, id); o != nil {
		return o.Label.In(lang)
	}
	return id
}

func optionIDs(f *Field) []string {
	out := []string{}
	for _, o := range f.Settings.Options {
		out = append(out, o.ID)
	}
	if f.Settings.Other {
		out = append(out, rule.OtherOption)
	}
	return out
}

func (choiceType) plain(f *Field, v any, s Speech) string {
	id := scalarText(v)
	if own, ok := strings.CutPrefix(id, rule.OtherPrefix); ok {
		return s.say("form.other_with", own)
	}
	return optionLabel(f.Settings.Options, id, s.Lang)
}

func (choiceType) part(f *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Choice, Options: optionIDs(f), Read: readChoice}, name == ""
}

func (choiceType) prune(f *Field, v any) (any, bool) {
	if offered(f, scalarText(v)) {
		return v, false
	}
	return nil, true
}

func offered(f *Field, id string) bool {
	return slices.Contains(optionIDs(f), rule.OptionOf(id))
}

func (choicesType) check(f *Field, bad *problems) {
	checkChoice(f, bad)
	checkPicks(f, bad)
}

func (choicesType) fromHTML(_ *Field, in *node) any {
	out := []any{}
	own, ticked := in.kid("other").value(), false
	for _, v := range in.list() {
		if v == rule.OtherOption {
			ticked = true
		} else {
			out = append(out, v)
		}
	}
	if ticked || strings.TrimSpace(own) != "" {
		out = append(out, rule.OtherPrefix+own)
	}
	return out
}

// normalise drops repetitions and sorts by the order of the form, so that
// ticking in another order is the same answer.
func (choicesType) normalise(f *Field, raw any) (any, string) {
	list, key := textList(raw, tidyOption)
	if key != "" {
		return nil, key
	}
	rank := map[string]int{}
	for i, o := range f.Settings.Options {
		rank[o.ID] = i - len(f.Settings.Options)
	}
	slices.SortStableFunc(list, func(a, b any) int { return rank[a.(string)] - rank[b.(string)] })
	return list, ""
}

// textList reads a list of texts, a lone text being a list of one; empty and repeated ones go.
func textList(raw any, tidy func(string) string) ([]any, string) {
	if s, ok := raw.(string); ok {
		raw = []any{s}
	}
	in, ok := raw.([]any)
	if !ok {
		return nil, "form.value_shape"
	}
	if len(in) > 2*MaxOptions {
		return nil, "form.value_shape"
	}
	out := make([]any, 0, len(in))
	seen := make(map[string]bool, len(in))
	for _, item := range in {
		s, ok := item.(string)
		if !ok {
			return nil, "form.value_shape"
		}
		if s = tidy(s); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out, ""
}

func (choicesType) validate(f *Field, v any, _ *Env, b *problems) {
	list, _ := v.([]any)
	for _, item := range list {
		checkPicked(f, scalarText(item), "", b)
	}
	checkCount(f, len(list), b)
}

func checkCount(f *Field, n int, b *problems) {
	if least := f.Settings.MinPicks; n < least {
		b.add("", "form.picks_few", n, least)
	}
	if most := f.Settings.MaxPicks; most > 0 && n > most {
		b.add("", "form.picks_many", n, most)
	}
}

func (choicesType) plain(f *Field, v any, s Speech) string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = choiceType{}.plain(f, item, s)
	}
	return strings.Join(out, "; ")
}

func (choicesType) part(f *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.List, Options: optionIDs(f), Read: readList}, name == ""
}

func (choicesType) prune(f *Field, v any) (any, bool) { return keepOffered(f, v) }

func keepOffered(f *Field, v any) (any, bool) {
	list, _ := v.([]any)
	kept := make([]any, 0, len(list))
	for _, item := range list {
		if offered(f, scalarText(item)) {
			kept = append(kept, item)
		}
	}
	return kept, len(kept) < len(list)
}
