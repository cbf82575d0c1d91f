package bench

import (
	"fmt"
	"net/http"
	"testing"

	"transformateur/internal/platform/db"
)

// A page asks the database the same number of questions whatever the form's
// length, its conditions, the answers given and the files that somebody has.
func TestQueriesPerPage(t *testing.T) {
	w := newWorld(t)
	small, big := w.openCall("petit", formOf(20, 0)), w.openCall("grand", formOf(200, 60))
	first, second := w.draft(small, "Petit"), w.draft(big, "Grand")
	w.save(second.ID, edits(0, 200, 0))
	pages := []struct{ name, method, address, body string }{
		{"writing", "GET", "/applications/%s/edit", ""},
		{"an autosave", "POST", "/applications/%s/save", edits(1, 2, 1)},
		{"the file", "GET", "/applications/%s", ""},
		{"what is missing", "GET", "/applications/%s/submit", ""},
	}
	w.save(first.ID, edits(1, 2, 0))
	for _, p := range pages {
		few, many := w.queries(p.method, fmt.Sprintf(p.address, first.ID), p.body), w.queries(p.method, fmt.Sprintf(p.address, second.ID), p.body)
		t.Logf("%s: %d queries", p.name, many)
		if few != many {
			t.Errorf("%s: %d queries for 20 fields without condition nor answer, %d for 200 fields with 60 conditions, answered", p.name, few, many)
		}
	}
	lists := []string{"/", "/applications"}
	few := map[string]int64{}
	for _, address := range lists {
		few[address] = w.queries("GET", address, "")
	}
	for i := range 20 {
		w.draft(small, fmt.Sprint("Encore ", i))
	}
	for _, address := range lists {
		many := w.queries("GET", address, "")
		t.Logf("%s: %d queries", address, many)
		if few[address] != many {
			t.Errorf("%s: %d queries with 2 files, %d with 22", address, few[address], many)
		}
	}
}

// queries counts what a request asks the database. It is sent once before: a
// published form is then in memory, as it is in use.
func (w *world) queries(method, address, body string) int64 {
	w.tb.Helper()
	if method == "GET" {
		w.ask(ctx, "ana", method, address, body)
	}
	counted, n := db.Counted(ctx)
	if rec := w.ask(counted, "ana", method, address, body); rec.Code != http.StatusOK {
		w.tb.Errorf("%s %s: %d %.200s", method, address, rec.Code, rec.Body)
	}
	return n.Load()
}
