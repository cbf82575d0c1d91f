package notify_test

import (
	"context"
	"testing"

	"transformateur/internal/notify"
	"transformateur/internal/notify/readers"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/screening/screeningtest"
)

func TestReadersAreRemindedAndReturnsAreTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		ctx := context.Background()
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			for _, id := range []string{"lead", "chair", "mia", "noe"} {
				if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, $3, $4)`, id+"@exemple.invalid", id, true, w.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		outbox := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
		readers.New(w.Clock, outbox, "https://appels.example.org").Listen(w.Bus)
		w.Give(w.Mia, w.Files...)
		w.Give(w.Noe, w.Files[0])
		w.Hand(w.Noe, w.Files[0], "good")
		for range 2 {
			_, err := w.Reviews.Remind(ctx, w.Chair, reviewtest.Selection)
			w.Must(err)
		}
		want(t, mails(t, &screeningtest.World{World: w.World}), "review_reminder mia held")
		w.Exclude(w.Chair, w.Files[1])
		w.Must(w.Reviews.Return(ctx, w.Mia, w.Files[0], "competence", "Je ne connais pas le bâtiment."))
		w.Must(w.Reviews.Return(ctx, w.Mia, w.Files[1], "time", ""))
		want(t, mails(t, &screeningtest.World{World: w.World}), "review_reminder mia held", "review_returned chair held", "review_returned lead held", "review_returned lead held")
	})
}
