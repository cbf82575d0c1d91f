package booking_test

import (
	"slices"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/support/booking"
)

// Who runs the programme sees who meets whom, and may cancel with a reason; what is said in a
// meeting stays between those who met.
func TestTheProgrammeSeesAndCancels(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		at := w.Clock.Now().Add(72 * time.Hour)
		id, err := w.bookings.Record(ctx, w.eva, w.campus, booking.Agreed{With: w.Ana.ID, Start: at, Minutes: 60, Subject: "Le budget", Video: "https://visio.example/secret"})
		w.Must(err)
		v, err := w.bookings.Oversee(ctx, w.Lead, w.campus)
		w.Must(err)
		if len(v.Coming) != 1 || len(v.Past) != 0 || v.Coming[0].HelperName != "Eva Sage" || v.Coming[0].Video != "" || v.Coming[0].Notes != "" {
			t.Fatalf("the lead sees %+v", v)
		}
		_, err = w.bookings.Oversee(ctx, w.Bob, w.campus)
		wants(t, "another team", err, errs.NotFound, "")
		_, err = w.bookings.Oversee(ctx, w.Ana, w.campus)
		wants(t, "the team itself", err, errs.Forbidden, "")
		e := booking.Ending{ID: id, Version: v.Coming[0].Version}
		wants(t, "without a reason", w.bookings.CancelFor(ctx, w.Lead, w.campus, e), errs.Invalid, "booking.invalid")
		e.Reason = "Grève des trains"
		wants(t, "in another project", w.bookings.CancelFor(ctx, w.Lead, w.garden, e), errs.NotFound, "")
		wants(t, "by a team", w.bookings.CancelFor(ctx, w.Ana, w.campus, e), errs.Forbidden, "")
		w.Must(w.bookings.CancelFor(ctx, w.Lead, w.campus, e))
		wants(t, "twice", w.bookings.CancelFor(ctx, w.Lead, w.campus, e), errs.Conflict, "booking.over")
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		if !slices.Contains(w.told, booking.CancelledEvent+" by both") {
			t.Errorf("told %v", w.told)
		}
		b, err := booking.Load(ctx, d.Reader(), id)
		w.Must(err)
		if b.State != booking.Cancelled || b.Late || b.Reason != "Grève des trains" {
			t.Errorf("the meeting is %+v", b)
		}
	})
}
