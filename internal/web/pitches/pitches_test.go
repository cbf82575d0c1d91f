package pitches_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/pitch"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/web/pitches"
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

func TestPitchesWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := floortest.New(t, dbtest.SQLite(t))
			w.Opens()
			carl := w.Signed("carl@x.example", "Carl")
			dunes := w.Project("Dunes", carl)
			_, err := w.Gatherings.AddTeams(t.Context(), w.Lead, w.ID)
			w.Must(err)
			w.Publish()
			routes := (&pitches.Handler{Pitches: pitch.New(w.Floor, nil)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			home := "/gatherings/" + string(w.ID) + "/pitches/pitch"
			act := func(act, project string) pagetest.Answer {
				t.Helper()
				version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(as(w.Lead).Page(t, home))[1]
				return as(w.Lead).Post(t, home+"/run", url.Values{"act": {act}, "project": {project}, "version": {version}})
			}
			page := as(w.Ana).Page(t, home)
			holds(t, page, say("pitches.phase_ready"), "Campus", "Dunes")
			lacks(t, page, say("pitches.act_start"), home+"/run")
			holds(t, wants(t, act("next", ""), http.StatusConflict), say("pitch.not_now"))
			wants(t, act("call", string(w.Campus)), http.StatusSeeOther)
			w.Clock.Advance(50 * time.Second)
			holds(t, as(w.Bob).Page(t, home), `data-left="130000"`, `data-running`, ">2:10<", `data-state="run"`)
			w.Clock.Advance(2*time.Minute + 22*time.Second)
			wall := as(w.Lead).Page(t, home+"?wall")
			holds(t, wall, ">−0:12<", `data-state="over"`, say("pitches.over_time"), "stage-wall")
			lacks(t, wall, `name="keeps`)

			feedback := url.Values{"project": {string(w.Campus)}, "keeps." + string(w.Campus): {"L’estran"}}
			wants(t, as(w.Ana).Post(t, home+"/feedback", feedback), http.StatusForbidden)
			wants(t, as(w.Bob).Post(t, home+"/feedback", feedback), http.StatusSeeOther)
			long := url.Values{"project": {string(w.Campus)}, "asks." + string(w.Campus): {strings.Repeat("x", pitch.MaxText+1)}}
			holds(t, wants(t, as(w.Bob).Post(t, home+"/feedback", long), http.StatusUnprocessableEntity), say("pitch.text_long", pitch.MaxText), strings.Repeat("x", pitch.MaxText+1))
			holds(t, as(w.Bob).Page(t, home), "L’estran")
			holds(t, as(w.Ana).Page(t, home), "L’estran", say("pitches.somebody"))
			for _, who := range []account.User{w.Lead, w.Zoe, w.Leo, carl} {
				lacks(t, as(who).Page(t, home), "L’estran")
			}

			wants(t, act("call", string(w.Anses)), http.StatusSeeOther)
			wants(t, act("call", string(dunes)), http.StatusSeeOther)
			version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(as(w.Lead).Page(t, home))[1]
			wants(t, as(w.Lead).Post(t, home+"/vote", url.Values{"vote": {"open"}, "version": {version}}), http.StatusSeeOther)
			ballot := as(w.Leo).Page(t, home)
			pair := regexp.MustCompile(`name="(?:first|second)" value="([a-z0-9]{20})"`).FindAllStringSubmatch(ballot, -1)
			wants(t, as(w.Leo).Post(t, home+"/choice", url.Values{"first": {pair[0][1]}, "second": {pair[1][1]}, "chosen": {pair[0][1]}}), http.StatusSeeOther)
			wants(t, as(w.Lead).Get(t, home+"/ranking"), http.StatusNotFound)
			wants(t, act("next", ""), http.StatusSeeOther)
			wants(t, act("end", ""), http.StatusSeeOther)
			page = as(w.Lead).Page(t, home)
			holds(t, page, say("pitches.outcome"), home+"/ranking", say("pitches.phase_over"))
			lacks(t, as(w.Leo).Page(t, home), say("pitches.outcome"))
			holds(t, wants(t, as(w.Lead).Get(t, home+"/ranking"), http.StatusOK), "rank,project,title", "Dunes")
			votes, err := pairwise.ParseVotes(strings.NewReader(wants(t, as(w.Lead).Get(t, home+"/votes"), http.StatusOK)))
			if err != nil || len(votes) != 1 || votes[0].Winner != pair[0][1] || votes[0].Reader != "v01" {
				t.Errorf("the votes are %+v, %v", votes, err)
			}
			wants(t, as(w.Ana).Get(t, home+"/votes"), http.StatusForbidden)
		})
	}
}
