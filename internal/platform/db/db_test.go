package db_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

func setting(t *testing.T, d *db.DB, name string) string {
	t.Helper()
	v, err := db.Get(ctx, d.Reader(), db.Value[string], `select value from settings where name = $1`, name)
	if err != nil && !errs.Is(err, errs.NotFound) {
		t.Fatal(err)
	}
	return v
}

func put(tx *db.Tx, name, value string, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into settings (name, value, updated_at) values ($1, $2, $3)`, name, value, at)
	return err
}

func TestWriteKeepsAllOrNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2027, 3, 5, 11, 0, 0, 123456789, time.UTC)
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, "a", "1", at) }); err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := put(tx, "b", "2", at); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want boom", err)
		}
		if got := setting(t, d, "a"); got != "1" {
			t.Errorf("a = %q", got)
		}
		if got := setting(t, d, "b"); got != "" {
			t.Errorf("b = %q: a failed write left something", got)
		}
		var back time.Time
		if err := d.Reader().QueryRow(ctx, `select updated_at from settings where name = 'a'`).Scan(&back); err != nil {
			t.Fatal(err)
		}
		if !back.Equal(db.Instant(at)) {
			t.Errorf("instant came back as %v, want %v", back, db.Instant(at))
		}
	})
}

// In one group, a write that fails or panics leaves its neighbours alone.
func TestGroupIsolatesFailures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		hold := make(chan struct{})
		go d.Write(ctx, func(*db.Tx) error { <-hold; return nil })
		time.Sleep(20 * time.Millisecond)
		var wg sync.WaitGroup
		var failed, kept sync.Map
		for i := range 60 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				name := "n" + string(rune('A'+i))
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := put(tx, name, "x", time.Unix(1, 0)); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return put(tx, name, "twice", time.Unix(1, 0))
					case 2:
						panic("no")
					}
					return nil
				})
				if err != nil {
					failed.Store(name, err)
				} else {
					kept.Store(name, true)
				}
			}()
		}
		time.Sleep(20 * time.Millisecond)
		close(hold)
		wg.Wait()
		kept.Range(func(k, _ any) bool {
			if setting(t, d, k.(string)) != "x" {
				t.Errorf("%v was acknowledged and is not there", k)
			}
			return true
		})
		n := 0
		failed.Range(func(k, v any) bool {
			n++
			if setting(t, d, k.(string)) != "" {
				t.Errorf("%v failed (%v) and is there", k, v)
			}
			return true
		})
		if n != 40 {
			t.Errorf("%d writes failed, want 40", n)
		}
		groups, writes, _ := d.Stats()
		if groups >= writes {
			t.Errorf("%d writes took %d groups: nothing was grouped", writes, groups)
		}
	})
}

func TestReadingPoolRefusesWrites(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		rows, err := d.Reader().Query(ctx, `insert into settings (name, value, updated_at) values ('w', 'w', $1) returning name`, time.Unix(1, 0))
		if err == nil {
			rows.Next()
			err = rows.Err()
			rows.Close()
		}
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "read") && !strings.Contains(err.Error(), "query_only") {
			t.Errorf("the reading pool accepted a write: %v", err)
		}
		if setting(t, d, "w") != "" {
			t.Error("the reading pool wrote")
		}
	})
}

func TestTakenAndMissing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		write := func() error {
			return d.Write(ctx, func(tx *db.Tx) error { return put(tx, "a", "1", time.Unix(1, 0)) })
		}
		if err := write(); err != nil {
			t.Fatal(err)
		}
		if err := write(); !db.Taken(err) {
			t.Errorf("a second insert: %v, want a conflict", err)
		}
		_, err := db.Get(ctx, d.Reader(), db.Value[string], `select value from settings where name = 'zz'`)
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("a missing row: %v, want not found", err)
		}
	})
}

func TestSchemaIsCurrent(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, err := d.Schema(ctx)
		if err != nil || s.Check() != nil {
			t.Fatalf("%+v %v", s, err)
		}
		if err := (db.Schema{Have: s.Want + 1, Want: s.Want}).Check(); errs.KeyOf(err) != "db.schema_newer" {
			t.Errorf("newer schema: %v", err)
		}
		if err := (db.Schema{Have: s.Want - 1, Want: s.Want}).Check(); errs.KeyOf(err) != "db.schema_older" {
			t.Errorf("older schema: %v", err)
		}
	})
}

func TestClosedRefuses(t *testing.T) {
	d := dbtest.SQLite(t)
	d.Close()
	err := d.Write(ctx, func(*db.Tx) error { return nil })
	if !errs.Is(err, errs.Unavailable) {
		t.Errorf("write after close: %v", err)
	}
}

func TestQueriesAreCounted(t *testing.T) {
	d := dbtest.SQLite(t)
	c, n := db.Counted(ctx)
	for range 3 {
		d.Reader().QueryRow(c, `select 1`).Scan(new(int))
	}
	if n.Load() != 3 {
		t.Errorf("counted %d queries, want 3", n.Load())
	}
}
