package form

import (
	"strconv"
	"strings"
	"time"

	"transformateur/internal/form/rule"
)

// dateType is a day, written YYYY-MM-DD; bounds are days or distances from today.
type dateType struct{ base }

// periodType is two days, both included: {"from":…,"to":…}.
type periodType struct{ base }

func (dateType) check(f *Field, bad *problems) { checkDayBounds(f, bad) }

func checkDayBounds(f *Field, bad *problems) {
	for name, bound := range map[string]string{"after": f.Settings.After, "before": f.Settings.Before} {
		if _, ok := dayBound(bound, 0); bound != "" && !ok {
			bad.add("settings."+name, "form.setting_day", bound)
		}
	}
}

// dayBound reads a bound: a day, or "today" with a number of days added or removed.
func dayBound(s string, today int) (int, bool) {
	rest, relative := strings.CutPrefix(s, "today")
	if !relative {
		return rule.ParseDay(s)
	}
	if rest == "" {
		return today, true
	}
	n, err := strconv.Atoi(rest)
	return today + n, err == nil && (rest[0] == '+' || rest[0] == '-') && n > -40000 && n < 40000
}

func (dateType) normalise(_ *Field, raw any) (any, string) { return typedDay(raw) }

// typedDay brings "5/3/2026", "05.03.2026" or "2026-3-5" to YYYY-MM-DD, and leaves anything else as typed.
func typedDay(raw any) (any, string) {
	s, ok := raw.(string)
	if !ok {
		return nil, "form.value_shape"
	}
	s = cleanLine(s)
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '.' || r == '-' || r == ' ' })
	if len(parts) != 3 {
		return s, ""
	}
	if len(parts[0]) < 3 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	y, err1 := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(parts[1])
	d, err3 := strconv.Atoi(parts[2])
	if err1 != nil || err2 != nil || err3 != nil || y < 1000 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return s, ""
	}
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if day.Day() != d {
		return s, ""
	}
	return day.Format(time.DateOnly), ""
}

func (dateType) validate(f *Field, v any, e *Env, b *problems) { validDay(f, scalarText(v), "", e, b) }

// validDay checks one day against the field's bounds.
func validDay(f *Field, s, sub string, e *Env, b *problems) (int, bool) {
	day, ok := rule.ParseDay(s)
	if !ok {
		b.add(sub, "form.date_unreadable", s)
		return 0, false
	}
	today := rule.Days(e.Now)
	if low, ok := dayBound(f.Settings.After, today); ok && day < low {
		b.add(sub, "form.date_early", dayText(low))
	}
	if high, ok := dayBound(f.Settings.Before, today); ok && day > high {
		b.add(sub, "form.date_late", dayText(high))
	}
	return day, true
}

func dayText(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

func (dateType) plain(_ *Field, v any, s Speech) string { return sayDay(scalarText(v), s.Lang) }

// sayDay writes a day in figures: 05/03/2026 in French, 2026-03-05 elsewhere.
func sayDay(s, lang string) string {
	if _, ok := rule.ParseDay(s); ok && lang == "fr" {
		return s[8:] + "/" + s[5:7] + "/" + s[:4]
	}
	return s
}

func (dateType) cells(_ *Field, v any, _ Speech) []any { return []any{v} }

func (dateType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Date, Read: readDate}, name == ""
}

func (periodType) check(f *Field, bad *problems) { checkDayBounds(f, bad) }

func (periodType) fromHTML(_ *Field, in *node) any { return in.object("from", "to") }

func (periodType) normalise(_ *Field, raw any) (any, string) {
	return eachPart(raw, map[string]func(any) (any, string){"from": typedDay, "to": typedDay})
}

// eachPart normalises the parts of an object; unknown parts are refused, empty ones dropped.
func eachPart(raw any, parts map[string]func(any) (any, string)) (any, string) {
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, "form.value_shape"
	}
	out := map[string]any{}
	for k, v := range object {
		normalise, known := parts[k]
		if !known {
			return nil, "form.value_shape"
		}
		if isEmpty(v) {
			continue
		}
		value, key := normalise(v)
		if key != "" {
			return nil, key
		}
		if !isEmpty(value) {
			out[k] = value
		}
	}
	return out, ""
}

func (periodType) validate(f *Field, v any, e *Env, b *problems) {
	object, _ := v.(map[string]any)
	if len(object) < 2 {
		b.add("", "form.period_incomplete")
	}
	var day [2]int
	good := 0
	for i, part := range [2]string{"from", "to"} {
		if s := text(object, part); s != "" {
			d, ok := validDay(f, s, part, e, b)
			if day[i] = d; ok {
				good++
			}
		}
	}
	if good == 2 && day[1] < day[0] {
		b.add("to", "form.period_backwards")
	}
}

func (periodType) plain(_ *Field, v any, s Speech) string {
	object, _ := v.(map[string]any)
	return sayDay(text(object, "from"), s.Lang) + " – " + sayDay(text(object, "to"), s.Lang)
}

func (periodType) headers(f *Field, lang string) []Header {
	label := f.Label.In(lang)
	return []Header{{f.ID + ".from", label + " (1)"}, {f.ID + ".to", label + " (2)"}}
}

func (periodType) cells(_ *Field, v any, _ Speech) []any {
	object, _ := v.(map[string]any)
	return []any{object["from"], object["to"]}
}

// part gives the two days, and the length in days, both included.
func (periodType) part(_ *Field, name string) (rule.Info, bool) {
	switch name {
	case "":
		return rule.Info{Kind: rule.Object, Read: readNothing}, true
	case "from", "to":
		return rule.Info{Kind: rule.Date, Read: partOf(name, readDate)}, true
	case "days":
		return rule.Info{Kind: rule.Number, Read: func(v any) (rule.Value, bool) {
			object, _ := v.(map[string]any)
			from, ok1 := rule.ParseDay(text(object, "from"))
			to, ok2 := rule.ParseDay(text(object, "to"))
			return rule.Value{Kind: rule.Number, Num: float64(to - from + 1)}, ok1 && ok2
		}}, true
	}
	return rule.Info{}, false
}

// readNothing is for composite answers, which rules can only find filled or empty.
func readNothing(any) (rule.Value, bool) { return rule.Value{}, true }
