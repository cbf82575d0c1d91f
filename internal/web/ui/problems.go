package ui

import (
	"context"
	"errors"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
)

// Problems are the lines of a form's error summary, said in the reader's language, in
// the order of the error's fields.
type Problems []FieldError

// ProblemsOf says what an error reproaches to each field: Invalid, or a Conflict that
// tells what changed meanwhile. It is nil for any other error, which is not the form's.
func ProblemsOf(ctx context.Context, err error) Problems {
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Invalid && e.Kind != errs.Conflict || len(e.Fields) == 0 {
		return nil
	}
	var list Problems
	for _, f := range e.Fields {
		list = append(list, FieldError{Path: f.Path, Text: i18n.T(ctx, f.Key, sayable(ctx, f.Args)...)})
	}
	return list
}

// Again says what a page shows once more when an act on it was refused, and whether there
// is something to show: other errors have pages of their own.
func Again(ctx context.Context, err error) (Problems, bool) {
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.TooMany) {
		return nil, false
	}
	if problems := ProblemsOf(ctx, err); len(problems) > 0 {
		return problems, true
	}
	return Problems{{Text: Sentence(ctx, err)}}, true
}

// At is the first problem of a field, "" when it has none.
func (p Problems) At(path string) string {
	for _, one := range p {
		if one.Path == path {
			return one.Text
		}
	}
	return ""
}

// sayable turns the instants among arguments into words.
func sayable(ctx context.Context, args []any) []any {
	said := make([]any, len(args))
	for i, arg := range args {
		if t, ok := arg.(time.Time); ok {
			arg = Instant(ctx, t)
		}
		said[i] = arg
	}
	return said
}

// StatusOf is the HTTP status of an error.
func StatusOf(err error) int { return Status(errs.KindOf(err)) }

// Sentence says an error's own message in the reader's language.
func Sentence(ctx context.Context, err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return i18n.T(ctx, "errs."+errs.KindOf(err).String(), "")
	}
	return i18n.T(ctx, e.Key, sayable(ctx, e.Args)...)
}
