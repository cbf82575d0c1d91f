package demo_test

import (
	"net/http"
	"net/url"
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
	h := &demo.Handler{Accounts: people(t), Open: true}
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
	h := &demo.Handler{Accounts: people(t), Open: true}
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
