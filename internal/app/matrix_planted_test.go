package app

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

// plant makes a route of a kind whose handler judges with judge; found is false
// when the address names nothing.
func (w *world) plant(method, kind string, action policy.Action, judge func(r *http.Request, obj policy.Object, found bool) error) ui.Route {
	return ui.Route{Pattern: method + " /planted/" + strings.ReplaceAll(string(action), ".", "-") + "/{id}", Action: action, On: kind,
		Handle: func(rw http.ResponseWriter, r *http.Request) error {
			obj, found := w.objects[r.PathValue("id")]
			if err := judge(r, obj, found); err != nil {
				return err
			}
			_, err := io.WriteString(rw, "done")
			return err
		}}
}

// serving has the world answer with the planted routes instead of the program's.
func (w *world) serving(routes ...ui.Route) []ui.Route {
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.Handle(route.Pattern, named(route.Pattern, ui.Handle(doorkeeper(route))))
	}
	w.handler = w.app.chain(mux)
	return routes
}

// honest judges as every service of the house does.
func (w *world) honest(action policy.Action) func(*http.Request, policy.Object, bool) error {
	return func(r *http.Request, obj policy.Object, found bool) error {
		if !found {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		_, err := w.app.Policy.Require(r.Context(), w.app.DB.Reader(), ui.User(r), action, obj)
		return err
	}
}

// The policy's own judgement and the second reading of the table agree on every
// action of every kind that has a fixture, whether a page exists for it or not.
func TestBothReadingsOfTheTableAgree(t *testing.T) {
	w := newWorld(t)
	cells, disagree := 0, 0
	for kind, f := range fixtures {
		var actions []policy.Action
		for _, action := range policy.Actions() {
			if kind != "" && strings.HasPrefix(string(action), kind+".") {
				actions = append(actions, action)
			}
		}
		for _, m := range f.moments {
			for _, a := range w.people(f.make(w, m)) {
				w.flush()
				got, err := w.app.Policy.Decisions(t.Context(), w.app.DB.Reader(), account.User{ID: account.PersonID(a.person)}, a.Object, actions...)
				if err != nil {
					t.Fatal(err)
				}
				for _, action := range actions {
					cells++
					if want := entitled(action, a.Object, a.standing); got[action].Allowed != want {
						if disagree++; disagree < 10 {
							t.Errorf("%s at S%d %q by %s: decided %+v, read again %v", action, a.Stage, a.State, a.who, got[action], want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d cells, %d disagree", cells, disagree)
	if cells < 20000 {
		t.Errorf("only %d cells", cells)
	}
}

// A page that forgets to ask, asks too much, or tells what exists does not pass.
func TestMatrixSeesPlantedFaults(t *testing.T) {
	const read policy.Action = "edition.read"
	for _, c := range []struct {
		name   string
		method string
		judge  func(w *world, r *http.Request, obj policy.Object, found bool) error
		want   string // a part of some fault, "" for none
	}{
		{"an honest page", "GET", func(w *world, r *http.Request, obj policy.Object, found bool) error {
			return w.honest(read)(r, obj, found)
		}, ""},
		{"a page that forgets to ask", "GET", func(_ *world, _ *http.Request, _ policy.Object, found bool) error {
			if !found {
				return errs.New(errs.NotFound, "errs.not_found")
			}
			return nil
		}, "want a refusal"},
		{"an act that forgets to ask", "POST", func(*world, *http.Request, policy.Object, bool) error { return nil }, "want a refusal"},
		{"a page that refuses everybody", "GET", func(*world, *http.Request, policy.Object, bool) error {
			return errs.New(errs.NotFound, "errs.not_found")
		}, "the table allows it"},
		{"a page that says forbidden of what is hidden", "GET", func(w *world, r *http.Request, obj policy.Object, found bool) error {
			err := w.honest(read)(r, obj, found)
			if found && errs.Is(err, errs.NotFound) {
				return errs.New(errs.Forbidden, "errs.forbidden")
			}
			return err
		}, "want a refusal with 404"},
		{"a page that fails on what is absent", "GET", func(w *world, r *http.Request, obj policy.Object, found bool) error {
			if !found {
				return errs.New(errs.Invalid, "errs.invalid")
			}
			return w.honest(read)(r, obj, found)
		}, "differs from what is absent"},
		{"a page that ignores conflicts", "GET", func(w *world, r *http.Request, obj policy.Object, found bool) error {
			err := w.honest(read)(r, obj, found)
			d, derr := w.app.Policy.HeldBy(r.Context(), w.app.DB.Reader(), ui.User(r).ID)
			if err != nil && derr == nil && found && len(d) == 1 && d[0].Object == obj.Ref && d[0].Relation == "lead" {
				return nil
			}
			return err
		}, "conflicted: status 200"},
		{"a page that breaks", "GET", func(*world, *http.Request, policy.Object, bool) error { panic("broken") }, "status 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			route := w.plant(c.method, "edition", read, func(r *http.Request, obj policy.Object, found bool) error { return c.judge(w, r, obj, found) })
			_, faults := w.matrix(w.serving(route))
			all := strings.Join(faults, "\n")
			if c.want == "" && len(faults) > 0 || !strings.Contains(all, c.want) {
				t.Errorf("%d faults, want %q; the first: %.300s", len(faults), c.want, all)
			}
		})
	}
	w := newWorld(t)
	if _, faults := w.matrix([]ui.Route{{Pattern: "GET /x", Action: read, On: "kite"}}); len(faults) != 1 || !strings.Contains(faults[0], `no fixture for the kind "kite"`) {
		t.Errorf("a kind without a fixture: %q", faults)
	}
}
