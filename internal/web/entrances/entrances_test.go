package entrances_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/entrances"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	handler *entrances.Handler
	id      gathering.ID
	home    string
	lang    i18n.Lang
}

// inBoth tries the pages of an open gathering, in which Ana has a seat, in each language.
func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			beats := pulse.New(w.DB, w.Policy)
			w.handler = &entrances.Handler{Entrance: entrance.New(w.DB, w.Clock, w.Policy, beats), Pulse: beats, BaseURL: "https://appels.example.org",
				Registrations: registration.New(registration.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Gatherings: w.Gatherings})}
			w.Project("Campus", w.Ana)
			w.id = w.Open()
			_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
			w.Must(err)
			w.home = "/gatherings/" + string(w.id)
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

func (w *world) seat(who account.User) gathering.Participant {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p
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

var here = regexp.MustCompile(`data-figure="here">(\d+)<`)

func TestTheDoorWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana := w.site(w.Lead), w.seat(w.Ana)
		door := w.home + "/entrance"
		page := lead.Page(t, door)
		holds(t, page, ana.Name, `data-person="`+ana.ID+`"`, w.say("entrances.in"))
		act := func(kind, of string) string {
			t.Helper()
			wants(t, lead.Post(t, door, url.Values{"participant": {ana.ID}, "act": {kind}, "of": {of}}), http.StatusSeeOther)
			page := lead.Page(t, door)
			return here.FindStringSubmatch(page)[1]
		}
		if n := act("in", ""); n != "1" {
			t.Errorf("%s are there once Ana arrived", n)
		}
		last := regexp.MustCompile(`data-person="` + ana.ID + `"[^>]*data-last="([^"]+)"`).FindStringSubmatch(lead.Page(t, door))
		if n := act("undone", last[1]); n != "0" {
			t.Errorf("%s are there once it is undone", n)
		}
		wants(t, lead.Post(t, door, url.Values{"participant": {"nobody"}, "act": {"in"}}), http.StatusConflict)
		wants(t, w.site(w.Ana).Get(t, door), http.StatusForbidden)

		_, badges, err := w.handler.Entrance.Badges(ctx, w.Lead, w.id)
		w.Must(err)
		for _, g := range badges {
			if g.ID == ana.ID {
				holds(t, lead.Page(t, door+"?badge="+strings.ToLower(g.Code)), `<h2 id="found">`+ana.Name)
			}
		}
		holds(t, lead.Page(t, door+"?badge=2222-2222"), w.say("entrances.badge_unknown"))
	})
}

// What a device sends is answered line by line, with where everybody is.
func TestWhatADeviceSends(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana := w.site(w.Lead), w.seat(w.Ana)
		send := func(body string, status int) (told struct {
			Done   []entrance.Outcome
			People map[string]struct {
				Here, Last string
				Due        bool
			}
		}) {
			t.Helper()
			a := lead.Send(t, w.home+"/entrance/marks", "application/json", strings.NewReader(body))
			wants(t, a, status)
			if status == http.StatusOK {
				w.Must(json.Unmarshal([]byte(a.Body), &told))
			}
			return told
		}
		mark := `{"marks":[{"id":"device-mark-1","participant":"` + ana.ID + `","kind":"in","at":"2027-03-05T10:00:00Z"},{"id":"device-mark-2","participant":"nobody","kind":"in"}]}`
		for range 2 {
			told := send(mark, http.StatusOK)
			if len(told.Done) != 2 || told.Done[0].Key != "" || told.Done[1].Key != "entrance.nobody" {
				t.Errorf("%+v", told.Done)
			}
			if who := told.People[ana.ID]; who.Last != "device-mark-1" || who.Here == "" || !who.Due {
				t.Errorf("Ana is %+v", who)
			}
		}
		send(`{"marks":`, http.StatusUnprocessableEntity)
		holds(t, wants(t, lead.Get(t, w.home+"/entrance/state"), http.StatusOK), `"device-mark-1"`)
		wants(t, w.site(w.Ana).Get(t, w.home+"/entrance/state"), http.StatusForbidden)
	})
}

func TestTheSheetForFunders(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana := w.site(w.Lead), w.seat(w.Ana)
		w.Must(w.handler.Entrance.NoteNow(ctx, w.Lead, w.id, ana.ID, entrance.In, ""))
		page := lead.Page(t, w.home+"/attendance")
		holds(t, page, ana.Name, w.say("entrances.by_half"), w.say("gatherings.role_team"))
		for file, begins := range map[string]string{"attendance.pdf": "%PDF-", "attendance.csv": "\ufeff", "attendance.xlsx": "PK"} {
			a := lead.Get(t, w.home+"/"+file)
			if !strings.HasPrefix(wants(t, a, http.StatusOK), begins) {
				t.Errorf("%s begins with %.20q", file, a.Body)
			}
			wants(t, w.site(w.Ana).Get(t, w.home+"/"+file), http.StatusForbidden)
		}
		csv := lead.Get(t, w.home+"/attendance.csv").Body
		if lines := strings.Count(csv, "\r\n"); lines != 3 || !strings.Contains(csv, ana.Name) {
			t.Errorf("%d lines: %s", lines, csv)
		}
		book := lead.Get(t, w.home+"/attendance.xlsx").Body
		if _, err := zip.NewReader(bytes.NewReader([]byte(book)), int64(len(book))); err != nil {
			t.Error(err)
		}
	})
}

func TestRegistrationWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, lou, max := w.site(w.Lead), w.site(w.Signed("lou@labo.example", "Lou")), w.site(w.Signed("max@labo.example", "Max"))
		ask, list := w.home+"/registration", w.home+"/registrations"
		wants(t, lou.Get(t, ask), http.StatusNotFound)
		wants(t, lou.Get(t, list), http.StatusNotFound)
		holds(t, wants(t, lead.Post(t, list, url.Values{"capacity": {"beaucoup"}, "version": {"0"}}), http.StatusUnprocessableEntity), w.say("registration.capacity", gathering.MaxPeople))
		wants(t, lead.Post(t, list, url.Values{"capacity": {"1"}, "closes_on": {"2027-03-06"}, "about": {"Apportez *tout*."}, "version": {"0"}}), http.StatusSeeOther)
		holds(t, lead.Page(t, list), "https://appels.example.org"+ask)
		holds(t, lou.Page(t, ask), "<em>tout</em>", i18n.Say(w.lang, "entrances.ask_role"))
		wants(t, lou.Post(t, ask, url.Values{}), http.StatusUnprocessableEntity)
		wants(t, lou.Post(t, ask, url.Values{"role": {"peer"}, "organisation": {"Le Labo"}}), http.StatusSeeOther)
		wants(t, lou.Post(t, ask, url.Values{"role": {"peer"}}), http.StatusConflict)
		holds(t, lou.Page(t, ask), w.say("entrances.state_asked"))
		wants(t, max.Post(t, ask, url.Values{"role": {"guest"}}), http.StatusSeeOther)
		holds(t, max.Page(t, ask), w.say("entrances.state_waiting"), w.say("entrances.ahead_none"))

		decide := regexp.MustCompile(`action="([^"]+/accept)"`)
		page := lead.Page(t, list)
		found := decide.FindAllStringSubmatch(page, -1)
		if len(found) != 1 {
			t.Fatalf("%d requests may be accepted: the one that holds the place", len(found))
		}
		wants(t, lead.Post(t, found[0][1], nil), http.StatusSeeOther)
		wants(t, lead.Post(t, found[0][1], nil), http.StatusConflict)
		holds(t, lou.Page(t, ask), w.say("entrances.state_accepted"), `href="`+w.home+`"`)
		wants(t, lou.Post(t, ask+"/withdraw", nil), http.StatusSeeOther)
		holds(t, max.Page(t, ask), w.say("entrances.state_asked"))
		decline := strings.TrimSuffix(decide.FindStringSubmatch(lead.Page(t, list))[1], "accept") + "decline"
		wants(t, lead.Post(t, decline, nil), http.StatusSeeOther)
		holds(t, max.Page(t, ask), w.say("entrances.state_declined"))
		lacks(t, lou.Page(t, ask), "Max")
	})
}
