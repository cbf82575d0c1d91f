package notify_test

import (
	"testing"

	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
)

func TestTeamsAreToldOfTheirSeats(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}).Listen(w.Bus)
		ana := w.Signed("ana@projet.example", "Ana")
		w.Project("Campus", ana)
		id := w.Planned()
		_, err := w.Gatherings.AddTeams(ctx, w.Lead, id)
		w.Must(err)
		for range 2 {
			_, err := w.Bus.Deliver(ctx)
			w.Must(err)
		}
		var n int
		w.Must(d.Reader().QueryRow(ctx, `select count(*) from mails where template = 'gathering_seated' and person_id = $1`, string(ana.ID)).Scan(&n))
		var all int
		w.Must(d.Reader().QueryRow(ctx, `select count(*) from mails where template = 'gathering_seated'`).Scan(&all))
		if n != 1 || all != 1 {
			t.Errorf("Ana was told %d times, everybody %d", n, all)
		}
	})
}
