package review

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
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

// Criteria lists the questions of a selection's grid that count, as it stands now, without
// asking who wants them; none before there is a grid.
func (s *Service) Criteria(ctx context.Context, r db.Reader, id committee.SelectionID) ([]form.Field, error) {
	g, err := s.current(ctx, r, id)
	if err != nil || g.Rubric == nil {
		return nil, err
	}
	var list []form.Field
	for _, k := range g.Rubric.Rubric.Criteria {
		list = append(list, *g.Rubric.Rubric.Form.Field(k.Field))
	}
	return list, nil
}

// OthersOpen says whether somebody who may know of the reviews of a file sees what others
// think of it now: the committee deliberates, or the selection shows them to who has
// handed in her own.
func OthersOpen(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, file application.ID) (bool, error) {
	if sel.Stage() >= policy.Deliberation || sel.Others != committee.AfterOwn {
		return sel.Stage() >= policy.Deliberation, nil
	}
	seat, err := committee.SeatOf(ctx, r, sel.ID, by.ID)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	own, err := reviewOf(ctx, r, seat.ID, file)
	return own.Given(), err
}
