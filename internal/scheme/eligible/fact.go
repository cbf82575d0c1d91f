// Package eligible tells whether a project may ask for a scheme: yes, no and because of what, or not known and for want of what.
package eligible

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/territory"
)

// Reference is the version of the list of facts. A fact keeps its key and its kind for
// ever; one that is no longer asked leaves the list.
const Reference = 1

// MaxText bounds a text, in characters.
const MaxText = 20

// Fact is one thing that schemes ask of a project; its words are under "schemes.fact_KEY",
// those of its choices under "schemes.choice_KEY_CHOICE".
type Fact struct {
	Key     string
	Kind    rule.Kind // Bool, Number, Text, Date, Choice or List
	Unit    string    // "fte", "euros" (kept in cents), "percent", or ""
	Choices []string
	Places  bool // its choices are places, named by the geographic code
	slot    int
}

// Structures are the sorts of bodies that carry a project, those of public catalogues
// ("targeted_audiences" of Aides-territoires) among them.
var Structures = []string{"company", "association", "federation", "self_employed", "farmer", "commune", "epci", "department", "region", "public_body", "state", "researcher", "person"}

// Facts is the list, in the order in which questions are easy to answer.
var Facts = list(
	Fact{Key: "structure", Kind: rule.Choice, Choices: Structures},
	Fact{Key: "ownership", Kind: rule.Choice, Choices: []string{"private", "public"}},
	Fact{Key: "headcount", Kind: rule.Number, Unit: "fte"},
	Fact{Key: "department", Kind: rule.Choice, Choices: codes(territory.Departements()), Places: true},
	Fact{Key: "region", Kind: rule.Choice, Choices: codes(territory.Regions()), Places: true},
	Fact{Key: "stage", Kind: rule.Choice, Choices: []string{"idea", "design", "experiment", "deployment"}},
	Fact{Key: "expense", Kind: rule.List, Choices: []string{"consulting", "staff", "training", "transfer", "equipment", "software", "investment", "operation"}},
	Fact{Key: "participation", Kind: rule.Bool},
	Fact{Key: "naf", Kind: rule.Text},
	Fact{Key: "active_since", Kind: rule.Date},
	Fact{Key: "turnover", Kind: rule.Number, Unit: "euros"},
	Fact{Key: "consumers", Kind: rule.Bool},
	Fact{Key: "registered", Kind: rule.Bool},
	Fact{Key: "taxes", Kind: rule.Bool},
	Fact{Key: "begun", Kind: rule.Bool},
	Fact{Key: "public_share", Kind: rule.Number, Unit: "percent"},
)

func list(facts ...Fact) []Fact {
	for i := range facts {
		facts[i].slot = i
	}
	return facts
}

func codes(places []territory.Place) (list []string) {
	for _, p := range places {
		list = append(list, p.Code)
	}
	return list
}

// Find gives a fact of the list.
func Find(key string) (Fact, bool) {
	i := slices.IndexFunc(Facts, func(f Fact) bool { return f.Key == key })
	if i < 0 {
		return Fact{}, false
	}
	return Facts[i], true
}

// Read turns what people typed into a value: a bool, a float64, a string or a list of
// strings; nil for nothing. Yes and no are "yes" and "no"; euros may have two decimals.
// Error: the key of what is wrong, as a field without a path.
func (f Fact) Read(typed []string) (any, *errs.Field) {
	var said []string
	for _, one := range typed {
		if one = strings.TrimSpace(text.Clean(one)); one != "" && !slices.Contains(said, one) {
			said = append(said, one)
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	wrong := func(key string, args ...any) (any, *errs.Field) {
		return nil, &errs.Field{Key: key, Args: args}
	}
	one := said[0]
	switch f.Kind {
	case rule.Bool:
		if one != "yes" && one != "no" {
			return wrong("scheme.fact_choice")
		}
		return one == "yes", nil
	case rule.Number:
		n, ok := number(one)
		if !ok || n < 0 || n > 1e12 || f.Unit == "percent" && n > 100 {
			return wrong("scheme.fact_number")
		}
		if f.Unit == "euros" {
			n = math.Round(n * 100)
		}
		return n, nil
	case rule.Date:
		if _, ok := rule.ParseDay(one); !ok {
			return wrong("scheme.fact_day")
		}
		return one, nil
	case rule.Choice:
		if !slices.Contains(f.Choices, one) {
			return wrong("scheme.fact_choice")
		}
		return one, nil
	case rule.List:
		for _, c := range said {
			if !slices.Contains(f.Choices, c) {
				return wrong("scheme.fact_choice")
			}
		}
		return said, nil
	}
	if one = strings.ToUpper(one); utf8.RuneCountInString(one) > MaxText {
		return wrong("scheme.fact_long", MaxText)
	}
	return one, nil
}

// number reads "1 200,50" as people write it, and "1200.5".
func number(s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".", "€", "", "%", "").Replace(s)
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// Typed is what a form shows of a value, the reverse of Read.
func (f Fact) Typed(value any) []string {
	switch v := value.(type) {
	case bool:
		if v {
			return []string{"yes"}
		}
		return []string{"no"}
	case float64:
		if f.Unit == "euros" {
			v /= 100
		}
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case string:
		return []string{v}
	case []string:
		return v
	}
	return nil
}

// Decode reads a value as it is kept. Error: it is not one of the fact's kind.
func (f Fact) Decode(kept string) (any, error) {
	var b bool
	var n float64
	var s string
	var list []string
	var err error
	switch f.Kind {
	case rule.Bool:
		err = json.Unmarshal([]byte(kept), &b)
		return b, err
	case rule.Number:
		err = json.Unmarshal([]byte(kept), &n)
		return n, err
	case rule.List:
		err = json.Unmarshal([]byte(kept), &list)
		return list, err
	}
	err = json.Unmarshal([]byte(kept), &s)
	return s, err
}

// schema is the list of facts, as the compiler of rules asks for it.
type schema struct{}

// Lookup finds a fact by its key.
func (schema) Lookup(path string) (rule.Info, bool) {
	f, ok := Find(path)
	if !ok {
		return rule.Info{}, false
	}
	info := rule.Info{Slot: f.slot, Kind: f.Kind, Options: f.Choices, Read: readers[f.Kind]}
	return info, true
}

// readers turn a kept value into an operand.
var readers = map[rule.Kind]func(any) (rule.Value, bool){
	rule.Bool:   func(v any) (rule.Value, bool) { b, ok := v.(bool); return rule.Value{Kind: rule.Bool, Yes: b}, ok },
	rule.Number: func(v any) (rule.Value, bool) { n, ok := v.(float64); return rule.Value{Kind: rule.Number, Num: n}, ok },
	rule.Text:   func(v any) (rule.Value, bool) { s, ok := v.(string); return rule.Value{Kind: rule.Text, Text: s}, ok },
	rule.Date:   func(v any) (rule.Value, bool) { s, ok := v.(string); return rule.Value{Kind: rule.Date, Text: s}, ok },
	rule.Choice: func(v any) (rule.Value, bool) { s, ok := v.(string); return rule.Value{Kind: rule.Choice, Text: s}, ok },
	rule.List:   func(v any) (rule.Value, bool) { l, ok := v.([]any); return rule.Value{Kind: rule.List, List: l}, ok },
}
