package call

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/text"
)

// The acts of the builder change a form in place; steps, fields and rules are
// named by their ids, so that an act never falls on what a colleague moved meanwhile.

// At finds a field: the indices of its step and of itself; ok is false when there is none.
func At(f *form.Form, id string) (step, field int, ok bool) {
	for s := range f.Steps {
		for i := range f.Steps[s].Fields {
			if f.Steps[s].Fields[i].ID == id {
				return s, i, true
			}
		}
	}
	return 0, 0, false
}

// StepAt finds a step by its id, -1 when there is none.
func StepAt(f *form.Form, id string) int {
	return slices.IndexFunc(f.Steps, func(s form.Step) bool { return s.ID == id })
}

// RuleAt finds a rule by its id, -1 when there is none.
func RuleAt(f *form.Form, id string) int {
	return slices.IndexFunc(f.Rules, func(r form.Rule) bool { return r.ID == id })
}

// freeID makes an id from words that none of taken is.
func freeID(words, fallback string, taken func(string) bool) string {
	stem := strings.ReplaceAll(text.Slug(words), "-", "_")
	if stem == "" || stem[0] < 'a' || stem[0] > 'z' {
		stem = strings.Trim(fallback+"_"+stem, "_")
	}
	if len(stem) > 30 {
		stem = strings.Trim(stem[:30], "_")
	}
	id := stem
	for n := 2; taken(id); n++ {
		id = stem + "_" + strconv.Itoa(n)
	}
	return id
}

// AddStep adds a step after another one (at the end when after is "") and gives its id.
func AddStep(f *form.Form, title form.Localised, after string) string {
	id := freeID(title["fr"], "etape", func(id string) bool { return StepAt(f, id) >= 0 })
	at := len(f.Steps)
	if i := StepAt(f, after); i >= 0 {
		at = i + 1
	}
	f.Steps = slices.Insert(f.Steps, at, form.Step{ID: id, Title: title, Fields: []form.Field{}})
	return id
}

// AddField adds a question of a type at the end of a step, or after a question of it,
// with settings that make it usable at once; ok is false when the step or the type do not exist.
func AddField(f *form.Form, step, after, kind string, label form.Localised) (id string, ok bool) {
	s := StepAt(f, step)
	if s < 0 || !slices.ContainsFunc(form.Types(), func(t form.TypeInfo) bool { return t.ID == kind }) {
		return "", false
	}
	id = freeID(label["fr"], kind, func(id string) bool { _, _, ok := At(f, id); return ok })
	at := len(f.Steps[s].Fields)
	if as, i, found := At(f, after); found && as == s {
		at = i + 1
	}
	f.Steps[s].Fields = slices.Insert(f.Steps[s].Fields, at, form.Field{ID: id, Type: kind, Label: label, Settings: startingSettings(kind)})
	return id, true
}

// startingSettings are the settings without which a type shows nothing.
func startingSettings(kind string) form.Settings {
	switch kind {
	case "text":
		return form.Settings{MaxChars: 200}
	case "longtext":
		return form.Settings{MaxChars: 2000}
	case "heading":
		return form.Settings{Level: 2}
	case "file":
		return form.Settings{Accept: []string{".pdf"}, MaxFiles: 1, MaxBytes: 10_000_000}
	case "territory":
		return form.Settings{Kinds: []string{"commune"}}
	case "organisation":
		return form.Settings{Kinds: []string{"siret"}}
	}
	return form.Settings{}
}

// Move puts a step, a question or a rule one place up or down; a question at the edge
// of its step goes on into the neighbouring one. It says whether anything moved.
func Move(f *form.Form, kind, id string, down bool) bool {
	by := -1
	if down {
		by = 1
	}
	switch kind {
	case "step":
		return swap(f.Steps, StepAt(f, id), by)
	case "rule":
		return swap(f.Rules, RuleAt(f, id), by)
	}
	s, i, ok := At(f, id)
	if !ok {
		return false
	}
	if swap(f.Steps[s].Fields, i, by) {
		return true
	}
	if s+by < 0 || s+by >= len(f.Steps) {
		return false
	}
	place := len(f.Steps[s+by].Fields)
	if down {
		place = 0
	}
	return MoveTo(f, id, f.Steps[s+by].ID, place)
}

func swap[T any](list []T, i, by int) bool {
	if i < 0 || i+by < 0 || i+by >= len(list) {
		return false
	}
	list[i], list[i+by] = list[i+by], list[i]
	return true
}

// MoveTo puts a question at a place of a step, counted once it has left its own; a
// place beyond the end is the end.
func MoveTo(f *form.Form, id, step string, place int) bool {
	s, i, ok := At(f, id)
	to := StepAt(f, step)
	if !ok || to < 0 {
		return false
	}
	moved := f.Steps[s].Fields[i]
	f.Steps[s].Fields = slices.Delete(f.Steps[s].Fields, i, i+1)
	place = min(max(place, 0), len(f.Steps[to].Fields))
	f.Steps[to].Fields = slices.Insert(f.Steps[to].Fields, place, moved)
	return true
}

// MoveStep puts a step at a place, counted once it has left its own.
func MoveStep(f *form.Form, id string, place int) bool {
	i := StepAt(f, id)
	if i < 0 {
		return false
	}
	moved := f.Steps[i]
	f.Steps = slices.Delete(f.Steps, i, i+1)
	f.Steps = slices.Insert(f.Steps, min(max(place, 0), len(f.Steps)), moved)
	return true
}

// Duplicate copies a step, a question or a rule right after itself and gives the
// copy's id, "" when there is nothing to copy. The questions of a copied step get new
// ids, and its conditions on them follow.
func Duplicate(f *form.Form, kind, id string) string {
	taken := func(id string) bool { _, _, ok := At(f, id); return ok }
	switch kind {
	case "step":
		i := StepAt(f, id)
		if i < 0 {
			return ""
		}
		made := copied(f.Steps[i])
		made.ID = freeID(made.ID, "etape", func(id string) bool { return StepAt(f, id) >= 0 })
		renamed := map[string]string{}
		for j := range made.Fields {
			fresh := freeID(made.Fields[j].ID, made.Fields[j].Type, func(id string) bool {
				return taken(id) || slices.ContainsFunc(made.Fields[:j], func(x form.Field) bool { return x.ID == id })
			})
			renamed[made.Fields[j].ID], made.Fields[j].ID = fresh, fresh
		}
		follow(&made, renamed)
		f.Steps = slices.Insert(f.Steps, i+1, made)
		return made.ID
	case "rule":
		i := RuleAt(f, id)
		if i < 0 {
			return ""
		}
		made := copied(f.Rules[i])
		made.ID = freeID(made.ID, "regle", func(id string) bool { return RuleAt(f, id) >= 0 })
		f.Rules = slices.Insert(f.Rules, i+1, made)
		return made.ID
	}
	s, i, ok := At(f, id)
	if !ok {
		return ""
	}
	made := copied(f.Steps[s].Fields[i])
	made.ID = freeID(made.ID, made.Type, taken)
	f.Steps[s].Fields = slices.Insert(f.Steps[s].Fields, i+1, made)
	return made.ID
}

// follow points the conditions inside a copied step at its own questions.
func follow(s *form.Step, renamed map[string]string) {
	for i := range s.Fields {
		for _, e := range []*rule.Expr{s.Fields[i].ShowIf, s.Fields[i].RequiredIf} {
			if e != nil {
				repoint(e, renamed)
			}
		}
	}
}

func repoint(e *rule.Expr, renamed map[string]string) {
	id, part, below := strings.Cut(e.Field, ".")
	if fresh, ok := renamed[id]; ok {
		e.Field = fresh
		if below {
			e.Field += "." + part
		}
	}
	for i := range e.Args {
		repoint(&e.Args[i], renamed)
	}
}

// copied is a deep copy through the format in which forms are kept.
func copied[T any](v T) T {
	content, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("call: a form that cannot be written: %v", err))
	}
	var out T
	if err := json.Unmarshal(content, &out); err != nil {
		panic(fmt.Sprintf("call: a form that cannot be read back: %v", err))
	}
	return out
}

// CopyOf is a deep copy of a form, to change without touching the first.
func CopyOf(f *form.Form) *form.Form {
	out := copied(*f)
	return &out
}

// Remove takes a step with its questions, a question or a rule out of a form. Conditions
// that read what is gone stay, and Compile reports each at its place.
func Remove(f *form.Form, kind, id string) bool {
	switch kind {
	case "step":
		if i := StepAt(f, id); i >= 0 {
			f.Steps = slices.Delete(f.Steps, i, i+1)
			return true
		}
		return false
	case "rule":
		if i := RuleAt(f, id); i >= 0 {
			f.Rules = slices.Delete(f.Rules, i, i+1)
			return true
		}
		return false
	}
	s, i, ok := At(f, id)
	if ok {
		f.Steps[s].Fields = slices.Delete(f.Steps[s].Fields, i, i+1)
	}
	return ok
}

// AddRule adds an admissibility rule to be written and gives its id.
func AddRule(f *form.Form, label form.Localised) string {
	id := freeID(label["fr"], "regle", func(id string) bool { return RuleAt(f, id) >= 0 })
	f.Rules = append(f.Rules, form.Rule{ID: id, Label: label, Severity: form.Blocking, Message: form.Localised{}, When: rule.Of(rule.And)})
	return id
}
