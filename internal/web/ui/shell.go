package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

type addressKey struct{}

// withAddress lets the layout know which page it draws.
func withAddress(r *http.Request) context.Context {
	return context.WithValue(r.Context(), addressKey{}, r.URL)
}

type demoKey struct{}

// WithDemo has every page say that this is the demonstration, and what time it is there.
func WithDemo(ctx context.Context, now time.Time) context.Context {
	return context.WithValue(ctx, demoKey{}, now)
}

func isDemo(ctx context.Context) bool {
	_, demo := ctx.Value(demoKey{}).(time.Time)
	return demo
}

// demoTime is what time it is in the demonstration, where its gathering takes place.
func demoTime(ctx context.Context) string {
	now, _ := ctx.Value(demoKey{}).(time.Time)
	return text.ShortDateTime(lang(ctx), now.In(zone.Location(zone.Default)))
}

type accessKey struct{}

// WithAccess has the foot of every page say the state of conformity with the RGAA:
// "none", "partial" or "full". The mention is an obligation (decree 2019-768, article 5).
func WithAccess(ctx context.Context, state string) context.Context {
	return context.WithValue(ctx, accessKey{}, state)
}

func access(ctx context.Context) string {
	if state, _ := ctx.Value(accessKey{}).(string); state != "" {
		return state
	}
	return "none"
}

type readOnlyKey struct{}

// WithReadOnly has every page say that nothing can be saved for now.
func WithReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

func isReadOnly(ctx context.Context) bool {
	readOnly, _ := ctx.Value(readOnlyKey{}).(bool)
	return readOnly
}

// Shell names what the frame of a page says of the install to everybody, besides its
// language: two pages of one address under one name have the same frame for a visitor.
func Shell(ctx context.Context) string {
	if isReadOnly(ctx) {
		return access(ctx) + " read-only"
	}
	return access(ctx)
}

// doneParam carries what was just done across a redirect: a message key that ends
// in "_done". No cookie is needed, and a reload says it again, harmlessly.
const doneParam = "done"

// Done redirects after an act (303), and has the next page say it.
func Done(w http.ResponseWriter, r *http.Request, where, key string) error {
	return See(w, r, DoneURL(where, key))
}

// DoneURL is the address where Done leads, for a script that goes there by itself.
func DoneURL(where, key string) string {
	path, anchor, _ := strings.Cut(where, "#")
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	where = path + sign + doneParam + "=" + url.QueryEscape(key)
	if anchor != "" {
		where += "#" + anchor
	}
	return where
}

// filled gives the page what every page has: who is signed in, the navigation, the
// link to the other language, and what was just done.
func (p Page) filled(ctx context.Context) Page {
	user := account.From(ctx)
	if p.Person == "" {
		p.Person = user.Name
	}
	address, _ := ctx.Value(addressKey{}).(*url.URL)
	if address == nil {
		return p
	}
	if p.Nav == nil {
		p.Nav = mainNav(ctx, user, address.Path)
	}
	query := address.Query()
	if done := query.Get(doneParam); p.Notice == "" && strings.HasSuffix(done, "_done") && i18n.Has(done) {
		p.Notice = i18n.T(ctx, done)
	}
	if p.LangURL == "" {
		query.Del(doneParam)
		query.Set("lang", string(otherLang(ctx)))
		p.LangURL = "?" + query.Encode()
	}
	return p
}

// isGuest says whether somebody came without an account, for one gathering.
func isGuest(user account.User) bool {
	return user.Limit != nil && user.Limit.Within.Kind == "gathering"
}

// mainNav is the same on every page: a few doors, in the order of use.
func mainNav(ctx context.Context, user account.User, path string) []NavItem {
	var items []NavItem
	add := func(key, to string) {
		items = append(items, NavItem{Label: i18n.T(ctx, key), URL: to, Current: path == to || to != "/" && strings.HasPrefix(path, to+"/")})
	}
	if isGuest(user) { // one door is hers
		add("ui.nav_gathering", "/gatherings/"+url.PathEscape(user.Limit.Within.ID))
		return items
	}
	if !user.IsVisitor() {
		add("ui.nav_todo", "/")
		add("ui.nav_files", "/applications")
	}
	add("ui.nav_calls", "/calls")
	add("ui.nav_editions", "/editions")
	add("showcase.title", "/showcase")
	return items
}
