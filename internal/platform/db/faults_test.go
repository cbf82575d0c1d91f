package db_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

func TestFaults(t *testing.T) {
	damage := map[db.Engine][]string{
		db.SQLite:     {`pragma foreign_keys = off`, `insert into event_deliveries (event_id, subscriber, attempts, due_at, problem) values ('no-such-event', 's', 0, '2027-01-01', '')`},
		db.PostgreSQL: {`alter table events add constraint checked_later check (kind <> 'x') not valid`},
	}
	want := map[db.Engine]string{db.SQLite: "event_deliveries points at no row of events", db.PostgreSQL: "checked_later of events is not validated"}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if faults, err := d.Faults(context.Background()); err != nil || len(faults) > 0 {
			t.Fatalf("a sound database: %q, %v", faults, err)
		}
		for _, text := range damage[d.Engine()] {
			if _, err := d.Raw().Exec(text); err != nil {
				t.Fatal(err)
			}
		}
		faults, err := d.Faults(context.Background())
		if err != nil || len(faults) != 1 || !strings.Contains(faults[0], want[d.Engine()]) {
			t.Errorf("%q, %v", faults, err)
		}
	})
}
