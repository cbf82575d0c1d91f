package agencies_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/agencies"
	"transformateur/internal/web/ui/pagetest"
)

func TestAgencyPages(t *testing.T) {
	w := programmetest.New(t, dbtest.SQLite(t))
	h := &agencies.Handler{Programmes: w.Service, Clock: w.Clock}
	for _, lang := range i18n.Langs {
		public := pagetest.Site{Routes: h.Routes(), Lang: lang}.Page(t, "/agencies/agence-de-normandie")
		for _, want := range []string{"<strong>régionale</strong>", "bonjour@example.org", "Normandie 2027"} {
			if !strings.Contains(public, want) {
				t.Errorf("%s: no %q", lang, want)
			}
		}
		pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: lang}.Page(t, "/agencies/agence-de-normandie/edit")
		pagetest.Site{Routes: h.Routes(), By: w.Admin, Lang: lang}.Page(t, "/agencies/new")
	}
}

func TestOnlyTheAdministrationOpensAnAgency(t *testing.T) {
	w := programmetest.New(t, dbtest.SQLite(t))
	routes := (&agencies.Handler{Programmes: w.Service, Clock: w.Clock}).Routes()
	form := url.Values{"name_fr": {"Agence de Bretagne"}, "lead": {"yes"}}
	for _, c := range []struct {
		name string
		site pagetest.Site
		want int
	}{
		{"a visitor signs in first", pagetest.Site{Routes: routes}, http.StatusSeeOther},
		{"for a stranger the page does not exist", pagetest.Site{Routes: routes, By: w.Stranger}, http.StatusNotFound},
		{"for the lead of another agency neither", pagetest.Site{Routes: routes, By: w.Lead}, http.StatusNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := c.site.Get(t, "/agencies/new"); a.Status != c.want {
				t.Errorf("page: %d, want %d", a.Status, c.want)
			}
			if a := c.site.Post(t, "/agencies/new", form); a.Status != c.want {
				t.Errorf("act: %d, want %d", a.Status, c.want)
			}
		})
	}
	s := pagetest.Site{Routes: routes, By: w.Admin, Lang: i18n.FR}
	if a := s.Post(t, "/agencies/new", url.Values{}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-name_fr"`) {
		t.Errorf("without a name: %d", a.Status)
	}
	if a := s.Post(t, "/agencies/new", form); a.Location != "/agencies/agence-de-bretagne" {
		t.Fatalf("create: %d", a.Status)
	}
	if text := s.Page(t, "/agencies/agence-de-bretagne"); !strings.Contains(text, "/programmes/new?agency=agence-de-bretagne") {
		t.Error("who opened the agency and leads it is not offered to create a programme")
	}
}
