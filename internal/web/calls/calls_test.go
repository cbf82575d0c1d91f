package calls_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/web/calls"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type registers struct{}

func (registers) Organisation(string, string) string      { return "" }
func (registers) Territory(_, code string) (string, bool) { return code, true }

var _ application.Registers = registers{}

// site is the pages of calls over the small world of the tests of files.
func open(t *testing.T) (*screeningtest.World, func(by account.User, lang i18n.Lang) pagetest.Site) {
	t.Helper()
	w := screeningtest.New(t, dbtest.SQLite(t))
	h := &calls.Handler{Calls: w.Calls, Continuity: continuity.New(w.DB, w.Clock, w.Policy, w.Bus, w.Calls), Screening: w.Screening, Programmes: programme.New(w.DB, w.Clock, w.Policy, w.Bus), Clock: w.Clock, Registers: registers{}}
	return w, func(by account.User, lang i18n.Lang) pagetest.Site {
		return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}
	}
}

// bench makes a draft call with the first ready-made form.
func bench(t *testing.T, w *screeningtest.World) call.ID {
	t.Helper()
	c, err := w.Calls.Create(ctx, w.Lead, call.Call{ID: "atelier", EditionID: "edition", Title: form.Localised{"fr": "Atelier"}, Zone: "Europe/Paris"})
	w.Must(err)
	_, err = w.Calls.CopyForm(ctx, w.Lead, c.ID, call.Source{Ready: "regional"}, 0)
	w.Must(err)
	return c.ID
}

func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'", "&#34;", `"`).Replace(s)
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(plain(text), part) {
			t.Errorf("no %q", part)
		}
	}
}

// controls are what a browser would send of the form of a part, without any button.
func controls(t *testing.T, text string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		inside = inside || n.Data == "form" && has1(n, "data-live")
		if n.Data == "template" {
			return
		}
		name := attr(n, "name")
		if inside && name != "" {
			switch n.Data {
			case "input":
				kind := attr(n, "type")
				if kind != "checkbox" && kind != "radio" || has1(n, "checked") {
					out.Add(name, attr(n, "value"))
				}
			case "textarea":
				out.Add(name, strings.TrimPrefix(pagetest.Words(n), ""))
			case "select":
				out.Add(name, chosen(n))
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(doc, false)
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has1(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func chosen(n *html.Node) string {
	first, found, value := "", false, ""
	seen := false
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Data == "option" {
			if !seen {
				first, seen = attr(n, "value"), true
			}
			if has1(n, "selected") {
				value, found = attr(n, "value"), true
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	if found {
		return value
	}
	return first
}

// Every page, in both languages, is held to what every page is held to.
func TestPagesAreSound(t *testing.T) {
	w, site := open(t)
	id := string(bench(t, w))
	q, err := w.Calls.Ask(ctx, w.Ana, w.Call.ID, "Faut-il être en Normandie ?", true)
	w.Must(err)
	_, err = w.Calls.Answer(ctx, w.Lead, w.Call.ID, call.Reply{Question: q.ID, Text: "Oui, **le siège**.", Public: true, Base: 1})
	w.Must(err)
	_, d, err := w.Calls.FormDraft(ctx, w.Lead, call.ID(id))
	w.Must(err)
	for _, lang := range i18n.Langs {
		lead, visitor := site(w.Lead, lang), site(account.User{}, lang)
		for _, path := range []string{"/calls", "/calls/appel"} {
			visitor.Page(t, path)
			lead.Page(t, path)
		}
		for _, path := range []string{"/calls/new?edition=edition", "/calls/appel/manage", "/calls/appel/edit", "/calls/appel/extend", "/calls/appel/form", "/calls/appel/form/publish",
			"/calls/" + id + "/manage", "/calls/" + id + "/edit", "/calls/" + id + "/form", "/calls/" + id + "/form/add?step=" + d.Form.Steps[0].ID,
			"/calls/" + id + "/form/start", "/calls/" + id + "/form/history", "/calls/" + id + "/form/try", "/calls/" + id + "/form/steps/" + d.Form.Steps[1].ID, "/calls/" + id + "/form/preview"} {
			lead.Page(t, path)
		}
		for _, f := range d.Form.Fields() {
			lead.Page(t, "/calls/"+id+"/form/fields/"+f.ID)
		}
		for _, ru := range d.Form.Rules {
			lead.Page(t, "/calls/"+id+"/form/rules/"+ru.ID)
		}
	}
}

// Whatever a page of the builder shows, saved as it stands, changes nothing.
func TestSavingAPageAsItStandsChangesNothing(t *testing.T) {
	for _, ready := range form.Ready() {
		w, site := open(t)
		id := bench(t, w)
		_, err := w.Calls.CopyForm(ctx, w.Lead, id, call.Source{Ready: ready}, 1)
		w.Must(err)
		_, before, err := w.Calls.FormDraft(ctx, w.Lead, id)
		w.Must(err)
		lead := site(w.Lead, i18n.FR)
		save := func(path string) {
			sent := controls(t, lead.Page(t, path))
			sent.Set("do", "save")
			if a := lead.Post(t, path, sent); a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d\n%s", path, a.Status, plain(a.Body))
			}
		}
		for _, f := range before.Form.Fields() {
			save("/calls/atelier/form/fields/" + f.ID)
		}
		for _, s := range before.Form.Steps {
			save("/calls/atelier/form/steps/" + s.ID)
		}
		for _, ru := range before.Form.Rules {
			save("/calls/atelier/form/rules/" + ru.ID)
		}
		_, after, err := w.Calls.FormDraft(ctx, w.Lead, id)
		w.Must(err)
		for _, c := range form.Diff(before.Form, after.Form) {
			t.Errorf("%s: %s %s %s %v", ready, c.Key, c.Field, c.Rule, c.Args)
		}
	}
}
