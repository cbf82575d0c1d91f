package worlds_test

import (
	"bytes"

	"transformateur/internal/board"
	"transformateur/internal/board/boardtest"
)

// pictured are the secrets of pictures on cards, and of what is drawn of a board.
var pictured = []secret{
	{name: "a picture on a card written in silence", after: "committee", varies: true, knows: []string{"ana"}, plant: func(w *world, told bool) {
		id := w.opensBoard("")
		w.then("Ana takes a photograph")
		p, err := w.app.Photos.Add(w.ctx, w.as("ana"), id, bytes.NewReader(boardtest.Photograph(w.t, 60, 40, pick(told, "A", "z")[0])))
		w.must(err)
		w.writes("ana", id, board.Op{Kind: "card.add", Target: "cardofanaonly", Value: note("Une carte recopiée")})
		w.writesAs("ana", id, 2, board.Op{Kind: "card.set", Target: "cardofanaonly", Field: "photo", Base: 9, Value: []byte(`"` + p.Digest + `"`)})
	}},
}
