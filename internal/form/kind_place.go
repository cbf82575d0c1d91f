package form

import (
	"slices"
	"strings"

	"transformateur/internal/form/rule"
)

// addressType is a postal address: {"street","complement","postcode","city","country"}.
type addressType struct{ base }

// territoryType is a list of places of the official geographic code, each
// written "kind:code" ("commune:14118", "region:28").
type territoryType struct{ base }

var addressParts = []string{"street", "complement", "postcode", "city", "country"}

func (addressType) fromHTML(_ *Field, in *node) any { return in.object(addressParts...) }

func (addressType) normalise(_ *Field, raw any) (any, string) {
	parts := map[string]func(any) (any, string){}
	for _, p := range addressParts {
		parts[p] = lineOf
	}
	value, key := eachPart(raw, parts)
	object, _ := value.(map[string]any)
	if len(object) == 1 && object["country"] != nil {
		return nil, key // the country alone is what a page offers
	}
	return value, key
}

func (addressType) validate(_ *Field, v any, _ *Env, b *problems) {
	object, _ := v.(map[string]any)
	country := strings.ToLower(text(object, "country"))
	french := country == "" || country == "france" || country == "fr"
	for _, p := range addressParts {
		s := text(object, p)
		switch {
		case s == "" && (p == "city" || p == "postcode" && french):
			b.add(p, "form.required")
		case p == "postcode" && s != "" && french && !allDigits(s, 5):
			b.add(p, "form.postcode_shape")
		case len(s) > defaultLine && rule.Characters(s) > defaultLine:
			b.add(p, "form.too_long", rule.Characters(s), defaultLine)
		}
	}
}

func (addressType) plain(_ *Field, v any, _ Speech) string {
	object, _ := v.(map[string]any)
	var out []string
	for _, s := range []string{text(object, "street"), text(object, "complement"),
		strings.TrimSpace(text(object, "postcode") + " " + text(object, "city")), text(object, "country")} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

func (addressType) headers(f *Field, lang string) []Header {
	label := f.Label.In(lang)
	var out []Header
	for i, p := range addressParts {
		out = append(out, Header{f.ID + "." + p, label + " (" + itoa(i+1) + ")"})
	}
	return out
}

func (addressType) cells(_ *Field, v any, _ Speech) []any {
	object, _ := v.(map[string]any)
	var out []any
	for _, p := range addressParts {
		out = append(out, object[p])
	}
	return out
}

func (addressType) part(_ *Field, name string) (rule.Info, bool) {
	return textParts(name, addressParts...)
}

var territoryKinds = []string{"commune", "epci", "departement", "region"}

func (territoryType) check(f *Field, bad *problems) {
	checkKinds(f, territoryKinds, bad)
	if f.Settings.MaxPicks < 0 || f.Settings.MaxPicks > MaxOptions {
		bad.add("settings.max_picks", "form.setting_range")
	}
}

func (territoryType) fromHTML(_ *Field, in *node) any { return in.list() }

func (territoryType) normalise(_ *Field, raw any) (any, string) {
	list, key := textList(raw, func(s string) string {
		kind, code, ok := strings.Cut(cleanLine(s), ":")
		if !ok {
			return cleanLine(s)
		}
		return cleanLine(strings.ToLower(strings.TrimSpace(kind)) + ":" + strings.ToUpper(strings.TrimSpace(code)))
	})
	return list, key
}

func (territoryType) validate(f *Field, v any, e *Env, b *problems) {
	list, _ := v.([]any)
	for i, item := range list {
		kind, code, _ := strings.Cut(scalarText(item), ":")
		switch {
		case !slices.Contains(territoryKinds, kind) || !codeShape(kind, code):
			b.add(itoa(i), "form.territory_shape", scalarText(item))
		case len(f.Settings.Kinds) > 0 && !slices.Contains(f.Settings.Kinds, kind):
			b.add(itoa(i), "form.territory_kind")
		case e.Checks != nil:
			if _, ok := e.Checks.Territory(kind, code); !ok {
				b.add(itoa(i), "form.territory_unknown", code)
			}
		}
	}
	most := f.Settings.MaxPicks
	if most == 0 {
		most = 1
	}
	if len(list) > most {
		b.add("", "form.picks_many", len(list), most)
	}
}

// codeShape checks a code of the official geographic code: communes 14118,
// 2A004; intercommunal bodies by their SIREN; départements 14, 2A, 974; regions 28.
func codeShape(kind, code string) bool {
	digits := strings.Replace(strings.Replace(code, "2A", "20", 1), "2B", "20", 1)
	switch kind {
	case "commune":
		return allDigits(digits, 5)
	case "epci":
		return allDigits(code, 9)
	case "departement":
		return allDigits(digits, 2) || allDigits(code, 3)
	}
	return allDigits(code, 2)
}

func (territoryType) plain(_ *Field, v any, s Speech) string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		kind, code, ok := strings.Cut(scalarText(item), ":")
		if out[i] = code; !ok {
			out[i] = kind
		}
		if s.Checks != nil {
			if name, ok := s.Checks.Territory(kind, code); ok {
				out[i] = name + " (" + code + ")"
			}
		}
	}
	return strings.Join(out, "; ")
}

func (territoryType) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.List, Read: readList}, name == ""
}
