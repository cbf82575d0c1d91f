package home_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/screening/screeningtest"
	"transformateur/internal/web/home"
	"transformateur/internal/web/ui/pagetest"
)

func TestHomeOfALead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx, w := context.Background(), screeningtest.New(t, d)
		mails := notify.New(d, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}})
		h := &home.Handler{Programmes: programme.New(d, w.Clock, w.Policy, w.Bus), Clock: w.Clock, Files: w.Files, Screening: w.Screening, Steered: w.Calls, Mails: mails,
			Accounts: account.New(d, w.Clock, account.Options{Bus: w.Bus, Rights: w.Policy.Rights()})}
		page := func(by account.User) string {
			t.Helper()
			return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(pagetest.Site{Routes: h.Routes(), Lang: i18n.FR, By: by}.Page(t, "/"))
		}
		_, err := w.Calls.Ask(ctx, w.Bob, w.Call.ID, "Qui peut répondre ?", true)
		w.Must(err)
		_, err = w.Calls.Create(ctx, w.Lead, call.Call{ID: "suivant", EditionID: "edition", Title: form.Localised{"fr": "Suivant"}, Zone: "Europe/Paris"})
		w.Must(err)
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into mails (id, dedupe_key, message_id, to_email, lang, template, subject, body, urgent, secret, discreet, object_kind, object_id,
				edition_id, programme_id, agency_id, batch_id, status, created_at, edited_by, version, attempts, problem)
				values ('m', 'm', 'm', 'z@example.org', 'fr', 'receipt', 'O', 'T', false, false, false, 'edition', 'edition', 'edition', 'programme', 'agence', '', 'held', $1, '', 1, 0, '')`, w.Clock.Now())
			return err
		}))
		ready := w.Complete()
		_, err = w.Files.Submit(ctx, w.Ana, ready.ID)
		w.Must(err)
		want := []string{"1 question attend une réponse", "/calls/appel/manage#questions", "/outbox/edition/edition?status=held", "pour ouvrir l’appel « Suivant »", "/editions/edition/manage"}
		text := page(w.Lead)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("no %q", part)
			}
			if strings.Contains(page(w.Bob), part) {
				t.Errorf("somebody without role sees %q", part)
			}
		}
		if strings.Contains(text, "recevabilité") {
			t.Error("files are judged before the call closes")
		}
		w.Clock.Advance(2 * time.Hour)
		if text := page(w.Lead); !strings.Contains(text, "1 dossier attend un avis de recevabilité") || !strings.Contains(text, "/calls/appel/files?verdict=waiting") {
			t.Error("after the deadline the files wait for a verdict")
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "bob", Relation: "auditor", Object: policy.Platform.Ref})
		}))
		if text := page(w.Bob); !strings.Contains(text, `href="/journal"`) || strings.Contains(text, `href="/platform"`) {
			t.Error("an auditor is led to the journal, and to nothing of the administration")
		}
	})
}
