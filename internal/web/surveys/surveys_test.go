package surveys_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/secret"
	"transformateur/internal/web/surveys"
	"transformateur/internal/web/ui/pagetest"
)

func wants(t *testing.T, a pagetest.Answer, status int, texts ...string) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	for _, want := range texts {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	return a.Body
}

func TestFromTheQuestionsToTheResults(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			box, err := secret.OpenBox(filepath.Join(t.TempDir(), "seal.key"))
			w.Must(err)
			s := survey.New(survey.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Mails: w.Box, Outcomes: outcome.New(w.DB, w.Clock, w.Policy), Jobs: w.Jobs, Box: box})
			owner := w.Signed("mona@example.org", "Mona")
			w.Project("Campus", owner)
			site := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&surveys.Handler{Surveys: s}).Routes(), By: by, Lang: lang}
			}
			lead, visitor, home := site(w.Lead), site(account.User{}), "/editions/"+gatheringtest.Edition+"/surveys"
			lead.Page(t, home)
			wants(t, lead.Post(t, home, url.Values{"kind": {"half"}, "base": {"bientôt"}}), http.StatusUnprocessableEntity, i18n.Say(lang, "survey.base_wrong"))
			wants(t, lead.Post(t, home, url.Values{"kind": {"half"}, "base": {"2027-03-06"}}), http.StatusSeeOther)
			one := regexp.MustCompile(`/surveys/([A-Za-z0-9_-]+)"`).FindStringSubmatch(lead.Page(t, home))[1]
			page := lead.Page(t, home+"/"+one)
			if !strings.Contains(page, i18n.Say(lang, "surveys.fixed")) {
				t.Error("the page does not say what is always asked")
			}
			edit := url.Values{"version": {"1"}, "title": {"Et la suite"}, "due": {"2027-09-06"}, "question": {"work"}, "label.work": {"Mieux au travail ?"}, "asked.work": {"1"}}
			wants(t, lead.Post(t, home+"/"+one, edit), http.StatusSeeOther)
			wants(t, lead.Post(t, home+"/"+one, edit), http.StatusConflict, i18n.Say(lang, "survey.meanwhile"), "Mieux au travail")
			wants(t, lead.Post(t, home+"/"+one+"/move", url.Values{"to": {"opened"}}), http.StatusSeeOther)
			w.Clock.Set(time.Date(2027, 9, 6, 9, 0, 0, 0, time.UTC))
			w.Must(s.Run(context.Background()))

			link := w.Box.Last(t, "mona@example.org", survey.Mail).Args["Link"]
			wants(t, visitor.Get(t, "/survey/nothing"), http.StatusNotFound)
			visitor.Page(t, link)
			wants(t, visitor.Post(t, link, url.Values{"step": {"project"}, "f.state": {"stopped"}, "do": {"next"}}), http.StatusSeeOther)
			last := visitor.Page(t, link+"?step=next")
			if !strings.Contains(last, i18n.Say(lang, "surveys.quote_named")) {
				t.Error("the last page does not ask for consent")
			}
			wants(t, visitor.Post(t, link, url.Values{"step": {"next"}, "do": {"send"}}), http.StatusUnprocessableEntity, `name="step" value="project"`)
			wants(t, visitor.Post(t, link, url.Values{"step": {"project"}, "f.words": {"Faute de temps"}, "do": {"next"}}), http.StatusSeeOther)
			wants(t, visitor.Post(t, link, url.Values{"step": {"next"}, "quote": {"named"}, "do": {"send"}}), http.StatusUnprocessableEntity, i18n.Say(lang, "survey.name_missing"))
			wants(t, visitor.Post(t, link, url.Values{"step": {"next"}, "quote": {"named"}, "name": {"Mona L."}, "do": {"send"}}), http.StatusSeeOther)
			wants(t, visitor.Get(t, link), http.StatusOK, i18n.Say(lang, "surveys.withdraw"))

			wants(t, lead.Get(t, home+"/"+one), http.StatusOK, "Faute de temps", "Mona L.")
			if out := lead.Page(t, home+"/"+one+"?view=outside"); strings.Contains(out, "Faute de temps") {
				t.Error("one answer is shown outside")
			}
			if file := lead.Get(t, home+"/"+one+"/figures.csv"); file.Status != http.StatusOK || strings.Contains(file.Body, "Mona") || !strings.Contains(file.Body, "Faute de temps") {
				t.Errorf("the file: %d %s", file.Status, file.Body)
			}
			wants(t, site(owner).Get(t, home), http.StatusForbidden)
			wants(t, visitor.Post(t, link+"/withdraw", nil), http.StatusSeeOther)
			wants(t, lead.Post(t, home+"/"+one+"/move", url.Values{"to": {"closed"}}), http.StatusSeeOther)
			wants(t, visitor.Get(t, link), http.StatusOK, i18n.Say(lang, "surveys.over_title"))
			wants(t, visitor.Post(t, link, url.Values{"step": {"project"}, "f.state": {"goes"}, "do": {"next"}}), http.StatusConflict)
		})
	}
}
