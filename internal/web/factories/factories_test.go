package factories_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/factories"
	"transformateur/internal/web/ui/pagetest"
)

func TestFactoryWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			service := factory.New(w.DB, w.Clock, w.Policy, w.Bus)
			routes := (&factories.Handler{Factory: service}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			ana, lead := as(w.Ana), as(w.Lead)
			id := w.Project("Campus", w.Ana)
			mine := "/projects/" + string(id)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, want := range texts {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
			}
			sent := func(by pagetest.Site, path string, form url.Values, status int) string {
				t.Helper()
				a := by.Post(t, mine+path, form)
				if a.Status != status {
					t.Fatalf("%s: %d, want %d: %s", path, a.Status, status, a.Body)
				}
				return a.Body
			}
			holds(ana.Page(t, mine+"/framing"), say("factories.empty"), mine+"/framing/edit")
			holds(ana.Page(t, mine+"/framing/edit"), say("factories.write_lead"), `name="due-8"`)
			whole := url.Values{"version": {"0"}, "objectives": {"Un essai <b>"}, "resources": {"Deux agents"}, "deadlines": {"Un mois"}, "title-1": {"Maquette"}, "due-1": {"hier"}}
			holds(sent(ana, "/framing", whole, http.StatusUnprocessableEntity), say("factory.day_unknown"), "Un essai &lt;b&gt;")
			whole.Set("due-1", "2020-04-01")
			sent(ana, "/framing", whole, http.StatusSeeOther)
			sent(ana, "/framing", whole, http.StatusConflict)
			if page := lead.Page(t, mine+"/framing"); strings.Contains(page, "Deux agents") {
				t.Error("who approves reads a draft")
			}
			sent(ana, "/framing/submit", url.Values{"version": {"1"}}, http.StatusSeeOther)
			holds(lead.Page(t, mine+"/framing"), "Deux agents", say("factories.approve"))
			holds(sent(lead, "/framing/answer", url.Values{"version": {"2"}, "answer": {"return"}}, http.StatusUnprocessableEntity), say("factory.text_missing"))
			sent(lead, "/framing/answer", url.Values{"version": {"2"}, "answer": {"approve"}}, http.StatusSeeOther)
			v, err := service.Read(ctx, w.Ana, id)
			w.Must(err)
			agreed, _ := v.Agreed()
			holds(ana.Page(t, mine+"/framing"), say("factories.late"), say("factories.begin"))
			sent(ana, "/framing/deliverables/"+string(agreed.Deliverables[0].ID), url.Values{"there": {"yes"}}, http.StatusSeeOther)
			holds(ana.Page(t, mine+"/framing"), say("factories.not_there"))
			sent(lead, "/gates", url.Values{"name": {""}, "day": {"2099-01-01"}}, http.StatusUnprocessableEntity)
			sent(lead, "/gates", url.Values{"name": {"Prototype"}, "day": {"2099-01-01"}}, http.StatusSeeOther)
			v, err = service.Read(ctx, w.Ana, id)
			w.Must(err)
			gate := "/gates/" + string(v.Gates[0].ID)
			holds(ana.Page(t, mine+gate), say("factories.undecided"))
			holds(lead.Page(t, mine+gate), say("factories.if_stop"))
			holds(ana.Page(t, mine+"/progress"), "Campus", "Prototype", say("factories.board_table"))
			holds(sent(lead, gate, url.Values{"decision": {"stop"}, "reasons": {"Plus de besoin"}}, http.StatusUnprocessableEntity), "Plus de besoin", say("factory.text_missing"))
			sent(lead, gate, url.Values{"decision": {"stop"}, "reasons": {"Plus de besoin"}, "learnt": {"Essayer tôt"}, "next": {"Le service voisin"}}, http.StatusSeeOther)
			holds(ana.Page(t, mine+gate), say("factories.stop_title"), "Essayer tôt", "Le service voisin")
			holds(lead.Page(t, "/editions/"+gatheringtest.Edition+"/progress"), say("factories.stands_stop"), `href="`+mine+`/framing"`)
			sent(lead, gate+"/cancel", nil, http.StatusConflict)
		})
	}
}
