package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/job"
)

var ctx = context.Background()

func TestJobs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		q := job.NewQueue(d, c)
		done := map[string]int{}
		fail := 2
		q.Handle("send_mail", func(_ context.Context, j job.Job) error {
			var to string
			if err := j.Read(&to); err != nil {
				return err
			}
			if to == "flaky" && fail > 0 {
				fail--
				return errors.New("refused")
			}
			done[to]++
			return nil
		})
		enqueue := func(key, to string, at time.Time) {
			t.Helper()
			if err := d.Write(ctx, func(tx *db.Tx) error { return q.Enqueue(ctx, tx, "send_mail", key, to, at) }); err != nil {
				t.Fatal(err)
			}
		}
		enqueue("k", "once", c.Now())
		enqueue("k", "once", c.Now())
		enqueue("", "later", c.Now().Add(time.Hour))
		enqueue("", "flaky", c.Now())
		work := func() {
			t.Helper()
			if err := q.Work(ctx); err != nil {
				t.Fatal(err)
			}
		}
		work()
		if done["once"] != 1 || done["later"] != 0 || done["flaky"] != 0 {
			t.Errorf("at once: %v", done)
		}
		c.Advance(5 * time.Second)
		work()
		c.Advance(5 * time.Second)
		work()
		if done["flaky"] != 1 {
			t.Errorf("after two failures: %v", done)
		}
		c.Advance(time.Hour)
		work()
		if done["later"] != 1 || done["once"] != 1 {
			t.Errorf("an hour later: %v", done)
		}
	})
}

func TestEveryRunsOncePerPeriod(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		n := 0
		count := func(context.Context, job.Job) error { n++; return nil }
		for range 2 { // two nodes
			q := job.NewQueue(d, c)
			q.Every("sweep_things", time.Hour, count)
			for range 3 {
				if err := q.Work(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n != 1 {
			t.Errorf("ran %d times in one period, want 1", n)
		}
	})
}
