package app

import (
	"encoding/json"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/policy"
)

func init() {
	fixtures["board"] = fixture{[]moment{{policy.Preparation, "planned"}, {policy.Preparation, "open"}, {policy.Preparation, "closed"}}, (*world).board}
	for _, pattern := range []string{"GET /boards/{id}/live", "GET /boards/{id}/stream", "GET /boards/{id}/poll"} {
		alsoJudged[pattern] = "the seat of who is on the board"
	}
}

// board is made from a kit that ships, in a gathering.
func (w *world) board(m moment) made {
	g := w.gathering(m)
	id := w.name("board")
	k := kit.Shipped()[0]
	start := board.New(k, "", noon)
	start.Cards["cardwithpicture"] = pictured(k, w.blob)
	state, err := json.Marshal(start)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(`insert into boards (id, gathering_id, title, kit_id, variant, n, created_at, created_by) values ($1, $2, $1, $3, '', 0, $4, 'system')`, id, g.ID, k.ID, noon)
	w.exec(`insert into board_sheets (id, kit, state, snapshot_n) values ($1, $2, $3, 0)`, id, string(k.Encode()), string(state))
	w.exec(`insert into board_pictures (id, board_id, person, digest, size, width, height, added_at) values ($1, $2, '', $3, 8, 1, 1, $4)`, w.name("picture"), id, w.blob, noon)
	made := w.made(ref("board", id), m, append([]policy.Ref{g.Ref}, g.Within...)...)
	made.params = map[string]string{"{picture}": w.blob}
	return made
}
