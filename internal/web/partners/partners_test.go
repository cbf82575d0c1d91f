package partners_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/partners"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// world is an edition of which Eva is invited to be a partner.
type world struct {
	*gatheringtest.World
	partners *partner.Service
	sheets   *synthesis.Service
	campus   project.ID
	eva      account.User
	lang     i18n.Lang
}

func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			w.partners = partner.New(partner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
			w.sheets = synthesis.New(synthesis.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy})
			w.campus = w.Project("Campus", w.Ana)
			w.Project("Jardin", w.Bob)
			w.eva = w.Signed("eva@fonds.example", "Eva Sage")
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&partners.Handler{Partners: w.partners, Sheets: w.sheets}).Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

// accepts has Eva answer the last invitation that she received.
func (w *world) accepts() {
	w.T.Helper()
	token := strings.TrimPrefix(w.Box.Last(w.T, "eva@fonds.example", account.MailInvitation).Args["Link"], "/invitations/")
	_, err := w.Accounts.AcceptInvitation(ctx, w.eva, token, account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
}

// shares has Ana share a line with all partners, or with none.
func (w *world) shares(line string, to ...string) {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, w.Ana, w.campus)
	w.Must(err)
	w.Must(w.sheets.Share(ctx, w.Ana, w.campus, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All}, Given: map[string][]string{line: to}}))
}

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

func TestPartnersWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, all := w.site(w.Lead), "/editions/"+gatheringtest.Edition+"/partners"
		holds(t, lead.Page(t, all), w.say("partners.none"))
		holds(t, wants(t, lead.Post(t, all, url.Values{"email": {"personne"}, "lang": {"fr"}}), http.StatusUnprocessableEntity), w.say("partner.organisation_missing"), w.say("partner.email_wrong"))
		wants(t, lead.Post(t, all, url.Values{"email": {"eva@fonds.example"}, "organisation": {"Fonds régional"}, "lang": {string(w.lang)}}), http.StatusSeeOther)
		holds(t, lead.Page(t, all), "Fonds régional", w.say("partners.status_invited"))
		w.accepts()
		holds(t, lead.Page(t, all), "Eva Sage", w.say("partners.status_active"))
		wants(t, w.site(w.eva).Get(t, all), http.StatusForbidden)
		remove := regexp.MustCompile(all + `/[a-z0-9]+/remove`).FindString(lead.Page(t, all))
		wants(t, w.site(w.eva).Get(t, all+"/projects"), http.StatusOK)
		wants(t, lead.Post(t, remove, nil), http.StatusSeeOther)
		wants(t, w.site(w.eva).Get(t, all+"/projects"), http.StatusForbidden)
	})
}

func TestWhatAPartnerSees(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: "eva@fonds.example", Organisation: "Fonds régional", Lang: "fr"}))
		w.accepts()
		eva, mine := w.site(w.eva), "/editions/"+gatheringtest.Edition+"/partners/projects"
		line, err := w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: "Un local\nà Caen", Help: "place", Addressee: "la Région"})
		w.Must(err)
		_, err = w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Stands, Body: "La direction hésite"})
		w.Must(err)
		w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, 2))
		page := eva.Page(t, mine)
		holds(t, page, w.say("partners.received_none"))
		lacks(t, page, "Campus", "Jardin")
		holds(t, wants(t, eva.Post(t, mine+"/export", url.Values{"format": {"csv"}}), http.StatusConflict), w.say("synthesis.nothing"))
		w.shares(line, synthesis.All)
		page = eva.Page(t, mine)
		holds(t, page, "Campus", "Un local", w.say("syntheses.help_place"), w.say("syntheses.addressed", "la Région"))
		lacks(t, page, "Jardin", "hésite")
		file := eva.Post(t, mine+"/export", url.Values{"format": {"csv"}})
		if holds(t, wants(t, file, http.StatusOK), "Un local", "la Région"); strings.Contains(file.Body, "hésite") {
			t.Errorf("the file says %q", file.Body)
		}
		wants(t, eva.Post(t, mine+"/export", url.Values{"format": {"stone"}}), http.StatusUnprocessableEntity)
		print := eva.Post(t, mine+"/export", url.Values{"format": {"page"}})
		wants(t, print, http.StatusSeeOther)
		holds(t, eva.Page(t, print.Location), "Un local")
		w.shares(line)
		lacks(t, eva.Page(t, mine), "Campus", "Un local")
		lacks(t, eva.Page(t, print.Location), "Campus", "Un local")
		wants(t, w.site(w.Bob).Get(t, mine), http.StatusForbidden)
		wants(t, w.site(w.Lead).Get(t, mine), http.StatusForbidden)
	})
}
