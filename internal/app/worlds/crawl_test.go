package worlds_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"transformateur/internal/platform/db"
	"transformateur/internal/web/ui"
)

// visit is one request that an observer makes.
type visit struct{ method, address, form string }

func (v visit) String() string {
	return strings.TrimSpace(v.method + " " + v.address + " " + v.form)
}

// answer is all that comes back, as one text: status, headers, body.
type answer string

// listener hears an answer and hangs up at the first flush: a stream would go on.
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

// figures are the numbers on the page of the platform's administrator, who watches the
// machine: times, free space, how many mails wait. Nothing is taken out of any other answer.
var figures = regexp.MustCompile(`[0-9]+([.,\s\x{a0}\x{202f}]*[0-9]+)*`)

// ask makes a request as an observer. What the program draws at random for it follows
// from the request: the same in both worlds.
func (w *world) ask(h http.Handler, token string, v visit) (answer, http.Header, []byte) {
	chance(w.t, v.String())
	r := httptest.NewRequest(v.method, v.address, strings.NewReader(v.form))
	if v.method != http.MethodGet && v.method != http.MethodHead {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if programs := w.named["token "+token]; programs != "" && strings.HasPrefix(v.address, "/api/") {
		r.Header.Set("Authorization", "Bearer "+programs)
	} else if token != "" {
		r.AddCookie(&http.Cookie{Name: ui.CookieName(false), Value: token})
	}
	ctx, hangUp := context.WithTimeout(r.Context(), time.Minute)
	defer hangUp()
	rec := &listener{httptest.NewRecorder(), hangUp}
	h.ServeHTTP(rec, r.WithContext(ctx))
	header := rec.Header()
	var b strings.Builder
	fmt.Fprintln(&b, rec.Code)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintln(&b, name, header[name])
	}
	b.WriteString("\n")
	b.Write(rec.Body.Bytes())
	text := b.String()
	if path, _, _ := strings.Cut(v.address, "?"); path == "/platform" {
		text = figures.ReplaceAllString(text, "0")
	}
	return answer(text), header, rec.Body.Bytes()
}

// random is an identifier in an address.
var random = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{20}\b`)

// kindOf is an address without what it names: pages of one kind differ by that alone.
func kindOf(path string) string {
	segments := strings.Split(random.ReplaceAllString(path, "ID"), "/")
	if len(segments) > 2 {
		segments[2] = "ID"
	}
	return strings.Join(segments, "/")
}

// bounds limit what an observer follows beyond what the routes give by themselves.
type bounds struct {
	queries int // sorts, filters, pages and languages of one kind of page
	pages   int // of one kind, that only links lead to
}

var short, whole = bounds{queries: 2, pages: 2}, bounds{queries: 120, pages: 60}

// crawl asks for everything: every GET route over every known object, then every
// link, asset and form of the pages that came back. It gives the visits in order.
func (w *world) crawl(h http.Handler, token string, all known, b bounds) (visits []visit, answers []answer) {
	asked, met := map[string]bool{}, map[string]int{}
	var waiting []visit
	add := func(address string) {
		asked[address] = true
		waiting = append(waiting, visit{http.MethodGet, address, ""})
	}
	push := func(address string) {
		path, query, more := strings.Cut(address, "?")
		kind, most := kindOf(path), b.pages
		if more {
			name, _, _ := strings.Cut(query, "=")
			kind, most = kind+"?"+name, b.queries
		}
		if asked[address] || met[kind] >= most {
			return
		}
		met[kind]++
		add(address)
	}
	for _, address := range w.seeds(all) {
		if !asked[address] {
			add(address)
		}
	}
	for len(waiting) > 0 {
		v := waiting[0]
		waiting = waiting[1:]
		a, header, body := w.ask(h, token, v)
		visits, answers = append(visits, v), append(answers, a)
		if strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			for _, address := range links(body, v.address, dictionary) {
				push(address)
			}
		}
	}
	return visits, answers
}

// dictionary is what every search is asked in every world.
var dictionary = []string{"projet", "gil", "campus", "é", "%", "zzz"}

// seeds are the addresses that the routes give, and some that nothing serves.
func (w *world) seeds(all known) (list []string) {
	for _, route := range w.app.Routes() {
		if strings.HasPrefix(route.Pattern, "GET ") {
			list = append(list, addresses(route, all, nil)...)
		}
	}
	return append(list, "/healthz", "/absent", "/calls/absent", "/files/absent", "/applications/absent", "/invitations/absent", "/robots.txt", "/favicon.ico")
}

// links are the addresses of a page, and what its searches may be asked.
func links(body []byte, from string, words []string) (list []string) {
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	add := func(href string) {
		u, err := base.Parse(href)
		if err != nil || u.Host != "" && u.Host != "worlds.invalid" {
			return
		}
		u.Fragment = ""
		if strings.HasPrefix(u.Path, "/") {
			list = append(list, u.RequestURI())
		}
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return nil
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range []string{"href", "src"} {
			if value := attribute(n, name); value != "" && !strings.HasPrefix(value, "mailto:") && !strings.HasPrefix(value, "data:") {
				add(value)
			}
		}
		if n.Data == "form" && !strings.EqualFold(attribute(n, "method"), "post") {
			for _, query := range searches(n, words) {
				add(cmp.Or(attribute(n, "action"), base.Path) + "?" + query.Encode())
			}
		}
	}
	return list
}

// searches are the ways to fill a form that searches: each word in each text, each
// choice of each list.
func searches(form *html.Node, words []string) (list []url.Values) {
	base := url.Values{}
	var texts []string
	choices := map[string][]string{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "" && n.Data != "option":
		case n.Data == "input" && attribute(n, "type") == "hidden":
			base.Set(name, attribute(n, "value"))
		case n.Data == "input" && slices.Contains([]string{"", "text", "search"}, attribute(n, "type")):
			texts = append(texts, name)
		case n.Data == "input":
			choices[name] = append(choices[name], attribute(n, "value"))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" {
					choices[name] = append(choices[name], attribute(o, "value"))
				}
			}
		}
	}
	with := func(name, value string) {
		q := maps.Clone(base)
		q[name] = []string{value}
		list = append(list, q)
	}
	for _, name := range texts {
		for _, word := range words {
			with(name, word)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(choices)) {
		for _, value := range choices[name] {
			with(name, value)
		}
	}
	return list
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// letters are the mails that an observer received or will receive by themselves; those
// that wait for somebody to release them tell her nothing. Their identifiers are drawn at
// random, and depend on what is drawn beside: they are not compared.
func (w *world) letters(key string) []string {
	list, err := db.List(w.ctx, w.app.DB.Reader(), db.Value[string], `
		select subject || char(10) || body || char(10) || status || ' ' || template || ' ' || created_at || ' ' || coalesce(due_at, '')
		from mails where to_email = $1 and due_at is not null order by created_at, template, subject, body`, address(key))
	if err != nil {
		w.t.Error(err)
	}
	return list
}
