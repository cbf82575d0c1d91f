package gatherings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/programme"
	"transformateur/internal/web/gatherings"
	"transformateur/internal/web/ui/pagetest"
)

func site(w *gatheringtest.World, by account.User, lang i18n.Lang) pagetest.Site {
	h := &gatherings.Handler{Gatherings: w.Gatherings, Programmes: programme.New(w.DB, w.Clock, w.Policy, event.NewBus(w.DB, w.Clock)), Clock: w.Clock, BaseURL: "https://essai.invalid",
		Boards: func(_ context.Context, _ account.User, id gathering.ID) ([]gatherings.Board, error) {
			return []gatherings.Board{{Title: "Grand Mix", URL: "/boards/b2"}, {Title: "Frise", URL: "/boards/b1", Mine: true, Current: true}}, nil
		}}
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

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) pagetest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

func TestAGatheringWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			campus := w.Project("Campus", w.Ana)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead, ana := site(w, w.Lead, lang), site(w, w.Ana, lang)
			blank := "/editions/" + gatheringtest.Edition + "/gatherings/new"
			holds(t, lead.Page(t, blank), `name="starts_on"`)
			typed := url.Values{"title": {"Deux jours"}, "starts_on": {"2027-03-06"}, "ends_on": {"2027-03-05"}, "place": {"Caen"}, "zone": {"Europe/Paris"}, "about": {"Accueil à **9 h**."}}
			holds(t, wants(t, lead.Post(t, blank, typed), http.StatusUnprocessableEntity).Body, say("gathering.ends_before"), "Deux jours")
			typed.Set("ends_on", "2027-03-07")
			home, _, _ := strings.Cut(wants(t, lead.Post(t, blank, typed), http.StatusSeeOther).Location, "?")
			holds(t, lead.Page(t, home), say("gatherings.status_planned"), "<strong>9 h</strong>", home+"/open", home+"/code")
			wants(t, ana.Get(t, home), http.StatusNotFound)

			people := home + "/people"
			holds(t, wants(t, lead.Post(t, people, url.Values{"email": {"x"}, "role": {"queen"}}), http.StatusUnprocessableEntity).Body, say("gathering.role_missing"))
			wants(t, lead.Post(t, people, url.Values{"email": {"zoe@labo.example"}, "name": {"Zoé"}, "role": {"expert"}, "project": {string(campus)}, "lang": {string(lang)}}), http.StatusSeeOther)
			wants(t, lead.Post(t, home+"/teams", nil), http.StatusSeeOther)
			list := lead.Page(t, people)
			holds(t, list, "Zoé", "ana", "Campus", say("gatherings.invited_text"))
			seat := regexp.MustCompile(people + `/[a-z0-9]{20}`).FindString(list)
			holds(t, lead.Page(t, seat), seat+"/remove", `value="`+string(campus)+`"`)

			planned := ana.Page(t, home)
			holds(t, planned, say("gatherings.boards_later"))
			lacks(t, planned, "Grand Mix", home+"/people", home+"/open")
			wants(t, ana.Get(t, people), http.StatusForbidden)
			wants(t, lead.Post(t, home+"/open", nil), http.StatusSeeOther)
			if again := wants(t, lead.Post(t, home+"/open", nil), http.StatusConflict); !strings.Contains(again.Body, say("gathering.open_already")) {
				t.Error("opening twice does not say why")
			}
			open := ana.Page(t, home)
			holds(t, open, "Grand Mix", "/projects/"+string(campus), say("gatherings.role_team"))
			if strings.Index(open, "Frise") > strings.Index(open, "Grand Mix") {
				t.Error("her own board does not come first")
			}
			lacks(t, ana.Page(t, people), "Zoé", "zoe@labo.example", people+"/")
			wants(t, lead.Post(t, home+"/close", nil), http.StatusSeeOther)
			holds(t, ana.Page(t, home), say("gatherings.status_closed"))
		})
	}
}

func TestTheDoorWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			id := w.Open()
			code := w.Code(id)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			visitor, lead := site(w, account.User{}, lang), site(w, w.Lead, lang)
			holds(t, lead.Page(t, "/gatherings/"+string(id)+"/code"), gathering.ShowCode(code), `<svg class="qr"`, "https://essai.invalid/join/"+code)
			holds(t, visitor.Page(t, "/join"), `name="code"`)
			if a := wants(t, visitor.Get(t, "/join?code="+url.QueryEscape(" "+strings.ToLower(gathering.ShowCode(code)))), http.StatusSeeOther); !strings.HasPrefix(a.Location, "/join/"+code) {
				t.Errorf("a typed code leads to %s", a.Location)
			}
			holds(t, visitor.Page(t, "/join/"+code), "Accélérateur des possibles", `name="name"`, "/signin?")
			holds(t, wants(t, visitor.Get(t, "/join/NOTHING2"), http.StatusNotFound).Body, say("gatherings.code_unknown"))
			holds(t, wants(t, visitor.Post(t, "/join/"+code, url.Values{"name": {"12"}}), http.StatusUnprocessableEntity).Body, say("account.name_missing"))
			if a := wants(t, visitor.Post(t, "/join/"+code, url.Values{"name": {"Zoé"}}), http.StatusSeeOther); !strings.HasPrefix(a.Location, "/gatherings/"+string(id)) {
				t.Errorf("coming in leads to %s", a.Location)
			}
			bob := site(w, w.Bob, lang)
			lacks(t, bob.Page(t, "/join/"+code), `name="name"`)
			wants(t, bob.Post(t, "/join/"+code, nil), http.StatusSeeOther)
			wants(t, bob.Get(t, "/join/"+code), http.StatusSeeOther)
			holds(t, bob.Page(t, "/gatherings/"+string(id)+"/people"), "Zoé", "bob")
			wants(t, bob.Post(t, "/gatherings/"+string(id)+"/leave", nil), http.StatusSeeOther)
			wants(t, lead.Post(t, "/gatherings/"+string(id)+"/code", nil), http.StatusSeeOther)
			wants(t, visitor.Get(t, "/join/"+code), http.StatusNotFound)
		})
	}
}
