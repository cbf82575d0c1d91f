package db_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// Writes that may wait for company share a commit when another one has just been made;
// one that may not wait takes them along at once.
func TestWritesInCompanyShareACommit(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		nothing := func(*db.Tx) error { return nil }
		write := func(company time.Duration) {
			if err := d.WriteInCompany(context.Background(), company, nothing); err != nil {
				t.Error(err)
			}
		}
		write(0)
		before := d.Commits()
		var group sync.WaitGroup
		group.Go(func() { write(10 * time.Second) })
		for range 20 {
			group.Go(func() { write(10 * time.Second) })
		}
		time.Sleep(20 * time.Millisecond)
		write(0) // nobody waits ten seconds: this one takes those who wait along
		group.Wait()
		if made := d.Commits() - before; made > 15 { // a slow machine may let some come too late to share
			t.Errorf("%d commits for 22 writes", made)
		}
	})
}
