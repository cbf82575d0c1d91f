package weave_test

import (
	"encoding/json"
	"testing"

	"transformateur/internal/board"
	"transformateur/internal/board/weave"
)

// TestBase: a log of which the tenth operation was seen by everybody; what follows was
// written there, or beside it, where it bore another number.
func TestBase(t *testing.T) {
	set := func(n int64, card, field string) board.Entry {
		return board.Entry{N: n, Op: board.Op{Kind: "card.set", Target: card, Field: field}}
	}
	undo := func(n int64, card, field string) board.Entry {
		inner, _ := json.Marshal(board.Op{Kind: "card.set", Target: card, Field: field})
		return board.Entry{N: n, Op: board.Op{Kind: "undo", Value: inner}}
	}
	gone := board.Entry{N: 11, Op: board.Op{Kind: "card.remove", Target: "a"}}
	write := board.Op{Kind: "card.set", Target: "a", Field: "text"}
	removed := &board.State{Cards: map[string]*board.Card{"a": {Removed: true, Gone: 11}}}
	for _, c := range []struct {
		name    string
		log     []board.Entry
		there   map[int64]int64
		state   *board.State
		op      board.Op
		upto    int64
		base    int64
		crossed bool
	}{
		{"nothing since", nil, nil, nil, write, 0, 10, false},
		{"the same text, unseen", []board.Entry{set(11, "a", "text")}, nil, nil, write, 0, 10, false},
		{"another text, unseen", []board.Entry{set(11, "a", "title")}, nil, nil, write, 0, 10, false},
		{"hers, brought before", []board.Entry{set(11, "a", "text")}, map[int64]int64{11: 40}, nil, write, 40, 11, false},
		{"a neighbour's, brought before, that she had not seen", []board.Entry{set(11, "a", "text")}, map[int64]int64{11: 41}, nil, write, 40, 10, false},
		{"unseen, then one that she had seen", []board.Entry{set(11, "a", "text"), set(12, "a", "text")}, map[int64]int64{12: 40}, nil, write, 40, 10, false},
		{"seen, then unseen", []board.Entry{set(11, "a", "text"), set(12, "a", "text")}, map[int64]int64{11: 40}, nil, write, 40, 11, false},
		{"unseen on another card, then one that she had seen", []board.Entry{set(11, "b", "text"), set(12, "a", "text")}, map[int64]int64{12: 40}, nil, write, 40, 12, false},
		{"an undoing, unseen", []board.Entry{undo(11, "a", "text"), set(12, "b", "text")}, map[int64]int64{12: 40}, nil, write, 40, 10, false},
		{"the card was taken away, unseen", []board.Entry{gone, set(12, "b", "text")}, map[int64]int64{12: 40}, removed, write, 40, 10, false},
		{"it was taken away and is back", []board.Entry{gone, set(12, "b", "text")}, map[int64]int64{12: 40}, nil, write, 40, 12, false},
		{"she takes away what was written unseen", []board.Entry{set(11, "a", "text")}, nil, nil, board.Op{Kind: "card.remove", Target: "a"}, 0, 10, true},
		{"she takes away what she had seen written", []board.Entry{set(11, "a", "text")}, map[int64]int64{11: 40}, nil, board.Op{Kind: "card.remove", Target: "a"}, 40, 11, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.state == nil {
				c.state = &board.State{Cards: map[string]*board.Card{"a": {}}}
			}
			w := weave.New(c.log, c.there)
			knew := weave.Knew{Fork: 10, Upto: c.upto}
			if got := w.Crossed(c.op, knew); got != c.crossed {
				t.Errorf("crossed %v", got)
			}
			if got := w.Base(c.state, c.op, knew); c.op.Kind == "card.set" && got != c.base {
				t.Errorf("base %d, want %d", got, c.base)
			}
		})
	}
}
