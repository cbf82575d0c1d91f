package screening

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Facet is a question whose deposited answers can narrow the list of files.
type Facet struct {
	Field  *form.Field
	Values []FacetValue // those that at least one file answered
}

// FacetValue is an answer and how many of the files that by may read gave it.
type FacetValue struct {
	Value string // an option's identifier; "true" or "false"; "commune:14118"
	Label string
	Count int
}

// Facets counts the answers to the questions of choice, in the order of the form
// that is published, and of its options: two queries.
func (s *Service) Facets(ctx context.Context, by account.User, id call.ID, speech form.Speech) ([]Facet, error) {
	c, err := s.callFor(ctx, by, "call.files", id)
	if err != nil || c.Revision == 0 {
		return nil, err
	}
	r := s.db.Reader()
	compiled, err := s.calls.Form(ctx, r, id, c.Revision)
	if err != nil {
		return nil, err
	}
	seen, args := s.listQuery(ctx, by, c, Filter{}, "a.id as id", "")
	type row struct {
		field string
		FacetValue
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.field, &x.Value, &x.Count)
		return x, err
	}, `with seen as (`+seen+`)
		select t.field, t.value, count(*) from seen join application_facets t on t.application_id = seen.id
		group by t.field, t.value order by t.field, count(*) desc, t.value`, args...)
	if err != nil {
		return nil, fmt.Errorf("count the answers of %s: %w", id, err)
	}
	if speech.Checks == nil {
		speech.Checks = s.files.Checks(application.File{})
	}
	byField := map[string][]FacetValue{}
	for _, x := range rows {
		byField[x.field] = append(byField[x.field], x.FacetValue)
	}
	var out []Facet
	for _, field := range compiled.Form.Fields() {
		if values := byField[field.ID]; len(values) > 0 && faceted[field.Type] {
			out = append(out, Facet{field, ordered(field, values, speech)})
		}
	}
	return out, nil
}

// ordered names the values and puts them in the order of the question's options;
// those that are not options (places) stay in the order of their number.
func ordered(field *form.Field, values []FacetValue, speech form.Speech) []FacetValue {
	labels, order := map[string]string{}, []string{}
	collect(field.Settings.Options, &order, labels, speech.Lang)
	var out, rest []FacetValue
	at := map[string]FacetValue{}
	for _, v := range values {
		if v.Label = labels[v.Value]; v.Label == "" {
			v.Label = field.Plain(plainOf(field.Type, v.Value), speech)
		}
		if labels[v.Value] == "" {
			rest = append(rest, v)
			continue
		}
		at[v.Value] = v
	}
	for _, option := range order {
		if v, counted := at[option]; counted {
			out = append(out, v)
		}
	}
	return append(out, rest...)
}

func collect(options []form.Option, order *[]string, labels map[string]string, lang string) {
	for _, o := range options {
		if labels[o.ID] == "" {
			*order = append(*order, o.ID)
			labels[o.ID] = o.Label.In(lang)
		}
		collect(o.Options, order, labels, lang)
	}
}

// plainOf makes the answer that holds one indexed value.
func plainOf(kind, value string) any {
	switch {
	case kind == "yesno":
		return value == "true"
	case kind == "territory" || kind == "choices":
		return []any{value}
	}
	return value
}
