// Package errs defines the error: a kind, which decides the HTTP status, and a message key, which pages turn into a sentence.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what went wrong from the point of view of the person who asked.
type Kind int

// The kinds, with the HTTP status each one gets at the edge.
const (
	Internal        Kind = iota // 500, with a reference number
	Invalid                     // 422, the form again with every field explained
	Unauthenticated             // 303 to the sign-in page
	Forbidden                   // 403
	NotFound                    // 404: absent, or not yours; the bytes are the same
	Conflict                    // 409, with what changed meanwhile
	TooMany                     // 429
	Unavailable                 // 503 with Retry-After: nothing was written, try again
)

var kindNames = [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "too_many", "unavailable"}

// String is the kind's name as it stands in logs and in JSON answers.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "internal"
	}
	return kindNames[k]
}

// Field is one problem of one field. Path is the field's path in the form
// ("budget.2.amount"), Key the message key of the problem, Args its arguments.
type Field struct {
	Path string
	Key  string
	Args []any
}

// Error is what every layer returns. It carries no sentence, only keys.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
	cause  error
}

// New makes an error of a kind with a message key and its arguments.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// NewInvalid reports every bad field at once; it returns nil when there are none.
func NewInvalid(key string, fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: key, Fields: fields}
}

// Because attaches the technical cause, for the log only.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Error is the technical text for logs: kind, key, fields and cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	for i, f := range e.Fields {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(f.Path)
		if f.Key != "" {
			b.WriteString("=" + f.Key)
		}
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the technical cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// KindOf finds the kind of err; anything that is not an *Error is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// KeyOf finds the message key of err, or "" when it has none.
func KeyOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// Is says whether err is of the given kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
