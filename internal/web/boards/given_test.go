package boards_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// does one operation on a board as somebody, which must be taken.
func (h *hall) does(t *testing.T, by account.User, id room.ID, op board.Op) {
	t.Helper()
	l, err := h.rooms.Enter(t.Context(), by, id, db.NewID(), room.Nothing)
	h.Must(err)
	defer l.Leave()
	refused, err := l.Do(t.Context(), []room.Sent{{Seq: 1, Op: op}})
	h.Must(err)
	h.Must(refused[0])
}

func said(words string) json.RawMessage {
	text, _ := json.Marshal(words)
	return text
}

// Whoever gave something to a project sees where its team put it and what it answered;
// nobody sees what others gave there.
func TestWhatBecameOfAContribution(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		h := hallOn(t, d)
		list, err := h.rooms.Create(t.Context(), h.Lead, room.Asked{Gathering: h.gathering, Kit: "grandmix", Title: "Grand Mix", Projects: h.projects()})
		h.Must(err)
		id, at := list[0].ID, "/gatherings/"+string(h.gathering)+"/given"
		lea, _ := h.Guest(h.gathering, "Léa")
		omar, _ := h.Guest(h.gathering, "Omar")
		page := func(by account.User) string { return h.site(by, i18n.FR).Page(t, at) }
		holds(t, page(lea), i18n.Say(i18n.FR, "boards.given_none"))
		wants(t, h.site(account.User{}, i18n.FR).Get(t, at), http.StatusSeeOther) // to the sign-in

		h.does(t, h.Lead, id, board.Op{Kind: "phase.set", Target: "write"})
		value, _ := json.Marshal(board.Added{Type: "contribution", Fields: map[string]json.RawMessage{"text": said("Filmer avant de former")}, Place: board.Place{Zone: "received", Order: "V"}})
		h.does(t, lea, id, board.Op{Kind: "card.add", Target: "contribution1", Value: value})
		holds(t, page(lea), "Filmer avant de former", i18n.Say(i18n.FR, "boards.given_waits"), "Campus")
		lacks(t, page(omar), "Filmer avant de former")
		lacks(t, page(h.Lead), "Filmer avant de former")

		h.does(t, h.Lead, id, board.Op{Kind: "phase.set", Target: "answer"})
		place, _ := json.Marshal(board.Place{Zone: "kept", Order: "V"})
		h.does(t, h.Ana, id, board.Op{Kind: "card.move", Target: "contribution1", Value: place})
		h.does(t, h.Ana, id, board.Op{Kind: "card.set", Target: "contribution1", Field: "answer", Base: 4, Value: said("Nous commençons lundi")})
		holds(t, page(lea), i18n.Say(i18n.FR, "boards.given_now", "Nous gardons"), "Nous commençons lundi", "ana")
		lacks(t, page(omar), "Nous commençons lundi")
		h.does(t, h.Lead, id, board.Op{Kind: "card.remove", Target: "contribution1"})
		holds(t, page(lea), i18n.Say(i18n.FR, "boards.given_removed"))
	})
}
