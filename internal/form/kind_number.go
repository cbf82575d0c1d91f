package form

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"transformateur/internal/form/rule"
)

// numberType is a number, an amount of money (kept in cents) or a rate in
// percent. What cannot be read stays as it was typed and is reported.
type numberType struct {
	base
	money, percent bool
}

// greatest bounds numbers so that sums of cents stay exact in a double.
const greatest = 1e13

func (t numberType) check(f *Field, bad *problems) {
	s := f.Settings
	if s.Min != nil && s.Max != nil && *s.Min > *s.Max {
		bad.add("settings.min", "form.setting_bounds_crossed")
	}
	if s.Decimals < 0 || s.Decimals > 6 {
		bad.add("settings.decimals", "form.setting_range")
	}
	if s.Currency != "" && (len(s.Currency) != 3 || strings.ToUpper(s.Currency) != s.Currency) {
		bad.add("settings.currency", "form.setting_currency")
	}
	for name, bound := range map[string]*float64{"min": s.Min, "max": s.Max} {
		if bound != nil && t.money && *bound != math.Trunc(*bound) {
			bad.add("settings."+name, "form.setting_cents")
		}
	}
}

func (t numberType) normalise(_ *Field, raw any) (any, string) {
	switch v := raw.(type) {
	case int64:
		return v, ""
	case float64:
		if t.money {
			return int64(math.Round(min(max(v, -1e15), 1e15))), ""
		}
		return tidyFloat(v), ""
	case string:
		s := cleanLine(v)
		n, ok := readTyped(s)
		if !ok {
			return s, ""
		}
		if !t.money {
			return tidyFloat(n), ""
		}
		if c, ok := cents(s); ok {
			return c, ""
		}
		return s, ""
	}
	return nil, "form.value_shape"
}

// readTyped reads a number as people type it: "1 234,50", "12.5 %", "1 000 €".
func readTyped(s string) (float64, bool) {
	s, ok := plainNumber(s)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n + 0, err == nil && math.Abs(n) <= 1e15
}

// cents reads an amount exactly; more than two decimals are not an amount.
func cents(s string) (int64, bool) {
	s, ok := plainNumber(s)
	if !ok {
		return 0, false
	}
	units, part, _ := strings.Cut(s, ".")
	if len(part) > 2 {
		if strings.Trim(part[2:], "0") != "" {
			return 0, false
		}
		part = part[:2]
	}
	n, err := strconv.ParseInt(units+(part + "00")[:2], 10, 64)
	return n, err == nil && n <= 1e15 && n >= -1e15
}

// plainNumber turns a typed number into digits with one point. When both
// comma and point occur, the last one is the decimal mark; a lone mark is
// always the decimal mark, as in French.
func plainNumber(s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, unit := range []string{"€", "EUR", "euros", "%"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	var b strings.Builder
	mark := strings.LastIndexAny(s, ",.")
	if mark >= 0 && strings.Count(s, s[mark:mark+1]) > 1 {
		return "", false
	}
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
			b.WriteRune(r)
		case i == mark:
			b.WriteByte('.')
		case (r == '-' || r == '−') && i == 0:
			b.WriteByte('-')
		case r == '+' && i == 0:
		case r == ',' || r == '.' || r == '\'' || r == '’' || unicode.IsSpace(r):
			if i == 0 || mark >= 0 && i > mark {
				return "", false
			}
		default:
			return "", false
		}
	}
	return b.String(), digits > 0 && digits <= 18
}

func (t numberType) validate(f *Field, v any, _ *Env, b *problems) {
	n, ok := readNumber(v)
	if !ok {
		b.add("", "form.number_unreadable", scalarText(v))
		return
	}
	if math.Abs(n.Num) > greatest {
		b.add("", "form.number_huge")
		return
	}
	low, high := f.Settings.Min, f.Settings.Max
	if low == nil && (t.money || t.percent) {
		low = new(float64)
	}
	if high == nil && t.percent {
		high = &hundred
	}
	if low != nil && n.Num < *low {
		b.add("", "form.number_small", t.bound(*low))
	}
	if high != nil && n.Num > *high {
		b.add("", "form.number_large", t.bound(*high))
	}
	if !t.money {
		if p := math.Pow10(f.Settings.Decimals); math.Abs(n.Num*p-math.Round(n.Num*p)) > 1e-6 {
			b.add("", "form.number_decimals", f.Settings.Decimals)
		}
	}
}

var hundred = 100.0

// bound writes a limit as a person reads it, amounts in currency units.
func (t numberType) bound(n float64) string {
	if t.money {
		return decimal(int64(n))
	}
	return string(appendFloat(nil, n))
}

// decimal writes cents as units with a point, without needless decimals.
func decimal(c int64) string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	s := sign + strconv.FormatInt(c/100, 10)
	if c%100 != 0 {
		s += "." + strconv.FormatInt(c%100/10, 10) + strconv.FormatInt(c%10, 10)
	}
	return s
}

func (t numberType) plain(f *Field, v any, s Speech) string {
	n, ok := readNumber(v)
	switch {
	case !ok:
		return scalarText(v)
	case t.money:
		return amount(int64(n.Num), f.currency(), s.Lang)
	case t.percent:
		return withUnit(grouped(string(appendFloat(nil, n.Num)), s.Lang), "%", s.Lang)
	}
	return withUnit(grouped(string(appendFloat(nil, n.Num)), s.Lang), f.Settings.Unit.In(s.Lang), "fr")
}

func (f *Field) currency() string {
	if f.Settings.Currency == "" {
		return "EUR"
	}
	return f.Settings.Currency
}

// amount writes cents in a language: « 1 234,50 € », "€1,234.50".
func amount(c int64, currency, lang string) string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	digits := grouped(strconv.FormatInt(c/100, 10)+"."+strconv.FormatInt(c%100/10, 10)+strconv.FormatInt(c%10, 10), lang)
	if currency == "EUR" {
		if lang == "en" {
			return sign + "€" + digits
		}
		currency = "€"
	}
	return sign + digits + "\u00a0" + currency
}

// grouped puts the language's group and decimal marks into a plain number.
func grouped(s, lang string) string {
	group, point := "\u202f", ","
	if lang == "en" {
		group, point = ",", "."
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	units, part, has := strings.Cut(s, ".")
	for i := len(units) - 3; i > 0; i -= 3 {
		units = units[:i] + group + units[i:]
	}
	if has {
		units += point + part
	}
	return sign + units
}

func withUnit(s, unit, lang string) string {
	if unit == "" {
		return s
	}
	if lang == "en" {
		return s + unit
	}
	return s + "\u00a0" + unit
}

// cells gives numbers as numbers, amounts in currency units.
func (t numberType) cells(_ *Field, v any, _ Speech) []any {
	if c, ok := v.(int64); ok && t.money {
		return []any{float64(c) / 100}
	}
	return []any{v}
}

func (t numberType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Number, Read: readNumber}, name == ""
}
