// Package uitest is a browser without script for tests of pages: it keeps the cookie, follows forms and reads what a person would.
package uitest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// Browser asks pages of a few routes, as somebody who may be signed in.
type Browser struct {
	t      testing.TB
	mux    *http.ServeMux
	who    *account.Service
	Cookie string    // of the sign-in; "" for a visitor
	Lang   i18n.Lang // what the browser prefers
	IP     string
}

// Open makes a browser in front of routes.
func Open(t testing.TB, who *account.Service, lang i18n.Lang, routes []ui.Route) *Browser {
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	mux.Handle("/", ui.Handle(ui.NotFound))
	return &Browser{t: t, mux: mux, who: who, Lang: lang, IP: "192.0.2.1"}
}

// Page is an answer.
type Page struct {
	t        testing.TB
	Status   int
	Location string // where a redirect leads
	Header   http.Header
	Body     string
	Doc      *html.Node
	path     string
}

// Get asks for a page.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form.
func (b *Browser) Post(path string, values url.Values) *Page {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *Browser) do(r *http.Request) *Page {
	b.t.Helper()
	r.RemoteAddr = b.IP + ":4321"
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	user, lang := account.User{}, b.Lang
	if b.Cookie != "" {
		if u, err := b.who.Authenticate(context.Background(), b.Cookie); err == nil {
			user, lang = u, i18n.Parse(u.Lang)
		}
	}
	if asked := r.URL.Query().Get("lang"); asked != "" {
		lang = i18n.Parse(asked)
	}
	w := httptest.NewRecorder()
	b.mux.ServeHTTP(w, r.WithContext(account.With(i18n.With(r.Context(), lang), user)))
	for _, c := range w.Result().Cookies() {
		if c.Name == ui.CookieName(false) {
			b.Cookie = c.Value
		}
	}
	p := &Page{t: b.t, Status: w.Code, Location: w.Header().Get("Location"), Header: w.Header(), Body: w.Body.String(), path: r.URL.RequestURI()}
	doc, err := html.Parse(strings.NewReader(p.Body))
	if err != nil {
		b.t.Fatalf("%s: %v", p.path, err)
	}
	p.Doc = doc
	if strings.Contains(p.Body, "‹") {
		b.t.Errorf("%s: a message has no words: %s", p.path, around(p.Body, "‹"))
	}
	if strings.Contains(p.Body, "%!") {
		b.t.Errorf("%s: a message lacks an argument: %s", p.path, around(p.Body, "%!"))
	}
	return p
}

func around(body, mark string) string {
	at := strings.Index(body, mark)
	return body[max(0, at-40):min(len(body), at+80)]
}

// Submit fills the form of a page that posts to an address beginning with action, and
// sends it: hidden fields and what was already filled go with it.
func (b *Browser) Submit(p *Page, action string, typed map[string]string) *Page {
	b.t.Helper()
	form := p.Find("form", "action", action)
	if form == nil {
		b.t.Fatalf("%s: no form to %s", p.path, action)
	}
	values := url.Values{}
	walk(form, func(n *html.Node) {
		name, value := attr(n, "name"), attr(n, "value")
		_, checked := lookup(n, "checked")
		switch {
		case name == "" || n.Data == "button":
		case n.Data == "input" && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox"):
			if checked {
				values.Add(name, value)
			}
		case n.Data == "input":
			values.Set(name, value)
		case n.Data == "textarea":
			values.Set(name, textOf(n))
		case n.Data == "select":
			walk(n, func(o *html.Node) {
				if _, chosen := lookup(o, "selected"); chosen {
					values.Set(name, attr(o, "value"))
				}
			})
		}
	})
	for name, value := range typed {
		values.Set(name, value)
	}
	return b.Post(attr(form, "action"), values)
}

// Want checks the status of an answer.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d to %q, want %d: %s", p.path, p.Status, p.Location, status, p.Text("main"))
	}
	return p
}

// Find is the first element of a tag whose attribute begins with a value; with an
// empty attribute, the first of the tag.
func (p *Page) Find(tag, name, value string) *html.Node {
	var found *html.Node
	walk(p.Doc, func(n *html.Node) {
		if found == nil && n.Data == tag && (name == "" || strings.HasPrefix(attr(n, name), value) && attr(n, name) != "") {
			found = n
		}
	})
	return found
}

// Text is what a person reads in the first element of a tag.
func (p *Page) Text(tag string) string {
	if n := p.Find(tag, "", ""); n != nil {
		return textOf(n)
	}
	return ""
}

// Value is what a field holds.
func (p *Page) Value(name string) string {
	p.t.Helper()
	for _, tag := range []string{"input", "textarea"} {
		if n := p.Find(tag, "name", name); n != nil {
			if tag == "textarea" {
				return textOf(n)
			}
			return attr(n, "value")
		}
	}
	p.t.Fatalf("%s: no field %s", p.path, name)
	return ""
}

// Link is the address of the first link that begins and ends so, or "".
func (p *Page) Link(prefix, suffix string) (found string) {
	walk(p.Doc, func(n *html.Node) {
		if href := attr(n, "href"); found == "" && n.Data == "a" && strings.HasPrefix(href, prefix) && strings.HasSuffix(href, suffix) {
			found = href
		}
	})
	return found
}

// WantProblem checks that a field is wrong, as a form must say it: at the field, which
// refers to the words, and in the summary, which leads to the field, in the title too.
func (p *Page) WantProblem(field, key string, args ...any) {
	p.t.Helper()
	lang := i18n.Parse(attr(p.Find("html", "", ""), "lang"))
	said, id := Say(lang, key, args...), ui.FieldID(field)
	if n := p.byID(id + "-error"); n == nil || !strings.Contains(textOf(n), said) {
		p.t.Errorf("%s: the field %s does not say %q", p.path, field, said)
	}
	if n := p.byID(id); n == nil || attr(n, "aria-invalid") != "true" {
		p.t.Errorf("%s: the field %s is not marked", p.path, field)
	}
	if n := p.Find("a", "href", "#"+id); n == nil || textOf(n) != said {
		p.t.Errorf("%s: the summary does not lead to %s", p.path, field)
	}
	if title := p.Text("title"); !strings.HasPrefix(title, Say(lang, "ui.title_failed")) {
		p.t.Errorf("%s: the title is %q", p.path, title)
	}
}

func (p *Page) byID(id string) *html.Node {
	var found *html.Node
	walk(p.Doc, func(n *html.Node) {
		if attr(n, "id") == id {
			found = n
		}
	})
	return found
}

// WantSound checks what every page owes: one h1, a language, no inline script or
// style, a label for each field, no identifier twice.
func (p *Page) WantSound(lang i18n.Lang) *Page {
	p.t.Helper()
	if got := attr(p.Find("html", "", ""), "lang"); got != string(lang) {
		p.t.Errorf("%s: the page is in %q, want %s", p.path, got, lang)
	}
	titles, ids, labels := 0, map[string]bool{}, map[string]bool{}
	walk(p.Doc, func(n *html.Node) { labels[attr(n, "for")] = labels[attr(n, "for")] || n.Data == "label" })
	walk(p.Doc, func(n *html.Node) {
		if n.Data == "h1" {
			titles++
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				p.t.Errorf("%s: %s is the id of two elements", p.path, id)
			}
			ids[id] = true
		}
		if _, style := lookup(n, "style"); style || n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			p.t.Errorf("%s: inline style or script in %s", p.path, n.Data)
		}
		field := n.Data == "select" || n.Data == "textarea" || n.Data == "input" && attr(n, "type") != "hidden"
		if field && !labels[attr(n, "id")] {
			p.t.Errorf("%s: the field %s has no label", p.path, attr(n, "name"))
		}
	})
	if titles != 1 {
		p.t.Errorf("%s: %d h1", p.path, titles)
	}
	return p
}

// Say is a message as Text reads it: spaces of any kind are one.
func Say(lang i18n.Lang, key string, args ...any) string {
	return strings.Join(strings.Fields(i18n.Say(lang, key, args...)), " ")
}

func walk(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func lookup(n *html.Node, name string) (string, bool) {
	if n != nil {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string {
	value, _ := lookup(n, name)
	return value
}

func textOf(n *html.Node) string {
	var b strings.Builder
	var read func(*html.Node)
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c)
		}
	}
	read(n)
	return strings.Join(strings.Fields(b.String()), " ")
}
