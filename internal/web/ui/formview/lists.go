package formview

import (
	"context"
	"slices"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
)

// blankOf is the question as the row to copy needs it: without problems, which are those of real rows.
func blankOf(q question) question {
	q.problems = nil
	return q
}

// budgetSide is the question as the rows of a budget need it: their number has no bounds of its own.
func budgetSide(q question) question {
	f := form.Field{ID: q.field.ID, Type: q.field.Type}
	q.field = &f
	return q
}

// rate says basis points as a percentage.
func rate(ctx context.Context, q question, points int64) string {
	if points < 0 {
		return i18n.T(ctx, "formview.budget_no_rate")
	}
	out := text.Decimal(q.view.lang(), float64(points)/100, 2)
	if q.view.Lang == i18n.EN {
		return out + "%"
	}
	return out + "\u202f%"
}

func joined(list []string) string { return strings.Join(list, ",") }

// countOne and countMany are the sentences of a key as they are written, for the islands to fill.
func countOne(ctx context.Context, key string) string {
	one, _ := i18n.Message(i18n.From(ctx), key)
	return one
}

func countMany(ctx context.Context, key string) string {
	_, many := i18n.Message(i18n.From(ctx), key)
	return many
}

// placeName names a place of an answer, or gives its code when nobody knows it.
func placeName(q question, ref string) string {
	kind, code, _ := strings.Cut(ref, ":")
	if q.view.Checks != nil {
		if name, ok := q.view.Checks.Territory(kind, code); ok {
			return name + " (" + code + ")"
		}
	}
	return code
}

func picked(q question, ref string) bool { return slices.Contains(q.list(), ref) }

// fileHint adds to a hint what files are taken.
func fileHint(ctx context.Context, q question, hint string) string {
	s := q.field.Settings
	said := []string{hint}
	if len(s.Accept) > 0 {
		said = append(said, i18n.T(ctx, "formview.file_accept", strings.Join(s.Accept, ", ")))
	}
	if s.MaxBytes > 0 {
		said = append(said, i18n.T(ctx, "formview.file_size", text.Bytes(q.view.lang(), s.MaxBytes)))
	}
	said = append(said, i18n.N(ctx, "formview.file_most", max(s.MaxFiles, 1)))
	return strings.TrimSpace(strings.Join(said, " "))
}
