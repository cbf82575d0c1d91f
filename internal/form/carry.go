package form

import (
	"bytes"
	"maps"
	"slices"
)

// Orphan is an answer that has no place, or not its whole place, in a new
// revision. It is kept, with the field it answered, so that its author sees it.
type Orphan struct {
	Field Field // as it was, with its labels and options
	Value any
}

// Carry moves answers to another revision without losing any: an answer is
// kept as it is, or converted without loss to the field's new type, or handed back
// whole as an orphan. An answer of which a part only has a place (an option or a
// column is gone) is kept for that part and is an orphan too. Orphans come in
// the order of the old form, answers that no field of it knows last.
func Carry(before, after *Form, answers Answers) (kept Answers, orphans []Orphan) {
	kept = Answers{}
	known := map[string]bool{}
	for _, old := range before.Fields() {
		known[old.ID] = true
		v := answers[old.ID]
		if isEmpty(v) {
			continue
		}
		value, whole := place(old, after.Field(old.ID), v)
		if !isEmpty(value) {
			kept[old.ID] = value
		}
		if !whole {
			orphans = append(orphans, Orphan{Field: *old, Value: clone(v)})
		}
	}
	for _, id := range sortedKeys(answers) {
		if !known[id] && !isEmpty(answers[id]) {
			orphans = append(orphans, Orphan{Field: Field{ID: id, Type: "text", Label: Localised{"fr": id}}, Value: clone(answers[id])})
		}
	}
	return kept, orphans
}

func sortedKeys(a Answers) []string {
	return slices.Sorted(maps.Keys(a))
}

// place finds what of an answer fits in the new field; whole says that nothing is lost.
func place(old, now *Field, v any) (any, bool) {
	if now == nil {
		return nil, false
	}
	b, ok := registry[now.Type]
	if !ok || b.traits().static {
		return nil, false
	}
	if old.Type != now.Type {
		converted, ok := convert(old, now, v)
		if !ok {
			return nil, false
		}
		v = converted
	}
	value, lost := b.prune(now, clone(v))
	if !fits(now, value) {
		return nil, false
	}
	return value, !lost
}

// fits says whether the value is one that the field itself could have produced.
func fits(f *Field, v any) bool {
	if isEmpty(v) {
		return true
	}
	again, bad := f.normalise(clone(v))
	if len(bad) > 0 {
		return false
	}
	if bytes.Equal(Canonical(again), Canonical(v)) {
		return true
	}
	// The order of options may have changed: the same options are the same answer.
	a, ok1 := again.([]any)
	b, ok2 := v.([]any)
	if !ok1 || !ok2 || len(a) != len(b) || f.Type != "choices" && f.Type != "commitments" {
		return false
	}
	for _, item := range b {
		if !hasText(a, scalarText(item)) {
			return false
		}
	}
	return true
}

// convert turns an answer of one type into the same answer of another, when
// nothing is lost by it and a reader of the file would find the same meaning.
func convert(old, now *Field, v any) (any, bool) {
	s, isText := v.(string)
	switch now.Type {
	case "longtext":
		if isText && old.Type == "choice" || old.Type == "scale" {
			return chosenLabel(old, s), true
		}
		return s, isText && textual[old.Type]
	case "text":
		if old.Type == "choice" || old.Type == "scale" {
			return chosenLabel(old, s), true
		}
		return s, isText && textual[old.Type] && cleanLine(s) == s
	case "number", "percent", "money":
		return convertNumber(old, now, v)
	case "choices", "ranking":
		switch old.Type {
		case "choice", "scale":
			return []any{v}, true
		case "choices", "ranking":
			return v, true
		}
	case "choice", "scale":
		if list, ok := v.([]any); ok && len(list) == 1 && (old.Type == "choices" || old.Type == "ranking") {
			return list[0], true
		}
		return v, old.Type == "choice" || old.Type == "scale"
	case "yesno":
		return v, old.Type == "consent"
	case "consent":
		return v, old.Type == "yesno" && v == true
	case "period":
		return map[string]any{"from": v}, old.Type == "date"
	case "email", "phone", "link", "reference":
		again, bad := now.normalise(v)
		return again, isText && (old.Type == "text" || old.Type == "longtext") && len(bad) == 0 && again == v
	}
	return nil, false
}

// textual are the types whose answer is a text that can be read as such.
var textual = map[string]bool{"text": true, "longtext": true, "email": true, "phone": true, "link": true, "iban": true, "reference": true, "date": true}

// chosenLabel writes a choice as words; the label stands in for the option in French.
func chosenLabel(old *Field, id string) string {
	return cleanLine(optionLabel(old.Settings.Options, id, "fr"))
}

// convertNumber keeps the quantity: an amount of 12,50 becomes the number 12.5 and back.
func convertNumber(old, now *Field, v any) (any, bool) {
	s, isText := v.(string)
	switch old.Type {
	case "text":
		value, bad := now.normalise(s)
		_, number := readNumber(value)
		return value, isText && number && len(bad) == 0 && scalarText(value) == s
	case "number", "percent", "money":
		if isText {
			return s, true
		}
		if (old.Type == "money") == (now.Type == "money") {
			return v, true
		}
		n, _ := readNumber(v)
		if old.Type == "money" {
			return tidyFloat(n.Num / 100), true
		}
		value, ok := cents(scalarText(v))
		return value, ok
	}
	return nil, false
}
