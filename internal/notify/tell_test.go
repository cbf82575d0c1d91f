package notify_test

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/form"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
)

// listening is a world in which mails are kept.
func listening(t *testing.T, d *db.DB) *screeningtest.World {
	t.Helper()
	w := screeningtest.New(t, d)
	ctx := context.Background()
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		for _, id := range []string{"lead", "ana", "bob"} {
			if _, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ($1, $2, $3, $4)`, id+"@exemple.invalid", id, true, applicationtest.Noon); err != nil {
				return err
			}
		}
		return nil
	}))
	notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"}).Listen(w.Bus)
	return w
}

// mails lists "template person status" of the outbox, after events were delivered twice.
func mails(t *testing.T, w *screeningtest.World) []string {
	t.Helper()
	ctx := context.Background()
	for range 2 {
		if _, err := w.Bus.Deliver(ctx); err != nil {
			t.Fatal(err)
		}
	}
	list, err := db.List(ctx, w.DB.Reader(), func(s db.Scanner) (string, error) {
		var template, person, status string
		err := s.Scan(&template, &person, &status)
		return fmt.Sprintf("%s %s %s", template, person, status), err
	}, `select template, person_id, status from mails`)
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(list)
	return list
}

func want(t *testing.T, got []string, lines ...string) {
	t.Helper()
	sort.Strings(lines)
	if !slices.Equal(got, lines) {
		t.Errorf("outbox:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

func TestDepositAndWhatFollowsIsTold(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := listening(t, d)
		ctx := context.Background()
		a := w.Complete()
		_, err := w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		want(t, mails(t, w), "receipt ana ready")
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.Files.Send(ctx, w.Lead, a.ID, "Merci pour ce dossier."))
		w.Must(w.Screening.Admit(ctx, w.Lead, a.ID, screening.Verdict{Verdict: screening.Inadmissible, Reason: "Hors sujet."}, 0))
		w.Must(w.Screening.AskCorrection(ctx, w.Lead, a.ID, application.Correction{Kind: application.Incorrect, Fields: []string{"summary"}, Message: "Précisez.", DueAt: w.Clock.Now().Add(time.Hour)}))
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		want(t, mails(t, w), "receipt ana ready", "receipt ana ready", "thread_message ana held", "admissibility_result ana held", "correction_requested ana held", "correction_received lead held")
	})
}

func TestDraftsHearOfTheirCall(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := listening(t, d)
		ctx := context.Background()
		w.Draft()
		w.Draft()
		sent := w.Complete()
		_, err := w.Files.Submit(ctx, w.Ana, sent.ID)
		w.Must(err)
		_, err = w.Calls.Extend(ctx, w.Lead, w.Call.ID, applicationtest.Noon.Add(48*time.Hour), "Grève des transports")
		w.Must(err)
		want(t, mails(t, w), "receipt ana ready", "deadline_extended ana held") // one person, two drafts: one mail
		next, err := form.Parse([]byte(strings.Replace(applicationtest.Form, `"Effectif"`, `"Effectif total"`, 1)))
		w.Must(err)
		_, err = w.Calls.SaveForm(ctx, w.Lead, w.Call.ID, next, 0)
		w.Must(err)
		_, err = w.Calls.Revise(ctx, w.Lead, w.Call.ID, form.Localised{"fr": "Libellé précisé"})
		w.Must(err)
		want(t, mails(t, w), "receipt ana ready", "deadline_extended ana held", "form_changed ana held", "form_changed ana held")
	})
}

func TestDraftsAreRemindedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := listening(t, d)
		ctx := context.Background()
		w.Draft()
		_, err := w.Calls.Extend(ctx, w.Lead, w.Call.ID, applicationtest.Noon.Add(10*24*time.Hour), "Premier report")
		w.Must(err)
		for range 12 * 24 {
			w.Must(w.Jobs.Work(ctx))
			w.Clock.Advance(time.Hour)
		}
		n := 0
		for _, m := range mails(t, w) {
			if strings.HasPrefix(m, "draft_reminder ana") {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d reminders for one draft, want one a week before and one the day before", n)
		}
	})
}
