package procedure

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/platform/text"
)

// Mapping says what fills each field: its identifier, then the key of what is known.
type Mapping map[string]string

// Value is one thing that is known: Words as people read them in French, and Code as
// machines do ("44", "2027-03-05", "1200.5", "yes").
type Value struct{ Words, Code string }

// The reasons why a field is not in the link.
const (
	Unknown = "unknown" // nothing is known
	Unfit   = "unfit"   // what is known is no answer to this field
	Long    = "long"    // the link would be too long
)

// Answer is a field with what it is answered; Why is empty when it is in the link.
type Answer struct {
	Field
	Key  string
	Said string
	Why  string
}

// Filled is a link, with what became of each field that is mapped.
type Filled struct {
	Link    string
	Answers []Answer
}

// Fill makes the link that opens the procedure with what is known. Required fields come
// first and long texts last, each in the order of the form; a value is never cut: it is in
// the link whole or not at all.
func Fill(address string, f Form, m Mapping, known func(key string) (Value, bool)) Filled {
	out := Filled{Link: address}
	for _, field := range f.Fields {
		key := m[field.ID]
		if key == "" {
			continue
		}
		a := Answer{Field: field, Key: key}
		if v, is := known(key); !is {
			a.Why = Unknown
		} else if a.Said = field.says(v); a.Said == "" {
			a.Said, a.Why = v.Words, Unfit
		}
		out.Answers = append(out.Answers, a)
	}
	order := make([]int, len(out.Answers))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return out.Answers[i].rank() - out.Answers[j].rank() })
	for _, i := range order {
		a := &out.Answers[i]
		if a.Why != "" {
			continue
		}
		glue := "&"
		if !strings.Contains(out.Link, "?") {
			glue = "?"
		}
		longer := out.Link + glue + "champ_" + url.QueryEscape(a.ID) + "=" + url.QueryEscape(a.Said)
		if len(longer) > MaxLink {
			a.Why = Long
			continue
		}
		out.Link = longer
	}
	return out
}

func (a Answer) rank() int {
	switch {
	case a.Kind == Text:
		return 2
	case !a.Required:
		return 1
	}
	return 0
}

// says is the answer to a field, "" when what is known is none.
func (f Field) says(v Value) string {
	switch f.Kind {
	case Line, Text:
		return v.Words
	case Integer:
		if _, err := strconv.ParseInt(v.Code, 10, 64); err == nil {
			return v.Code
		}
	case Decimal:
		if _, err := strconv.ParseFloat(v.Code, 64); err == nil {
			return v.Code
		}
	case Day:
		if len(v.Code) == len("2027-03-05") && strings.Count(v.Code, "-") == 2 {
			return v.Code
		}
	case Yes:
		switch v.Code {
		case "yes":
			return "true"
		case "no":
			return "false"
		}
	case Choice:
		at := slices.IndexFunc(f.Options, func(o string) bool { return text.Fold(o) == text.Fold(v.Words) })
		if at >= 0 {
			return f.Options[at]
		}
	case SIRET:
		if digits := strings.ReplaceAll(v.Code, " ", ""); len(digits) == 14 && strings.Trim(digits, "0123456789") == "" {
			return digits
		}
	case Department, Region:
		return v.Code
	}
	return ""
}

// hints are words of a label that tell what it asks for, the surest first.
var hints = []struct {
	key   string
	kinds []Kind
	words []string
}{
	{"siret", []Kind{SIRET}, nil},
	{"siret", []Kind{Line, Integer}, []string{"siret"}},
	{"department", []Kind{Department}, nil},
	{"department", []Kind{Line, Choice}, []string{"departement"}},
	{"region", []Kind{Region}, nil},
	{"region", []Kind{Line, Choice}, []string{"region"}},
	{"title", []Kind{Line}, []string{"titre du projet", "intitule du projet", "nom du projet", "titre", "intitule de l'action"}},
	{"summary", []Kind{Text, Line}, []string{"resume", "description du projet", "presentation du projet", "descriptif", "objet de la demande"}},
	{"organisation", []Kind{Line}, []string{"raison sociale", "nom de la structure", "nom de l'entreprise", "nom de l'organisme", "denomination", "nom de l'association"}},
	{"headcount", []Kind{Integer, Decimal, Line}, []string{"effectif", "nombre de salaries"}},
	{"naf", []Kind{Line}, []string{"code naf", "code ape", "naf"}},
	{"turnover", []Kind{Integer, Decimal, Line}, []string{"chiffre d'affaires"}},
	{"active_since", []Kind{Day}, []string{"date de creation"}},
}

// Guess proposes what fills each field, by its kind and the words of its label. A thing
// fills one field only: the first one that asks for it.
func (f Form) Guess() Mapping {
	m, used := Mapping{}, map[string]bool{}
	for _, h := range hints {
		for _, field := range f.Fields {
			if used[h.key] {
				break
			}
			label := text.Fold(field.Label)
			asks := len(h.words) == 0 || slices.ContainsFunc(h.words, func(w string) bool { return strings.Contains(label, w) })
			if m[field.ID] == "" && asks && slices.Contains(h.kinds, field.Kind) {
				m[field.ID], used[h.key] = h.key, true
			}
		}
	}
	return m
}
