package ui

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// HandlerFunc answers a request, or returns an error that Handle knows how to say.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Route is one line of the route table. Action is the line of the policy table
// that opens it; On is the kind of object the address names ("" for none).
type Route struct {
	Pattern string // "POST /applications/{id}/submit"
	Action  policy.Action
	On      string
	Handle  HandlerFunc
}

// Handle turns a handler into an http.Handler: the error page, the status and the
// log line are decided here and nowhere else.
func Handle(h HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			Fail(w, r, err)
		}
	})
}

var statuses = map[errs.Kind]int{
	errs.Internal: http.StatusInternalServerError, errs.Invalid: http.StatusUnprocessableEntity,
	errs.Unauthenticated: http.StatusSeeOther, errs.Forbidden: http.StatusForbidden, errs.NotFound: http.StatusNotFound,
	errs.Conflict: http.StatusConflict, errs.TooMany: http.StatusTooManyRequests, errs.Unavailable: http.StatusServiceUnavailable,
}

// Status is the HTTP status of a kind of error.
func Status(kind errs.Kind) int { return statuses[kind] }

// Fail answers an error: a page for people, a JSON object for scripts. What the
// engine said goes to the log with the request's reference, never to the answer.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	kind, key := errs.KindOf(err), errs.KeyOf(err)
	ctx := r.Context()
	if kind == errs.Internal || kind == errs.Unavailable {
		slog.ErrorContext(ctx, "request failed", "request", journal.Request(ctx), "route", r.Pattern, "err", err)
	}
	if kind == errs.Internal || key == "" {
		key = "errs." + kind.String()
	}
	if kind == errs.NotFound {
		key = "errs.not_found" // absent, or not yours: the same bytes
	}
	message := i18n.T(ctx, key, Args(err, ctx)...)
	switch {
	case kind == errs.Unauthenticated && !WantsJSON(r):
		next := "/"
		if r.Method == http.MethodGet {
			next = r.URL.RequestURI()
		}
		http.Redirect(w, r, "/signin?next="+url.QueryEscape(next), http.StatusSeeOther)
		return
	case kind == errs.TooMany:
		w.Header().Set("Retry-After", "60")
	case kind == errs.Unavailable:
		w.Header().Set("Retry-After", "5")
	}
	status := statuses[kind]
	if WantsJSON(r) {
		if kind == errs.Unauthenticated {
			status = http.StatusUnauthorized
		}
		WriteJSON(w, status, map[string]any{"error": kind.String(), "key": key, "message": message, "fields": FieldMessages(r, err)})
		return
	}
	if rerr := Render(w, r, status, ErrorPage(kind, key, message)); rerr != nil {
		slog.ErrorContext(ctx, "error page failed", "err", rerr)
	}
}

// WantsJSON says whether the caller is a script.
func WantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// WriteJSON answers with a JSON value, never cached.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(value)
}

// See redirects after a successful act (303), and is what most POST handlers end with.
func See(w http.ResponseWriter, r *http.Request, where string) error {
	http.Redirect(w, r, where, http.StatusSeeOther)
	return nil
}

// User is the person who asks.
func User(r *http.Request) account.User { return account.From(r.Context()) }

// Local tells an instant in a zone, UTC when the zone is unknown.
func Local(at time.Time, name string) time.Time {
	return at.In(zone.Location(name))
}

// NotFound answers an address that nothing serves.
func NotFound(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.NotFound, "errs.not_found")
}
