package db_test

import (
	"fmt"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// A statement that is kept prepared behaves, at its third run and the next, as it
// did at its first: with a failed neighbour, a changed schema, and its own rows
// still being read.
func TestKeptStatements(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		at := time.Unix(1, 0)
		for i := range 5 {
			name := fmt.Sprint("name ", i)
			if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, name, "1", at) }); err != nil {
				t.Fatal(err)
			}
			if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, name, "2", at) }); !db.Taken(err) {
				t.Fatalf("run %d: %v, want a conflict", i, err)
			}
			if got := setting(t, d, name); got != "1" {
				t.Errorf("run %d: %q", i, got)
			}
			if _, err := d.Raw().Exec(fmt.Sprintf(`alter table settings add column added_%d text`, i)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestKeptStatementReadWithinItself(t *testing.T) {
	d := dbtest.SQLite(t) // PostgreSQL reads one query at a time
	at := time.Unix(1, 0)
	if err := d.Write(ctx, func(tx *db.Tx) error {
		return put(tx, "a", "1", at)
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, "b", "2", at) }); err != nil {
		t.Fatal(err)
	}
	const text = `select name from settings where name in ('a', 'b') order by name`
	names := func(tx *db.Tx, each func()) (all []string, err error) {
		rows, err := tx.Query(ctx, text)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, err
			}
			all = append(all, name)
			each()
		}
		return all, rows.Err()
	}
	for i := range 4 {
		err := d.Write(ctx, func(tx *db.Tx) error {
			outer, err := names(tx, func() {
				if inner, err := names(tx, func() {}); err != nil || fmt.Sprint(inner) != "[a b]" {
					t.Errorf("run %d, within: %v %v", i, inner, err)
				}
			})
			if err != nil || fmt.Sprint(outer) != "[a b]" {
				t.Errorf("run %d: %v %v", i, outer, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
