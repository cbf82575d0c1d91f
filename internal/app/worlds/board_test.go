package worlds_test

import (
	"encoding/json"
	"fmt"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// boarded are the secrets of live boards: Ana and Dora are on one, which the lead conducts.
var boarded = []secret{
	{name: "what is written in silence on a board", after: "committee", varies: true, knows: []string{"ana"}, words: []string{"physalie"}, plant: func(w *world, told bool) {
		id := w.opensBoard("")
		w.writes("ana", id, board.Op{Kind: "card.add", Target: "cardofanaonly", Value: note(pick(told, "Une physalie au large", "Une aurelie au large"))})
	}},
	{name: "what somebody chose in a secret vote, while it is open", after: "committee", varies: true, knows: []string{"ana"}, plant: func(w *world, told bool) {
		id := w.opensBoard("vote")
		w.writes("ana", id, board.Op{Kind: "vote.cast", Target: board.Dealt("d", "p"), Field: "v", Value: json.RawMessage(pick(told, "1", "2"))})
	}},
	{name: "what came too late for its step", after: "committee", varies: true, knows: append([]string{"ana"}, running...), words: []string{"bernicle"}, plant: func(w *world, told bool) {
		id := w.opensBoard("still")
		w.writes("ana", id, board.Op{Kind: "card.add", Target: "cardofanaonly", Value: note(pick(told, "Une bernicle sur le roc", "Une palourde sur le roc"))})
	}},
}

const secretKit = `{"version":1,"id":"secret","title":{"fr":"Secret"},"layout":"columns","zones":[{"id":"z","title":{"fr":"Zone"}}],
 "cards":[{"id":"note","title":{"fr":"Note"},"fields":[{"id":"text","type":"text","label":{"fr":"Texte"}},{"id":"photo","type":"picture","label":{"fr":"Photo"}}]}],
 "decks":[{"id":"d","title":{"fr":"Jeu"},"card":"note","deal":"z","prompts":[{"id":"p","title":{"fr":"Question"}}]}],
 "phases":[{"id":"silent","title":{"fr":"Silence"},"hidden":true},{"id":"vote","title":{"fr":"Vote"},"votes":["v"]},{"id":"still","title":{"fr":"Arrêt"},"frozen":true}],
 "votes":[{"id":"v","title":{"fr":"Avis"},"kind":"score","secret":true,"choices":[{"id":"a","label":{"fr":"Non"}},{"id":"b","label":{"fr":"Oui"}}]}]}`

func note(text string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"type":"note","zone":"z","order":"V","fields":{"text":%q}}`, text))
}

// opensBoard opens a gathering in which Ana and Dora have a seat, and a board in a phase.
func (w *world) opensBoard(phase string) room.ID {
	w.t.Helper()
	id := w.gathers()
	w.then("Ana comes too")
	list, err := w.app.Projects.List(w.ctx, w.as("lead"), w.edition())
	w.must(err)
	w.grant("ana", "editor", policy.Ref{Kind: "project", ID: string(list[0].ID)})
	_, err = w.app.Gatherings.AddTeams(w.ctx, w.as("lead"), id)
	w.must(err)
	w.then("the gathering opens")
	w.must(w.app.Gatherings.Open(w.ctx, w.as("lead"), id))
	w.then("a board is made")
	k, err := kit.Parse([]byte(secretKit))
	w.must(err)
	var b room.Board
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(w.ctx, tx, id)
		if err != nil {
			return err
		}
		b, err = w.app.Boards.Make(w.ctx, tx, w.as("lead"), room.Board{Gathering: string(g.ID), Title: "Un plateau"}, k)
		return err
	}))
	if phase != "" {
		w.writes("lead", b.ID, board.Op{Kind: "phase.set", Target: phase})
	}
	return b.ID
}

// writes has somebody do something on a board; what is refused may be put aside.
func (w *world) writes(who string, id room.ID, op board.Op) {
	w.t.Helper()
	w.writesAs(who, id, 1, op)
}

// writesAs is the same with a number of the operation.
func (w *world) writesAs(who string, id room.ID, seq int64, op board.Op) {
	w.t.Helper()
	w.then(who + " writes on the board")
	l, err := w.app.Boards.Enter(w.ctx, w.as(who), id, "clientof"+who+"00", room.Nothing)
	w.must(err)
	defer l.Leave()
	_, err = l.Do(w.ctx, []room.Sent{{Seq: seq, Op: op}})
	w.must(err)
}
