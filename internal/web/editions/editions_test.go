package editions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/editions"
	"transformateur/internal/web/ui/pagetest"
)

func open(t *testing.T) (*programmetest.World, *editions.Handler) {
	t.Helper()
	w := programmetest.New(t, dbtest.SQLite(t))
	return w, &editions.Handler{Programmes: w.Service, Clock: w.Clock, BaseURL: "https://appels.example.org",
		NewCallURL: func(id programme.EditionID) string { return "/calls/new?edition=" + string(id) }}
}

func site(h *editions.Handler, by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	text = strings.ReplaceAll(text, "\u00a0", " ")
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q", part)
		}
	}
}

func TestPublicPage(t *testing.T) {
	w, h := open(t)
	for _, lang := range i18n.Langs {
		text := site(h, account.User{}, lang).Page(t, "/editions/normandie-2027")
		has(t, text, "<strong>", `itemtype="https://schema.org/EventSeries"`, `class="frise"`, `aria-current="step"`, "bonjour@example.org", "Normandie")
		if strings.Contains(text, "/manage") {
			t.Error("a visitor is led to the dashboard")
		}
	}
	has(t, site(h, account.User{}, i18n.FR).Page(t, "/editions/normandie-2027"), "Appel à projets", "Du", "lundi 15 février 2027 à 09 h 00, heure de Paris", "Déroulé proposé")
	has(t, site(h, w.Lead, i18n.FR).Page(t, "/editions/normandie-2028"), "Cette édition n’est pas encore publique", "/editions/normandie-2028/manage")
	if a := site(h, account.User{}, i18n.FR).Get(t, "/editions/normandie-2028"); a.Status != http.StatusNotFound {
		t.Errorf("a visitor on an edition in preparation: %d", a.Status)
	}
}

func TestListShowsWhatMayBeSeen(t *testing.T) {
	w, h := open(t)
	for _, c := range []struct {
		name  string
		by    account.User
		draft bool
	}{{"a visitor", account.User{}, false}, {"a stranger", w.Stranger, false}, {"the lead", w.Lead, true}} {
		text := site(h, c.by, i18n.FR).Page(t, "/editions")
		if strings.Contains(text, "Normandie 2028") != c.draft || strings.Contains(text, "/editions/new") != c.draft || !strings.Contains(text, "Normandie 2027") {
			t.Errorf("%s sees the wrong editions", c.name)
		}
	}
}

func TestEveryTeamPageInBothLanguages(t *testing.T) {
	w, h := open(t)
	o, err := w.Edition(t.Context(), w.Lead, w.Published.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/editions/new", "/editions/normandie-2028/manage", "/editions/normandie-2027/manage", "/editions/normandie-2027/edit",
		"/editions/normandie-2027/clone", "/editions/normandie-2027/stages/new", "/editions/normandie-2027/stages/" + string(o.Stages[2].ID)} {
		for _, lang := range i18n.Langs {
			site(h, w.Lead, lang).Page(t, path)
		}
		if a := site(h, account.User{}, i18n.FR).Get(t, path); path != "/editions/new" && a.Status != http.StatusSeeOther {
			t.Errorf("a visitor on %s: %d", path, a.Status)
		}
		if a := site(h, w.Stranger, i18n.FR).Get(t, path); path != "/editions/new" && a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			t.Errorf("a stranger on %s: %d", path, a.Status)
		}
	}
}

func TestOpenAnEdition(t *testing.T) {
	w, h := open(t)
	s := site(h, w.Lead, i18n.FR)
	form := url.Values{"programme": {string(w.Programme.ID)}, "journey": {"tasters"}, "name_fr": {"Midis 2027"}, "zone": {"Europe/Paris"}, "starts": {"2027-09-07"}, "act": {"preview"}}
	a := s.Post(t, "/editions/new", form)
	if a.Status != http.StatusOK {
		t.Fatalf("preview: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	has(t, a.Body, "Premier rendez-vous", "mardi 7 septembre 2027 à 12 h 15, heure de Paris", `value="Midis 2027"`)
	form.Set("starts", "")
	if a = s.Post(t, "/editions/new", form); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("without a first day: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	has(t, a.Body, `href="#f-starts"`, `value="Midis 2027"`)
	form.Set("starts", "2027-09-07")
	form.Set("act", "create")
	if a = s.Post(t, "/editions/new", form); a.Location != "/editions/midis-2027/manage?done=created" {
		t.Fatalf("create: %d to %q", a.Status, a.Location)
	}
	has(t, s.Page(t, a.Location), "L’édition est ouverte", "Avant de publier", "Écrire la présentation de l’édition", "Responsable")
}

func TestStaleSaveKeepsBothTexts(t *testing.T) {
	w, h := open(t)
	s := site(h, w.Lead, i18n.FR)
	form := url.Values{"version": {"3"}, "name_fr": {"Normandie 2027"}, "name_en": {"Normandie 2027"}, "theme_fr": {"Premier thème"}, "about_fr": {"Texte"}, "place": {"Caen"}, "territory": {"region:28"}, "zone": {"Europe/Paris"}}
	if a := s.Post(t, "/editions/normandie-2027/edit", form); a.Status != http.StatusSeeOther {
		t.Fatalf("first save: %d %s", a.Status, a.Body)
	}
	form.Set("theme_fr", "Second thème")
	a := s.Post(t, "/editions/normandie-2027/edit", form)
	if a.Status != http.StatusConflict {
		t.Fatalf("stale save: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	has(t, a.Body, `value="Second thème"`, "« Premier thème »", `name="version" value="4"`)
	form.Set("version", "4")
	if a := s.Post(t, "/editions/normandie-2027/edit", form); a.Status != http.StatusSeeOther {
		t.Fatalf("save that knows: %d", a.Status)
	}
}

func TestStageDatesThatDoNotExist(t *testing.T) {
	w, h := open(t)
	a := site(h, w.Lead, i18n.FR).Post(t, "/editions/normandie-2027/stages/new", url.Values{"kind": {"taster"}, "name_fr": {"Essai"}, "opens": {"2027-03-28T02:30"}, "target": {"beaucoup"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	has(t, a.Body, "Cette heure n’existe pas", "dimanche 28 mars 2027 à 03 h 00, heure de Paris", `value="2027-03-28T02:30"`, `value="beaucoup"`, `href="#f-target"`)
}

func TestActsOfTheDashboard(t *testing.T) {
	w, h := open(t)
	s := site(h, w.Lead, i18n.FR)
	if a := s.Post(t, "/editions/normandie-2028/publish", nil); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("publish without a text: %d", a.Status)
	}
	o, err := w.Edition(t.Context(), w.Lead, w.Draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	stage := "/editions/normandie-2028/stages/" + string(o.Stages[1].ID)
	a := s.Post(t, stage+"/move", url.Values{"to": {"up"}})
	if a.Status != http.StatusConflict {
		t.Errorf("a move that dates forbid: %d", a.Status)
	}
	has(t, a.Body, "Les dates de ces deux étapes ne permettent pas de les échanger")
	if a := s.Post(t, stage+"/remove", nil); a.Location != "/editions/normandie-2028/manage?done=removed" {
		t.Errorf("remove: %d", a.Status)
	}
	a = s.Post(t, "/editions/normandie-2028/clone", url.Values{"programme": {string(w.Programme.ID)}, "name_fr": {"Bretagne 2028"}, "territory": {"region:53"}, "zone": {"Europe/Paris"}, "dates": {"shift"}, "shift": {"un an"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a shift in words: %d", a.Status)
	}
	has(t, a.Body, `href="#f-shift"`)
	a = s.Post(t, "/editions/normandie-2028/clone", url.Values{"programme": {string(w.Programme.ID)}, "name_fr": {"Bretagne 2028"}, "territory": {"region:53"}, "zone": {"Europe/Paris"}, "dates": {"shift"}, "shift": {"364"}})
	if a.Location != "/editions/bretagne-2028/manage?done=cloned" {
		t.Errorf("clone: %d to %q", a.Status, a.Location)
	}
	if a := s.Post(t, "/editions/normandie-2028/clone", url.Values{"name_fr": {"Bretagne 2028"}, "zone": {"Europe/Paris"}, "dates": {"empty"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-programme"`) {
		t.Errorf("clone into no programme: %d", a.Status)
	}
	if a := s.Post(t, "/editions/normandie-2027/close", nil); a.Status != http.StatusSeeOther {
		t.Errorf("close: %d", a.Status)
	}
	has(t, s.Page(t, "/editions/normandie-2027/manage"), "Cette édition est terminée")
}

func TestCalendarOfAnEdition(t *testing.T) {
	_, h := open(t)
	a := site(h, account.User{}, i18n.FR).Get(t, "/editions/normandie-2027/calendar.ics")
	cal, err := ics.ParseCalendar(strings.NewReader(a.Body))
	if err != nil || len(cal.Events()) != 6 {
		t.Fatalf("%d events, %v", len(cal.Events()), err)
	}
	has(t, strings.ReplaceAll(a.Body, "\r\n ", ""), "SUMMARY:Date limite : Appel à projets", "DTSTART;TZID=Europe/Paris:20270316T120000", "TZID:Europe/Paris")
}
