package db_test

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// A write that waits too long for its turn is refused, and never done afterwards; one
// that has begun is awaited, however slow the disk.
func TestPatience(t *testing.T) {
	ctx := context.Background()
	first, err := db.Open(ctx, db.Options{File: t.TempDir() + "/slow.db", Patience: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	insert := func(name string) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into t (name) values ($1)`, name)
			return err
		}
	}
	if err := first.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, `create table t (name text)`); return err }); err != nil {
		t.Fatal(err)
	}
	begun, proceed, slow := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		slow <- first.Write(ctx, func(tx *db.Tx) error {
			close(begun)
			<-proceed
			return insert("slow")(tx)
		})
	}()
	<-begun
	if err := first.Write(ctx, insert("given up")); !errs.Is(err, errs.Unavailable) {
		t.Errorf("a write that waits too long: %v", err)
	}
	gone, leave := context.WithCancel(ctx)
	leave()
	if err := first.Write(gone, insert("left")); err == nil {
		t.Error("a write nobody waits for")
	}
	close(proceed)
	if err := <-slow; err != nil {
		t.Errorf("a write that had begun: %v", err)
	}
	if err := first.Write(ctx, insert("after")); err != nil {
		t.Error(err)
	}
	names, err := db.List(ctx, first.Reader(), db.Value[string], `select name from t order by rowid`)
	if err != nil || len(names) != 2 || names[0] != "slow" || names[1] != "after" {
		t.Errorf("kept: %q, %v", names, err)
	}
}

// Every connection of the reading pool is taken: a reading is refused instead of waiting
// for ever, and works again once one is given back. Of SQLite there are enough.
func TestReadersExhausted(t *testing.T) {
	ctx := context.Background()
	url := dbtest.PostgresURL(t)
	d, err := db.Open(ctx, db.Options{URL: url, Readers: 1, Patience: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Reader().Query(ctx, `select 1`)
	if err != nil {
		t.Fatal(err)
	}
	one := func() error {
		_, err := db.Get(ctx, d.Reader(), db.Value[int], `select 2`)
		return err
	}
	if err := one(); !errs.Is(err, errs.Unavailable) {
		t.Errorf("a pool that is exhausted: %v", err)
	}
	rows.Close()
	for range 20 { // more often than there are connections: each is given back
		if err := one(); err != nil {
			t.Fatal(err)
		}
	}
}
