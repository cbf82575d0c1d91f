package app

import (
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/policy"
	"transformateur/internal/web/api"
	"transformateur/internal/web/ui"
)

// Every route names a line of the policy table, and a kind that the world knows.
func TestRoutesStandInThePolicyTable(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for _, route := range w.app.Routes() {
		if !slices.Contains(policy.Actions(), route.Action) {
			t.Errorf("%s: %q is not an action of the policy table", route.Pattern, route.Action)
		}
		if _, known := fixtures[route.On]; !known {
			t.Errorf("%s: the matrix has no fixture for the kind %q (see matrix_world_test.go)", route.Pattern, route.On)
		}
		if method, _, ok := strings.Cut(route.Pattern, " "); !ok || !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, method) {
			t.Errorf("%s: a route names its method", route.Pattern)
		}
		if seen[route.Pattern] {
			t.Errorf("%s stands twice", route.Pattern)
		}
		seen[route.Pattern] = true
	}
	if len(seen) == 0 {
		t.Error("no route at all")
	}
	for pattern := range alsoJudged {
		if !seen[pattern] {
			t.Errorf("%s stands in alsoJudged and is no route", pattern)
		}
	}
}

// pair is a relation and the kind of object it is held on.
type pair struct{ relation, on string }

// pairs lists every relation of the table, on every kind it is held on.
func pairs() (all []pair) {
	for _, rule := range policy.Table {
		for _, relation := range rule.Relations {
			for _, kind := range rule.On {
				if p := (pair{relation, kind}); !slices.Contains(all, p) {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// bonds are the ways in which a persona may hold a relation.
var bonds = []string{"here", "elsewhere", "conflicted", "lapsed"}

// attempt is one cell of the matrix: somebody, a route, an object at a moment.
type attempt struct {
	route  ui.Route
	who    string
	person string // "" for a visitor
	token  string
	standing
	made
}

// TestPermissionMatrix tries every route × role × relation × stage and compares
// the answer with a second reading of the table. Who is refused gets the very
// bytes of what does not exist, unless she may read the object.
func TestPermissionMatrix(t *testing.T) {
	quiet(t)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // pages are many, and small
	routes, kinds := byKind(newWorld(t).app.Routes())
	total, cells, spent := 0, make([]int, 2*len(kinds)), make([]map[string]bool, 2*len(kinds))
	t.Run("kind", func(t *testing.T) {
		for i := range cells {
			t.Run(fmt.Sprintf("%s %d", kinds[i/2], i%2+1), func(t *testing.T) {
				t.Parallel() // each half of a kind in a world of its own
				w := newWorld(t)
				n, faults := w.kind(kinds[i/2], routes[kinds[i/2]], i%2, 2)
				for _, fault := range faults {
					t.Error(fault)
				}
				cells[i], spent[i] = n, w.spent
			})
		}
	})
	for i := range cells {
		total += cells[i]
	}
	all := 0
	for _, list := range routes {
		all += len(list)
	}
	t.Logf("%d cells", total)
	if total < 20*all {
		t.Errorf("only %d cells for %d routes: the matrix proves little", total, all)
	}
	for pattern := range alsoJudged {
		if !slices.ContainsFunc(spent, func(s map[string]bool) bool { return s[pattern] }) {
			t.Errorf("%s stands in alsoJudged for nothing: nobody whom the table allows is refused", pattern)
		}
	}
}

// byKind sorts the routes by the kind they are on.
func byKind(all []ui.Route) (routes map[string][]ui.Route, kinds []string) {
	routes = map[string][]ui.Route{}
	for _, route := range all {
		routes[route.On] = append(routes[route.On], route)
	}
	return routes, slices.Sorted(maps.Keys(routes))
}

// matrix tries every route and says what is wrong, and how many cells were tried.
func (w *world) matrix(all []ui.Route) (cells int, faults []string) {
	routes, kinds := byKind(all)
	for _, kind := range kinds {
		n, wrong := w.kind(kind, routes[kind], 0, 1)
		cells, faults = cells+n, append(faults, wrong...)
	}
	return cells, faults
}

// kind tries the routes of a kind, at the moments whose place is part modulo parts.
func (w *world) kind(kind string, list []ui.Route, part, parts int) (cells int, faults []string) {
	f, known := fixtures[kind]
	if !known {
		return 0, []string{fmt.Sprintf("no fixture for the kind %q, which %s names", kind, list[0].Pattern)}
	}
	tried := telling(list, f.moments)
	for i, m := range f.moments {
		if i%parts != part {
			continue
		}
		people := w.people(f.make(w, m))
		for at, route := range list {
			if !tried[at][i] {
				continue
			}
			compared := map[string]bool{}
			for j, a := range people {
				if a.route = route; !a.concerned() && (a.bond() != "here" || (i+i/4+j)%4 != 0) {
					continue
				}
				cells++
				if fault := w.try(w.spared(a, f, m), compared); fault != "" {
					faults = append(faults, fmt.Sprintf("%s at S%d %q by %s: %s", route.Pattern, a.Stage, a.State, a.who, fault))
				}
			}
		}
	}
	return cells, faults
}

// telling picks the moments at which each route is tried: of those that no line
// about it, or about reading its object, tells apart, one, which differs from route
// to route. TestBothReadingsOfTheTableAgree goes through all of them.
func telling(routes []ui.Route, moments []moment) [][]bool {
	tried := make([][]bool, len(routes))
	for at, route := range routes {
		tried[at] = make([]bool, len(moments))
		alike := map[string][]int{}
		for i, m := range moments {
			obj := policy.Object{Stage: m.stage, State: m.state, Flags: map[string]bool{"unsealed": true}}
			class := m.state
			for _, rule := range policy.Table {
				if rule.Action == route.Action || rule.Action == policy.Action(route.On+".read") {
					class += fmt.Sprint(inTime(rule, obj) && inState(rule, obj))
				}
			}
			alike[class] = append(alike[class], i)
		}
		for _, class := range alike {
			tried[at][class[at%len(class)]] = true
		}
	}
	return tried
}

// concerned says whether some line about the route, or about reading its object,
// names the relation she holds. Who holds another one is tried too, but only when
// she holds it on the object, at a quarter of the moments, which changes from one
// to the next.
func (a attempt) concerned() bool {
	if a.relation == "" {
		return true
	}
	read := policy.Action(a.route.On + ".read")
	return slices.ContainsFunc(policy.Table, func(r policy.Rule) bool {
		return (r.Action == a.route.Action || r.Action == read) && slices.Contains(r.Relations, a.relation)
	})
}

// people lists who may try something on an object: a visitor, a stranger, and each
// relation of the table held in each way.
func (w *world) people(object made) []attempt {
	id, token := w.person()
	all := []attempt{
		{who: "a visitor", standing: standing{visitor: true}, made: object},
		{who: "a stranger", person: id, token: token, made: object},
	}
	for _, p := range pairs() {
		for _, bond := range bonds {
			a := attempt{who: p.relation + " on " + p.on + ", " + bond, made: object}
			if known, met := w.far[p]; met && bond == "elsewhere" {
				a.person, a.token, a.standing = known.person, known.token, known.standing
				if p.on != "platform" {
					all = append(all, a)
				}
			} else if w.bind(&a, p, bond) {
				if bond == "elsewhere" {
					w.far[p] = a
				}
				all = append(all, a)
			}
		}
	}
	return all
}

// spared keeps the world whole: a writing route that will let somebody through is
// tried on an object of its own, by a person of its own.
func (w *world) spared(a attempt, f fixture, m moment) attempt {
	if a.reads() || !a.entitled() {
		return a
	}
	return w.alone(a, f, m)
}

// bond is the way in which the persona holds her relation.
func (a attempt) bond() string { return a.who[strings.LastIndex(a.who, " ")+1:] }

// alone gives a persona who will be let through her own object and sign-in.
func (w *world) alone(a attempt, f fixture, m moment) attempt {
	a.made = f.make(w, m)
	if a.visitor {
		return a
	}
	relation, on := a.relation, a.on
	a.standing = standing{}
	if relation == "" {
		a.person, a.token = w.person()
		return a
	}
	w.bind(&a, pair{relation, on.Kind}, a.bond())
	return a
}

// bind makes the person of a cell and gives her what she holds; false when nothing
// around the object can be held that way.
func (w *world) bind(a *attempt, p pair, bond string) bool {
	around := append([]policy.Ref{a.Ref, policy.Platform.Ref}, a.Within...)
	i := slices.IndexFunc(around, func(r policy.Ref) bool { return r.Kind == p.on })
	on := ref(p.on, "elsewhere-"+p.on)
	if i < 0 && bond != "elsewhere" || i >= 0 && p.on == "platform" && bond == "elsewhere" {
		return false
	}
	if bond != "elsewhere" {
		on = around[i]
	}
	a.person, a.token = w.person()
	id := a.person
	a.standing = standing{relation: p.relation, on: on, lives: bond != "lapsed", conflict: bond == "conflicted"}
	if bond == "lapsed" {
		w.grant(id, p.relation, on, noon.Add(-48*time.Hour), noon)
		w.grant(id, p.relation, on, noon.Add(time.Second), time.Time{})
		w.grant(id, p.relation, on, noon.Add(-48*time.Hour), time.Time{})
		w.exec(`update relations set revoked_at = $2 where subject_id = $1 and valid_until is null and valid_from < $2`, id, noon)
		return true
	}
	w.grant(id, p.relation, on, noon.Add(-time.Hour), time.Time{})
	if bond == "conflicted" {
		w.exclude(id, a.Ref)
	}
	return true
}

// milder says whether an answer is as good a refusal as the one wanted. To who may
// read the object anyway, an act may be refused with what keeps it from being done
// (409), as if its door were not there (404), or by leading back to the object.
func (a attempt) milder(want, status int, location string) bool {
	if malformed(status) && !a.reads() {
		return true
	}
	if want != http.StatusForbidden {
		return false
	}
	return status == http.StatusNotFound || status == http.StatusConflict || a.reads() && status == http.StatusSeeOther && strings.Contains(location, a.ID)
}

// try sends the request of a cell and says what is wrong with the answer, or "".
// What is hidden is compared with what is absent once for each way of being kept
// out: compared remembers which.
func (w *world) try(a attempt, compared map[string]bool) string {
	status, location, body := w.send(a, a.ID)
	if status >= 500 {
		return fmt.Sprintf("status %d", status)
	}
	if a.entitled() {
		if !refused(status, location) {
			return ""
		}
		if _, missing := a.address(a.ID); len(missing) > 0 && status == http.StatusNotFound {
			return ""
		}
		if alsoJudged[a.route.Pattern] != "" {
			w.spent[a.route.Pattern] = true
			return ""
		}
		return fmt.Sprintf("refused with %d, the table allows it", status)
	}
	want := refusal(a.part(), a.route.Action, a.Object, a.standing)
	if api.Serves(a.route.Pattern) && want == http.StatusSeeOther {
		want = http.StatusUnauthorized // a program is not led to a page
	}
	if (status != want || !refused(status, location)) && !a.milder(want, status, location) {
		return fmt.Sprintf("status %d, want a refusal with %d", status, want)
	}
	way := fmt.Sprint(status, a.bond())
	if want == http.StatusForbidden || a.route.On == "" || a.route.On == "platform" || compared[way] {
		return ""
	}
	compared[way] = true
	absentStatus, _, absent := w.send(a, "absent-"+a.route.On)
	if absentStatus != status || absent != body {
		return fmt.Sprintf("what is hidden differs from what is absent (%d and %d)", status, absentStatus)
	}
	return ""
}
