package app

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

var updateWrites = flag.Bool("update", false, "write testdata/writes.txt again, to be read before it is kept")

// passing are the changes that any request may leave, refused or not: they count
// attempts, note that somebody was there, or are work to be done later.
var passing = []string{"+attempts", "logins.last_seen_at", "+jobs", "+login_links"}

// unfinished are the changes that are no act yet: a link asked for by mail, a code that
// is shown and not proved.
var unfinished = []string{"+mails", "+one_time_codes"}

// planted is what stands in every field that a form does not have. It is a number, so
// that it passes for anything.
const planted = "424242"

// typical are values that forms accept, by field; several when routes differ.
var typical = map[string]string{"email": "nouvelle@example.org", "verdict": "admissible", "role": "editor", "relation": "officer", "reason": "Parce que", "name": "Nom", "colour": "blue",
	"zone": "Europe/Paris", "lang": "fr", "until": "2027-12-01", "due_at": "2027-04-01T12:00", "closes_at": "2027-12-01T12:00", "fields": "summary", "message": "Un mot", "view": "Vue",
	"note_fr": "Une note", "title": "Titre", "title_fr": "Titre", "kind": "incomplete", "question": "Pourquoi ?", "answer": "Oui", "body": "Bonjour", "starts": "2027-09-01", "merge": "yes", "choice": "mine",
	"capacity": "12", "link": "https://example.org/salle", "part": "morning"}

// writing are the routes that change something.
func writing(all []ui.Route) (list []ui.Route) {
	for _, route := range all {
		if method, _, _ := strings.Cut(route.Pattern, " "); method != http.MethodGet && method != http.MethodHead {
			list = append(list, route)
		}
	}
	return list
}

// TestWriteMatrix sends every writing route a form that holds every field that any
// page or any table knows, by those who may and by those who may not, and compares
// the whole database before and after: who may changes what testdata/writes.txt says
// and nothing else, with a line in the journal; who may not changes nothing.
func TestWriteMatrix(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // whole databases, soon forgotten
	routes := writing(newWorld(t).app.Routes())
	golden := filepath.Join("testdata", "writes.txt")
	allowed := readWrites(t, golden)
	seen := map[string][]string{}
	if only := os.Getenv("TRANSFORMATEUR_WRITES"); only != "" { // some routes, while working on them; the others keep what is written of them
		some := regexp.MustCompile(only)
		seen = maps.Clone(allowed)
		routes = slices.DeleteFunc(routes, func(r ui.Route) bool { return !some.MatchString(r.Pattern) })
		for _, route := range routes {
			delete(seen, route.Pattern)
		}
	}
	cells, faults := writes(t, routes, allowed, seen, nil)
	if *updateWrites {
		if err := os.WriteFile(golden, []byte(sayWrites(seen)), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, fault := range faults {
		t.Error(fault)
	}
	for pattern := range allowed {
		if _, there := seen[pattern]; !there {
			t.Errorf("%s stands in %s and changes nothing: take it out", pattern, golden)
		}
	}
	t.Logf("%d cells, %d routes that change something", cells, len(seen))
	if cells < 400 && os.Getenv("TRANSFORMATEUR_WRITES") == "" {
		t.Errorf("only %d cells", cells)
	}
}

// readWrites reads the table of what each route may change: its pattern on a line,
// then its changes, each after a tab. "+table" is a row more, "-table" a row less,
// "table.column" another value.
func readWrites(t *testing.T, path string) map[string][]string {
	text, err := os.ReadFile(path)
	if err != nil && !*updateWrites {
		t.Fatal(err)
	}
	allowed, at := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimRight(line, "\n"); {
		case strings.HasPrefix(line, "\t"):
			allowed[at] = append(allowed[at], strings.TrimSpace(line))
		case line != "" && !strings.HasPrefix(line, "#"):
			at = line
			allowed[at] = nil
		}
	}
	return allowed
}

func sayWrites(seen map[string][]string) string {
	var b strings.Builder
	b.WriteString("# What each route may change: +table a row more, -table a row less, table.column another value.\n# Written by: go test ./internal/app -run TestWriteMatrix -update\n")
	for _, pattern := range slices.Sorted(maps.Keys(seen)) {
		fmt.Fprintf(&b, "\n%s\n", pattern)
		for _, change := range seen[pattern] {
			fmt.Fprintf(&b, "\t%s\n", change)
		}
	}
	return b.String()
}

// writes tries routes, each in a world of its own, and notes in seen what those who may
// have changed. plant, if not nil, puts a fault around the program.
func writes(t *testing.T, routes []ui.Route, allowed, seen map[string][]string, plant func(w *world) http.Handler) (cells int, faults []string) {
	for _, route := range routes {
		w := newWorld(t)
		if plant != nil {
			w.handler = plant(w)
		}
		f, known := fixtures[route.On]
		if !known {
			faults = append(faults, "no fixture for "+route.Pattern)
			continue
		}
		m, names, tried := f.moments[allowing(route, f.moments)], w.columns(), map[string]int{}
		for _, a := range w.people(f.make(w, m)) {
			a.route = route
			may := entitled(route.Action, a.Object, a.standing)
			way := fmt.Sprint(may, a.bond())
			if tried[way]++; tried[way] > 1 && !(may && a.bond() == "here") {
				continue
			}
			cells++
			if may {
				a = w.alone(a, f, m)
			}
			form := w.form(a, may)
			versioned := form.Has("version") || form.Has("base")
			send(route, form)
			changes, status := w.change(a, stuffed(form, names))
			for _, fault := range judgeWrite(changes, may, allowed[route.Pattern]) {
				faults = append(faults, fmt.Sprintf("%s by %s, status %d: %s", route.Pattern, a.who, status, fault))
			}
			if may && len(changes) > 0 {
				seen[route.Pattern] = merged(seen[route.Pattern], changes)
			}
			if may && versioned && a.bond() == "here" {
				faults = append(faults, w.stale(a, f, m)...)
			}
		}
		w.app.Close()
	}
	return cells, faults
}

// allowing is the first moment at which some line of the table opens a route.
func allowing(route ui.Route, moments []moment) int {
	at := slices.IndexFunc(moments, func(m moment) bool {
		obj := policy.Object{Stage: m.stage, State: m.state, Flags: map[string]bool{"unsealed": true}}
		return slices.ContainsFunc(policy.Table, func(rule policy.Rule) bool {
			return rule.Action == route.Action && inTime(rule, obj) && inState(rule, obj)
		})
	})
	return max(at, 0)
}

// judgeWrite says what is wrong with the changes of a request.
func judgeWrite(changes []string, may bool, allowed []string) (faults []string) {
	acts := 0
	for _, change := range changes {
		switch {
		case change == "+journal":
			acts++
		case slices.Contains(passing, change):
		case !may:
			faults = append(faults, change+" is changed by who may not")
		case !slices.Contains(allowed, change):
			faults = append(faults, change+" is not what it may change")
		}
	}
	if !may && acts > 0 {
		faults = append(faults, "a refusal is in the journal")
	}
	rest := slices.DeleteFunc(slices.Clone(changes), func(c string) bool { return slices.Contains(passing, c) })
	if may && len(rest) > 0 && acts == 0 && !slices.ContainsFunc(unfinished, func(c string) bool { return slices.Equal(rest, []string{c}) }) {
		faults = append(faults, "nothing of it is in the journal")
	}
	return faults
}

func merged(a, b []string) []string {
	all := slices.Concat(a, slices.DeleteFunc(slices.Clone(b), func(c string) bool { return slices.Contains(passing, c) }))
	slices.Sort(all)
	return slices.Compact(all)
}

// stuffed is the form that the page of a route sends, as the person finds it filled, with
// every field that it does not have.
func stuffed(values url.Values, names []string) url.Values {
	for name, value := range typical {
		if !values.Has(name) || values.Get(name) == "Texte" {
			values.Set(name, value)
		}
	}
	for _, name := range names {
		if !values.Has(name) {
			values.Set(name, planted)
		}
	}
	return values
}

// form finds the form that leads to the address of a route on the pages of its object:
// on the page where it was found before, or for who may do the act on any of them.
func (w *world) form(a attempt, may bool) url.Values {
	for _, page := range w.app.Routes() {
		if page.Pattern == w.holder {
			if form := w.formOn(page, a); form != nil {
				return form
			}
		}
	}
	for _, page := range w.app.Routes() {
		if !may || !strings.HasPrefix(page.Pattern, "GET ") || page.On != a.route.On || strings.Contains(page.Pattern, "stream") {
			continue
		}
		if form := w.formOn(page, a); form != nil {
			w.holder = page.Pattern
			return form
		}
	}
	return url.Values{}
}

// formOn is the form of a page that leads to the address of a route, nil when it has none.
func (w *world) formOn(page ui.Route, a attempt) url.Values {
	target, _ := a.address(a.ID)
	visit := a
	visit.route = page
	address, _ := visit.address(a.ID)
	rec := w.ask(http.MethodGet, address, a.token, "")
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		return nil
	}
	if address != target && !strings.Contains(rec.Body.String(), target) {
		return nil
	}
	doc, err := html.Parse(rec.Body)
	if err != nil {
		return nil
	}
	for n := range doc.Descendants() {
		if n.Data == "form" && strings.EqualFold(attr(n, "method"), "post") && (attr(n, "action") == target || attr(n, "action") == "" && address == target) {
			return filled(n)
		}
	}
	return nil
}

// filled is what a browser would send of a form that nobody touched.
func filled(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if kind := attr(n, "type"); kind == "file" || (kind == "checkbox" || kind == "radio") && !has(n, "checked") {
				continue
			}
			values.Add(name, attr(n, "value"))
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Add(name, text)
		case "select":
			values.Set(name, "")
			for o := range n.Descendants() {
				if o.Data == "option" && (has(o, "selected") || values.Get(name) == "") {
					values.Set(name, attr(o, "value"))
				}
			}
		case "button":
			if !values.Has(name) {
				values.Set(name, attr(n, "value"))
			}
		}
	}
	for name := range values { // required texts that the fixtures leave empty
		if values.Get(name) == "" {
			values.Set(name, "Texte")
		}
	}
	return values
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// change sends the form of a cell and says what it changed in the whole database.
func (w *world) change(a attempt, form url.Values) (changes []string, status int) {
	method, _, _ := strings.Cut(a.route.Pattern, " ")
	address, _ := a.address(a.ID)
	if !wildcard.MatchString(a.route.Pattern) && a.route.On != "" {
		form.Set(a.route.On, a.ID)
	}
	w.flush()
	before := w.state()
	rec := w.ask(method, address+programQueries[a.route.Pattern], a.token, sentAs(a.route, form))
	return apart(before, w.state()), rec.Code
}

// sentAs is a form as its route reads it: a body of the API is an object with every
// field beside its own.
func sentAs(route ui.Route, form url.Values) string {
	body, known := programBodies[route.Pattern]
	if !known {
		return form.Encode()
	}
	object := map[string]any{}
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		return body // bytes of a file, or nothing
	}
	for name, values := range form {
		if _, own := object[name]; !own {
			object[name] = values[0]
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return string(text)
}

// written are the fields in which somebody writes what she wants.
var written = regexp.MustCompile(`_(fr|en)$|^(contact|place|body|subject|summary|answer|reason|text)$`)

// stale has two people open the same form that carries a version, and both send it
// with other words: the second one finds it changed, and changes nothing.
func (w *world) stale(a attempt, f fixture, m moment) (faults []string) {
	if strings.HasSuffix(a.route.Pattern, "/new") {
		return nil // nothing to be earlier than
	}
	a = w.alone(a, f, m)
	form := w.form(a, true)
	write := func(words string) ([]string, int) {
		for name := range form {
			if written.MatchString(name) {
				form.Set(name, words)
			}
		}
		return w.change(a, form)
	}
	if first, _ := write("Ce que la première écrit"); !slices.Contains(first, "+journal") {
		return nil
	}
	changes, status := write("Ce que la seconde écrit")
	for _, fault := range judgeWrite(changes, false, nil) {
		faults = append(faults, fmt.Sprintf("%s by %s after somebody else, status %d: %s", a.route.Pattern, a.who, status, fault))
	}
	return faults
}
