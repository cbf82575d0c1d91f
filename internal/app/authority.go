package app

import (
	"context"
	"log/slog"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
)

const (
	followEvery = 10 * time.Second
	skewAlarm   = time.Second // beyond it, somebody should look at the machine's clock
)

// authority is the time that counts: with PostgreSQL the database's, the same for
// every process; with SQLite the machine's, which never goes back while we run. A
// clock that a test made is taken as it is.
func authority(ctx context.Context, d *db.DB, c clock.Clock) (clock.Clock, error) {
	if _, real := c.(clock.System); !real {
		return c, nil
	}
	a := clock.NewAuthority(c, nil)
	return a, follow(ctx, d, a)
}

// follow compares the time that counts with who tells it.
func follow(ctx context.Context, d *db.DB, a *clock.Authority) error {
	begin := a.Elapsed()
	at, err := d.Now(ctx)
	if err != nil {
		return err
	}
	at = at.Add((a.Elapsed() - begin) / 2) // the answer took half of the way back
	if d.Engine() == db.SQLite {
		if back := a.Now().Sub(at); back > 0 {
			if back > skewAlarm {
				slog.Error("the machine's clock went back: the program goes on with the time that passed", "back", back.String())
			}
			return nil
		}
	}
	if skew := a.Follow(at); skew > skewAlarm || skew < -skewAlarm {
		slog.Error("the machine's clock is not the database's, which counts", "skew", skew.String())
	}
	return nil
}

// keepTime follows the authority until ctx ends.
func (a *App) keepTime(ctx context.Context) {
	told, ok := a.Clock.(*clock.Authority)
	if !ok {
		return
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := follow(ctx, a.DB, told); err != nil && ctx.Err() == nil {
				slog.Warn("the time could not be compared with the database's", "err", err)
			}
		}
	}
}
