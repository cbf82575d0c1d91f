package demo_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	real "transformateur/internal/demo"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/web/demo"
	"transformateur/internal/web/ui/pagetest"
)

// people makes an account for every role.
func people(t *testing.T) *account.Service {
	t.Helper()
	d, now := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC))
	s := account.New(d, now, account.Options{Bus: event.NewBus(d, now), Rights: policy.New(d, now).Rights()})
	for _, role := range real.Roles {
		if _, err := account.OpenDemo(s).Create(t.Context(), role.Email(), account.Profile{Name: role.Name, Lang: "fr", Zone: "Europe/Paris"}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestEveryRoleIsOffered(t *testing.T) {
	h := &demo.Handler{Accounts: people(t), Open: true, Clock: clock.System{}}
	for _, lang := range i18n.Langs {
		page := pagetest.Site{Routes: h.Routes(), Lang: lang}.Page(t, "/demo")
		for _, role := range real.Roles {
			if !strings.Contains(page, `action="/demo/`+role.Key+`"`) || !strings.Contains(page, role.Name) {
				t.Errorf("%s: no way to become %s", lang, role.Key)
			}
		}
		for _, part := range []string{`href="/mailbox"`, `action="/demo/visitor"`} {
			if !strings.Contains(page, part) {
				t.Errorf("%s: no %s", lang, part)
			}
		}
	}
}

func TestBecomingSomebody(t *testing.T) {
	h := &demo.Handler{Accounts: people(t), Open: true, Clock: clock.System{}}
	site := pagetest.Site{Routes: h.Routes(), Lang: i18n.FR}
	for _, role := range real.Roles {
		if a := site.Post(t, "/demo/"+role.Key, url.Values{}); a.Status != http.StatusSeeOther || a.Location != role.Start {
			t.Errorf("%s: %d to %s, want %s", role.Key, a.Status, a.Location, role.Start)
		}
	}
	if a := site.Post(t, "/demo/visitor", url.Values{}); a.Status != http.StatusSeeOther || a.Location != "/" {
		t.Errorf("visitor: %d to %s", a.Status, a.Location)
	}
	if a := site.Post(t, "/demo/nobody", url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("nobody: %d, want 404", a.Status)
	}
}

func TestARealInstallHasNoSuchPage(t *testing.T) {
	if routes := (&demo.Handler{Accounts: people(t)}).Routes(); len(routes) != 0 {
		t.Errorf("%d routes outside the demonstration", len(routes))
	}
}

// The clock of the demonstration moves forward, and never back.
func TestTheClockMovesForward(t *testing.T) {
	now := clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC))
	movable, err := clock.NewMovable(now, filepath.Join(t.TempDir(), "clock"))
	if err != nil {
		t.Fatal(err)
	}
	var skipped []time.Time
	h := &demo.Handler{Accounts: people(t), Open: true, Clock: movable, Skip: func(_ context.Context, to time.Time) error { skipped = append(skipped, to); return nil }}
	site := pagetest.Site{Routes: h.Routes(), Lang: i18n.FR}
	for _, c := range []struct {
		what   string
		form   url.Values
		status int
		after  time.Duration // from the first instant
	}{
		{"ten minutes", url.Values{"minutes": {"10"}}, http.StatusSeeOther, 10 * time.Minute},
		{"to an hour of the day after, in Paris", url.Values{"to": {"2027-03-06T09:30"}}, http.StatusSeeOther, 21*time.Hour + 30*time.Minute},
		{"back", url.Values{"to": {"2027-03-05T09:30"}}, http.StatusConflict, 21*time.Hour + 30*time.Minute},
		{"back by minutes", url.Values{"minutes": {"-10"}}, http.StatusConflict, 21*time.Hour + 30*time.Minute},
		{"nowhere", url.Values{"to": {"demain"}}, http.StatusConflict, 21*time.Hour + 30*time.Minute},
		{"a year", url.Values{"to": {"2028-03-06T09:30"}}, http.StatusConflict, 21*time.Hour + 30*time.Minute},
	} {
		if a := site.Post(t, "/demo/clock", c.form); a.Status != c.status || movable.Now().Sub(now.Now()) != c.after {
			t.Errorf("%s: %d, %s later", c.what, a.Status, movable.Now().Sub(now.Now()))
		}
	}
	if len(skipped) != 2 {
		t.Errorf("no outage at %v", skipped)
	}
	h.Clock = now
	if a := (pagetest.Site{Routes: h.Routes(), Lang: i18n.FR}).Post(t, "/demo/clock", url.Values{"minutes": {"10"}}); a.Status != http.StatusConflict {
		t.Errorf("a clock that does not move: %d", a.Status)
	}
}
