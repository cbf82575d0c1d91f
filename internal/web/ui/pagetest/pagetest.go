// Package pagetest is what every page is held to, and how a test asks for one.
package pagetest

import (
	"io"
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

// Site serves some routes as somebody, in a language.
type Site struct {
	Routes []ui.Route
	By     account.User
	Lang   i18n.Lang
}

// Answer is what the site answered.
type Answer struct {
	Status   int
	Body     string
	Location string
	Type     string
}

// Get asks for a page.
func (s Site) Get(t testing.TB, path string) Answer {
	t.Helper()
	return s.ask(t, httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form.
func (s Site) Post(t testing.TB, path string, form url.Values) Answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.ask(t, r)
}

// Send sends a body of any kind, such as a form with a file.
func (s Site) Send(t testing.TB, path, kind string, body io.Reader) Answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", kind)
	return s.ask(t, r)
}

func (s Site) ask(t testing.TB, r *http.Request) Answer {
	t.Helper()
	mux := http.NewServeMux()
	for _, route := range s.Routes {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r.WithContext(account.With(i18n.With(r.Context(), s.Lang), s.By)))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{w.Code, string(body), w.Header().Get("Location"), w.Header().Get("Content-Type")}
}

// Page asks for a page, wants it found, and holds it to what every page is held to.
func (s Site) Page(t testing.TB, path string) string {
	t.Helper()
	a := s.Get(t, path)
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d, want 200\n%s", path, a.Status, a.Body)
	}
	Check(t, a.Body)
	return a.Body
}

// Check refuses a page that would break the content policy, shows a missing message,
// has a control without a name, an id twice or a reference to none, or several titles.
func Check(t testing.TB, text string) {
	t.Helper()
	if i := strings.Index(text, "‹"); i >= 0 {
		t.Errorf("a missing message: %s", text[i:min(len(text), i+60)])
	}
	if i := strings.Index(text, "%!"); i >= 0 {
		t.Errorf("a badly filled message: %s", text[max(0, i-40):min(len(text), i+40)])
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels, titles := map[string]bool{}, map[string]bool{}, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		policy(t, n)
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("the id %s stands twice", id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "label":
			labels[attr(n, "for")] = true
		case "h1":
			titles++
		}
	}
	if titles != 1 {
		t.Errorf("%d main headings", titles)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			named(t, n, ids, labels)
		}
	}
}

func policy(t testing.TB, n *html.Node) {
	t.Helper()
	if n.Data == "script" && (attr(n, "src") == "" || n.FirstChild != nil) || n.Data == "style" {
		t.Errorf("an inline <%s>", n.Data)
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
		if (a.Key == "href" || a.Key == "action" || a.Key == "src") && (strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "about:")) {
			t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
	}
}

func named(t testing.TB, n *html.Node, ids, labels map[string]bool) {
	t.Helper()
	for _, key := range []string{"aria-describedby", "aria-labelledby", "for", "popovertarget"} {
		for _, id := range strings.Fields(attr(n, key)) {
			if !ids[id] {
				t.Errorf("<%s %s=%q>: no such id", n.Data, key, id)
			}
		}
	}
	switch n.Data {
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !labels[attr(n, "id")] && attr(n, "aria-label") == "" {
			t.Errorf("no label for %s", attr(n, "name"))
		}
	case "a", "button", "summary", "h1", "h2", "h3", "legend", "label", "th":
		if attr(n, "aria-label") == "" && strings.TrimSpace(Words(n)) == "" {
			t.Errorf("an empty <%s>", n.Data)
		}
	}
}

// Words is the text of a node.
func Words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
