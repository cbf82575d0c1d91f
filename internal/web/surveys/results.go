package surveys

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"transformateur/internal/debrief/survey"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/web/ui"
)

func dayOf(ctx context.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return ui.Day(ctx, t)
}

// share is the part of those who answered a question, in percent.
func share(people, answers int) string {
	if answers == 0 {
		return ""
	}
	return strconv.Itoa(int(math.Round(100*float64(people)/float64(answers)))) + " %"
}

func label(ctx context.Context, q survey.Figures) string {
	return q.Field.Label.In(string(i18n.From(ctx)))
}

func people(ctx context.Context, c survey.Count) string {
	if c.Hidden {
		return i18n.T(ctx, "surveys.too_few")
	}
	return strconv.Itoa(c.People)
}

func part(q survey.Figures, c survey.Count) string {
	if c.Hidden {
		return ""
	}
	return share(c.People, q.Answers)
}

func said(ctx context.Context, s survey.Said) string {
	switch s.Quote {
	case survey.Named:
		return i18n.T(ctx, "surveys.quoted_named", s.Name)
	case survey.Nameless:
		return i18n.T(ctx, "surveys.quoted_nameless")
	}
	return i18n.T(ctx, "surveys.quoted_no")
}

// figures are one line for each count and each text, without a name.
func (h *Handler) figures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := h.Surveys.Results(ctx, ui.User(r), editionOf(r), surveyOf(r))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("view") == "outside" {
		v = v.Outside()
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "surveys.title")}
	for _, key := range []string{"head_question", "head_option", "head_people", "head_share", "head_words"} {
		s.Head = append(s.Head, i18n.T(ctx, "surveys."+key))
	}
	s.Rows = append(s.Rows, []any{i18n.T(ctx, "surveys.asked"), nil, v.Survey.Counts.Asked, nil, nil}, []any{i18n.T(ctx, "surveys.silent"), nil, v.Survey.Counts.Silent(), nil, nil})
	for _, q := range v.Questions {
		if q.Hidden {
			s.Rows = append(s.Rows, []any{label(ctx, q), nil, i18n.T(ctx, "surveys.too_few"), nil, nil})
			continue
		}
		s.Rows = append(s.Rows, []any{label(ctx, q), nil, q.Answers, nil, nil})
		for _, c := range q.Options {
			s.Rows = append(s.Rows, []any{label(ctx, q), c.Label.In(string(i18n.From(ctx))), people(ctx, c), part(q, c), nil})
		}
		if q.Field.Type == "number" && q.Answers > 0 {
			s.Rows = append(s.Rows, []any{label(ctx, q), i18n.T(ctx, "surveys.sum"), q.Sum, nil, nil})
		}
		for _, one := range q.Texts {
			s.Rows = append(s.Rows, []any{label(ctx, q), nil, nil, nil, one.Words})
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("survey.csv"))
	return sheet.Book{}.CSV(w, s, true)
}
