package ui

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render answers with a page. The page is made in full before the first byte
// leaves, so that an error never shows half a page.
func Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := page.Render(withAddress(r), buf); err != nil {
		return err
	}
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	return err
}

// FieldsOf gives the fields of an Invalid error, to show the form again.
func FieldsOf(err error) ([]errs.Field, bool) {
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.Invalid {
		return e.Fields, true
	}
	return nil, false
}

// FieldMessages says each field's problem in the reader's language, by path.
func FieldMessages(r *http.Request, err error) map[string]string {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, f := range e.Fields {
		if out[f.Path] == "" {
			out[f.Path] = i18n.T(r.Context(), f.Key, f.Args...)
		}
	}
	return out
}

// Args gives the arguments of an error's sentence; an internal error's is its reference.
func Args(err error, ctx context.Context) []any {
	var e *errs.Error
	if errors.As(err, &e) && e.Kind != errs.Internal {
		return e.Args
	}
	return []any{journal.Request(ctx)}
}
