// Package portfolio is how the files of a selection spread: over answers, over sizes, and over the sum that may be granted.
package portfolio

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Rules are what a committee watches in what it retains. They warn, and decide nothing.
type Rules struct {
	Asked  string    `json:"asked,omitempty"` // question that gives the sum asked for, see Offer; "" for none
	Size   string    `json:"size,omitempty"`  // question of a figure that says how large a bearer is; "" for none
	Steps  []float64 `json:"steps,omitempty"` // where a class of size begins, rising
	Bounds []Bound   `json:"bounds,omitempty"`
}

// Bound is how many files with an answer are hoped for among those that are retained.
type Bound struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Least int    `json:"least,omitempty"`
	Most  int    `json:"most,omitempty"` // 0: as many as there are
}

// Breach is on which side of its bound a count stands.
type Breach string

// The breaches; "" for none.
const (
	Short Breach = "short" // of what is hoped for
	Over  Breach = "over"
)

// Of says whether a count respects the bound.
func (b Bound) Of(count int) Breach {
	switch {
	case count < b.Least:
		return Short
	case b.Most > 0 && count > b.Most:
		return Over
	}
	return ""
}

// Faults says whether the rules name what the form has, and bounds that can be respected.
func (c Rules) Faults(f *form.Form) bool {
	offer := OfferOf(f)
	named := func(list []Choice, path string) bool {
		return path == "" || slices.ContainsFunc(list, func(o Choice) bool { return o.Path == path })
	}
	if !named(offer.Sums, c.Asked) || !named(offer.Sizes, c.Size) || len(c.Steps) > mostSteps || !slices.IsSorted(c.Steps) {
		return true
	}
	return slices.ContainsFunc(c.Bounds, func(b Bound) bool { return b.Least < 0 || b.Most < 0 || b.Most > 0 && b.Least > b.Most })
}

const mostSteps = 8

// ReadySteps are the classes of size that are proposed: the thresholds in staff of
// Commission Recommendation 2003/361/EC (micro, small, medium-sized, large).
var ReadySteps = []float64{10, 50, 250}

// Choice is a question that rules may name.
type Choice struct {
	Path  string // of the question; "question:category" for a line of a budget
	Label form.Localised
	Line  form.Localised // of a budget
}

// Offer is what rules may name in a form.
type Offer struct {
	Sums    []Choice // questions of money, and the incomes of budgets
	Sizes   []Choice // questions of figures
	Choices []*form.Field
}

// mostOptions is how many answers a question may offer and still be bounded one by one.
const mostOptions = 24

// OfferOf lists what rules may name in a form.
func OfferOf(f *form.Form) (o Offer) {
	for _, field := range f.Fields() {
		label := field.Label
		switch field.Type {
		case "money":
			o.Sums = append(o.Sums, Choice{Path: field.ID, Label: label})
		case "budget":
			for _, c := range field.Settings.Income {
				o.Sums = append(o.Sums, Choice{Path: field.ID + ":" + c.ID, Label: label, Line: c.Label})
			}
		case "number":
			o.Sizes = append(o.Sizes, Choice{Path: field.ID, Label: label})
		case "choice", "choices":
			if n := len(options(field.Settings.Options)); n > 0 && n <= mostOptions {
				o.Choices = append(o.Choices, field)
			}
		}
	}
	return o
}

// File is one file as a portfolio counts it.
type File struct {
	ID       application.ID
	Above    bool // of the line
	Retained bool
	Reserve  bool
}

// Portfolio is how files spread.
type Portfolio struct {
	Facets []Facet
	Sums   *Sums // nil when no question gives the sum asked for
}

// Facet is how files spread over the answers to one question.
type Facet struct {
	Label  form.Localised
	Values []Share
}

// Share is one answer, and how many files gave it: all, those above the line, those
// retained now. Key is the message key of its label, for a yes or a no; From and Below
// are the edges of a class of size, in place of a label.
type Share struct {
	Label, Key           string
	From, Below          string // of a class of size; Below "" for the last
	All, Above, Retained int
	Bound                Bound
	Breach               Breach
}

// Sums are what files ask for in all, in cents.
type Sums struct {
	All, Above, Retained, Reserve int64
	Silent                        int    // files that do not say
	Left                          *int64 // of the envelope, once what is retained is granted; negative beyond it; nil without an envelope
}

// Speech names answers in a language.
type Speech struct {
	Lang      string
	Territory func(kind, code string) (string, bool)
}

// Of counts files. The envelope is in euros; nil for none.
func (c Rules) Of(ctx context.Context, r db.Reader, f *form.Form, files []File, envelope *int64, s Speech) (p Portfolio, err error) {
	chosen, err := chosen(ctx, r, files)
	if err != nil {
		return p, err
	}
	for _, field := range f.Fields() {
		if given := chosen[field.ID]; len(given) > 1 || len(given) == 1 && c.bounds(field.ID) {
			p.Facets = append(p.Facets, c.facet(field, given, files, s))
		}
	}
	if c.Asked == "" && c.Size == "" {
		return p, nil
	}
	answers, err := deposited(ctx, r, files)
	if err != nil {
		return p, err
	}
	if field := f.Field(c.Size); field != nil {
		p.Facets = append(p.Facets, c.sizes(field, answers, files))
	}
	if c.Asked != "" {
		p.Sums = c.sums(f, answers, files, envelope)
	}
	return p, nil
}

func (c Rules) bounds(field string) bool {
	return slices.ContainsFunc(c.Bounds, func(b Bound) bool { return b.Field == field })
}

// count adds the files that gave an answer to its share, and compares it with its bound.
func (c Rules) count(share Share, field, value string, given []application.ID, files []File) Share {
	share.All = len(given)
	for _, one := range files {
		if !slices.Contains(given, one.ID) {
			continue
		}
		if one.Above {
			share.Above++
		}
		if one.Retained {
			share.Retained++
		}
	}
	if i := slices.IndexFunc(c.Bounds, func(b Bound) bool { return b.Field == field && b.Value == value }); i >= 0 {
		share.Bound = c.Bounds[i]
		share.Breach = share.Bound.Of(share.Retained)
	}
	return share
}

func (c Rules) facet(field *form.Field, given map[string][]application.ID, files []File, s Speech) Facet {
	facet := Facet{Label: field.Label}
	for _, b := range c.Bounds { // an answer that nobody gave is short of what is hoped for
		if b.Field == field.ID && given[b.Value] == nil {
			given[b.Value] = []application.ID{}
		}
	}
	for _, value := range inOrder(field, slices.Sorted(maps.Keys(given))) {
		facet.Values = append(facet.Values, c.count(Share{Label: label(field, value, s), Key: said(field, value)}, field.ID, value, given[value], files))
	}
	return facet
}

// Edge writes where a class of size begins, as bounds name it.
func Edge(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// sizes spreads files over classes of size.
func (c Rules) sizes(field *form.Field, answers map[application.ID]form.Answers, files []File) Facet {
	edges := append([]float64{0}, c.Steps...)
	in := make([][]application.ID, len(edges))
	for _, one := range files {
		x, ok := figure(answers[one.ID][field.ID])
		if !ok {
			continue
		}
		class := 0
		for class+1 < len(edges) && x >= edges[class+1] {
			class++
		}
		in[class] = append(in[class], one.ID)
	}
	facet := Facet{Label: field.Label}
	for i, edge := range edges {
		share := Share{From: Edge(edge)}
		if i+1 < len(edges) {
			share.Below = Edge(edges[i+1])
		}
		facet.Values = append(facet.Values, c.count(share, field.ID, share.From, in[i], files))
	}
	return facet
}

// sums adds what files ask for.
func (c Rules) sums(f *form.Form, answers map[application.ID]form.Answers, files []File, envelope *int64) *Sums {
	var s Sums
	name, line, _ := strings.Cut(c.Asked, ":")
	for _, one := range files {
		cents, said := asked(answers[one.ID][name], line)
		if !said || f.Field(name) == nil {
			s.Silent++
			continue
		}
		s.All += cents
		if one.Above {
			s.Above += cents
		}
		if one.Retained {
			s.Retained += cents
		}
		if one.Reserve {
			s.Reserve += cents
		}
	}
	if envelope != nil {
		left := 100**envelope - s.Retained
		s.Left = &left
	}
	return &s
}

// asked reads a sum in cents, or adds the lines of one category of the incomes of a budget.
func asked(value any, line string) (cents int64, said bool) {
	if line == "" {
		x, ok := figure(value)
		return int64(x), ok
	}
	budget, _ := value.(map[string]any)
	lines, _ := budget["income"].([]any)
	for _, one := range lines {
		row, _ := one.(map[string]any)
		if x, ok := figure(row["amount"]); ok && row["category"] == line {
			cents, said = cents+int64(x), true
		}
	}
	return cents, said
}

// figure reads a number as answers keep it.
func figure(value any) (float64, bool) {
	switch x := value.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}
