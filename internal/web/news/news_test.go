package news_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
	pages "transformateur/internal/web/news"
	"transformateur/internal/web/ui/pagetest"
)

// box keeps the links of the mails, by project.
type box map[string]string

func (b box) Enqueue(_ context.Context, _ *db.Tx, m account.Mail) error {
	b[m.Args["What"]] = m.Args["Link"]
	return nil
}

// A lead chooses a rhythm and asks; a team answers by its link, signed in or not, ticks an
// action, corrects itself; the lead reads who is silent.
func TestNewsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx, mails := gatheringtest.New(t, dbtest.SQLite(t)), context.Background(), box{}
			w.Ana, w.Bob = w.Signed("ana@projet.example", "Ana Lemoine"), w.Signed("bob@projet.example", "Bob Jardin")
			maps := roadmap.New(w.DB, w.Clock, w.Policy, w.Projects)
			service := news.New(news.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Mails: mails, Jobs: w.Jobs, Roadmaps: maps})
			routes := (&pages.Handler{News: service}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			lead, visitor, bob := as(w.Lead), as(account.User{}), as(w.Bob)
			campus, garden := w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
			action, err := maps.Put(ctx, w.Ana, campus, "", roadmap.Sheet{Kind: roadmap.Action, Title: "Essayer <b>", State: roadmap.Todo}, 0)
			w.Must(err)
			here := "/editions/" + gatheringtest.Edition + "/news"
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
			holds(lead.Page(t, here), say("news.none"), say("news.rhythm"))
			holds(sent(lead, here, url.Values{"first": {"hier"}, "last": {"2099-01-01"}, "weeks": {"4"}, "version": {"0"}}, http.StatusUnprocessableEntity), say("news.day_unknown"), "2099-01-01")
			sent(lead, here, url.Values{"first": {"2098-01-01"}, "last": {"2099-01-01"}, "weeks": {"4"}, "version": {"0"}}, http.StatusSeeOther)
			sent(lead, here, url.Values{"first": {""}, "last": {""}, "weeks": {"4"}, "version": {"0"}}, http.StatusConflict)
			sent(lead, here+"/ask", nil, http.StatusSeeOther)
			holds(sent(lead, here+"/ask", nil, http.StatusConflict), say("news.asked_today"))

			link := mails["Campus"]
			holds(visitor.Page(t, link), "Campus", "Essayer &lt;b&gt;", say("news.blocks_hint"))
			holds(sent(visitor, link, url.Values{"state": {"stuck"}, "moved": {"Peu"}}, http.StatusUnprocessableEntity), say("news.blocks_missing"), "Peu")
			sent(visitor, link, url.Values{"state": {"slow"}, "moved": {"Un essai"}, "done": {string(action)}}, http.StatusSeeOther)
			page := visitor.Page(t, link)
			if holds(page, "Un essai", say("news.thanks")); strings.Contains(page, "Essayer") {
				t.Error("what is done may still be ticked")
			}
			if a := visitor.Get(t, "/news/jamais"); a.Status != http.StatusNotFound {
				t.Errorf("a link that never was: %d", a.Status)
			}
			holds(bob.Page(t, "/projects/"+string(garden)+"/news"), say("news.about_none"), say("news.send"))
			sent(bob, "/projects/"+string(garden)+"/news", url.Values{"state": {""}}, http.StatusUnprocessableEntity)
			board := lead.Page(t, here)
			holds(board, "Un essai", say("news.state_slow"), say("news.silent"))
			sent(bob, "/projects/"+string(garden)+"/news", url.Values{"state": {"well"}}, http.StatusSeeOther)
			holds(lead.Page(t, "/projects/"+string(garden)+"/news"), say("news.state_well"), "Bob Jardin")
			holds(lead.Get(t, here+".csv").Body, "Campus", "Un essai")
		})
	}
}
