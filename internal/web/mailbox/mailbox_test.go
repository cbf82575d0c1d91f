package mailbox_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/web/mailbox"
	"transformateur/internal/web/ui"
)

func TestMailboxShowsWhatWouldLeave(t *testing.T) {
	d, c := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC))
	mails := notify.New(d, c, job.NewQueue(d, c), policy.New(d, c), notify.Options{Sender: mail.Hold{}, Install: "Appels", BaseURL: "https://appels.example.org"})
	routes := (&mailbox.Handler{Mails: mails, Open: true, Zone: "Europe/Paris"}).Routes()
	page := func(lang i18n.Lang) string {
		r := httptest.NewRequest("GET", "/mailbox", nil)
		rec := httptest.NewRecorder()
		ui.Handle(routes[0].Handle).ServeHTTP(rec, r.WithContext(i18n.With(r.Context(), lang)))
		if body := rec.Body.String(); rec.Code == 200 && !strings.Contains(body, "‹") {
			return body
		}
		t.Fatalf("%s: %d\n%s", lang, rec.Code, rec.Body)
		return ""
	}
	if body := page(i18n.EN); !strings.Contains(body, "No message yet") {
		t.Error("an empty mailbox does not say so")
	}
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		return mails.Enqueue(context.Background(), tx, notify.Mail{To: "ana@example.org", Template: "signin_link", Key: "s", Urgent: true,
			Args: map[string]string{"Link": "https://appels.example.org/signin/link/SECRET", "Minutes": "30"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if body := page(i18n.FR); !strings.Contains(body, `href="https://appels.example.org/signin/link/SECRET"`) || !strings.Contains(body, "ana@example.org") {
		t.Errorf("the sign-in link cannot be followed:\n%s", body)
	}
}

func TestMailboxIsClosedOnARealInstall(t *testing.T) {
	if routes := (&mailbox.Handler{}).Routes(); len(routes) != 0 {
		t.Errorf("%d addresses", len(routes))
	}
}
