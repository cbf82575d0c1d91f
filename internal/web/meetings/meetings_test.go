package meetings_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/meetings"
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

func TestMeetingsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := floortest.New(t, dbtest.SQLite(t))
			routes := (&meetings.Handler{Wishes: wish.New(w.Floor, w.Bus)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			home := "/gatherings/" + string(w.ID) + "/meetings"
			holds(t, as(w.Ana).Page(t, home), say("meetings.not_yet"))
			holds(t, as(w.Lead).Page(t, home), say("meetings.rules"), "Léo Fabre")
			w.Opens()
			holds(t, as(w.Ana).Page(t, home), say("meetings.ask_project"), "Léo Fabre", `data-stream="/gatherings/`)
			holds(t, wants(t, as(w.Ana).Post(t, home, url.Values{"note": {strings.Repeat("x", wish.MaxNote+1)}}), http.StatusUnprocessableEntity), say("meeting.with_missing"), say("meeting.note_long", wish.MaxNote))
			wants(t, as(w.Ana).Post(t, home, url.Values{"with": {w.Seat(w.Leo)}, "note": {"Capteurs"}}), http.StatusSeeOther)
			page := as(w.Leo).Page(t, home)
			holds(t, page, "Campus", "Capteurs", say("meetings.state_waits"), say("meetings.no_reason"))
			answer := regexp.MustCompile(home + `/[a-z0-9]{20}/answer`).FindString(page)
			wants(t, as(w.Bob).Post(t, answer, url.Values{"answer": {"yes"}}), http.StatusNotFound)
			wants(t, as(w.Leo).Post(t, answer, url.Values{"answer": {"yes"}}), http.StatusSeeOther)
			holds(t, wants(t, as(w.Leo).Post(t, answer, url.Values{"answer": {"yes"}}), http.StatusConflict), say("meeting.answered"))
			holds(t, as(w.Ana).Page(t, home), say("meetings.state_accepted"), say("meetings.not_planned"))

			rule := url.Values{"kind": {"conflict"}, "first": {w.Seat(w.Leo)}, "about": {string(w.Campus)}, "reason": {"Sa cousine"}}
			wants(t, as(w.Ana).Post(t, home+"/rules", rule), http.StatusForbidden)
			holds(t, wants(t, as(w.Lead).Post(t, home+"/rules", url.Values{"kind": {"never"}}), http.StatusUnprocessableEntity), say("meeting.other_missing"), say("meeting.participant_missing"))
			wants(t, as(w.Lead).Post(t, home+"/rules", rule), http.StatusSeeOther)
			page = as(w.Lead).Page(t, home)
			holds(t, page, "Sa cousine", say("meetings.barred"))
			for _, who := range []account.User{w.Ana, w.Leo, w.Zoe} {
				lacks(t, as(who).Page(t, home), "Sa cousine", say("meetings.barred"), say("meetings.rules"))
			}
			wants(t, as(w.Lead).Post(t, regexp.MustCompile(home+`/rules/[a-z0-9]{20}/remove`).FindString(page), nil), http.StatusSeeOther)
			wants(t, as(w.Lead).Post(t, home+"/put", url.Values{"project": {string(w.Anses)}, "participant": {w.Seat(w.Zoe)}, "weight": {"100"}}), http.StatusSeeOther)
			wants(t, as(w.Lead).Post(t, home+"/put", url.Values{"weight": {"many"}}), http.StatusUnprocessableEntity)
			page = as(w.Lead).Page(t, home)
			holds(t, page, say("meetings.by_runner"), say("meetings.by_project"))
			lacks(t, page, "Sa cousine")
			wants(t, as(w.Lead).Post(t, regexp.MustCompile(home+`/[a-z0-9]{20}/remove`).FindString(page), nil), http.StatusSeeOther)
			holds(t, as(w.Bob).Page(t, home), "Zoé Prat")
			wants(t, as(w.Bob).Post(t, regexp.MustCompile(home+`/[a-z0-9]{20}/withdraw`).FindString(as(w.Bob).Page(t, home)), nil), http.StatusSeeOther)
		})
	}
}
