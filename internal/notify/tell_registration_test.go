package notify_test

import (
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
)

// Of three who ask for one place, each is told what concerns her, once.
func TestWhoAskedIsTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		desk := registration.New(registration.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Gatherings: w.Gatherings})
		notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}).Listen(w.Bus)
		id := w.Planned()
		w.Must(desk.SetDesk(ctx, w.Lead, id, registration.Desk{Capacity: 1, ClosesOn: "2027-03-06"}))
		people := map[string]account.User{}
		for _, name := range []string{"ana", "lou", "max"} {
			people[name] = w.Signed(name+"@labo.example", name)
			_, err := desk.Ask(ctx, people[name], id, registration.Wish{Role: gathering.Peer})
			w.Must(err)
		}
		listed, err := desk.All(ctx, w.Lead, id)
		w.Must(err)
		w.Must(desk.Decline(ctx, w.Lead, id, listed.List[0].ID)) // Lou has the place
		w.Must(desk.Accept(ctx, w.Lead, id, listed.List[1].ID))
		for range 2 {
			_, err := w.Bus.Deliver(ctx)
			w.Must(err)
		}
		sent, err := db.List(ctx, d.Reader(), db.Value[string], `select p.name || ' ' || m.template from mails m join people p on p.id = m.person_id where m.template like 'registration%' order by 1`)
		w.Must(err)
		// Lou was promoted and accepted before anybody was told: the last word is enough.
		if got := strings.Join(sent, ", "); got != "ana registration_declined, lou registration_accepted" {
			t.Errorf("%s", got)
		}
		w.Must(w.Gatherings.Leave(ctx, people["lou"], id))
		for range 2 {
			_, err := w.Bus.Deliver(ctx)
			w.Must(err)
		}
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from mails where template = 'registration_promoted' and person_id = $1`, string(people["max"].ID))
		w.Must(err)
		if n != 1 {
			t.Errorf("Max was told %d times that a place is his", n)
		}
	})
}
