package tasters_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/taster"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/tasters"
	"transformateur/internal/web/ui/pagetest"
)

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a.Body
}

// A series from its rhythm to its figures, without script, in both languages.
func TestASeriesWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
			t.Cleanup(rooms.Close)
			service := taster.New(w.DB, w.Clock, w.Policy, w.Gatherings, rooms)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			site := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&tasters.Handler{Tasters: service, BaseURL: "https://labo.example"}).Routes(), By: by, Lang: lang}
			}
			lead, ana, visitor := site(w.Lead), site(w.Ana), site(account.User{})
			all := "/editions/" + gatheringtest.Edition + "/tasters"
			holds(t, lead.Page(t, all), say("tasters.none"), all+"/new", all+"/figures")
			wants(t, ana.Get(t, all+"/new"), http.StatusForbidden)
			wants(t, ana.Get(t, all+"/figures"), http.StatusForbidden)
			holds(t, lead.Page(t, all+"/new"), `name="weeks"`, say("tasters.first_hint"))
			holds(t, wants(t, lead.Get(t, all+"/new?first=&last=2027-05-12&weeks=2&zone=Europe/Paris"), http.StatusUnprocessableEntity), say("gathering.day_missing"))
			page := lead.Page(t, all+"/new?first=2027-03-11&last=2027-05-12&weeks=2&zone=Europe/Paris&from=12:30&to=13:30")
			holds(t, page, `value="2027-03-25" checked`, say("tasters.holiday_ascension"))
			if strings.Contains(page, `value="2027-05-06" checked`) {
				t.Error("a holiday is ticked by itself")
			}
			form := url.Values{"first": {"2027-03-11"}, "last": {"2027-05-12"}, "weeks": {"2"}, "zone": {"Europe/Paris"}, "from": {"12:30"}, "to": {"12:00"}, "days": {"2027-03-11", "2027-05-06", "1999-01-01"}, "theme": {"L’écran partagé"}, "speaker": {"Camille Roux"}}
			holds(t, wants(t, lead.Post(t, all+"/new", form), http.StatusUnprocessableEntity), say("taster.hours", taster.MaxMinutes/60), `value="2027-05-06" checked`, "Camille Roux")
			form.Set("to", "13:30")
			wants(t, lead.Post(t, all+"/new", form), http.StatusSeeOther)
			list := lead.Page(t, all)
			if n := strings.Count(list, `href="/tasters/`); n != 2 {
				t.Fatalf("%d tasters were prepared", n)
			}
			one := regexp.MustCompile(`/tasters/[a-z0-9]{20}`).FindString(list)
			edit := "/gatherings/" + strings.TrimPrefix(one, "/tasters/") + "/taster"
			wants(t, visitor.Get(t, one), http.StatusNotFound)
			wants(t, visitor.Get(t, one+"/calendar.ics"), http.StatusNotFound)
			holds(t, lead.Page(t, one), say("tasters.hidden"))
			holds(t, lead.Page(t, edit), `value="12:30"`, `value="Camille Roux"`)
			holds(t, wants(t, lead.Post(t, edit, url.Values{"version": {"1"}, "from": {"12:30"}, "to": {"13:30"}, "link": {"ici"}}), http.StatusUnprocessableEntity), say("taster.link"))
			told := url.Values{"version": {"1"}, "from": {"12:30"}, "to": {"13:30"}, "speaker": {"Camille Roux"}, "link": {"https://visio.example/a"}, "announce": {"yes"}}
			wants(t, lead.Post(t, edit, told), http.StatusSeeOther)
			holds(t, wants(t, lead.Post(t, edit, told), http.StatusConflict), say("taster.meanwhile"), `name="version" value="2"`)
			holds(t, visitor.Page(t, one), "Camille Roux", "https://visio.example/a", one+"/calendar.ics")
			holds(t, wants(t, visitor.Get(t, one+"/calendar.ics"), http.StatusOK), "BEGIN:VTIMEZONE", "T123000", "Camille")
			wants(t, lead.Post(t, edit+"/board", nil), http.StatusSeeOther)
			wants(t, lead.Post(t, edit+"/board", nil), http.StatusConflict)
			holds(t, lead.Page(t, edit), `href="/boards/`)
			holds(t, lead.Page(t, all+"/figures"), say("tasters.figures_none"))
			w.Must(w.Gatherings.Open(t.Context(), w.Lead, gathering.ID(strings.TrimPrefix(one, "/tasters/"))))
			holds(t, lead.Page(t, all+"/figures"), "2027", say("tasters.figures_note"))
			holds(t, wants(t, lead.Get(t, all+"/figures.csv"), http.StatusOK), say("tasters.held"), "2027")
		})
	}
}
