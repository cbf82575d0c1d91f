package event_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
)

var ctx = context.Background()

func TestDeliversOnceEachAndRetries(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		bus := event.NewBus(d, c)
		var steady, flaky []string
		fail := true
		bus.Subscribe("steady", func(_ context.Context, _ *db.Tx, e event.Event) error {
			var p struct{ Name string }
			if err := e.Read(&p); err != nil {
				return err
			}
			steady = append(steady, e.ObjectID+p.Name)
			return nil
		}, "thing.done")
		bus.Subscribe("flaky", func(ctx context.Context, tx *db.Tx, e event.Event) error {
			if _, err := tx.Exec(ctx, `insert into settings (name, value, updated_at) values ('seen', $1, $2)`, e.ID, e.At); err != nil {
				return err
			}
			if fail {
				return errors.New("not now")
			}
			flaky = append(flaky, e.ObjectID)
			return nil
		}, "thing.done")

		if err := d.Write(ctx, func(tx *db.Tx) error {
			return bus.Publish(ctx, tx, "thing.done", "7", map[string]string{"Name": "x"})
		}); err != nil {
			t.Fatal(err)
		}
		undo := errors.New("undo")
		d.Write(ctx, func(tx *db.Tx) error {
			bus.Publish(ctx, tx, "thing.done", "8", nil)
			return undo
		})
		for range 3 {
			if _, err := bus.Deliver(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if len(steady) != 1 || steady[0] != "7x" || len(flaky) != 0 {
			t.Fatalf("steady %v, flaky %v", steady, flaky)
		}
		fail = false
		c.Advance(3 * time.Second)
		for range 3 {
			if n, err := bus.Deliver(ctx); err != nil {
				t.Fatal(n, err)
			}
		}
		if len(steady) != 1 || len(flaky) != 1 {
			t.Fatalf("after a retry: steady %v, flaky %v", steady, flaky)
		}
	})
}

func TestBackoffGrowsAndStops(t *testing.T) {
	last := time.Duration(0)
	for n := range 40 {
		b := event.Backoff(n)
		if b < last || b > time.Hour {
			t.Errorf("attempt %d waits %v after %v", n, b, last)
		}
		last = b
	}
}
