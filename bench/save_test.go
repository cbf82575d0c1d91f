package bench

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/platform/db"
)

const savedFields = 100

// savers are the programs that the comparison needs: durable as delivered, and with
// SQLite told not to wait for the disk at each commit.
func savers(b *testing.B) (full, normal *world) {
	full, normal = newWorld(b), newWorld(b)
	if _, err := normal.app.DB.Raw().Exec("pragma synchronous=NORMAL"); err != nil {
		b.Fatal(err)
	}
	for _, w := range []*world{full, normal} {
		w.openCall("appel", formOf(savedFields, 30))
	}
	return full, normal
}

// saver gives the act of saving some fields of a file of 100 answers, each time with new answers.
func (w *world) saver(first, last int) func() {
	a := w.draft(w.call("appel"), "Campus numérique")
	w.save(a.ID, edits(0, savedFields, 0))
	n := 0
	return func() {
		n++
		w.save(a.ID, edits(first, last, n))
	}
}

// save sends an autosave and makes sure that everything was kept.
func (w *world) save(id application.ID, body string) {
	rec := w.ask(ctx, "ana", "POST", "/applications/"+string(id)+"/save", body)
	answer := rec.Body.String()
	if rec.Code != http.StatusOK || !strings.Contains(answer, `"conflicts":[],"refused":[]`) {
		w.tb.Errorf("save: %d %.300s", rec.Code, answer)
	}
}

// BenchmarkSaveField: one field, to a file of 100 answers; to reach: a median of 2 ms.
func BenchmarkSaveField(b *testing.B) {
	full, normal := savers(b)
	compare(b, &side{name: "full", do: full.saver(1, 2)}, &side{name: "normal", do: normal.saver(1, 2)})
}

// BenchmarkSaveForm: the 100 fields of a form at once; to reach: a median of 5 ms.
func BenchmarkSaveForm(b *testing.B) {
	full, normal := savers(b)
	compare(b, &side{name: "full", do: full.saver(0, savedFields)}, &side{name: "normal", do: normal.saver(0, savedFields)})
}

// BenchmarkSaveTogether: 64 people save a field each, at the same time, each in a
// file of her own; an op is a save.
func BenchmarkSaveTogether(b *testing.B) {
	const people = 64
	w, _ := savers(b)
	var acts []func()
	for range people {
		acts = append(acts, w.saver(1, 2))
	}
	groupsBefore, writesBefore, _ := w.app.DB.Stats()
	begin, cpu := time.Now(), spent()
	var all sync.WaitGroup
	b.ResetTimer()
	for i, act := range acts {
		all.Go(func() {
			for range (b.N - i + people - 1) / people {
				act()
			}
		})
	}
	all.Wait()
	groups, writes, _ := w.app.DB.Stats()
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "saves/s")
	b.ReportMetric(ms(spent()-cpu)/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(writes-writesBefore)/float64(groups-groupsBefore), "saves/commit")
}

// BenchmarkSaveQueries says how many statements a save runs.
func BenchmarkSaveQueries(b *testing.B) {
	w := newWorld(b)
	w.openCall("appel", formOf(savedFields, 30))
	a := w.draft(w.call("appel"), "Campus numérique")
	n := 0
	var asked int64
	for b.Loop() {
		counted, queries := db.Counted(ctx)
		rec := w.ask(counted, "ana", "POST", fmt.Sprintf("/applications/%s/save", a.ID), edits(0, savedFields, n))
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Body.String())
		}
		n++
		asked += queries.Load()
	}
	b.ReportMetric(float64(asked)/float64(n), "statements/op")
}
