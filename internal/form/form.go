// Package form defines the form: the questions of a call, in steps, with the conditions under which each is asked and the rules a file must meet.
package form

import (
	"transformateur/internal/form/rule"
)

// Version is the version of the JSON format of forms that this package reads and writes.
const Version = 1

// Bounds. A form or a value beyond them is refused with a message key, never truncated.
const (
	MaxFields    = 500     // fields of a form, columns of tables included
	MaxRules     = 100     // admissibility rules
	MaxOptions   = 500     // options of one field, all levels together
	MaxRows      = 200     // rows of a table
	MaxValueSize = 1 << 20 // bytes of one answer as JSON
	MaxFormSize  = 4 << 20 // bytes of a form as JSON
)

// Localised is a text by language code: "fr" first, "en" if there is one.
type Localised map[string]string

// In gives the text in a language, else in French, else in any language, in a stable order.
func (l Localised) In(lang string) string {
	if s := l[lang]; s != "" {
		return s
	}
	if s := l["fr"]; s != "" {
		return s
	}
	if s := l["en"]; s != "" {
		return s
	}
	best := ""
	for k := range l {
		if l[k] != "" && (best == "" || k < best) {
			best = k
		}
	}
	return l[best]
}

// Form is what an author writes and publishes. In JSON:
//
//	{"version":1,
//	 "steps":[{"id":"project","title":{"fr":"Votre projet"},
//	   "fields":[{"id":"name","type":"text","label":{"fr":"Nom"},"required":true,
//	              "settings":{"max_chars":120}}]}],
//	 "rules":[{"id":"size","label":{"fr":"Effectif"},"severity":"blocking",
//	   "when":{"op":"lt","args":[{"field":"staff"},{"value":300}]},
//	   "message":{"fr":"Moins de 300 personnes."}}]}
//
// Ids are lower-case letters, digits and underscores, and stay for the life of
// the form: revisions, answers and conditions are tied to them. Unknown keys are refused.
type Form struct {
	Version int    `json:"version"`
	Steps   []Step `json:"steps"`
	Rules   []Rule `json:"rules,omitempty"`
}

// Step is one page of the form.
type Step struct {
	ID     string     `json:"id"`
	Title  Localised  `json:"title"`
	Help   Localised  `json:"help,omitempty"`
	ShowIf *rule.Expr `json:"show_if,omitempty"`
	Fields []Field    `json:"fields"`
}

// Field is one question, or a heading or explanation between questions. It is
// shown unless ShowIf is false or unknown, and an answer is required if
// Required is set or RequiredIf is true. A hidden field counts as not answered;
// its answer is kept, but not deposited.
type Field struct {
	ID         string     `json:"id"`
	Type       string     `json:"type"`
	Label      Localised  `json:"label"`
	Help       Localised  `json:"help,omitempty"`
	Required   bool       `json:"required,omitempty"`
	RequiredIf *rule.Expr `json:"required_if,omitempty"`
	ShowIf     *rule.Expr `json:"show_if,omitempty"`
	Settings   Settings   `json:"settings,omitzero"`
}

// Rule is an admissibility rule: When must hold.
type Rule struct {
	ID       string    `json:"id"`
	Label    Localised `json:"label"`
	Severity Severity  `json:"severity"`
	When     rule.Expr `json:"when"`
	Message  Localised `json:"message"` // said when it does not hold
}

// Severity says what a rule that does not hold leads to.
type Severity string

// A blocking rule keeps the file from being deposited; a warning is only shown.
const (
	Blocking Severity = "blocking"
	Warning  Severity = "warning"
)

// Settings are what a type lets the author choose. Each type uses some of
// them (see Types); one that its type does not use is refused.
type Settings struct {
	MinChars int `json:"min_chars,omitempty"` // Unicode code points
	MaxChars int `json:"max_chars,omitempty"`
	MaxLines int `json:"max_lines,omitempty"` // see rule.LineCount

	Min      *float64  `json:"min,omitempty"` // money: cents
	Max      *float64  `json:"max,omitempty"`
	Decimals int       `json:"decimals,omitempty"`
	Unit     Localised `json:"unit,omitempty"`
	Currency string    `json:"currency,omitempty"` // ISO 4217; EUR by default

	After  string `json:"after,omitempty"`  // YYYY-MM-DD, "today", "today+30" or "today-365" (days)
	Before string `json:"before,omitempty"` // same; both bounds included

	Options    []Option    `json:"options,omitempty"`
	Other      bool        `json:"other,omitempty"` // "other", with a text
	MinPicks   int         `json:"min_picks,omitempty"`
	MaxPicks   int         `json:"max_picks,omitempty"`
	Levels     []Localised `json:"levels,omitempty"`     // labels of linked lists, two or three
	Questions  []Option    `json:"questions,omitempty"`  // rows of a matrix
	Dimensions []Dimension `json:"dimensions,omitempty"` // of an assessment
	Statements []Statement `json:"statements,omitempty"` // of commitments

	Columns []Field `json:"columns,omitempty"` // of a repeat
	MinRows int     `json:"min_rows,omitempty"`
	MaxRows int     `json:"max_rows,omitempty"`

	Expenses      []Category `json:"expenses,omitempty"`
	Income        []Category `json:"income,omitempty"`
	Balanced      bool       `json:"balanced,omitempty"`        // expenses must equal income
	MaxPublicRate int        `json:"max_public_rate,omitempty"` // basis points of the expenses
	MaxTotal      int64      `json:"max_total,omitempty"`       // cents

	Accept   []string `json:"accept,omitempty"` // file name extensions, with the dot
	MaxBytes int64    `json:"max_bytes,omitempty"`
	MaxFiles int      `json:"max_files,omitempty"`

	Kinds []string  `json:"kinds,omitempty"` // organisation: siret, rna; territory: commune, epci, departement, region
	Parts []string  `json:"parts,omitempty"` // contact: required parts
	Level int       `json:"level,omitempty"` // heading: 2 or 3
	Body  Localised `json:"body,omitempty"`  // explanation, consent: Markdown
}

// Option is something that can be chosen. Options below it exist in linked lists only.
type Option struct {
	ID      string    `json:"id"`
	Label   Localised `json:"label"`
	Help    Localised `json:"help,omitempty"`
	Options []Option  `json:"options,omitempty"`
}

// Dimension is one question of a self-assessment, answered from 0 to 4 or "not known".
type Dimension struct {
	ID       string    `json:"id"`
	Label    Localised `json:"label"`
	Question Localised `json:"question"`
}

// Statement is one commitment to tick.
type Statement struct {
	ID       string    `json:"id"`
	Label    Localised `json:"label"`
	Optional bool      `json:"optional,omitempty"`
}

// Category is a heading of a budget. Public marks income from public funds,
// which counts for the rate of public co-funding.
type Category struct {
	ID     string    `json:"id"`
	Label  Localised `json:"label"`
	Public bool      `json:"public,omitempty"`
}

// Field finds a field by its id; nil when there is none.
func (f *Form) Field(id string) *Field {
	for s := range f.Steps {
		for i := range f.Steps[s].Fields {
			if f.Steps[s].Fields[i].ID == id {
				return &f.Steps[s].Fields[i]
			}
		}
	}
	return nil
}

// Fields lists all fields in order, headings and explanations included.
func (f *Form) Fields() []*Field {
	var out []*Field
	for s := range f.Steps {
		for i := range f.Steps[s].Fields {
			out = append(out, &f.Steps[s].Fields[i])
		}
	}
	return out
}
