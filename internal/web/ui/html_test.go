package ui

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
)

// pages are whole pages that, together, hold every component in its states.
func pages() map[string]templ.Component {
	all := map[string]templ.Component{
		"style guide": Styleguide(),
		"sign-in":     SignInSample(),
		"visitor":     Layout(Page{Title: "x", Bare: true, Failed: true, Width: Wide}),
	}
	for kind := errs.Internal; kind <= errs.Unavailable; kind++ {
		all["error "+kind.String()] = ErrorPage(kind, "", "x")
	}
	return all
}

func render(t *testing.T, lang i18n.Lang, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(i18n.With(context.Background(), lang), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func eachPage(t *testing.T, check func(t *testing.T, text string)) {
	for name, page := range pages() {
		for _, lang := range i18n.Langs {
			t.Run(name+" "+string(lang), func(t *testing.T) { check(t, render(t, lang, page)) })
		}
	}
}

var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "rect", "line", "circle"}

// Every element that opens closes, in order.
func TestHTMLIsBalanced(t *testing.T) {
	eachPage(t, func(t *testing.T, text string) {
		var open []string
		z := html.NewTokenizer(strings.NewReader(text))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			name, _ := z.TagName()
			switch {
			case kind == html.StartTagToken && (!slices.Contains(void, string(name))):
				open = append(open, string(name))
			case kind == html.EndTagToken && !slices.Contains(void, string(name)):
				if len(open) == 0 || open[len(open)-1] != string(name) {
					t.Fatalf("</%s> closes %v", name, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("left open: %v", open)
		}
	})
}

// A strict content policy refuses style attributes, inline scripts and on… handlers;
// a missing message shows between angle quotes.
func TestPagesObeyThePolicy(t *testing.T) {
	eachPage(t, func(t *testing.T, text string) {
		if i := strings.Index(text, "‹"); i >= 0 {
			t.Errorf("missing message: %s", text[i:min(len(text), i+60)])
		}
		for _, bad := range []string{"%!", "javascript:", "<style", "about:invalid"} {
			if strings.Contains(text, bad) {
				t.Errorf("holds %q", bad)
			}
		}
		for _, n := range elements(t, text) {
			if n.Data == "script" && (attr(n, "src") == "" || n.FirstChild != nil) {
				t.Error("an inline script")
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

// Controls have names that assistive technologies can say, and ids are unique and found.
func TestEveryControlIsNamed(t *testing.T) {
	eachPage(t, func(t *testing.T, text string) {
		ids := map[string]*html.Node{}
		labels := map[string]bool{}
		all := elements(t, text)
		for _, n := range all {
			if id := attr(n, "id"); id != "" {
				if ids[id] != nil {
					t.Errorf("id %s twice", id)
				}
				ids[id] = n
			}
			if n.Data == "label" {
				labels[attr(n, "for")] = true
			}
		}
		for _, n := range all {
			for _, key := range []string{"aria-describedby", "aria-labelledby", "for", "popovertarget"} {
				for _, id := range strings.Fields(attr(n, key)) {
					if ids[id] == nil {
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
				if attr(n, "aria-label") == "" && strings.TrimSpace(words(n)) == "" {
					t.Errorf("an empty <%s>", n.Data)
				}
			}
		}
		if strings.Count(text, "<h1") > 1 {
			t.Error("several main headings")
		}
	})
}

// A page says its language, has a title, one main part and a way to skip to it.
func TestLayoutHasItsLandmarks(t *testing.T) {
	for _, lang := range i18n.Langs {
		text := render(t, lang, Styleguide())
		for _, want := range []string{`<html lang="` + string(lang) + `"`, `<main id="content"`, `href="#content"`, "<title>", "<header", "<footer", "<nav"} {
			if strings.Count(text, want) == 0 {
				t.Errorf("%s: no %s", lang, want)
			}
		}
	}
	failed := render(t, i18n.FR, Layout(Page{Title: "Dépôt", Failed: true}))
	if !strings.Contains(strings.Join(strings.Fields(failed), " "), "<title>Erreur : Dépôt – Transformateur</title>") {
		t.Error("the title of the window does not say the error first")
	}
}

func TestNamesAreEscaped(t *testing.T) {
	text := render(t, i18n.FR, PersonChip(Person{Name: `<script>alert(1)</script>`, URL: "javascript:alert(1)"}))
	if strings.Contains(text, "<script") || strings.Contains(text, "javascript:") {
		t.Errorf("not escaped: %s", text)
	}
}

func elements(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d elements", len(all))
	}
	return all
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
