package deliberations

import (
	"context"
	"math"
	"net/http"
	"strconv"

	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/sheet"
)

// agreedOn is what a line of the table of agreement is about.
func agreedOn(ctx context.Context, a deliberation.Agreement) string {
	if len(a.Label) == 0 {
		return i18n.T(ctx, "deliberations.agreement_score")
	}
	return in(ctx, a.Label)
}

// agreed says in words how much readers agree, or why nothing can be said. The bounds
// 0.667 and 0.8 are those of K. Krippendorff, Content Analysis (2004), p. 241.
func agreed(ctx context.Context, a deliberation.Agreement) string {
	switch {
	case a.Problem != "":
		return i18n.T(ctx, "deliberations.agreement_"+string(a.Problem))
	case a.Alpha >= 0.8:
		return i18n.T(ctx, "deliberations.agreement_high")
	case a.Alpha >= 2.0/3:
		return i18n.T(ctx, "deliberations.agreement_fair")
	case a.Alpha > 0:
		return i18n.T(ctx, "deliberations.agreement_low")
	}
	return i18n.T(ctx, "deliberations.agreement_none")
}

// alpha writes a figure of agreement with two decimals.
func alpha(ctx context.Context, x float64) string {
	return point(ctx, strconv.FormatFloat(math.Round(100*x)/100+0, 'f', 2, 64))
}

// agreementCSV gives the table of agreement; nothing but its head to who may not see it.
func (h *Handler) agreementCSV(w http.ResponseWriter, ctx context.Context, v findings) error {
	s := sheet.Sheet{Name: i18n.T(ctx, "deliberations.agreement")}
	for _, head := range []string{"on", "alpha", "reading", "files", "values", "metric"} {
		s.Head = append(s.Head, i18n.T(ctx, "deliberations.agreement_"+head))
	}
	for _, a := range v.Agreement {
		row := []any{agreedOn(ctx, a), nil, agreed(ctx, a), a.Units, a.Values, i18n.T(ctx, "deliberations.metric_"+string(a.Metric))}
		if a.Problem == "" {
			row[1] = a.Alpha
		}
		s.Rows = append(s.Rows, row)
	}
	return table(w, ctx, s, "deliberations.agreement_file")
}
