package journal_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/journal"
)

var (
	ctx = journal.WithRequest(context.Background(), "req")
	at  = time.Date(2027, 3, 5, 11, 0, 0, 123456789, time.UTC)
)

func write(t *testing.T, d *db.DB, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := d.Write(ctx, func(tx *db.Tx) error {
				return journal.Write(ctx, tx, at, journal.Entry{Actor: "person:a", Act: "file.saved", Kind: "application", ID: fmt.Sprint(i), Detail: map[string]any{"n": i}})
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
}

func TestVerify(t *testing.T) {
	for _, c := range []struct{ name, tamper, want string }{
		{"untouched", "", ""},
		{"a detail rewritten", `update journal set detail = '{"n":99}' where seq = 7`, "7 changed"},
		{"an actor rewritten", `update journal set actor = 'person:b' where seq = 7`, "7 changed"},
		{"a line removed", `delete from journal where seq = 7`, "7 missing"},
		{"a line rewritten with its hash", `update journal set detail = '{}', hash = 'x' where seq = 20`, "20 changed"},
		{"two links cut", `update journal set prev = hash where seq = 5`, "5 unchained"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				write(t, d, 20)
				if c.tamper != "" {
					if _, err := d.Raw().Exec(c.tamper); err != nil {
						t.Fatal(err)
					}
				}
				lines, _, broken, err := journal.Verify(ctx, d.Reader())
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				if broken != nil {
					got = fmt.Sprint(broken.Seq, " ", broken.Reason)
				}
				if got != c.want {
					t.Errorf("after %d lines: %q, want %q", lines, got, c.want)
				}
				if c.want == "" && lines != 20 {
					t.Errorf("%d lines, want 20", lines)
				}
			})
		})
	}
}

// Two nodes on one PostgreSQL database chain one journal.
func TestTwoNodesOneChain(t *testing.T) {
	url := dbtest.PostgresURL(t)
	var nodes []*db.DB
	for range 2 {
		d, err := db.Open(ctx, db.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		nodes = append(nodes, d)
	}
	var wg sync.WaitGroup
	for _, d := range nodes {
		wg.Add(1)
		go func() { defer wg.Done(); write(t, d, 50) }()
	}
	wg.Wait()
	lines, _, broken, err := journal.Verify(ctx, nodes[0].Reader())
	if err != nil || broken != nil || lines != 100 {
		t.Errorf("%d lines, broken %v, err %v", lines, broken, err)
	}
}

func TestRecentNarrows(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		write(t, d, 5)
		lines, err := journal.Recent(ctx, d.Reader(), 0, "application", "3", 10)
		if err != nil || len(lines) != 1 || lines[0].ID != "3" || lines[0].Request != "req" {
			t.Errorf("%+v %v", lines, err)
		}
	})
}
