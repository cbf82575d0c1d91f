package notifications_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
	"transformateur/internal/web/notifications"
	"transformateur/internal/web/ui"
)

func TestPaceIsChosen(t *testing.T) {
	noon := time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)
	d, c, ana := dbtest.SQLite(t), clock.NewFake(noon), account.User{ID: "ana", Name: "Ana"}
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `insert into people (id, name, lang, zone, created_at) values ('ana', 'Ana', 'fr', 'Europe/Paris', $1)`, noon)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mails := notify.New(d, c, job.NewQueue(d, c), policy.New(d, c), notify.Options{Sender: mail.Hold{}})
	mux := http.NewServeMux()
	for _, route := range (&notifications.Handler{Mails: mails}).Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	ask := func(method string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/notifications", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r.WithContext(account.With(r.Context(), ana)))
		return rec
	}
	if rec := ask("POST", url.Values{"threads": {"never"}}); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown pace: %d", rec.Code)
	}
	if rec := ask("POST", url.Values{"threads": {"daily"}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("daily: %d", rec.Code)
	}
	chosen, err := mails.Preferences(context.Background(), ana)
	if err != nil || chosen["threads"] != notify.Daily {
		t.Errorf("%v %v", chosen, err)
	}
	if body := ask("GET", nil).Body.String(); !strings.Contains(body, `value="daily" checked`) {
		t.Errorf("the page does not show the choice:\n%s", body)
	}
}
