package roadmaps_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/roadmap"
	"transformateur/internal/web/roadmaps"
	"transformateur/internal/web/ui/pagetest"
)

func TestRoadmapWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			service := roadmap.New(w.DB, w.Clock, w.Policy, w.Projects)
			routes := (&roadmaps.Handler{Roadmaps: service, BaseURL: "https://projets.example", Host: "projets.example"}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			ana, lead := as(w.Ana), as(w.Lead)
			id := w.Project("Campus", w.Ana)
			mine := "/projects/" + string(id) + "/roadmap"
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, want := range texts {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
			}
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			holds(ana.Page(t, mine), say("roadmaps.empty"), mine+"/new?kind=need")
			holds(ana.Page(t, mine+"/new?kind=milestone"), say("roadmaps.title_of_milestone"))
			again := ana.Post(t, mine, url.Values{"kind": {"action"}, "title": {""}, "body": {"Avec les agents <b>"}, "state": {"todo"}})
			if again.Status != http.StatusUnprocessableEntity {
				t.Fatalf("without a title: %d", again.Status)
			}
			holds(again.Body, say("roadmap.title_missing"), "Avec les agents &lt;b&gt;")
			if a := ana.Post(t, mine, url.Values{"kind": {"action"}, "title": {"Enquête"}, "starts": {"2027-03-01"}, "due": {"2027-03-20"}, "state": {"todo"}, "carrier": {"Ana"}}); a.Status != http.StatusSeeOther {
				t.Fatalf("added: %d %s", a.Status, a.Body)
			}
			v, err := service.Read(ctx, w.Ana, id)
			w.Must(err)
			one := v.Entries[0]
			page := ana.Page(t, mine)
			holds(page, "Enquête", say("roadmaps.carried", "Ana"), "<svg", "gantt-bar", mine+"/"+string(one.ID))
			holds(ana.Page(t, mine+"/"+string(one.ID)), `value="Enquête"`)
			stale := lead.Post(t, mine+"/"+string(one.ID), url.Values{"kind": {"action"}, "title": {"Autre chose"}, "state": {"doing"}, "version": {"0"}})
			if stale.Status != http.StatusConflict {
				t.Errorf("over another version: %d", stale.Status)
			}
			holds(stale.Body, "Autre chose", "Enquête", say("roadmaps.stands"), `name="version" value="1"`)
			if a := lead.Post(t, mine+"/"+string(one.ID), url.Values{"kind": {"action"}, "title": {"Enquête"}, "state": {"dropped"}, "reason": {"Faite ailleurs"}, "version": {"1"}}); a.Status != http.StatusSeeOther {
				t.Errorf("dropped: %d %s", a.Status, a.Body)
			}
			holds(ana.Page(t, mine), "Faite ailleurs", say("roadmaps.state_action_dropped"))
			holds(ana.Page(t, mine+"/history"), say("roadmaps.field_reason"), say("roadmaps.state_action_dropped"))
			holds(ana.Get(t, mine+".csv").Body, "Enquête", "Faite ailleurs")
			holds(ana.Get(t, mine+".ics").Body, "BEGIN:VCALENDAR")
			holds(lead.Page(t, "/editions/"+gatheringtest.Edition+"/roadmaps"), "Campus")
			if a := as(w.Bob).Get(t, mine); a.Status != http.StatusNotFound {
				t.Errorf("a stranger: %d", a.Status)
			}
		})
	}
}
