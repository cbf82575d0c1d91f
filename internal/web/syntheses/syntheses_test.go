package syntheses_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/syntheses"
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

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
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

func TestASheetWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			sheets := synthesis.New(synthesis.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy})
			offers := proposal.New(proposal.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: sheets})
			partners := partner.New(partner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
			as := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&syntheses.Handler{Sheets: sheets, Offers: offers}).Routes(), By: by, Lang: lang}
			}
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			campus, eva := w.Project("Campus", w.Ana, w.Bob), w.Signed("eva@fonds.example", "Eva Sage")
			w.Must(partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Organisation: "Fonds régional", Lang: "fr"}))
			_, err := w.Accounts.AcceptInvitation(ctx, eva, strings.TrimPrefix(w.Box.Last(t, "eva@fonds.example", account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
			w.Must(err)
			_, err = w.Bus.Deliver(ctx)
			w.Must(err)
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Projects.Land(ctx, tx, account.System, campus, "b1", []project.Item{{Kind: "need", Card: "c1", Title: "Un local"}})
			}))
			one := "/projects/" + string(campus) + "/synthesis"
			ana, bob, lead := as(w.Ana), as(w.Bob), as(w.Lead)
			holds(t, ana.Page(t, one), say("syntheses.part_none"), say("syntheses.propose"))
			holds(t, lead.Page(t, one), say("syntheses.not_ready"))
			wants(t, as(eva).Get(t, one), http.StatusNotFound)

			wants(t, ana.Post(t, one, url.Values{"do": {"propose"}}), http.StatusSeeOther)
			page := ana.Page(t, one)
			holds(t, page, "Un local", say("syntheses.from_board"), say("syntheses.read_by_nobody"))
			line := regexp.MustCompile(one + `/lines/[a-z0-9]+`).FindString(page)
			words := url.Values{"do": {"save"}, "part": {"help"}, "body": {"Un local à Caen"}, "help": {"place"}, "addressee": {"la Région"}, "version": {"1"}}
			wants(t, bob.Post(t, line, words), http.StatusSeeOther)
			words.Set("body", "Depuis un autre onglet")
			holds(t, wants(t, ana.Post(t, line, words), http.StatusConflict), "Depuis un autre onglet", "Un local à Caen")
			holds(t, wants(t, ana.Post(t, one+"/lines", url.Values{"part": {"next"}}), http.StatusUnprocessableEntity), say("synthesis.body_missing"))
			wants(t, ana.Post(t, one+"/lines", url.Values{"part": {"next"}, "body": {"Recruter"}}), http.StatusSeeOther)
			wants(t, lead.Post(t, one+"/lines", url.Values{"part": {"next"}, "body": {"Recruter"}}), http.StatusForbidden)
			wants(t, ana.Post(t, line, url.Values{"do": {"throw"}}), http.StatusSeeOther)
			holds(t, ana.Page(t, one), i18n.SayN(lang, "syntheses.thrown", 1), say("syntheses.keep"))
			wants(t, ana.Post(t, line, url.Values{"do": {"keep"}}), http.StatusSeeOther)
			wants(t, ana.Post(t, line, url.Values{"do": {"dance"}}), http.StatusUnprocessableEntity)
			version := func() string {
				return regexp.MustCompile(`name="version" value="([0-9]+)"`).FindStringSubmatch(ana.Page(t, one))[1]
			}
			wants(t, ana.Post(t, one, url.Values{"do": {"ready"}, "version": {"1"}}), http.StatusConflict)
			wants(t, ana.Post(t, one, url.Values{"do": {"ready"}, "version": {version()}}), http.StatusSeeOther)
			holds(t, lead.Page(t, one), "Un local à Caen", "Recruter")
			lacks(t, lead.Page(t, one), say("syntheses.read_by_nobody"))

			sharing := one + "/sharing"
			page = ana.Page(t, sharing)
			holds(t, page, "Fonds régional", say("syntheses.same"), say("syntheses.exports_none"), say("syntheses.history_none"))
			lacks(t, bob.Page(t, sharing), `name="give"`)
			wants(t, lead.Get(t, sharing), http.StatusForbidden)
			preview := regexp.MustCompile(one + `/preview/([a-z0-9]+)`).FindStringSubmatch(page)
			holds(t, ana.Page(t, preview[0]), say("syntheses.preview_none"))
			id := strings.TrimPrefix(line, one+"/lines/")
			box := url.Values{"do": {"each"}, "version": {version()}, "recipient": {synthesis.All, preview[1]}, "give": {id + ":" + preview[1]}}
			wants(t, bob.Post(t, sharing, box), http.StatusForbidden)
			wants(t, ana.Post(t, sharing, box), http.StatusSeeOther)
			wants(t, ana.Post(t, sharing, box), http.StatusConflict)
			seen := ana.Page(t, preview[0])
			holds(t, seen, "Un local à Caen")
			lacks(t, seen, "Recruter")
			wants(t, ana.Post(t, sharing, url.Values{"do": {"same"}, "version": {version()}, "line": regexpAll(page, `name="line" value="([a-z0-9]+)"`), "recipient": {synthesis.All, preview[1]}, "same": {synthesis.All}}), http.StatusSeeOther)
			holds(t, ana.Page(t, preview[0]), "Un local à Caen", "Recruter")
			holds(t, ana.Page(t, sharing), say("syntheses.stands_still"), w.Ana.Name)
			wants(t, ana.Get(t, one+"/preview/nobody"), http.StatusNotFound)
		})
	}
}

func regexpAll(page, pattern string) (list []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
		list = append(list, m[1])
	}
	return list
}
