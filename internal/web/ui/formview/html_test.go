package formview

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sent is what a browser without script sends of a page.
func sent(t *testing.T, page string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	walk(doc, func(n *html.Node) {
		name := attr(n, "name")
		if name == "" || within(n, "template") {
			return
		}
		switch n.Data {
		case "input":
			switch kind := attr(n, "type"); {
			case kind == "file", (kind == "radio" || kind == "checkbox") && !has(n, "checked"):
			default:
				out.Add(name, attr(n, "value"))
			}
		case "textarea":
			out.Add(name, strings.TrimPrefix(inner(n), "\n"))
		case "select":
			chosen := ""
			walk(n, func(o *html.Node) {
				if o.Data == "option" && has(o, "selected") {
					chosen = attr(o, "value")
				}
			})
			out.Add(name, chosen)
		}
	})
	return out
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func within(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func inner(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(c.Data)
	}
	return b.String()
}
