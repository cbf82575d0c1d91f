package crews_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/factory/crew"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/support/pool"
	"transformateur/internal/web/crews"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

func TestCrewWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			experts := pool.New(pool.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(w.DB, w.Clock, w.Policy, w.Bus)})
			service := crew.New(crew.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Pool: experts})
			e, err := programme.FindEdition(ctx, w.DB.Reader(), gatheringtest.Edition)
			w.Must(err)
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
			}))
			eva := w.Signed("eva@labo.example", "Eva Sage")
			w.Must(experts.Invite(ctx, w.Lead, e.Programme, pool.Offer{Email: "eva@labo.example", Lang: "fr", Sheet: pool.Sheet{Name: "Eva Sage", Subjects: []string{"dessin <b>"}, Languages: []string{"fr"}}}))
			mine, err := w.Accounts.MyInvitations(ctx, eva)
			w.Must(err)
			_, err = w.Accounts.AcceptInvitation(ctx, eva, mine[0].ID, account.Acceptance{})
			w.Must(err)
			_, err = w.Bus.Deliver(ctx)
			w.Must(err)
			list, err := pool.Of(ctx, w.DB.Reader(), e.Programme)
			w.Must(err)

			routes := (&crews.Handler{Crews: service}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			lead, ana, hers := as(w.Lead), as(w.Ana), as(eva)
			here := "/projects/" + string(w.Project("Campus", w.Ana)) + "/crew"
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, want := range texts {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q: %s", want, page)
					}
				}
			}
			sent := func(by pagetest.Site, path string, form url.Values, status int) string {
				t.Helper()
				a := by.Post(t, path, form)
				if a.Status != status {
					t.Fatalf("%s: %d, want %d: %s", path, a.Status, status, a.Body)
				}
				return a.Body
			}
			holds(lead.Page(t, here), say("crews.none"), "Eva Sage", "dessin &lt;b&gt;")
			if strings.Contains(ana.Page(t, here), "Eva Sage") {
				t.Error("the team reads the pool")
			}
			holds(hers.Page(t, "/crews"), say("crews.mine_none"))
			wanted := url.Values{"expert": {string(list[0].ID)}, "part": {"Dessiner"}, "halves": {"3"}, "from": {"2020-01-01"}, "until": {"demain"}}
			holds(sent(lead, here, wanted, http.StatusUnprocessableEntity), say("crew.day_unknown"), "Dessiner")
			wanted.Set("until", "2020-06-01")
			wanted.Set("from", w.Clock.Now().Format("2006-01-02"))
			wanted.Set("until", w.Clock.Now().AddDate(0, 1, 0).Format("2006-01-02"))
			sent(lead, here, wanted, http.StatusSeeOther)
			place := func() string {
				places, err := service.Mine(ctx, eva)
				w.Must(err)
				for _, p := range places {
					if p.Status == crew.Asked || p.Status == crew.In {
						return string(p.ID)
					}
				}
				t.Fatal("no place")
				return ""
			}
			one := place()
			holds(hers.Page(t, "/crews"), "Campus", "Dessiner", say("crews.state_asked"), "/crews/"+one)
			sent(hers, "/crews/"+one, url.Values{"answer": {"no"}, "words-" + one: {"Trop de travail"}}, http.StatusSeeOther)
			holds(lead.Page(t, here), say("crews.state_declined"), "Trop de travail")
			if strings.Contains(ana.Page(t, here), "Trop de travail") {
				t.Error("the team reads why she declined")
			}
			sent(lead, here, wanted, http.StatusSeeOther)
			one = place()
			sent(hers, "/crews/"+one, url.Values{"answer": {"yes"}}, http.StatusSeeOther)
			holds(hers.Page(t, "/crews"), say("crews.state_works"), "/roadmap")
			holds(ana.Page(t, here), "Eva Sage", say("crews.state_works"))
			holds(sent(lead, here+"/"+one+"/end", url.Values{"words-" + one: {" "}}, http.StatusUnprocessableEntity), say("crew.words_missing"), `href="#`+ui.FieldID("words-"+one))
			sent(ana, here+"/"+one+"/end", url.Values{"words-" + one: {"x"}}, http.StatusForbidden)
			sent(lead, here+"/"+one+"/end", url.Values{"words-" + one: {"Le budget s’arrête"}}, http.StatusSeeOther)
			holds(hers.Page(t, "/crews"), say("crews.state_ended"), "Le budget s’arrête")
			sent(hers, "/crews/"+one, url.Values{"answer": {"yes"}}, http.StatusConflict)
		})
	}
}
