package opinions_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/opinion/opiniontest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/opinions"
	"transformateur/internal/web/ui/pagetest"
)

func site(w *opiniontest.World, by account.User, lang i18n.Lang) pagetest.Site {
	h := &opinions.Handler{Opinions: w.Opinions, Accounts: w.Accounts, Files: w.Applications(), Clock: w.Clock}
	return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}
}

// holds says which of some texts a page lacks.
func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAnOpinionWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{Blind: committee.Veiled})
			lead, zoe := site(w, w.Lead, lang), site(w, w.Zoe, lang)
			list := "/consultations/" + string(reviewtest.Selection)
			holds(t, lead.Page(t, list), list+"/ask", i18n.Say(lang, "opinions.empty"))
			holds(t, lead.Page(t, list+"/ask?file="+string(w.Files[0])), `value="`+string(w.Files[0])+`" selected`, `value="need"`)
			in := w.Request(w.Files[0])
			typed := url.Values{"file": {string(w.Files[0])}, "name": {"Zoé"}, "email": {opiniontest.Email}, "question": {"Eh ?"}, "more": {"À quelles conditions ?\n"}, "criteria": {"need"}, "attached": {"answers"}, "due": {in.Due}, "lang": {string(lang)}}
			if a := lead.Post(t, list+"/ask", typed); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, in.Due) {
				t.Errorf("without a question: %d", a.Status)
			}
			typed.Set("question", in.Question)
			typed.Set("act", "check")
			if a := lead.Post(t, list+"/ask", typed); a.Status != http.StatusOK || !strings.Contains(a.Body, i18n.Say(lang, "opinions.check_clear")) {
				t.Errorf("looking for ties: %d", a.Status)
			}
			typed.Set("act", "send")
			w.Exec(`insert into addresses (email, person_id, main, verified_at) values ('ana@labo.example', 'ana', true, $1)`, w.Clock.Now())
			if a := lead.Post(t, list+"/ask", typed); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "opinions.check_tied")) {
				t.Errorf("asking who is tied to the file: %d", a.Status)
			}
			w.Exec(`delete from addresses where email = 'ana@labo.example'`)
			if a := lead.Post(t, list+"/ask", typed); a.Status != http.StatusSeeOther {
				t.Fatalf("asking: %d %s", a.Status, a.Body)
			}
			one := regexp.MustCompile(list + `/[a-z0-9]{20}`).FindString(lead.Page(t, list))
			holds(t, lead.Page(t, one), opiniontest.Email, one+"/remind", one+"/revoke")
			if a := lead.Post(t, one+"/remind", nil); a.Status != http.StatusSeeOther {
				t.Errorf("sending again: %d", a.Status)
			}
			w.TakeUp()
			mine := "/opinions/" + strings.TrimPrefix(one, list+"/")
			holds(t, zoe.Page(t, "/opinions"), mine)
			offer := zoe.Page(t, mine)
			holds(t, offer, in.Question, opiniontest.Promise)
			if strings.Contains(offer, "campus") {
				t.Error("the file opens before she commits herself")
			}
			if a := zoe.Post(t, mine+"/accept", nil); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("accepting without a word: %d", a.Status)
			}
			if a := zoe.Post(t, mine+"/accept", url.Values{"commit": {"yes"}, "digest": {committee.Digest(opiniontest.Promise)}}); a.Status != http.StatusSeeOther {
				t.Fatalf("accepting: %d %s", a.Status, a.Body)
			}
			page := zoe.Page(t, mine)
			holds(t, page, "Un campus numérique", `name="f.opinion"`, `name="f.need"`, i18n.Say(lang, "opinions.hidden_note"))
			answers := url.Values{"do": {"submit"}, "v.opinion": {"0"}, "f.opinion": {"Oui."}, "v.opinion_2": {"0"}, "f.opinion_2": {""}, "v.need": {"0"}, "f.need": {"good"}}
			if a := zoe.Post(t, mine, answers); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Oui.") {
				t.Errorf("handing in half an opinion: %d", a.Status)
			}
			if a := zoe.Post(t, mine, url.Values{"do": {"save"}, "v.opinion": {"0"}, "f.opinion": {"Peut-être."}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Peut-être.") {
				t.Errorf("a stale text: %d", a.Status)
			}
			answers = url.Values{"do": {"submit"}, "v.opinion_2": {"0"}, "f.opinion_2": {"Du temps."}}
			if a := zoe.Post(t, mine, answers); a.Status != http.StatusSeeOther {
				t.Errorf("handing in: %d %s", a.Status, a.Body)
			}
			done := zoe.Page(t, mine)
			holds(t, done, "Du temps.")
			if strings.Contains(done, "campus") {
				t.Error("the file stays open once the opinion is in")
			}
			if page := lead.Page(t, one); strings.Contains(page, "Du temps.") {
				t.Error("who asked reads the opinion before the deliberation")
			}
			if a := lead.Post(t, one+"/revoke", nil); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("setting aside without a reason: %d", a.Status)
			}
			if a := lead.Post(t, one+"/revoke", url.Values{"reason": {"Un lien est apparu."}}); a.Status != http.StatusSeeOther {
				t.Errorf("setting aside: %d", a.Status)
			}
			if a := zoe.Get(t, mine); a.Status != http.StatusNotFound {
				t.Errorf("once revoked her page answers %d", a.Status)
			}
		})
	}
}

func TestAnOpinionIsKeptAsItIsTyped(t *testing.T) {
	w := opiniontest.New(t, dbtest.SQLite(t), reviewtest.Options{})
	mine := "/opinions/" + string(w.Accepted(w.Files[0]))
	zoe := site(w, w.Zoe, i18n.FR)
	for _, c := range []struct {
		name, body string
		status     int
		holds      string
	}{
		{"an answer", `{"edits":[{"field":"opinion","base":0,"value":"Oui."}]}`, http.StatusOK, `"version":1`},
		{"the same again", `{"edits":[{"field":"opinion","base":0,"value":"Oui."}]}`, http.StatusOK, `"version":1`},
		{"a stale one", `{"edits":[{"field":"opinion","base":0,"value":"Non."}]}`, http.StatusOK, `"theirs":"Oui."`},
		{"a question that is not asked", `{"edits":[{"field":"nothing","base":0,"value":"x"}]}`, http.StatusOK, `application.field_unknown`},
		{"what is not JSON", `{`, http.StatusUnprocessableEntity, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := zoe.Send(t, mine+"/save", "application/json", strings.NewReader(c.body))
			if a.Status != c.status || !strings.Contains(a.Body, c.holds) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	}
}
