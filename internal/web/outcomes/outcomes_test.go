package outcomes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/outcomes"
	"transformateur/internal/web/ui/pagetest"
)

func TestAProjectStops(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			campus := w.Project("Campus", w.Ana)
			s := outcome.New(w.DB, w.Clock, w.Policy)
			as := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&outcomes.Handler{Outcomes: s}).Routes(), By: by, Lang: lang}
			}
			at, table := "/projects/"+string(campus)+"/outcome", "/editions/"+gatheringtest.Edition+"/outcomes"
			ana := as(w.Ana)
			ana.Page(t, at)
			bare := ana.Post(t, at, url.Values{"state": {"stopped"}, "people": {"beaucoup"}, "version": {"0"}})
			if bare.Status != http.StatusUnprocessableEntity || !strings.Contains(bare.Body, i18n.Say(lang, "outcome.why_missing")) || !strings.Contains(bare.Body, `value="beaucoup"`) {
				t.Errorf("a stop without a word answers %d", bare.Status)
			}
			if a := ana.Post(t, at, url.Values{"state": {"stopped"}, "words": {"Faute de relais"}, "learnt": {"Trouver deux relais"}, "people": {"12"}, "version": {"0"}}); a.Status != http.StatusSeeOther {
				t.Fatalf("answers %d: %s", a.Status, a.Body)
			}
			if old := ana.Post(t, at, url.Values{"state": {"goes"}, "version": {"0"}}); old.Status != http.StatusConflict {
				t.Errorf("an old page answers %d", old.Status)
			}
			page := ana.Page(t, at)
			for _, want := range []string{"Faute de relais", "Trouver deux relais", i18n.Say(lang, "outcomes.calm_stopped")} {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			if a := as(w.Bob).Get(t, at); a.Status != http.StatusNotFound {
				t.Errorf("another team gets %d", a.Status)
			}
			if page := as(w.Lead).Page(t, table); !strings.Contains(page, "Campus") {
				t.Error("the table lacks the project")
			}
			if file := as(w.Lead).Get(t, table+".csv"); file.Status != http.StatusOK || !strings.Contains(file.Body, "Faute de relais") || strings.Contains(file.Body, w.Ana.Name) {
				t.Errorf("the file: %d %s", file.Status, file.Body)
			}
		})
	}
}
