package programmes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/programmes"
	"transformateur/internal/web/ui/pagetest"
)

func TestProgrammePages(t *testing.T) {
	w := programmetest.New(t, dbtest.SQLite(t))
	h := &programmes.Handler{Programmes: w.Service, Clock: w.Clock}
	for _, lang := range i18n.Langs {
		public := pagetest.Site{Routes: h.Routes(), Lang: lang}.Page(t, "/programmes/transformateur-numerique")
		if !strings.Contains(public, "Normandie 2027") || strings.Contains(public, "Normandie 2028") || strings.Contains(public, "numerique/edit") {
			t.Errorf("%s: the public page shows too little or too much", lang)
		}
		lead := pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: lang}
		for _, path := range []string{"/programmes/transformateur-numerique", "/programmes/transformateur-numerique/edit", "/programmes/new"} {
			lead.Page(t, path)
		}
		const calendar = `href="/privacy/programmes/transformateur-numerique"`
		if strings.Contains(public, calendar) || !strings.Contains(lead.Page(t, "/programmes/transformateur-numerique"), calendar) {
			t.Errorf("%s: the calendar of what is kept is open to all, or to nobody", lang)
		}
		pagetest.Site{Routes: h.Routes(), By: w.Stranger, Lang: lang}.Page(t, "/programmes/new")
	}
	for who, s := range map[string]pagetest.Site{"a visitor": {Routes: h.Routes()}, "a stranger": {Routes: h.Routes(), By: w.Stranger}} {
		if a := s.Get(t, "/programmes/transformateur-numerique/edit"); a.Status != http.StatusSeeOther && a.Status != http.StatusForbidden {
			t.Errorf("%s edits: %d", who, a.Status)
		}
	}
}

func TestWriteAProgramme(t *testing.T) {
	w := programmetest.New(t, dbtest.SQLite(t))
	s := pagetest.Site{Routes: (&programmes.Handler{Programmes: w.Service, Clock: w.Clock}).Routes(), By: w.Lead, Lang: i18n.FR}
	a := s.Post(t, "/programmes/new", url.Values{"agency": {string(w.Agency.ID)}, "about_fr": {"Texte"}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-name_fr"`) || !strings.Contains(a.Body, ">Texte</textarea>") {
		t.Errorf("without a name: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	if a = s.Post(t, "/programmes/new", url.Values{"agency": {string(w.Agency.ID)}, "name_fr": {"La Fabrique"}}); a.Location != "/programmes/la-fabrique" {
		t.Fatalf("create: %d to %q", a.Status, a.Location)
	}
	form := url.Values{"version": {"1"}, "name_fr": {"La Fabrique d’été"}}
	if a = s.Post(t, "/programmes/la-fabrique/edit", form); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d", a.Status)
	}
	form.Set("name_fr", "La Fabrique d’hiver")
	a = s.Post(t, "/programmes/la-fabrique/edit", form)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "La Fabrique d’été") || !strings.Contains(a.Body, `value="La Fabrique d’hiver"`) || !strings.Contains(a.Body, `name="version" value="2"`) {
		t.Errorf("stale save: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
}
