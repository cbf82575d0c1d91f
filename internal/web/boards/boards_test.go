package boards_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/boards"
	"transformateur/internal/web/ui/pagetest"
)

// hall is a gathering with a project, its team, and the service of boards.
type hall struct {
	*gatheringtest.World
	rooms     *room.Service
	photos    *photo.Service
	markers   *marker.Service
	gathering gathering.ID
	project   project.ID
}

func newHall(t *testing.T) *hall {
	t.Helper()
	return hallOn(t, dbtest.SQLite(t))
}

func (h *hall) projects() []project.ID { return []project.ID{h.project} }

func hallOn(t *testing.T, d *db.DB) *hall {
	t.Helper()
	w := gatheringtest.New(t, d)
	h := &hall{World: w, rooms: room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})}
	t.Cleanup(h.rooms.Close)
	h.photos = photo.New(photo.Deps{DB: w.DB, Clock: w.Clock, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Rooms: h.rooms})
	h.markers = marker.New(marker.Deps{DB: w.DB, Clock: w.Clock, Rooms: h.rooms, Gatherings: w.Gatherings})
	h.project = w.Project("Campus", w.Ana)
	h.gathering = w.Open()
	_, err := w.Gatherings.AddTeams(t.Context(), w.Lead, h.gathering)
	w.Must(err)
	return h
}

func (h *hall) site(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: (&boards.Handler{Rooms: h.rooms, Gatherings: h.Gatherings, Projects: h.Projects, Photos: h.photos, Markers: h.markers, BaseURL: "https://example.org"}).Routes(), By: by, Lang: lang}
}

func wants(t *testing.T, a pagetest.Answer, status int) pagetest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %.600s", a.Status, status, a.Body)
	}
	return a
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

// tokens are those of the forms of a page, in their order.
var tokens = regexp.MustCompile(`name="token" value="([a-z0-9]+)"`)

func token(t *testing.T, page string) string {
	t.Helper()
	found := tokens.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no form on the page: %.400s", page)
	}
	return found[1]
}

// A whole board, by forms alone: made, written in silence, revealed, voted, undone, taken
// out as files, and found in the project.
func TestABoardWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			h := newHall(t)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead, ana := h.site(h.Lead, lang), h.site(h.Ana, lang)
			blank := "/gatherings/" + string(h.gathering) + "/boards/new"
			holds(t, lead.Page(t, blank), `value="adn"`, "Campus", `value="normandie"`)
			wants(t, ana.Get(t, blank), http.StatusForbidden)
			holds(t, wants(t, lead.Post(t, blank, url.Values{"kit": {"nothing"}}), http.StatusUnprocessableEntity).Body, say("board.no_kit"))
			one := wants(t, lead.Post(t, blank, url.Values{"kit": {"adn"}, "project": {string(h.project)}}), http.StatusSeeOther).Location

			page := ana.Page(t, one)
			holds(t, page, `data-board="`+strings.TrimPrefix(one, "/boards/")+`"`, `name="work-facet.f.text"`)
			added := url.Values{"act": {"add"}, "token": {token(t, page)}, "zone": {"work"}, "type": {"facet"}, "f.text": {"Personne ne sait qui saisit"}, "f.lock": {"Le temps de saisie"}, "f.severity": {"3"}}
			wants(t, ana.Post(t, one, added), http.StatusSeeOther)
			wants(t, ana.Post(t, one, added), http.StatusSeeOther) // the button was pressed twice
			page = ana.Page(t, one)
			if n := strings.Count(page, "<li id=\"card-"); n != 1 {
				t.Errorf("%d cards", n)
			}
			holds(t, page, "Personne ne sait qui saisit")
			lacks(t, lead.Page(t, one)+wants(t, lead.Get(t, one+"/cards.csv"), http.StatusOK).Body+wants(t, lead.Get(t, one+"/board.json"), http.StatusOK).Body+wants(t, lead.Get(t, one+"/minutes.md"), http.StatusOK).Body+wants(t, lead.Get(t, one+"/history?at=0"), http.StatusOK).Body, "Personne ne sait")
			wants(t, ana.Post(t, one, url.Values{"act": {"phase"}, "phase": {"reveal"}, "token": {"tokentokentoken"}}), http.StatusForbidden)

			for _, phase := range []string{"reveal", "locks"} {
				wants(t, lead.Post(t, one, url.Values{"act": {"phase"}, "phase": {phase}, "token": {token(t, lead.Page(t, one))}}), http.StatusSeeOther)
			}
			holds(t, lead.Page(t, one), "Personne ne sait qui saisit", "Le temps de saisie")
			card := strings.ToLower(added.Get("token"))
			page = ana.Page(t, one)
			wants(t, ana.Post(t, one, url.Values{"act": {"set"}, "token": {token(t, page)}, "card": {card}, "base": {"99"}, "was.text": {"Personne ne sait qui saisit"}, "f.text": {"On ne sait pas qui saisit"}}), http.StatusSeeOther)
			wants(t, ana.Post(t, one, url.Values{"act": {"undo"}, "token": {token(t, ana.Page(t, one))}}), http.StatusSeeOther)
			holds(t, ana.Page(t, one), "Personne ne sait qui saisit")

			wants(t, lead.Post(t, one, url.Values{"act": {"phase"}, "phase": {"vote"}, "token": {token(t, lead.Page(t, one))}}), http.StatusSeeOther)
			wants(t, ana.Post(t, one, url.Values{"act": {"set"}, "token": {"tokentokentoken"}, "card": {card}, "base": {"99"}, "was.text": {""}, "f.text": {"Trop tard"}}), http.StatusConflict)
			wants(t, ana.Post(t, one, url.Values{"act": {"vote"}, "token": {token(t, ana.Page(t, one))}, "card": {card}, "vote": {"first"}, "value": {"2"}}), http.StatusSeeOther)
			holds(t, lead.Page(t, one), i18n.SayN(lang, "boards.dots", 2))

			late := lead.Page(t, one+"/late")
			holds(t, late, "Trop tard", say("boards.late_take"))
			wants(t, ana.Get(t, one+"/late"), http.StatusForbidden)
			found := regexp.MustCompile(`name="late" value="([a-z0-9]+)"`).FindStringSubmatch(late)
			wants(t, lead.Post(t, one+"/late", url.Values{"late": {found[1]}, "take": {"yes"}}), http.StatusSeeOther)
			holds(t, lead.Page(t, one+"/late"), say("boards.late_none"))
			holds(t, lead.Page(t, one), "Trop tard")

			holds(t, wants(t, lead.Get(t, one+"/cards.csv"), http.StatusOK).Body, "Trop tard", "Le temps de saisie")
			holds(t, wants(t, lead.Get(t, one+"/minutes.md"), http.StatusOK).Body, "Trop tard", "# ")
			holds(t, wants(t, lead.Get(t, one+"/kit"), http.StatusOK).Body, `"id":"adn"`)
			h.landed(t, "Le temps de saisie")
			wants(t, lead.Post(t, one+"/close", nil), http.StatusSeeOther)
			holds(t, ana.Page(t, one), say("boards.closed"))
			holds(t, wants(t, ana.Post(t, one, url.Values{"act": {"undo"}, "token": {"tokentokentokem"}}), http.StatusConflict).Body, say("board.closed"))
		})
	}
}

// landed waits until the project holds an item.
func (h *hall) landed(t *testing.T, title string) {
	t.Helper()
	for range 200 {
		items, err := project.ItemsOf(t.Context(), h.DB.Reader(), h.project)
		h.Must(err)
		for _, i := range items {
			if i.Title == title && i.Kind == "lock" {
				return
			}
		}
		h.Clock.Advance(time.Second)
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the project never held %q", title)
}
