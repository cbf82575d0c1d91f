package deliberation

import (
	"context"
	"fmt"

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
	var ids []application.ID
	for _, a := range files {
		ids = append(ids, a.ID)
	}
	facets, answers, err := s.files.FacetsAmong(ctx, r, sel.Call, ids, form.Speech{Lang: by.Lang})
	if err != nil {
		return nil, fmt.Errorf("count the answers of %s: %w", sel.ID, err)
	}
	var out []Facet
	for _, f := range facets {
		if len(f.Values) < 2 {
			continue // what all answer alike balances nothing
		}
		facet := Facet{Label: form.Localised(f.Field.Label)}
		for _, value := range f.Values {
			share := Share{Label: value.Label}
			for _, id := range answers[application.FacetAnswer{Field: f.Field.ID, Value: value.Value}] {
				share.All++
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
