package api

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/web/ui"
)

// Problem is an error as programs get it (RFC 9457), with the message key by which
// they may know it whatever the language.
type Problem struct {
	Type      string     `json:"type" format:"uri-reference"`
	Title     string     `json:"title"`
	Status    int        `json:"status"`
	Detail    string     `json:"detail"`
	Key       string     `json:"key"`
	Errors    []Fault    `json:"errors,omitempty"`
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Request   string     `json:"request,omitempty"` // reference, of what is not the client's doing
	wait      time.Duration
}

// Fault is what is wrong with one field.
type Fault struct {
	Location string `json:"location"`
	Key      string `json:"key"`
	Message  string `json:"message"`
}

// Conflict is an answer that changed since the version a client started from.
type Conflict struct {
	Field   string `json:"field"`
	Version int64  `json:"version"`
	Value   any    `json:"value"`
}

// Error is the key, for logs.
func (p *Problem) Error() string { return p.Key }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are the headers that go with the status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="api"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(max(p.wait, time.Second).Seconds()))))
	}
	return h
}

// kinds are the kinds of errors by status, for what the library refuses by itself.
var kinds = map[int]errs.Kind{http.StatusUnauthorized: errs.Unauthenticated, http.StatusForbidden: errs.Forbidden, http.StatusNotFound: errs.NotFound,
	http.StatusConflict: errs.Conflict, http.StatusTooManyRequests: errs.TooMany, http.StatusServiceUnavailable: errs.Unavailable, http.StatusInternalServerError: errs.Internal}

func kindOf(status int) errs.Kind {
	if kind, known := kinds[status]; known {
		return kind
	}
	return errs.Invalid
}

func statusOf(kind errs.Kind) int {
	if kind == errs.Unauthenticated {
		return http.StatusUnauthorized
	}
	return ui.Status(kind)
}

// problemOf turns an error of the house into a problem. To visitors, what they could
// read after signing in is absent, as on the pages.
func problemOf(ctx context.Context, err error, hide bool) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	kind, key := errs.KindOf(err), errs.KeyOf(err)
	if kind == errs.Unauthenticated && hide {
		kind = errs.NotFound
	}
	if kind == errs.Internal || key == "" {
		key = "errs." + kind.String()
	}
	if kind == errs.NotFound {
		key = "errs.not_found" // absent, or not yours: the same bytes
	}
	p = newProblem(ctx, statusOf(kind), key, ui.Args(err, ctx)...)
	var e *errs.Error
	if errors.As(err, &e) && kind == errs.Invalid {
		for _, f := range e.Fields {
			p.Errors = append(p.Errors, Fault{f.Path, f.Key, i18n.T(ctx, f.Key, f.Args...)})
		}
	}
	if kind == errs.Internal || kind == errs.Unavailable {
		p.Request = journal.Request(ctx)
		slog.ErrorContext(ctx, "request failed", "request", p.Request, "err", err)
	}
	if kind == errs.Unavailable {
		p.wait = 5 * time.Second
	}
	return p
}

func newProblem(ctx context.Context, status int, key string, args ...any) *Problem {
	kind := kindOf(status).String()
	return &Problem{Type: "/api#error-" + kind, Title: i18n.T(ctx, "errs.title_"+kind), Status: status, Detail: i18n.T(ctx, key, args...), Key: key}
}

// The library that reads requests says what is wrong in English sentences; they are
// replaced by our keys, each with its argument, once for the whole program.
func init() {
	said := func(key, verb string) string { return key + " " + verb }
	validation.MsgUnexpectedProperty = said("api.v_unexpected", "")
	validation.MsgExpectedRequiredProperty = said("api.v_required", "%s")
	validation.MsgExpectedBoolean = said("api.v_boolean", "")
	validation.MsgExpectedNumber = said("api.v_number", "")
	validation.MsgExpectedInteger = said("api.v_integer", "")
	validation.MsgExpectedString = said("api.v_string", "")
	validation.MsgExpectedArray = said("api.v_array", "")
	validation.MsgExpectedObject = said("api.v_object", "")
	validation.MsgExpectedOneOf = said("api.v_one_of", "%s")
	validation.MsgExpectedMinimumNumber = said("api.v_minimum", "%v")
	validation.MsgExpectedMaximumNumber = said("api.v_maximum", "%v")
	validation.MsgExpectedMinLength = said("api.v_min_length", "%d")
	validation.MsgExpectedMaxLength = said("api.v_max_length", "%d")
	validation.MsgExpectedRFC3339DateTime = said("api.v_instant", "")
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return newProblem(context.Background(), status, refusalKey(status))
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, faults ...error) huma.StatusError {
		p := newProblem(ctx.Context(), status, refusalKey(status))
		for _, fault := range faults {
			var d *huma.ErrorDetail
			if !errors.As(fault, &d) || d == nil {
				if status == http.StatusInternalServerError && fault != nil {
					return problemOf(ctx.Context(), fault, false)
				}
				continue
			}
			p.Errors = append(p.Errors, faultOf(ctx.Context(), d))
		}
		return p
	}
}

// refusalKey is the key of what the library refuses before an operation is asked.
func refusalKey(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "api.unreadable"
	case http.StatusRequestEntityTooLarge:
		return "api.too_large"
	case http.StatusUnsupportedMediaType:
		return "api.media_type"
	case http.StatusRequestTimeout:
		return "api.too_slow"
	case http.StatusUnprocessableEntity:
		return "errs.invalid"
	}
	return "errs." + kindOf(status).String()
}

func faultOf(ctx context.Context, d *huma.ErrorDetail) Fault {
	key, arg, _ := strings.Cut(d.Message, " ")
	switch {
	case i18n.Has(key):
	case strings.HasPrefix(d.Message, "required "):
		key = "api.v_missing"
	case d.Message == "unknown query parameter":
		key = "api.v_unknown"
	default:
		key = "api.v_refused"
	}
	return Fault{d.Location, key, i18n.T(ctx, key, arg)}
}
