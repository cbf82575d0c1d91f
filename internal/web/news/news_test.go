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
			routes := (&pages.Handler{News: service, Clock: w.Clock}).Routes()
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

// A lead writes questions, which teams answer by the same link, and reads the answers on the
// page and in the table.
func TestQuestionsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, mails := gatheringtest.New(t, dbtest.SQLite(t)), box{}
			w.Ana = w.Signed("ana@projet.example", "Ana Lemoine")
			service := news.New(news.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Mails: mails, Jobs: w.Jobs, Roadmaps: roadmap.New(w.DB, w.Clock, w.Policy, w.Projects)})
			routes := (&pages.Handler{News: service, Clock: w.Clock}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			lead, visitor := as(w.Lead), as(account.User{})
			campus := w.Project("Campus", w.Ana)
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
			holds(lead.Page(t, here), here+"/questions")
			holds(lead.Page(t, here+"/questions"), say("news.questions_none"), "?model=yes")
			holds(lead.Page(t, here+"/questions?model=yes"), say("news.questions_model_title"), "Engagé | Under way")
			if a := as(w.Ana).Get(t, here+"/questions"); a.Status != http.StatusForbidden {
				t.Errorf("a team writes the questions: %d", a.Status)
			}
			wrong := url.Values{"version": {"0"}, "count": {"0"}, "type.0": {"choice"}, "label.0": {"Où <b> ?"}, "options.0": {"Loin"}}
			holds(sent(lead, here+"/questions", wrong, http.StatusUnprocessableEntity), "Où &lt;b&gt; ?", say("news.options_wrong", news.MaxChoices, news.MaxLabel), ">Loin</textarea>")
			right := url.Values{"version": {"0"}, "count": {"0"}, "type.0": {"choice"}, "label.0": {"Où <b> ?"}, "label_en.0": {"Where <b>?"}, "options.0": {"Loin | Far\nPrès | Near"}, "required.0": {"yes"}}
			sent(lead, here+"/questions", right, http.StatusSeeOther)
			sent(lead, here+"/questions", right, http.StatusConflict)
			more := url.Values{"version": {"1"}, "count": {"1"}, "id.0": {"q1"}, "type.0": {"choice"}, "label.0": {"Où <b> ?"}, "label_en.0": {"Where <b>?"}, "options.0": {"Loin | Far\nPrès | Near"}, "required.0": {"yes"}, "type.1": {"text"}, "label.1": {"=Un mot"}}
			sent(lead, here+"/questions", more, http.StatusSeeOther)
			sent(lead, here+"/ask", nil, http.StatusSeeOther)

			link, where := mails["Campus"], map[i18n.Lang]string{i18n.FR: "Où &lt;b&gt; ?", i18n.EN: "Where &lt;b&gt;?"}[lang]
			holds(visitor.Page(t, link), where, `name="f.q1"`, `name="f.q2"`)
			holds(sent(visitor, link, url.Values{"state": {"well"}, "f.q2": {"merci"}}, http.StatusUnprocessableEntity), `value="merci"`, say("form.required"))
			sent(visitor, link, url.Values{"state": {"well"}, "f.q1": {"o2"}, "f.q2": {"merci"}}, http.StatusSeeOther)
			holds(visitor.Page(t, link), `value="merci"`)
			near := map[i18n.Lang]string{i18n.FR: "Près", i18n.EN: "Near"}[lang]
			holds(lead.Page(t, here), where, near, "merci")
			holds(as(w.Ana).Page(t, "/projects/"+string(campus)+"/news"), where, near, "merci", `name="f.q1"`)
			holds(lead.Get(t, here+".csv").Body, near, "'=Un mot", "merci")
			gone := url.Values{"version": {"2"}, "count": {"2"}, "id.0": {"q1"}, "label.0": {"Où <b> ?"}, "options.0": {"Loin\nPrès"}, "id.1": {"q2"}, "label.1": {"=Un mot"}, "remove.1": {"yes"}}
			sent(lead, here+"/questions", gone, http.StatusSeeOther)
			if page := lead.Page(t, here+"/questions"); strings.Contains(page, "=Un mot") || !strings.Contains(page, "Loin") {
				t.Errorf("a question that was taken away is still there, or the other is gone: %s", page)
			}
			holds(lead.Page(t, here), "merci") // what was answered stays
		})
	}
}
