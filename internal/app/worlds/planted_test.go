package worlds_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"transformateur/internal/account"
)

// only has two observers look: an applicant who must not know, and the lead.
func only(int) []string { return []string{"dora", "lead"} }

// A leak of each sort that such systems had is seen, whatever the way it takes. The
// program is served as it is, but for one fault.
func TestPairedWorldsSeePlantedLeaks(t *testing.T) {
	quiet(t)
	all := secrets()
	draft, sealedFile := all[0], all[0]
	for _, s := range all {
		if s.name == "what a sealed file says" {
			sealedFile = s
		}
	}
	built := pairs(t, []secret{draft, sealedFile})
	count := func(w *world, query string, args ...any) string {
		return w.column(query, args...)[0]
	}
	for _, c := range []struct {
		name  string
		pair  pair
		wrap  wrapping
		where string // "" when nothing leaks
	}{
		{"nothing planted", built[0], nil, ""},
		{"a count that includes a hidden file", built[0], func(w *world, next http.Handler) http.Handler {
			return after(next, "/calls/"+string(open), func(rec *httptest.ResponseRecorder) {
				fmt.Fprintf(rec, "<p>%s dossiers</p>", count(w, `select cast(count(*) as text) from applications where call_id = $1`, string(open)))
			})
		}, "GET /calls/" + string(open)},
		{"an error text that differs", built[0], func(w *world, next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/applications/"), "/")
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				if rec.Code == http.StatusNotFound && count(w, `select cast(count(*) as text) from applications where id = $1`, id) == "1" {
					rec.Body.WriteString("<p>Ce dossier ne vous est pas ouvert.</p>")
				}
				replay(rw, rec)
			})
		}, "/applications/"},
		{"a search that knows what it does not show", built[1], func(w *world, next http.Handler) http.Handler {
			return after(next, "/organisations", func(rec *httptest.ResponseRecorder) {
				rec.Header().Set("X-Found", count(w, `select cast(count(*) as text) from applications where title like '%oursin%'`))
			})
		}, "GET /organisations"},
		{"a listing that is longer by what is hidden", built[0], func(w *world, next http.Handler) http.Handler {
			return after(next, "/sitemap.xml", func(rec *httptest.ResponseRecorder) {
				fmt.Fprint(rec, strings.Join(w.column(`select id from applications order by id`), "\n"))
			})
		}, "GET /sitemap.xml"},
		{"an export that was measured before it was filtered", built[1], func(w *world, next http.Handler) http.Handler {
			return after(next, "/calls/"+string(closed)+"/files/export", func(rec *httptest.ResponseRecorder) {
				rec.Header().Set("X-Rows", count(w, `select cast(sum(length(title)) as text) || max(title) from applications`))
			})
		}, "POST /calls/" + string(closed) + "/files/export"},
		{"an entity tag made of all there is", built[0], func(w *world, next http.Handler) http.Handler {
			return after(next, "/calendar.ics", func(rec *httptest.ResponseRecorder) {
				rec.Header().Set("ETag", count(w, `select cast(count(*) as text) from journal`))
			})
		}, "GET /calendar.ics"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, compared, _ := run(t, []pair{c.pair}, only, c.wrap)
			var all []string
			for _, d := range found {
				all = append(all, d.String())
			}
			text := strings.Join(all, "\n")
			if compared == 0 || c.where == "" && len(found) > 0 || !strings.Contains(text, c.where) || c.where != "" && len(found) == 0 {
				t.Errorf("%d differences before %d observers, want one in %q: %.400s", len(found), compared, c.where, text)
			}
		})
	}
}

// after changes the answers of one address.
func after(next http.Handler, path string, change func(rec *httptest.ResponseRecorder)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			next.ServeHTTP(rw, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		change(rec)
		replay(rw, rec)
	})
}

func replay(rw http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for name, values := range rec.Header() {
		rw.Header()[name] = values
	}
	rw.WriteHeader(rec.Code)
	rw.Write(rec.Body.Bytes())
}

// A secret becomes visible at the event that allows it, and not an instant before.
func TestSecretsAreToldAtTheirTrigger(t *testing.T) {
	quiet(t)
	w := build(t, script())
	for _, c := range []struct {
		name   string
		who    string
		plant  func(w *world)
		before func(w *world) // the last instant at which it is hidden
		event  func(w *world)
		where  func(w *world) string
		word   string
	}{
		{"a deposited file, at the close of its call", "lead", func(w *world) {
			w.fill("gil", "gil "+string(open), "Une anémone.")
			w.deposit("gil", "gil "+string(open))
		}, func(w *world) { w.clock.Set(today.Add(2*day - 1)) }, func(w *world) { w.clock.Set(today.Add(2 * day)) },
			func(w *world) string { return "/files/" + string(w.files["gil "+string(open)]) }, "anémone"},
		{"a deposited file in a list, at the close of its call", "officer", func(w *world) {
			w.must(w.app.Files.Rename(w.ctx, w.as("gil"), w.files["gil "+string(open)], "Anémone"))
			w.deposit("gil", "gil "+string(open))
		}, func(w *world) { w.clock.Set(today.Add(2*day - 1)) }, func(w *world) { w.clock.Set(today.Add(2 * day)) },
			func(*world) string { return "/calls/" + string(open) + "/files" }, "Anémone"},
		{"a sealed file, at the instant of the unsealing", "lead", func(*world) {}, func(w *world) { w.clock.Set(today.Add(5*day - 1)) }, func(w *world) { w.clock.Set(today.Add(5 * day)) },
			func(*world) string { return "/calls/" + string(sealed) + "/files" }, "Projet de Ana"},
		{"a call that was being prepared, when it is published", "", func(w *world) {
			w.must(w.openCallLater("cachalot"))
		}, func(*world) {}, func(w *world) {
			_, err := w.app.Calls.Publish(w.ctx, w.as("elsewhere"), "cachalot")
			w.must(err)
		}, func(*world) string { return "/calls/cachalot" }, "Cachalot"},
		{"a question, when it is answered in public", "dora", func(w *world) {
			q, err := w.app.Calls.Ask(w.ctx, w.as("gil"), open, "La lamproie ?", true)
			w.must(err)
			w.named["question"] = q.ID
		}, func(*world) {}, func(w *world) { w.must(w.answer("Oui")) }, func(*world) string { return "/calls/" + string(open) }, "lamproie"},
		{"a co-author's draft, when she joins its team", "emil", func(w *world) { w.fill("gil", "gil "+string(open), "Un brimborion.") }, func(*world) {},
			func(w *world) { w.grant("emil", "reader", ref("application", string(w.files["gil "+string(open)]))) }, func(w *world) string { return "/applications/" + string(w.files["gil "+string(open)]) + "/print" }, "brimborion"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.visit(t, func(v *world) {
				chance(t, c.name)
				c.plant(v)
				v.settle(c.name)
				c.before(v)
				ask := func() (int, bool) {
					token := ""
					if c.who != "" { // days may have passed since she signed in
						var err error
						token, err = account.OpenDemo(v.app.Accounts).SignIn(v.ctx, v.as(c.who).ID, "Firefox")
						v.must(err)
					}
					_, _, body := v.ask(v.app.Handler(), token, visit{http.MethodGet, c.where(v), ""})
					return len(body), strings.Contains(string(body), c.word)
				}
				if n, told := ask(); told {
					t.Errorf("%q is told too early, in %d bytes", c.word, n)
				}
				chance(t, c.name+", the event")
				c.event(v)
				v.settle(c.name + ", after the event")
				if n, told := ask(); !told {
					t.Errorf("%q is not told after the event, in %d bytes of %s", c.word, n, c.where(v))
				}
			})
		})
	}
}
