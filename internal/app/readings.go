package app

import (
	"context"
	"strings"

	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/db"
	"transformateur/internal/review"
	"transformateur/internal/review/comparison"
)

// handedIn gives a deliberation what the reviews say.
type handedIn struct{ reviews *review.Service }

// Readings lists the reviews of a selection that count.
func (a handedIn) Readings(ctx context.Context, r db.Reader, id committee.SelectionID) ([]deliberation.Reading, error) {
	table, err := a.reviews.Table(ctx, r, id)
	var list []deliberation.Reading
	for _, g := range table.Reviews {
		one := deliberation.Reading{File: g.File, Member: g.Review.Member, Name: g.Name, Score: g.Worth.Score, Scored: g.Worth.Scored, Sure: g.Worth.Sure, Certainty: g.Worth.Confidence}
		for _, gate := range g.Worth.Gates {
			if gate.Truth == rule.False {
				one.Failed = append(one.Failed, gate.Label)
			}
		}
		for _, field := range g.Grid.Rubric.Form.Fields() {
			switch answer, _ := g.Content[field.ID].(string); {
			case answer == "":
			case field.ID == g.Grid.Rubric.Recommendation:
				one.Advice = labelOf(field.Settings.Options, answer)
			case g.Grid.Rubric.Shares(field.ID):
				one.Shareable = append(one.Shareable, strings.TrimSpace(answer))
			}
		}
		for _, mark := range g.Worth.Marks {
			if field := g.Grid.Rubric.Form.Field(mark.Field); mark.Known && field != nil {
				one.Marks = append(one.Marks, deliberation.Mark{Criterion: mark.Field, Label: form.Localised(field.Label), Value: mark.Value, YesNo: field.Type == "yesno"})
			}
		}
		list = append(list, one)
	}
	return list, err
}

// preferred gives a deliberation what members said of two files.
type preferred struct{ comparisons *comparison.Service }

// Preferences lists the answers of the last round of comparisons that closed.
func (a preferred) Preferences(ctx context.Context, r db.Reader, id committee.SelectionID) ([]deliberation.Preference, error) {
	answers, err := a.comparisons.Answers(ctx, r, id)
	var list []deliberation.Preference
	for _, one := range answers {
		list = append(list, deliberation.Preference(one))
	}
	return list, err
}

// labelOf finds what an option says.
func labelOf(options []form.Option, id string) form.Localised {
	for _, o := range options {
		if o.ID == id {
			return form.Localised(o.Label)
		}
	}
	return form.Localised{"fr": id}
}
