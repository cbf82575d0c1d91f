package questions_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/offer"
	"transformateur/internal/agenda/question"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/questions"
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

func TestQuestionsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := floortest.New(t, dbtest.SQLite(t))
			w.Publish()
			routes := (&questions.Handler{Questions: question.New(w.Floor), Needs: offer.New(w.Floor, wish.New(w.Floor, w.Bus), w.Projects)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			gathering := "/gatherings/" + string(w.ID)
			home := gathering + "/questions/table"
			holds(t, as(w.Ana).Page(t, gathering+"/stage"), say("questions.stage_hidden"))
			w.Opens()
			holds(t, as(w.Ana).Page(t, gathering+"/stage"), gathering+"/pitches/pitch", home, "Les données ouvertes")
			wants(t, as(w.Ana).Get(t, gathering+"/questions/pitch"), http.StatusNotFound)

			holds(t, wants(t, as(w.Ana).Post(t, home, url.Values{"signed": {"yes"}}), http.StatusUnprocessableEntity), say("question.missing"), ` checked`)
			wants(t, as(w.Ana).Post(t, home, url.Values{"body": {"Qui décide ?"}}), http.StatusSeeOther)
			guest, _ := w.Guest(w.ID, "Passante")
			page := as(guest).Page(t, home)
			holds(t, page, "Qui décide ?", say("questions.ask"))
			lacks(t, page, "ana", say("questions.mark_hidden"))
			vote := regexp.MustCompile(home + `/[a-z0-9]{20}/vote`).FindString(page)
			wants(t, as(guest).Post(t, vote, url.Values{"vote": {"yes"}}), http.StatusSeeOther)
			holds(t, as(w.Bob).Page(t, home), i18n.SayN(lang, "questions.votes", 1))
			mark := strings.TrimSuffix(vote, "vote") + "mark"
			wants(t, as(guest).Post(t, mark, url.Values{"state": {"hidden"}}), http.StatusForbidden)
			wants(t, as(w.Zoe).Post(t, mark, url.Values{"state": {"answering"}}), http.StatusSeeOther)
			wall := as(w.Zoe).Page(t, home+"?wall")
			holds(t, wall, "Qui décide ?", say("questions.state_answering"), "stage-wall")
			lacks(t, wall, say("questions.mark_answered"), `name="body"`)

			holds(t, wants(t, as(w.Zoe).Post(t, home+"/links", url.Values{"title": {"Le guide"}, "url": {"ftp://x"}}), http.StatusUnprocessableEntity), say("question.link_url"), `value="Le guide"`)
			wants(t, as(w.Zoe).Post(t, home+"/links", url.Values{"title": {"Le guide"}, "url": {"https://guide.example/a"}}), http.StatusSeeOther)
			holds(t, as(w.Ana).Page(t, home), `href="https://guide.example/a"`, "guide.example")
			wants(t, as(w.Zoe).Post(t, regexp.MustCompile(home+`/links/[a-z0-9]{20}/remove`).FindString(as(w.Zoe).Page(t, home)), nil), http.StatusSeeOther)

			holds(t, wants(t, as(w.Zoe).Post(t, home+"/needs", url.Values{"need_body": {"Un local"}}), http.StatusUnprocessableEntity), say("offer.project_missing"), `value="Un local"`)
			wants(t, as(w.Zoe).Post(t, home+"/needs", url.Values{"need_body": {"Un local"}, "need_project": {string(w.Campus)}}), http.StatusSeeOther)
			holds(t, as(w.Zoe).Page(t, home), "Un local")
			lacks(t, as(w.Ana).Page(t, home), say("questions.needs_text"))
		})
	}
}
