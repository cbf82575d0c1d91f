package pulse_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// told says whether a page is called within a time that only a silence reaches.
func told(t *testing.T, page <-chan struct{}) {
	t.Helper()
	select {
	case <-page:
	case <-time.After(30 * time.Second):
		t.Fatal("nobody called")
	}
}

func TestPagesAreToldOfWhatChanges(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		ctx := context.Background()
		id, other := w.Planned(), w.Planned()
		here, elsewhere := pulse.New(d, w.Policy), pulse.New(d, w.Policy)
		if _, _, err := here.Watch(ctx, account.User{}, id, 0); err == nil {
			t.Error("somebody unknown listens")
		}
		if _, _, err := here.Watch(ctx, w.Lead, "nowhere", 0); !errs.Is(err, errs.NotFound) {
			t.Errorf("a gathering that is not: %v", err)
		}
		near, leave, err := here.Watch(ctx, w.Lead, id, 0)
		w.Must(err)
		far, leaveFar, err := elsewhere.Watch(ctx, w.Lead, id, 0)
		w.Must(err)
		defer leaveFar()
		quiet, leaveQuiet, err := here.Watch(ctx, w.Lead, other, 0)
		w.Must(err)
		defer leaveQuiet()
		w.Must(d.Write(ctx, func(tx *db.Tx) error { return here.Beat(ctx, tx, id) }))
		told(t, near)
		told(t, far)
		late, leaveLate, err := here.Watch(ctx, w.Lead, id, 0) // drawn before the beat
		w.Must(err)
		defer leaveLate()
		told(t, late)
		leave()
		w.Must(d.Write(ctx, func(tx *db.Tx) error { return here.Beat(ctx, tx, id) }))
		told(t, far)
		select {
		case <-near:
			t.Error("a page that left is called")
		case <-quiet:
			t.Error("the page of another gathering is called")
		default:
		}
		rolled := errs.New(errs.Conflict, "x")
		if err := d.Write(ctx, func(tx *db.Tx) error { here.Beat(ctx, tx, other); return rolled }); err == nil {
			t.Error("kept")
		}
		select {
		case <-quiet:
			t.Error("told of what was not kept")
		case <-time.After(1500 * time.Millisecond):
		}
	})
}

// A page that begins to listen while something changes is told of it, whichever comes first.
func TestNothingIsMissedWhileAPageComes(t *testing.T) {
	w := gatheringtest.New(t, dbtest.SQLite(t))
	ctx := context.Background()
	id := w.Planned()
	here := pulse.New(w.DB, w.Policy)
	_, leaveFirst, err := here.Watch(ctx, w.Lead, id, 0) // others listen already
	w.Must(err)
	defer leaveFirst()
	for range 300 {
		drawn, err := here.Now(ctx, w.Lead, id)
		w.Must(err)
		var all sync.WaitGroup
		all.Go(func() {
			if err := w.DB.Write(ctx, func(tx *db.Tx) error { return here.Beat(ctx, tx, id) }); err != nil {
				t.Error(err)
			}
		})
		page, leave, err := here.Watch(ctx, w.Lead, id, drawn)
		w.Must(err)
		all.Wait()
		told(t, page)
		leave()
	}
}
