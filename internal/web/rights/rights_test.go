package rights_test

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
	"transformateur/internal/programme"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/rights"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// From the fund to what was counted, by the pages of the lead and of a team.
func TestPages(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			experts := pool.New(pool.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(w.DB, w.Clock, w.Policy, w.Bus)})
			service := right.New(right.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: experts})
			site := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&rights.Handler{Rights: service}).Routes(), By: by, Lang: lang}
			}
			campus := w.Project("Campus", w.Ana)
			lead, ana := site(w.Lead), site(w.Ana)
			home, mine := "/editions/"+gatheringtest.Edition+"/rights", "/projects/"+string(campus)+"/rights"
			lead.Page(t, home)
			if a := lead.Post(t, home, url.Values{"funder": {""}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("an empty fund: %d", a.Status)
			}
			a := lead.Post(t, home, url.Values{"funder": {"Région"}, "name": {"Fonds"}, "first": {"2020-01-01"}, "last": {"2099-12-31"}, "minutes": {"40"}, "ceiling": {"21"}, "day": {"7"}, "price": {"700"}, "notice": {"48"}, "missed": {"consume"}})
			if a.Status != http.StatusSeeOther {
				t.Fatalf("a fund: %d", a.Status)
			}
			budget, err := service.Budget(ctx, w.Lead, gatheringtest.Edition)
			w.Must(err)
			fund := home + "/" + string(budget.Funds[0].ID)
			lead.Page(t, fund)
			grant := url.Values{"act": {"grant"}, "project": {string(campus)}, "minutes": {"1,5"}, "reason": {"Comité"}}
			if a := lead.Post(t, fund, grant); a.Status != http.StatusSeeOther {
				t.Fatalf("a grant: %d", a.Status)
			}
			grant.Set("minutes", "30")
			if a := lead.Post(t, fund, grant); a.Status != http.StatusConflict || !strings.Contains(a.Body, "19 h 30") {
				t.Errorf("beyond the ceiling: %d", a.Status)
			}
			lead.Page(t, fund+"/prolong")
			if text := lead.Page(t, fund+"/edit"); !strings.Contains(text, `value="Fonds"`) || !strings.Contains(text, `name="version" value="1"`) {
				t.Error("the sheet of the fund is not shown")
			}
			edited := url.Values{"version": {"1"}, "funder": {"Région"}, "name": {"Fonds régional"}, "first": {"2020-01-01"}, "last": {"2099-12-31"}, "ceiling": {"1"}, "day": {"7"}, "price": {"700"}, "notice": {"48"}, "missed": {"consume"}}
			if a := lead.Post(t, fund+"/edit", edited); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "1 h 30") || !strings.Contains(a.Body, `value="Fonds régional"`) {
				t.Errorf("a ceiling under what is granted: %d", a.Status)
			}
			edited.Set("ceiling", "21")
			if a := lead.Post(t, fund+"/edit", edited); a.Status != http.StatusSeeOther {
				t.Errorf("the sheet is not changed: %d", a.Status)
			}
			if a := lead.Post(t, fund+"/edit", edited); a.Status != http.StatusConflict {
				t.Errorf("over an old version: %d", a.Status)
			}
			if a := ana.Get(t, fund+"/edit"); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
				t.Errorf("a team opens the sheet: %d", a.Status)
			}
			if text := ana.Page(t, mine); !strings.Contains(text, "1 h 30") {
				t.Error("the team does not see what it has")
			}
			a = ana.Post(t, mine, url.Values{"fund": {string(budget.Funds[0].ID)}, "subject": {"Paie"}, "purpose": {"Lire un bulletin"}, "hours": {"1"}, "urgency": {"soon"}})
			if a.Status != http.StatusSeeOther {
				t.Fatalf("a request: %d", a.Status)
			}
			sheet, err := service.Sheet(ctx, w.Ana, campus)
			w.Must(err)
			request := mine + "/" + string(sheet.Requests[0].ID)
			ana.Page(t, request)
			lead.Page(t, request)
			if a := ana.Post(t, request+"/end", url.Values{"what": {"cancel"}, "reason": {"Réglé"}}); a.Status != http.StatusSeeOther {
				t.Errorf("cancelled: %d", a.Status)
			}
			ana.Page(t, request)
			if a := site(w.Bob).Get(t, mine); a.Status != http.StatusNotFound {
				t.Errorf("another team: %d", a.Status)
			}
			if a := ana.Get(t, mine+"/statement.csv"); a.Status != http.StatusOK || !strings.Contains(a.Body, "90") {
				t.Errorf("the file: %d %q", a.Status, a.Body)
			}
		})
	}
}
