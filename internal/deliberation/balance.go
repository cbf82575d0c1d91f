package deliberation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Facet is how files spread over the answers to one question of choice of the call.
type Facet struct {
	Label  form.Localised
	Values []Share
}

// Share is one answer, and how many files gave it: all, those above the line, those
// retained now.
type Share struct {
	Label                string
	All, Above, Retained int
}

// balance counts the answers of the files that by sees to the questions of choice.
func (s *Service) balance(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, files []application.Application, v *Results) ([]Facet, error) {
	above, retained := map[application.ID]bool{}, map[application.ID]bool{}
	for i, l := range v.Lines {
		above[l.File.ID] = v.Target > 0 && i < v.Target
		retained[l.File.ID] = l.Decision.Outcome == Retain || l.Decision.Outcome.ofTwo()
	}
	for _, g := range v.Gated {
		retained[g.File.ID] = g.Decision.Outcome == Retain || g.Decision.Outcome.ofTwo()
	}
	if len(files) == 0 || sel.Call.Revision == 0 {
		return nil, nil
	}
	compiled, err := s.calls.Form(ctx, r, sel.Call.ID, sel.Call.Revision)
	if err != nil {
		return nil, fmt.Errorf("read the form of %s: %w", sel.Call.ID, err)
	}
	answers, err := s.answers(ctx, r, files)
	if err != nil {
		return nil, err
	}
	var out []Facet
	for _, field := range compiled.Form.Fields() {
		given := answers[field.ID]
		if len(given) < 2 {
			continue // what all answer alike balances nothing
		}
		facet := Facet{Label: form.Localised(field.Label)}
		for _, value := range inOrder(field, slices.Sorted(maps.Keys(given))) {
			share := Share{Label: s.label(field, value, by.Lang), All: len(given[value])}
			for _, id := range given[value] {
				if above[id] {
					share.Above++
				}
				if retained[id] {
					share.Retained++
				}
			}
			facet.Values = append(facet.Values, share)
		}
		out = append(out, facet)
	}
	return out, nil
}

// answers reads what files answered to the questions of choice: by question, by answer.
func (s *Service) answers(ctx context.Context, r db.Reader, files []application.Application) (map[string]map[string][]application.ID, error) {
	var args []any
	var marks []string
	for i, a := range files {
		args, marks = append(args, string(a.ID)), append(marks, fmt.Sprintf("$%d", i+1))
	}
	type row struct {
		field, value string
		id           application.ID
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.field, &x.value, &x.id)
		return x, err
	}, `select field, value, application_id from application_facets where application_id in (`+strings.Join(marks, ", ")+`) order by field, value, application_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the answers of files: %w", err)
	}
	out := map[string]map[string][]application.ID{}
	for _, x := range rows {
		if out[x.field] == nil {
			out[x.field] = map[string][]application.ID{}
		}
		out[x.field][x.value] = append(out[x.field][x.value], x.id)
	}
	return out, nil
}

// options lists those of a question, the inner ones after the one that holds them.
func options(list []form.Option) (all []form.Option) {
	for _, o := range list {
		all = append(append(all, o), options(o.Options)...)
	}
	return all
}

// inOrder puts answers in the order of the question's options, others after them.
func inOrder(field *form.Field, values []string) []string {
	place := map[string]int{}
	for i, o := range options(field.Settings.Options) {
		place[o.ID] = i - len(options(field.Settings.Options))
	}
	slices.SortStableFunc(values, func(a, b string) int { return place[a] - place[b] })
	return values
}

// label names an answer in a language.
func (s *Service) label(field *form.Field, value, lang string) string {
	for _, o := range options(field.Settings.Options) {
		if o.ID == value {
			return o.Label.In(lang)
		}
	}
	if kind, code, cut := strings.Cut(value, ":"); cut && field.Type == "territory" {
		if name, known := s.places.Territory(kind, code); known {
			return name
		}
	}
	return value
}
