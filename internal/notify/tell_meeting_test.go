package notify_test

import (
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
)

// Whoever is asked for a meeting is told so, with the words of who asks; who asked is told
// the answer, and nobody else anything. What was taken back meanwhile is not told.
func TestMeetingsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := floortest.New(t, d)
		wishes := wish.New(w.Floor, w.Bus)
		notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}).Listen(w.Bus)
		for _, who := range []account.User{w.Ana, w.Bob} {
			w.Exec(`insert into addresses (email, person_id, main, verified_at) values ($1, $2, true, $3)`, strings.ToLower(who.Name)+"@equipe.example", string(who.ID), w.Clock.Now())
		}
		w.Opens()
		deliver := func() {
			for range 2 {
				_, err := w.Bus.Deliver(ctx)
				w.Must(err)
			}
		}
		mine := func(who account.User) string {
			v, err := wishes.Read(ctx, who, w.ID)
			w.Must(err)
			return v.Mine[len(v.Mine)-1].ID
		}
		w.Must(wishes.Request(ctx, w.Ana, w.ID, wish.Ask{Participant: w.Seat(w.Leo), Note: "Nos capteurs"}))
		deliver()
		w.Must(wishes.Answer(ctx, w.Leo, w.ID, mine(w.Leo), true))
		w.Must(wishes.Request(ctx, w.Zoe, w.ID, wish.Ask{Project: string(w.Campus)}))
		deliver()
		w.Must(wishes.Answer(ctx, w.Ana, w.ID, mine(w.Zoe), false))
		w.Must(wishes.Request(ctx, w.Bob, w.ID, wish.Ask{Participant: w.Seat(w.Leo)}))
		w.Must(wishes.Withdraw(ctx, w.Bob, w.ID, mine(w.Bob)))
		deliver()
		sent, err := db.List(ctx, d.Reader(), db.Value[string], `select p.email || ' ' || m.template || ' ' || m.subject from mails m join addresses p on p.person_id = m.person_id where m.template like 'meeting%'`)
		w.Must(err)
		slices.Sort(sent)
		want := []string{"ana@equipe.example meeting_accepted Rendez-vous accepté : Léo Fabre", "ana@equipe.example meeting_asked Zoé Prat demande à vous rencontrer",
			"leo@labo.example meeting_asked Campus demande à vous rencontrer", "zoe@labo.example meeting_declined Rendez-vous décliné : Campus"}
		if !slices.Equal(sent, want) {
			t.Errorf("told:\n%s", strings.Join(sent, "\n"))
		}
	})
}
