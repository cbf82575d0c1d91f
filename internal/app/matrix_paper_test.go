package app

import (
	"encoding/json"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
)

// pictured is a card of a board of the matrix that holds a picture.
func pictured(k *kit.Kit, digest string) *board.Card {
	for _, c := range k.Cards {
		for _, f := range c.Fields {
			if f.Type == kit.Picture {
				return &board.Card{ID: "cardwithpicture", Type: c.ID, At: noon, Fields: map[string]*board.Value{f.ID: {V: json.RawMessage(`"` + digest + `"`)}}, Place: board.Place{Zone: k.Zones[0].ID, Order: "V"}}
			}
		}
	}
	panic("no card of " + strings.TrimSpace(k.ID) + " holds a picture")
}

func init() { alsoJudged["POST /boards/{id}/pictures"] = "the seat of who sends it" }
