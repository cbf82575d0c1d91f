package form

import (
	"transformateur/internal/form/rule"
)

// textType is a text of one line, or a long text whose limit is given in
// characters or in lines of rule.LineWidth characters.
type textType struct {
	base
	long bool
}

// defaultLine bounds a text of one line whose author set no limit.
const defaultLine = 300

func (t textType) check(f *Field, bad *problems) {
	s := f.Settings
	if s.MaxChars < 0 || s.MinChars < 0 || s.MaxLines < 0 || s.MaxChars > 100_000 || s.MaxLines > 1000 {
		bad.add("settings", "form.setting_range")
	}
	if s.MaxChars > 0 && s.MinChars > s.MaxChars {
		bad.add("settings.min_chars", "form.setting_bounds_crossed")
	}
	if s.MaxChars > 0 && s.MaxLines > 0 {
		bad.add("settings.max_lines", "form.setting_one_limit")
	}
}

func (t textType) normalise(_ *Field, raw any) (any, string) {
	if !t.long {
		return lineOf(raw)
	}
	if s, ok := raw.(string); ok {
		return cleanText(s), ""
	}
	return lineOf(raw)
}

func (t textType) validate(f *Field, v any, _ *Env, b *problems) {
	s, _ := v.(string)
	limit := f.Settings.MaxChars
	if limit == 0 && !t.long {
		limit = defaultLine
	}
	// A text has at most as many characters as bytes: most need no counting.
	if limit > 0 && len(s) > limit {
		if n := rule.Characters(s); n > limit {
			b.add("", "form.too_long", n, limit)
		}
	}
	if least := f.Settings.MinChars; least > 0 && len(s) < 4*least {
		if n := rule.Characters(s); n < least {
			b.add("", "form.too_short", n, least)
		}
	}
	if most := f.Settings.MaxLines; most > 0 {
		if n := rule.LineCount(s); n > most {
			b.add("", "form.too_many_lines", n, most, rule.LineWidth)
		}
	}
}
