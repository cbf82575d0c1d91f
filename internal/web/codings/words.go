package codings

import (
	"context"
	"strings"

	"transformateur/internal/debrief/coding"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/i18n"
)

// consent says whether a verbatim may be quoted.
func consent(ctx context.Context, v coding.Verbatim) string {
	switch {
	case v.Quote == survey.Named && v.Name != "":
		return i18n.T(ctx, "codings.may_named", v.Name)
	case v.Quote == survey.Nameless:
		return i18n.T(ctx, "codings.may_nameless")
	}
	return i18n.T(ctx, "codings.may_not")
}

// shared says the words that a group has in common.
func shared(ctx context.Context, words []string) string {
	if len(words) == 0 {
		return ""
	}
	return i18n.T(ctx, "codings.shared", strings.Join(words, ", "))
}

// fresh is what was typed of a theme that is not written yet.
func fresh(v page) coding.Theme {
	if v.typed.ID != "" {
		return coding.Theme{}
	}
	return v.typed
}

// wrong is what was refused in the form of one theme.
func wrong(v page, t coding.Theme, path string) string {
	if v.typed.ID != t.ID {
		return ""
	}
	return v.problems.At(path)
}

// named is the name of a field in the form of one theme: a page holds several.
func named(t coding.Theme, field string) string {
	if t.ID == "" {
		return field
	}
	return field + "." + t.ID
}
