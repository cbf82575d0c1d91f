package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/web/ui"
)

// A form that reaches a column it should not, an act that forgets to ask, one that
// leaves no line and one that forgets the version do not pass.
func TestWriteMatrixSeesPlantedFaults(t *testing.T) {
	const pattern = "POST /agencies/{id}/edit"
	list := writing(newWorld(t).app.Routes())
	routes := []ui.Route{list[slices.IndexFunc(list, func(r ui.Route) bool { return r.Pattern == pattern })]}
	allowed := readWrites(t, "testdata/writes.txt")
	exec := func(w *world, text string, args ...any) {
		if _, err := w.app.DB.Raw().Exec(text, args...); err != nil {
			t.Error(err)
		}
	}
	id := func(r *http.Request) string { return strings.Split(r.URL.Path, "/")[2] }
	for _, c := range []struct {
		name  string
		write func(w *world, rw http.ResponseWriter, r *http.Request)
		want  string // a part of some fault, "" for none
	}{
		{"an honest program", func(w *world, rw http.ResponseWriter, r *http.Request) { w.app.Handler().ServeHTTP(rw, r) }, ""},
		{"a form that fills every column of its table", func(w *world, rw http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			w.app.Handler().ServeHTTP(rw, r)
			if created := r.PostForm.Get("created_at"); created != "" {
				exec(w, `update agencies set created_at = $1 where id = $2 and updated_at is not null`, created, id(r))
			}
		}, "agencies.created_at is not what it may change"},
		{"an act that forgets to ask", func(w *world, rw http.ResponseWriter, r *http.Request) {
			exec(w, `update agencies set contact = $1 where id = $2`, planted, id(r))
			w.app.Handler().ServeHTTP(rw, r)
		}, "agencies.contact is changed by who may not"},
		{"an act that leaves no line", func(w *world, rw http.ResponseWriter, r *http.Request) {
			exec(w, `update agencies set contact = $1 where id = $2`, planted, id(r))
		}, "nothing of it is in the journal"},
		{"an act that forgets the version", func(w *world, rw http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			now := w.texts(`select cast(version as text) from agencies where id = $1`, id(r))[0]
			r.Form.Set("version", now)
			r.PostForm.Set("version", now)
			w.app.Handler().ServeHTTP(rw, r)
		}, "after somebody else"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, faults := writes(t, routes, allowed, map[string][]string{}, func(w *world) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodPost {
						w.app.Handler().ServeHTTP(rw, r)
						return
					}
					c.write(w, rw, r)
				})
			})
			all := strings.Join(faults, "\n")
			if c.want == "" && len(faults) > 0 || !strings.Contains(all, c.want) {
				t.Errorf("%d faults, want %q; the first: %.400s", len(faults), c.want, all)
			}
		})
	}
}
