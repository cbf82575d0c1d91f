package app

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/web/ui"
)

// policyHeader lets a page load what this program serves, and nothing else; no
// script writes HTML (Trusted Types).
const policyHeader = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// chain wraps the mux: what every request goes through, outermost first.
func (a *App) chain(mux http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(ui.Handle(func(http.ResponseWriter, *http.Request) error {
		return errs.New(errs.Forbidden, "errs.cross_origin")
	}))
	h := cross.Handler(mux)
	h = a.withPerson(h)
	h = withHeaders(h, a.Config.HTTPS())
	h = a.withLog(h)
	return h
}

type routeKey struct{}

// answering is which route answers, the path as the log may show it, and who asks, by
// the identifier that the journal uses.
type answering struct{ route, path, who string }

// named tells the log and the metrics which route answers. What stands for {token}
// in an address opens a door by itself: it never reaches the log.
func named(pattern string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, ok := r.Context().Value(routeKey{}).(*answering); ok {
			a.route, a.path = pattern, r.URL.Path
			if token := r.PathValue("token"); token != "" {
				a.path = strings.Replace(a.path, token, "…", 1)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// firstSegment is all that is logged of an address that no route answers: the rest
// may be a token with a letter too many.
func firstSegment(path string) string {
	first, rest, more := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if more && rest != "" {
		return "/" + first + "/…"
	}
	return path
}

type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(b []byte) (int, error) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	n, err := rec.ResponseWriter.Write(b)
	rec.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// withLog gives each request its reference, its log line, and turns a panic into an error page.
func (a *App) withLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := a.Clock.Now()
		id := db.NewID()
		answer := &answering{path: firstSegment(r.URL.Path)}
		ctx := context.WithValue(journal.WithRequest(r.Context(), id), routeKey{}, answer)
		w.Header().Set("X-Request-Id", id)
		rec := &recorder{ResponseWriter: w}
		r = r.WithContext(ctx)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				slog.ErrorContext(ctx, "panic", "request", id, "path", answer.path, "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 {
					ui.Fail(rec, r, errs.New(errs.Internal, "errs.internal"))
				}
			}
			spent := a.Clock.Now().Sub(start)
			a.Metrics.request(answer.route, rec.status, spent)
			slog.InfoContext(ctx, "request", "request", id, "method", r.Method, "route", answer.route, "path", answer.path, "who", answer.who, "status", rec.status, "bytes", rec.bytes, "ms", float64(spent.Microseconds())/1000)
		}()
		next.ServeHTTP(rec, r)
	})
}

func withHeaders(next http.Handler, https bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyHeader)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// withPerson finds who asks and in which language.
func (a *App) withPerson(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		var user account.User
		if cookie, err := r.Cookie(ui.CookieName(a.Config.HTTPS())); err == nil && !strings.HasPrefix(r.URL.Path, "/assets/") && !forPrograms(r) {
			u, err := a.Accounts.Authenticate(ctx, cookie.Value)
			if err != nil && !errs.Is(err, errs.Unauthenticated) {
				ui.Fail(w, r, err)
				return
			}
			user = u
			if seen, ok := ctx.Value(routeKey{}).(*answering); ok {
				seen.who = string(u.ID)
			}
		}
		ctx = account.With(i18n.With(ctx, language(r, user)), user)
		if a.Config.Demo {
			ctx = ui.WithDemo(ctx, a.Clock.Now())
		}
		ctx = ui.WithAccess(ctx, a.Statements.Access(ctx, user))
		if user.Weak && a.asksTwice() {
			ctx = ui.WithWaiting(ctx, func() bool { waits, err := a.Policy.Waits(ctx, user); return err == nil && waits })
		}
		if a.DB.ReadOnly() {
			ctx = ui.WithReadOnly(ctx)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// language is the one asked for in the address, else the person's, else the browser's, else French.
func language(r *http.Request, user account.User) i18n.Lang {
	if asked := r.URL.Query().Get("lang"); asked == "fr" || asked == "en" {
		return i18n.Lang(asked)
	}
	if user.Lang != "" {
		return i18n.Parse(user.Lang)
	}
	return i18n.ParseAccepted(r.Header.Get("Accept-Language"))
}
