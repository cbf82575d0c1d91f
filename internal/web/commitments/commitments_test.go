package commitments_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/commitments"
	"transformateur/internal/web/ui/pagetest"
)

func TestCommitmentsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			partners := partner.New(partner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
			sheets := synthesis.New(synthesis.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy})
			service := commitment.New(commitment.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: sheets})
			routes := (&commitments.Handler{Commitments: service}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, want := range texts {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
			}
			wants := func(a pagetest.Answer, status int) string {
				t.Helper()
				if a.Status != status {
					t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
				}
				return a.Body
			}
			campus, eva := w.Project("Campus", w.Ana), w.Signed("eva@fonds.example", "Eva Sage")
			w.Must(partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Organisation: "Fonds régional", Lang: "fr"}))
			_, err := w.Accounts.AcceptInvitation(ctx, eva, strings.TrimPrefix(w.Box.Last(t, "eva@fonds.example", account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
			w.Must(err)
			_, err = w.Bus.Deliver(ctx)
			w.Must(err)
			line, err := sheets.Add(ctx, w.Ana, campus, synthesis.Words{Part: synthesis.Help, Body: "Un local"})
			w.Must(err)
			w.Must(sheets.Turn(ctx, w.Ana, campus, synthesis.Ready, 1))
			w.Must(sheets.Share(ctx, w.Ana, campus, synthesis.Choice{Version: 2, Recipients: []string{synthesis.All}, Given: map[string][]string{line: {synthesis.All}}}))

			all, mine := "/editions/"+gatheringtest.Edition+"/commitments", "/projects/"+string(campus)+"/commitments"
			holds(as(w.Ana).Page(t, mine), say("commitments.around_none"))
			holds(as(eva).Page(t, all), say("commitments.none"), "Un local", say("commitments.nobody"))
			wants(as(w.Ana).Get(t, all), http.StatusForbidden)
			wants(as(w.Bob).Get(t, mine), http.StatusNotFound)
			holds(wants(as(eva).Post(t, all, url.Values{"due": {"demain"}}), http.StatusUnprocessableEntity), say("commitment.what_missing"), say("commitment.due_wrong"), say("commitment.project_missing"))
			wants(as(eva).Post(t, all, url.Values{"project": {string(campus) + ":" + line}, "what": {"Une salle à Caen"}, "due": {"2027-06-01"}, "contact": {"02 31 00 00 00"}}), http.StatusSeeOther)
			page := as(eva).Page(t, all)
			holds(page, "Une salle à Caen", say("commitments.state_promised"), "02 31 00 00 00")
			if strings.Contains(page, say("commitments.nobody")) {
				t.Error("the need is answered, and the page says by nobody")
			}
			one := regexp.MustCompile(all + `/[a-z0-9]{20}`).FindString(page)
			holds(wants(as(eva).Post(t, one, url.Values{"state": {"dropped"}, "version": {"1"}}), http.StatusUnprocessableEntity), say("commitment.why_missing"))
			wants(as(eva).Post(t, one, url.Values{"state": {"underway"}, "version": {"1"}}), http.StatusSeeOther)
			wants(as(eva).Post(t, one, url.Values{"state": {"kept"}, "version": {"1"}}), http.StatusConflict)
			page = as(w.Ana).Page(t, mine)
			holds(page, "Une salle à Caen", "Fonds régional", say("commitments.confirm"))
			confirm := regexp.MustCompile(mine + `/[a-z0-9]{20}/confirm`).FindString(page)
			wants(as(w.Ana).Post(t, confirm, url.Values{"version": {"2"}}), http.StatusSeeOther)
			wants(as(w.Ana).Post(t, confirm, url.Values{"version": {"2"}}), http.StatusConflict)
			holds(as(w.Lead).Page(t, all), say("commitments.confirmed"), say("commitments.partner"))
			holds(as(w.Lead).Page(t, all+"/account"), "Fonds régional", say("commitments.state_kept"))
			holds(wants(as(eva).Get(t, all+"/account.csv"), http.StatusOK), "Une salle à Caen", say("commitments.state_kept"))
		})
	}
}
