package privacy_test

import (
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/programme"
)

// The name that a guest typed goes a month after the gathering was closed.
func TestGuestIsErasedAMonthAfterTheGathering(t *testing.T) {
	run(t, func(t *testing.T, w *world) {
		id, err := w.app.Gatherings.Create(ctx, w.lead, programme.EditionID(w.call.EditionID), gathering.Sheet{Title: "Session", Zone: "Europe/Paris", StartsOn: "2027-03-05", EndsOn: "2027-03-06"})
		w.must(err)
		w.must(w.app.Gatherings.Open(ctx, w.lead, id))
		_, code, err := w.app.Gatherings.Code(ctx, w.lead, id)
		w.must(err)
		_, err = w.app.Gatherings.Join(ctx, account.User{}, gathering.Coming{Code: code, Name: "Zoé Passante", Lang: "fr", IP: "192.0.2.7"})
		w.must(err)
		named := func() int {
			return w.count(`select (select count(*) from people where name = 'Zoé Passante') + (select count(*) from participants where name = 'Zoé Passante')`)
		}
		w.must(w.app.Gatherings.Close(ctx, w.lead, id))
		w.until(29)
		if n := named(); n != 2 {
			t.Fatalf("her name stands %d times four weeks after she left", n)
		}
		w.until(31)
		if n := named(); n != 0 {
			t.Fatalf("her name stands %d times a month after she left", n)
		}
	})
}
