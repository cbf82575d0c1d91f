package db

import (
	"fmt"
	"time"
)

// Null is how an absent reference or an empty optional text is kept: an instant needs
// nothing, the zero one is kept as an absence.
func Null[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// encode turns Go values into what both drivers take.
func encode(args []any) []any {
	var out []any
	set := func(i int, v any) {
		if out == nil {
			out = append([]any(nil), args...)
		}
		out[i] = v
	}
	for i, arg := range args {
		switch v := arg.(type) {
		case time.Time:
			if v.IsZero() {
				set(i, nil)
			} else {
				set(i, v.UTC().Format(layout))
			}
		case *time.Time:
			if v == nil || v.IsZero() {
				set(i, nil)
			} else {
				set(i, v.UTC().Format(layout))
			}
		}
	}
	if out == nil {
		return args
	}
	return out
}

// decode lets destinations of type time.Time be read on both engines.
func decode(dest []any) []any {
	var out []any
	for i, d := range dest {
		var s any
		switch v := d.(type) {
		case *time.Time:
			s = instantInto{v}
		case **time.Time:
			s = nullInstantInto{v}
		default:
			continue
		}
		if out == nil {
			out = append([]any(nil), dest...)
		}
		out[i] = s
	}
	if out == nil {
		return dest
	}
	return out
}

type instantInto struct{ t *time.Time }

// Scan reads an instant; null is the zero time.
func (s instantInto) Scan(v any) error {
	t, err := parseInstant(v)
	*s.t = t
	return err
}

type nullInstantInto struct{ t **time.Time }

// Scan reads an instant that may be null.
func (s nullInstantInto) Scan(v any) error {
	if v == nil {
		*s.t = nil
		return nil
	}
	t, err := parseInstant(v)
	*s.t = &t
	return err
}

func parseInstant(v any) (time.Time, error) {
	switch v := v.(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return v.UTC(), nil
	case string:
		t, err := time.Parse(layout, v)
		return t.UTC(), err
	case []byte:
		t, err := time.Parse(layout, string(v))
		return t.UTC(), err
	}
	return time.Time{}, fmt.Errorf("read an instant from %T", v)
}
