package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/web/api"
	"transformateur/internal/web/ui"
)

var wildcard = regexp.MustCompile(`\{([a-z_]+)(\.\.\.)?\}`)

// unfilled are the wildcards that no object of the world gives a value to: what
// stands there opens a door by itself, or belongs to who comes with it.
var unfilled = map[string]string{
	"{token}":  "whoever holds it may enter: other tests try it",
	"{upload}": "only who began it finds it, and it lives on the disk",
}

// own is the wildcard of an address that names the object: the one named after its
// kind, else {id}, else the first.
func (a attempt) own() (own string) {
	if a.route.On == "" {
		return ""
	}
	for _, name := range wildcard.FindAllStringSubmatch(a.route.Pattern, -1) {
		if own == "" || name[1] == "id" && own != a.route.On || name[1] == a.route.On {
			own = name[1]
		}
	}
	return own
}

// address fills the wildcards. A value is looked for under what stands before the
// wildcard ("steps/{part}"), then under the wildcard; missing lists those without one.
func (a attempt) address(id string) (address string, missing []string) {
	_, pattern, _ := strings.Cut(a.route.Pattern, " ")
	own, before := a.own(), ""
	segments := strings.Split(strings.TrimSuffix(pattern, "{$}"), "/")
	for i, segment := range segments {
		if found := wildcard.FindStringSubmatch(segment); found != nil {
			value, known := a.params[before+"/"+segment]
			if !known {
				value, known = a.params[segment]
			}
			switch {
			case found[1] == own && (id != a.ID || !known):
				segment = id
			case known:
				segment = value
			default:
				missing = append(missing, segment)
				segment = "nothing"
			}
			segments[i] = segment
		}
		before = segment
	}
	return strings.Join(segments, "/"), missing
}

// reads says whether the route of the cell changes nothing.
func (a attempt) reads() bool {
	return strings.HasPrefix(a.route.Pattern, "GET ") || strings.HasPrefix(a.route.Pattern, "HEAD ")
}

// listener hears an answer and hangs up at the first flush: a page that streams
// would otherwise go on for ever.
type listener struct {
	*httptest.ResponseRecorder
	hangUp func()
}

// Flush is called once the first bytes of a stream have left.
func (l *listener) Flush() {
	l.ResponseRecorder.Flush()
	l.hangUp()
}

// SetWriteDeadline is what a stream asks for; nothing here is slow.
func (l *listener) SetWriteDeadline(time.Time) error { return nil }

// ask sends a request with the token of a sign-in, "" for a visitor's, and gives the answer.
func (w *world) ask(method, address, token, form string) *listener {
	w.flush()
	r := httptest.NewRequest(method, address, strings.NewReader(form))
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if forPrograms(r) {
		asProgram(r, token)
	} else if token != "" {
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: token})
	}
	ctx, hangUp := context.WithTimeout(r.Context(), time.Minute) // of a machine that does much else
	defer hangUp()
	rec := &listener{httptest.NewRecorder(), hangUp}
	w.handler.ServeHTTP(rec, r.WithContext(ctx))
	return rec
}

// send tries a cell on an object. What differs from one answer to the next by nature
// is taken out of the body.
func (w *world) send(a attempt, id string) (status int, location, body string) {
	method, _, _ := strings.Cut(a.route.Pattern, " ")
	address, _ := a.address(id)
	form := ""
	if !wildcard.MatchString(a.route.Pattern) && a.route.On != "" && !api.Serves(a.route.Pattern) {
		form = url.Values{a.route.On: {id}}.Encode() // an address that names nothing leaves it to the form
		if a.reads() {
			address, form = address+"?"+form, ""
		}
	}
	if body, ok := programBodies[a.route.Pattern]; ok {
		form = body
	}
	address += programQueries[a.route.Pattern]
	rec := w.ask(method, address, a.token, form)
	body = strings.ReplaceAll(rec.Body.String(), rec.Header().Get("X-Request-Id"), "REQUEST")
	body = strings.ReplaceAll(body, url.QueryEscape(address), "ADDRESS") // where to come back to
	return rec.Code, rec.Header().Get("Location"), strings.ReplaceAll(body, id, "OBJECT")
}

// Every address is tried with things that exist: one that names nothing would be
// refused to everybody, which proves nothing.
func TestAddressesNameThings(t *testing.T) {
	w := newWorld(t)
	used := map[string]bool{}
	for _, route := range w.app.Routes() {
		f := fixtures[route.On]
		a := attempt{route: route, made: f.make(w, f.moments[len(f.moments)-1])}
		_, missing := a.address(a.ID)
		for _, name := range missing {
			if used[name] = true; unfilled[name] == "" {
				t.Errorf("%s: the world gives no value to %s (see made.params)", route.Pattern, name)
			}
		}
	}
	for name := range unfilled {
		if !used[name] {
			t.Errorf("%s stands in unfilled for nothing", name)
		}
	}
}

// malformed says whether an answer is about the form alone. A page may read an empty
// form before it asks who may: nothing is done, and, as try checks, nothing is told.
func malformed(status int) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusLengthRequired, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}, status)
}
