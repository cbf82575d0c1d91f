package review

import (
	"context"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
)

// Results are the reviews of a selection that count, as the deliberation takes them.
type Results struct {
	Selection committee.Selection
	Reviews   []Given // by file, then by alias
}

// ByFile groups the reviews by the file they are about.
func (t Results) ByFile() map[application.ID][]Given {
	out := map[application.ID][]Given{}
	for _, g := range t.Reviews {
		out[g.File] = append(out[g.File], g)
	}
	return out
}

// Table gives the reviews of a selection that were handed in, each with its author, its
// score, the gates that it does not pass, its recommendation and its confidence. It asks
// no right: whoever shows it asks the policy ("selection.results", and "application.read"
// on each file). Members who have stepped aside from a file are not counted.
func (s *Service) Table(ctx context.Context, r db.Reader, id committee.SelectionID) (Results, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return Results{}, err
	}
	list, err := s.given(ctx, r, sel, "")
	return Results{Selection: sel, Reviews: list}, err
}
