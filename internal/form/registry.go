package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/form/rule"
)

// Checks are the checks that need the world outside the form. A nil Checks
// leaves them out; the form's own checks remain.
type Checks interface {
	// Organisation checks an identifier (kind "siret" or "rna") and gives the
	// message key of what is wrong with it, or "".
	Organisation(kind, id string) string
	// Territory finds a place of the official geographic code (kind "commune",
	// "epci", "departement" or "region").
	Territory(kind, code string) (name string, ok bool)
	// Attachment finds a file of this application.
	Attachment(id string) (Attachment, bool)
}

// Attachment is what a form knows of a file.
type Attachment struct {
	Name string
	Size int64 // bytes
}

// Env is what the answers are evaluated in: the instant, in the zone of the
// call (its calendar day is "today"), and the outside checks.
type Env struct {
	Now    time.Time
	Checks Checks
}

// Speech lets values be written in a language: Say turns a message key and its arguments into words.
type Speech struct {
	Lang   string
	Say    func(key string, args ...any) string
	Checks Checks // to name places and files; may be nil
}

func (s Speech) say(key string, args ...any) string {
	if s.Say == nil {
		return key
	}
	return s.Say(key, args...)
}

// Header is a column of an export: a stable key and a label.
type Header struct{ Key, Label string }

// behaviour is what a type of field knows. Values given to it are canonical
// and never empty, except to normalise.
type behaviour interface {
	traits() traits
	check(f *Field, bad *problems)                 // the settings, for the builder
	fromHTML(f *Field, in *node) any               // the raw value, in the shape of JSON
	normalise(f *Field, raw any) (any, string)     // the canonical value, or the key of a refusal
	validate(f *Field, v any, e *Env, b *problems) // what is wrong with a value
	plain(f *Field, v any, s Speech) string        // the value in words
	headers(f *Field, lang string) []Header        // the columns of an export
	cells(f *Field, v any, s Speech) []any         // one per header: nil, string, int64, float64 or bool
	part(f *Field, name string) (rule.Info, bool)  // what rules read; name "" is the whole
	prune(f *Field, v any) (any, bool)             // the value without what the field no longer offers; true when something went
}

// traits are the constant facts of a type.
type traits struct {
	family string
	uses   []string // settings, by JSON key
	static bool     // a heading or explanation: no value
	inRow  bool     // may be a column of a table
}

// TypeInfo presents a type to the builder. Its label and description are the
// message keys "form.type_<id>" and "form.type_<id>_help", its family's "form.family_<family>".
type TypeInfo struct {
	ID       string
	Family   string
	Settings []string
	Static   bool // a heading or explanation: it has no answer
	InRow    bool // may be a column of a table
}

var (
	registry = map[string]behaviour{}
	order    []string
)

// register adds a type; types register in the order in which the builder shows them.
func register(id string, b behaviour) {
	if _, twice := registry[id]; twice {
		panic("form: type " + id + " registered twice")
	}
	registry[id] = b
	order = append(order, id)
}

// Types lists every type of field, in the builder's order.
func Types() []TypeInfo {
	out := make([]TypeInfo, 0, len(order))
	for _, id := range order {
		t := registry[id].traits()
		out = append(out, TypeInfo{ID: id, Family: t.family, Settings: slices.Clone(t.uses), Static: t.static, InRow: t.inRow})
	}
	return out
}

// base is what most types have in common: one text.
type base struct{ traitsOf traits }

func (b base) traits() traits                          { return b.traitsOf }
func (base) check(*Field, *problems)                   {}
func (base) fromHTML(_ *Field, in *node) any           { return in.value() }
func (base) validate(*Field, any, *Env, *problems)     {}
func (base) prune(_ *Field, v any) (any, bool)         { return v, false }
func (base) normalise(_ *Field, raw any) (any, string) { return lineOf(raw) }
func (base) plain(_ *Field, v any, _ Speech) string    { return scalarText(v) }
func (base) headers(f *Field, lang string) []Header    { return []Header{{f.ID, f.Label.In(lang)}} }
func (base) cells(f *Field, v any, s Speech) []any     { return []any{registry[f.Type].plain(f, v, s)} }

func (base) part(_ *Field, name string) (rule.Info, bool) {
	return rule.Info{Kind: rule.Text, Read: readText}, name == ""
}

// lineOf cleans a text of one line; numbers and truth values are taken as typed.
func lineOf(raw any) (any, string) {
	switch raw.(type) {
	case string, int64, float64, bool:
		return cleanLine(scalarText(raw)), ""
	}
	return nil, "form.value_shape"
}

func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return string(appendFloat(nil, v))
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// settingsSet lists the settings that are set, by JSON key.
func (s Settings) settingsSet() []string {
	text, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(text, &keys) != nil {
		return nil
	}
	out := make([]string, 0, len(keys))
	for k := range keys {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// What rules read of canonical values.

func readText(v any) (rule.Value, bool) {
	s, ok := v.(string)
	return rule.Value{Kind: rule.Text, Text: s}, ok
}

func readChoice(v any) (rule.Value, bool) {
	s, ok := v.(string)
	return rule.Value{Kind: rule.Choice, Text: rule.OptionOf(s)}, ok
}

func readBool(v any) (rule.Value, bool) {
	b, ok := v.(bool)
	return rule.Value{Kind: rule.Bool, Yes: b}, ok
}

func readDate(v any) (rule.Value, bool) {
	s, _ := v.(string)
	_, ok := rule.ParseDay(s)
	return rule.Value{Kind: rule.Date, Text: s}, ok
}

func readNumber(v any) (rule.Value, bool) {
	switch n := v.(type) {
	case int64:
		return rule.Value{Kind: rule.Number, Num: float64(n)}, true
	case float64:
		return rule.Value{Kind: rule.Number, Num: n}, true
	}
	return rule.Value{}, false
}

func readList(v any) (rule.Value, bool) {
	list, ok := v.([]any)
	return rule.Value{Kind: rule.List, List: list}, ok
}

func readRows(v any) (rule.Value, bool) {
	list, ok := v.([]any)
	return rule.Value{Kind: rule.Rows, List: list}, ok
}

// partOf reads a part of an object.
func partOf(name string, read func(any) (rule.Value, bool)) func(any) (rule.Value, bool) {
	return func(v any) (rule.Value, bool) {
		object, _ := v.(map[string]any)
		if part, ok := object[name]; ok {
			return read(part)
		}
		return rule.Value{}, false
	}
}
