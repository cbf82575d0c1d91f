package worlds_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/web/ui"
)

// pair is two worlds that differ by a secret.
type pair struct {
	secret
	without, with *world
	base          bool // without is the world of the script alone
}

// pairs builds the worlds of secrets: the script is played once, and left at the act
// that each secret follows.
func pairs(t *testing.T, list []secret) []pair {
	t.Helper()
	acts := script()
	at := map[string]*world{}
	trunk := begin(t)
	for _, a := range acts {
		trunk.play(a)
		if slices.ContainsFunc(list, func(s secret) bool { return s.after == a.name }) {
			trunk.stop()
			left := trunk.branch(t)
			left.stop()
			at[a.name] = left
			trunk.open()
		}
	}
	trunk.stop()
	carry := func(s secret, told bool) *world {
		w := at[s.after].branch(t)
		i := slices.IndexFunc(acts, func(a act) bool { return a.name == s.after })
		w.play(act{s.name, acts[i].at + hour/2, func(w *world) { s.plant(w, told) }})
		for _, a := range acts[i+1:] {
			w.play(a)
		}
		w.stop()
		return w
	}
	var out []pair
	for _, s := range list {
		if at[s.after] == nil {
			t.Fatalf("%q follows %q, which is no act", s.name, s.after)
		}
		p := pair{secret: s, without: trunk, base: true}
		if s.varies {
			p.without, p.base = carry(s, false), false
		}
		p.with = carry(s, true)
		out = append(out, p)
	}
	return out
}

// difference is what an observer can tell two worlds apart by.
type difference struct {
	secret, observer, where, without, with string
}

func (d difference) String() string {
	return fmt.Sprintf("%s: seen by %s in %s\n  without: %s\n  with:    %s", d.secret, d.observer, d.where, d.without, d.with)
}

// view is what an observer was answered in a world.
type view struct {
	visits  []visit
	answers []answer
	letters []string
}

// cache keeps what each observer sees in the world without the secret, which the
// pairs of many secrets share, and what each world holds.
type cache struct {
	bounds bounds
	seen   map[string]view
	held   map[*world]known
}

func (c *cache) known(t *testing.T, w *world) known {
	if c.held[w] == nil {
		w.visit(t, func(v *world) { c.held[w] = v.known() })
	}
	return c.held[w]
}

// base is what an observer is answered in the world without the secret. The list of
// what she asks follows from it: the same is then asked of the other world.
func (c *cache) base(t *testing.T, p pair, key string, wrap wrapping) view {
	name := key
	if !p.base {
		name += " " + p.name
	}
	v, there := c.seen[name]
	if !there {
		all := c.known(t, p.without)
		p.without.visit(t, func(w *world) {
			v.visits, v.answers = w.crawl(w.handler(wrap), w.tokens[key], all, c.bounds)
			v.letters = w.letters(key)
		})
		c.seen[name] = v
	}
	return v
}

// compare has one observer visit both worlds.
func compare(t *testing.T, p pair, key string, c *cache, wrap wrapping) (out []difference, asked int) {
	base := c.base(t, p, key, wrap)
	note := func(where string, without, with string) {
		if without != with {
			a, b := apart(without, with)
			out = append(out, difference{p.name, key, where, a, b})
		}
	}
	first, all := c.known(t, p.without), c.known(t, p.with)
	var more []visit
	var answers []answer
	p.with.visit(t, func(w *world) {
		h := w.handler(wrap)
		for i, v := range base.visits {
			a, _, _ := w.ask(h, w.tokens[key], v)
			note(v.String(), string(base.answers[i]), string(a))
		}
		note("her mails", strings.Join(base.letters, "\n"), strings.Join(w.letters(key), "\n"))
		more = w.more(base.visits, first, all, p.words)
		for _, v := range more {
			a, _, _ := w.ask(h, w.tokens[key], v)
			answers = append(answers, a)
		}
	})
	p.without.visit(t, func(w *world) {
		h := w.handler(wrap)
		for i, v := range more {
			a, _, _ := w.ask(h, w.tokens[key], v)
			note(v.String(), string(a), string(answers[i]))
		}
	})
	return out, len(base.visits) + len(more)
}

// more are the requests that the secret itself suggests: its words in every search,
// its identifiers in every address, read and written, and in every form that names
// a thing; exports; and what visitors may send.
func (w *world) more(visits []visit, first, all known, words []string) (list []visit) {
	own := all.beyond(first)
	for _, v := range visits {
		u, err := url.Parse(v.address)
		if err != nil {
			continue
		}
		for name := range u.Query() {
			if !slices.Contains([]string{"q", "name", "email"}, name) {
				continue
			}
			for _, word := range words {
				q := u.Query()
				q.Set(name, word)
				next := visit{http.MethodGet, u.Path + "?" + q.Encode(), ""}
				if !slices.Contains(list, next) {
					list = append(list, next)
				}
			}
		}
	}
	for _, route := range w.app.Routes() {
		method, _, _ := strings.Cut(route.Pattern, " ")
		for _, address := range addresses(route, all, own) {
			if !strings.Contains(address, "{") {
				list = append(list, visit{method, address, ""})
			}
		}
		if method == http.MethodPost {
			list = append(list, sent(route, all, own, words)...)
		}
	}
	for _, word := range words {
		if strings.Contains(word, "@") {
			list = append(list, visit{http.MethodPost, "/signin", "email=" + url.QueryEscape(word)})
		}
	}
	return list
}

// naming are the forms whose fields name a thing; forms that would change much of
// the world for who is allowed are left out.
var naming = map[string]string{"/revoke": "invitation", "/resend": "invitation", "/team/end": "relation", "/members/remove": "person", "/join": "organisation", "/leave": "organisation",
	"/files/labels": "label", "/labels": "label", "/account/logins/revoke": "login", "/addresses/remove": "address", "/addresses/main": "address", "/correction/cancel": "correction", "/save": "variant",
	"/opposition/withdraw": "opposition"}

// sent are the forms that name something of the secret, on everything else.
func sent(route ui.Route, all, own known, words []string) (list []visit) {
	for end, field := range naming {
		if !strings.HasSuffix(route.Pattern, end) {
			continue
		}
		ids := slices.Concat(own["{"+field+"}"], own[field])
		for _, address := range addresses(route, all, nil) {
			for _, id := range ids {
				id, _, _ = strings.Cut(id, " ")
				list = append(list, visit{http.MethodPost, address, url.Values{field: {id}, "role": {id}, "id": {id}}.Encode()})
			}
		}
	}
	if strings.HasSuffix(route.Pattern, "/files/export") {
		for _, address := range addresses(route, all, nil) {
			for _, format := range []string{"csv", "xlsx"} {
				list = append(list, visit{http.MethodPost, address, url.Values{"format": {format}, "column": {"number", "title", "status", "deposited", "field.summary", "field.bearer"}}.Encode()})
			}
		}
	}
	slices.SortFunc(list, func(a, b visit) int { return strings.Compare(a.String(), b.String()) })
	return list
}

// apart shows where two texts part, with some of what stands around.
func apart(a, b string) (string, string) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return fmt.Sprintf("%q", s[max(0, min(len(s), i-80)):min(len(s), i+160)]) }
	return cut(a), cut(b)
}

// night says whether all is compared with all; otherwise a short profile fits in
// every run of the tests: each secret before a twelfth of the observers, in turn.
func night() bool { return os.Getenv("TRANSFORMATEUR_SECRETS") == "all" }

// looking are those before whom the secret at a place of the list is compared.
func looking(place int) (who []string) {
	for i, o := range observers {
		if night() || (i+place)%12 == 0 {
			who = append(who, o.key)
		}
	}
	return who
}

// Whatever somebody may not know changes not one byte of what she receives.
func TestPairedWorlds(t *testing.T) {
	quiet(t)
	list := secrets()
	only := os.Getenv("TRANSFORMATEUR_SECRET")
	list = slices.DeleteFunc(list, func(s secret) bool { return !strings.Contains(s.name, only) })
	found, compared, asked := run(t, pairs(t, list), looking, nil)
	for _, d := range found {
		t.Error(d)
	}
	t.Logf("%d secrets, %d pairs of a secret and an observer, %d requests compared, %d differences", len(list), compared, asked, len(found))
	if only == "" && compared < 80 {
		t.Errorf("only %d pairs", compared)
	}
}

// run compares every pair of worlds before those who look and may not know.
func run(t *testing.T, all []pair, looking func(place int) []string, wrap wrapping) (found []difference, compared, asked int) {
	c := &cache{bounds: short, seen: map[string]view{}, held: map[*world]known{}}
	if night() {
		c.bounds = whole
	}
	for place, p := range all {
		for _, key := range looking(place) {
			if p.entitled(key) {
				continue
			}
			t.Run(p.name+", seen by "+key, func(t *testing.T) { // whose randomness ends with it
				d, n := compare(t, p, key, c, wrap)
				found, compared, asked = append(found, d...), compared+1, asked+n
			})
		}
	}
	return found, compared, asked
}
