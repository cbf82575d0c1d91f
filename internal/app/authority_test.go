package app

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// A machine five minutes off tells the database's time, where several share one; the
// only machine of an install goes on when its own clock steps back.
func TestAuthority(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		truth, err := d.Now(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, skew := range []time.Duration{-time.Hour, -5 * time.Minute, 5 * time.Minute} {
			a := clock.NewAuthority(clock.NewFake(truth.Add(skew)), nil)
			if err := follow(ctx, d, a); err != nil {
				t.Fatal(err)
			}
			off := a.Now().Sub(truth)
			if ahead := d.Engine() == db.SQLite && skew > 0; !ahead && (off < -time.Second || off > time.Minute) {
				t.Errorf("a machine off by %v tells a time off by %v", skew, off)
			} else if ahead && off < skew {
				t.Errorf("the time went back by %v", skew-off)
			}
		}
		if c, err := authority(ctx, d, clock.NewFake(noon)); err != nil || !c.Now().Equal(noon) {
			t.Errorf("a clock of a test is not taken as it is: %v", err)
		}
	})
}
