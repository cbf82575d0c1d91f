package marker_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// hall is a gathering of two projects, Ana's and Bea's, each with a board of the same kit.
type hall struct {
	*gatheringtest.World
	rooms     *room.Service
	markers   *marker.Service
	gathering gathering.ID
	bea       account.User
	ana, hers room.ID // the boards of Ana's project and of Bea's
}

func newHall(t *testing.T, d *db.DB) *hall {
	w := gatheringtest.New(t, d)
	h := &hall{World: w, rooms: room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})}
	t.Cleanup(h.rooms.Close)
	h.markers = marker.New(marker.Deps{DB: w.DB, Clock: w.Clock, Rooms: h.rooms, Gatherings: w.Gatherings})
	h.bea = w.Signed("bea@example.org", "Bea")
	one, two := w.Project("Campus", w.Ana), w.Project("Rivage", h.bea)
	h.gathering = w.Open()
	_, err := w.Gatherings.AddTeams(t.Context(), w.Lead, h.gathering)
	w.Must(err)
	list, err := h.rooms.Create(t.Context(), w.Lead, room.Asked{Gathering: h.gathering, Kit: "adn", Title: "ADN", Projects: []project.ID{one, two}})
	w.Must(err)
	h.ana, h.hers = list[0].ID, list[1].ID
	return h
}

func (h *hall) find(by account.User, code string) marker.Found {
	h.T.Helper()
	f, err := h.markers.Find(context.Background(), by, code)
	h.Must(err)
	return f
}

func (h *hall) add(by account.User, id room.ID, card, kind string) {
	h.T.Helper()
	l, err := h.rooms.Enter(context.Background(), by, id, "clientof00"+strings.ToLower(string(by.ID)), room.Nothing)
	h.Must(err)
	defer l.Leave()
	refused, err := l.Do(context.Background(), []room.Sent{{Seq: 1, Op: board.Op{Kind: "card.add", Target: card, Value: json.RawMessage(`{"type":"` + kind + `","zone":"work","order":"V","fields":{"text":"Lu sur le papier"}}`)}}})
	h.Must(err)
	h.Must(refused[0])
}

// Each zone, each prompt and each blank card has a code; printed again, places keep theirs
// and blanks are new.
func TestPacks(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		pack, err := h.markers.Of(t.Context(), h.Lead, h.ana)
		h.Must(err)
		one, err := h.markers.Mark(t.Context(), h.Lead, pack, 3)
		h.Must(err)
		two, err := h.markers.Mark(t.Context(), h.Lead, pack, 3)
		h.Must(err)
		prompts := 0
		for _, deck := range pack.Decks() {
			prompts += len(deck.Prompts)
		}
		if len(one.Zones) != len(pack.Kit.Zones) || len(one.Prompts) != prompts || len(one.Blanks) != 3*len(pack.Kit.Cards) {
			t.Fatalf("%d zones, %d prompts, %d blanks", len(one.Zones), len(one.Prompts), len(one.Blanks))
		}
		seen := map[string]bool{}
		for i, m := range append(append(one.Zones, one.Prompts...), one.Blanks...) {
			if seen[m.Code] || len(m.Code) != 8 {
				t.Fatalf("%d: code %q", i, m.Code)
			}
			seen[m.Code] = true
		}
		if one.Zones[0] != two.Zones[0] || one.Prompts[0] != two.Prompts[0] {
			t.Error("a place changes its code")
		}
		for _, m := range two.Blanks {
			if seen[m.Code] {
				t.Error("a blank card is printed twice")
			}
		}
		for by, denied := range map[string]account.User{"Ana": h.Ana, "Bob": h.Bob} {
			if _, err := h.markers.Of(t.Context(), denied, h.ana); err == nil {
				t.Errorf("%s prints", by)
			}
			if _, err := h.markers.For(t.Context(), denied, h.gathering, kit.Shipped()[0], ""); err == nil {
				t.Errorf("%s prints for all", by)
			}
		}
		if _, err := h.markers.Mark(t.Context(), h.Lead, pack, marker.MaxBlanks+1); !errs.Is(err, errs.Invalid) {
			t.Errorf("too many blanks: %v", err)
		}
	})
}

// One printing does for every team: each finds its own board. Whoever is not in meets the
// door first; a card that was typed once is found again.
func TestFind(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		adn, _ := kit.Find("adn")
		pack, err := h.markers.For(t.Context(), h.Lead, h.gathering, adn, "")
		h.Must(err)
		pack, err = h.markers.Mark(t.Context(), h.Lead, pack, 1)
		h.Must(err)
		zone, prompt, blank := pack.Zones[0], pack.Prompts[0], pack.Blanks[0]

		if f := h.find(h.Ana, zone.Code); len(f.Boards) != 1 || f.Boards[0].ID != h.ana || f.Zone != zone.Place {
			t.Errorf("Ana: %+v", f)
		}
		if f := h.find(h.bea, strings.ToLower(zone.Code[:4])+" - "+zone.Code[4:]); len(f.Boards) != 1 || f.Boards[0].ID != h.hers {
			t.Errorf("Bea, by typing: %+v", f)
		}
		if f := h.find(h.Lead, zone.Code); len(f.Boards) != 2 {
			t.Errorf("the lead: %+v", f)
		}
		for name, by := range map[string]account.User{"a visitor": {}, "Bob": h.Bob} {
			if f := h.find(by, zone.Code); f.Join != h.Code(h.gathering) || len(f.Boards) != 0 {
				t.Errorf("%s: %+v", name, f)
			}
		}
		guest, _ := h.Guest(h.gathering, "Zoé")
		if f := h.find(guest, zone.Code); len(f.Boards) != 2 || f.Join != "" {
			t.Errorf("a guest: %+v", f)
		}
		if _, err := h.markers.Find(t.Context(), h.Ana, "ABCDEFGH"); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such code: %v", err)
		}

		f := h.find(h.Ana, prompt.Code)
		if !f.New {
			t.Fatalf("a card nobody typed: %+v", f)
		}
		sheet, err := h.markers.Sheet(t.Context(), h.Ana, h.ana, prompt.Code)
		h.Must(err)
		if sheet.ID != f.Card || sheet.Prompt != prompt.Place || sheet.Type != "facet" {
			t.Errorf("%+v", sheet)
		}
		h.add(h.Ana, h.ana, sheet.ID, sheet.Type)
		if f := h.find(h.Ana, prompt.Code); f.New || f.Card != sheet.ID {
			t.Errorf("once typed: %+v", f)
		}
		if _, err := h.markers.Sheet(t.Context(), h.Ana, h.ana, prompt.Code); !errs.Is(err, errs.NotFound) {
			t.Errorf("once typed: %v", err)
		}
		if f := h.find(h.bea, prompt.Code); !f.New {
			t.Errorf("on another board it is still on paper: %+v", f)
		}
		if sheet, err := h.markers.Sheet(t.Context(), h.Ana, h.ana, blank.Code); err != nil || sheet.Type != blank.Place || sheet.Prompt != "" {
			t.Errorf("a blank card: %+v, %v", sheet, err)
		}
		if _, err := h.markers.Sheet(t.Context(), h.Ana, h.ana, zone.Code); !errs.Is(err, errs.NotFound) {
			t.Errorf("a zone is no card: %v", err)
		}
		h.Must(h.Gatherings.Close(t.Context(), h.Lead, h.gathering))
		if _, err := h.markers.Find(t.Context(), account.User{}, zone.Code); !errs.Is(err, errs.NotFound) {
			t.Errorf("a visitor once it is closed: %v", err)
		}
	})
}

// What a deck dealt is led to, not typed again.
func TestDealtCards(t *testing.T) {
	h := newHall(t, dbtest.SQLite(t))
	list, err := h.rooms.Create(t.Context(), h.Lead, room.Asked{Gathering: h.gathering, Kit: "dimensions", Title: "Six"})
	h.Must(err)
	pack, err := h.markers.Of(t.Context(), h.Lead, list[0].ID)
	h.Must(err)
	pack, err = h.markers.Mark(t.Context(), h.Lead, pack, 0)
	h.Must(err)
	deck, one, _ := strings.Cut(pack.Prompts[0].Place, ".")
	if f := h.find(h.Ana, pack.Prompts[0].Code); f.New || f.Card != board.Dealt(deck, one) {
		t.Errorf("%+v", f)
	}
}
