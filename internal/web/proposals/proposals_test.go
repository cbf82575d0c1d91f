package proposals_test

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
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/proposals"
	"transformateur/internal/web/ui/pagetest"
)

func TestOffersWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			partners := partner.New(partner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
			sheets := synthesis.New(synthesis.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy})
			promises := commitment.New(commitment.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: sheets})
			offers := proposal.New(proposal.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: sheets, Commitments: promises})
			routes := (&proposals.Handler{Offers: offers}).Routes()
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

			all, mine := "/editions/"+gatheringtest.Edition+"/offers", "/projects/"+string(campus)+"/offers"
			holds(as(w.Ana).Page(t, mine), say("proposals.around_none"))
			holds(as(eva).Page(t, all), say("proposals.none"), "Un local")
			holds(as(eva).Page(t, all+"/needs?open"), say("commitments.nobody"), "Un local")
			wants(as(w.Ana).Get(t, all), http.StatusForbidden)
			wants(as(w.Bob).Get(t, mine), http.StatusNotFound)
			holds(wants(as(eva).Post(t, all, url.Values{"until": {"demain"}}), http.StatusUnprocessableEntity), say("proposal.kind_missing"), say("proposal.body_missing"), say("proposal.until_wrong"), say("proposal.project_missing"))
			wants(as(eva).Post(t, all, url.Values{"project": {string(campus) + ":" + line}, "kind": {"place"}, "body": {"Un atelier à Caen"}, "quantity": {"80 m²"}, "until": {"2027-06-01"}}), http.StatusSeeOther)
			page := as(eva).Page(t, all)
			holds(page, "Un atelier à Caen", say("proposals.state_offered"), "80 m²", say("proposals.answers", "Un local"))
			if strings.Contains(as(w.Lead).Page(t, all+"/needs?open"), "Un local") {
				t.Error("the need is answered, and stands among those that nobody answers")
			}
			holds(wants(as(w.Lead).Get(t, all+"/needs.csv"), http.StatusOK), "Un local", "Fonds régional", "Un atelier à Caen")
			one := regexp.MustCompile(all + `/[a-z0-9]{20}`).FindString(page)
			holds(wants(as(eva).Post(t, one, url.Values{"do": {"withdraw"}, "version": {"1"}}), http.StatusUnprocessableEntity), say("proposal.why_missing"))
			wants(as(eva).Post(t, one, url.Values{"do": {"dance"}}), http.StatusUnprocessableEntity)
			page = as(w.Ana).Page(t, mine)
			holds(page, "Un atelier à Caen", "Fonds régional", say("proposals.accept"))
			answer := regexp.MustCompile(mine + `/[a-z0-9]{20}`).FindString(page)
			holds(wants(as(w.Ana).Post(t, answer, url.Values{"do": {"decline"}, "version": {"1"}}), http.StatusUnprocessableEntity), say("proposal.why_missing"))
			wants(as(w.Ana).Post(t, answer, url.Values{"do": {"accept"}, "version": {"1"}}), http.StatusSeeOther)
			wants(as(w.Ana).Post(t, answer, url.Values{"do": {"accept"}, "version": {"1"}}), http.StatusConflict)
			holds(as(eva).Page(t, all), say("proposals.state_accepted"), say("proposals.promise"))
			wants(as(eva).Post(t, one, url.Values{"do": {"promise"}, "what": {"Un atelier"}, "due": {"2027-06-01"}, "version": {"2"}}), http.StatusSeeOther)
			holds(as(w.Lead).Page(t, all), say("proposals.state_promised"), say("proposals.partner"))
			holds(as(w.Lead).Page(t, all+"/needs"), say("proposals.cell_commitment", "Un atelier"))
		})
	}
}
