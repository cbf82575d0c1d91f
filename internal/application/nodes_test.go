package application_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// Two processes on one database: the where clause decides, not the writer that a
// process has for itself.
func TestTwoNodesDecideOnce(t *testing.T) {
	url := dbtest.PostgresURL(t)
	open := func() *db.DB {
		d, err := db.Open(ctx, db.Options{URL: url, Readers: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	first := applicationtest.New(t, open())
	nodes := []*applicationtest.World{first, first.Node(open())}

	t.Run("one deposit wins", func(t *testing.T) {
		for range 5 {
			a := first.Complete()
			var won atomic.Int32
			together(nodes, func(w *applicationtest.World) {
				_, err := w.Files.Submit(ctx, w.Ana, a.ID)
				if err == nil {
					won.Add(1)
				} else if errs.KeyOf(err) != "application.not_draft" {
					t.Error(err)
				}
			})
			if won.Load() != 1 {
				t.Errorf("%d deposits won", won.Load())
			}
		}
	})
	t.Run("no text vanishes", func(t *testing.T) {
		a := first.Draft()
		var n atomic.Int32
		together(nodes, func(w *applicationtest.World) {
			if _, err := w.Files.Save(ctx, w.Ana, a.ID, edit("summary", 0, string('a'+n.Add(1)))); err != nil {
				t.Error(err)
			}
		})
		variants, err := first.Files.Variants(ctx, first.Ana, a.ID)
		if err != nil || len(variants) != 7 {
			t.Errorf("8 texts were written, 1 is current and %d are kept beside: %v", len(variants), err)
		}
	})
	t.Run("receipts have no gap and no twin", func(t *testing.T) {
		var files []application.ID
		for range 8 {
			files = append(files, first.Complete().ID)
		}
		var n atomic.Int32
		together(nodes, func(w *applicationtest.World) {
			if _, err := w.Files.Submit(ctx, w.Ana, files[n.Add(1)-1]); err != nil {
				t.Error(err)
			}
		})
		numbers, err := db.List(ctx, first.DB.Reader(), db.Value[int64], `select number from receipts order by number`)
		if err != nil {
			t.Fatal(err)
		}
		for i, number := range numbers {
			if number != int64(i+1) {
				t.Fatalf("receipts %v", numbers)
			}
		}
	})
}

// together does something eight times at once, half on each node.
func together(nodes []*applicationtest.World, act func(*applicationtest.World)) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() { defer wg.Done(); act(nodes[i%len(nodes)]) }()
	}
	wg.Wait()
}
