package boards_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
)

// All the boards of a gathering at once: how far each is, one act for all, who goes where.
func TestAllTheBoardsOfAGathering(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			h := newHall(t)
			other := h.Project("Delibia")
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead, ana := h.site(h.Lead, lang), h.site(h.Ana, lang)
			at := "/gatherings/" + string(h.gathering)
			holds(t, lead.Page(t, at+"/boards"), say("boards.overview_none"))
			holds(t, lead.Page(t, at+"/spread"), say("boards.overview_none"))
			wants(t, ana.Get(t, at+"/boards"), http.StatusForbidden)
			wants(t, ana.Get(t, at+"/spread"), http.StatusForbidden)
			wants(t, lead.Post(t, at+"/boards/new", url.Values{"kit": {"adn"}, "project": {string(h.project), string(other)}}), http.StatusSeeOther)

			page := lead.Page(t, at+"/boards")
			holds(t, page, "Campus", "Delibia", i18n.SayN(lang, "boards.cards", 0), i18n.SayN(lang, "boards.overview_boards", 2))
			boards := regexp.MustCompile(`href="/boards/([a-z0-9]+)"`).FindAllStringSubmatch(page, -1)
			if len(boards) != 2 {
				t.Fatalf("%d boards on the page", len(boards))
			}

			for _, act := range []url.Values{{"act": {"phase:locks"}}, {"act": {"timer"}, "minutes.adn": {"7"}}, {"act": {"prompt"}, "prompt.adn": {"Un verrou par carte"}}, {"act": {"freeze"}}} {
				act.Set("kit", "adn")
				wants(t, lead.Post(t, at+"/boards", act), http.StatusSeeOther)
			}
			for _, b := range boards {
				holds(t, lead.Page(t, "/boards/"+b[1]), "Un verrou par carte")
			}
			holds(t, lead.Page(t, at+"/boards"), say("boards.frozen"))
			holds(t, wants(t, lead.Post(t, at+"/boards", url.Values{"kit": {"adn"}, "act": {"phase:nowhere"}}), http.StatusConflict).Body, i18n.SayN(lang, "boards.everywhere_partly", 0))
			wants(t, lead.Post(t, at+"/boards", url.Values{"kit": {"adn"}, "act": {"timer"}, "minutes.adn": {"0"}}), http.StatusUnprocessableEntity)
			wants(t, ana.Post(t, at+"/boards", url.Values{"kit": {"adn"}, "act": {"thaw"}}), http.StatusForbidden)

			guest, _ := h.Guest(h.gathering, "Léa")
			drawn := lead.Page(t, at+"/spread?kit=adn&teams=move&seed=3")
			holds(t, drawn, "Léa", ">ana<", say("boards.spread_again"))
			places := regexp.MustCompile(`name="(place\.[a-z0-9]+)"`).FindAllStringSubmatch(drawn, -1)
			if len(places) != 2 {
				t.Fatalf("%d people to spread", len(places))
			}
			sent := url.Values{"kit": {"adn"}}
			for _, p := range places {
				sent.Set(p[1], boards[1][1])
			}
			wants(t, lead.Post(t, at+"/spread", sent), http.StatusSeeOther)
			for _, who := range []account.User{h.Ana, guest} {
				list, err := h.rooms.Seen(t.Context(), who, h.gathering)
				h.Must(err)
				for _, b := range list {
					if b.Placed != (string(b.ID) == boards[1][1]) {
						t.Errorf("%s is placed at %s: %v", who.Name, b.ID, b.Placed)
					}
				}
			}
			elsewhere := url.Values{"kit": {"adn"}}
			elsewhere.Set(places[0][1], "nowhere")
			wants(t, lead.Post(t, at+"/spread", elsewhere), http.StatusNotFound)
			wants(t, lead.Post(t, "/boards/"+boards[1][1]+"/close", nil), http.StatusSeeOther)
			holds(t, wants(t, lead.Post(t, at+"/spread", sent), http.StatusConflict).Body, say("board.closed"))
		})
	}
}

// Who sits on a board is counted, and who left it lately and is nowhere is named.
func TestWhoIsHereAndWhoIsGone(t *testing.T) {
	h := newHall(t)
	lead := h.site(h.Lead, i18n.FR)
	at := "/gatherings/" + string(h.gathering)
	wants(t, lead.Post(t, at+"/boards/new", url.Values{"kit": {"frise"}, "project": {string(h.project)}}), http.StatusSeeOther)
	id := room.ID(regexp.MustCompile(`href="/boards/([a-z0-9]+)"`).FindStringSubmatch(lead.Page(t, at+"/boards"))[1])
	listener, err := h.rooms.Enter(t.Context(), h.Ana, id, "anaanaanaana", -1)
	h.Must(err)
	holds(t, lead.Page(t, at+"/boards"), i18n.SayN(i18n.FR, "boards.here_count", 1))
	h.Clock.Advance(6 * time.Minute)
	holds(t, lead.Page(t, at+"/boards"), i18n.SayN(i18n.FR, "boards.stuck_blank", 6))
	listener.Leave()
	page := lead.Page(t, at+"/boards")
	holds(t, page, i18n.SayN(i18n.FR, "boards.overview_lost", 1), "ana (")
	lacks(t, page, i18n.SayN(i18n.FR, "boards.here_count", 1))
	h.Clock.Advance(11 * time.Minute)
	if page := lead.Page(t, at+"/boards"); strings.Contains(page, i18n.SayN(i18n.FR, "boards.overview_lost", 1)) {
		t.Error("still told after eleven minutes")
	}
}
