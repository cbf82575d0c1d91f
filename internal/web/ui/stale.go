package ui

import (
	"errors"

	"transformateur/internal/platform/errs"
)

// Stale says whether an error is a save over an older version, and which version a
// second save, now that the person has seen what changed, is made over.
func Stale(err error, seen int64) (bool, int64) {
	var e *errs.Error
	if !errors.As(err, &e) || e.Key != "programme.stale" || len(e.Args) == 0 {
		return false, seen
	}
	if stands, ok := e.Args[0].(int64); ok {
		return true, stands
	}
	return true, seen
}
