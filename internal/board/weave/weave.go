// Package weave is where operations belong that were written beside a log: two writings that did not know of each other must meet as two writings at once do on one board.
package weave

import (
	"encoding/json"
	"slices"
	"strings"

	"transformateur/internal/board"
)

// Knew is what the author of an operation had seen, when the numbers she saw are not those
// of the log it goes into: all of this log up to Fork and, of what was written where she
// was, what bore there a number up to Upto.
type Knew struct{ Fork, Upto int64 }

// Weave finds where, in a log, operations belong that were written beside it. Two writings
// that did not know of each other must meet as two writings at once do on one board.
type Weave struct {
	touches []touch
	there   map[int64]int64 // number in this log → number where it was written
}

// touch is what an entry changes of a card: a text, or whether the card is there.
type touch struct {
	n           int64
	card, field string
	gone        bool
}

// New reads what changed in a log after a number. there gives, for the entries that
// were written beside it, the number they bore there.
func New(entries []board.Entry, there map[int64]int64) *Weave {
	w := &Weave{there: map[int64]int64{}}
	for n, v := range there {
		w.there[n] = v
	}
	for _, e := range entries {
		w.Add(e, 0)
	}
	return w
}

// Add takes in one more entry of the log; v is the number it bore where it was written
// beside, 0 when it was not.
func (w *Weave) Add(e board.Entry, v int64) {
	if v > 0 {
		w.there[e.N] = v
	}
	op := e.Op
	if op.Kind == "undo" {
		var inner board.Op
		if json.Unmarshal(op.Value, &inner) != nil {
			return
		}
		op = inner
	}
	switch op.Kind {
	case "card.set", "card.settle", "card.drop":
		w.touches = append(w.touches, touch{n: e.N, card: op.Target, field: op.Field})
	case "card.remove", "card.restore":
		w.touches = append(w.touches, touch{n: e.N, card: op.Target, gone: true})
	}
}

// Base is the last number of the log up to which the author had seen all that was done to
// what she writes: an earlier one at worst, which keeps two texts where one would do.
func (w *Weave) Base(s *board.State, op board.Op, knew Knew) int64 {
	base := knew.Fork
	for n, v := range w.there {
		if v <= knew.Upto {
			base = max(base, n)
		}
	}
	if !strings.HasPrefix(op.Kind, "card.") {
		return base
	}
	for _, t := range w.touches {
		if t.card != op.Target || t.n > base || t.n <= knew.Fork {
			continue
		}
		if v, beside := w.there[t.n]; beside && v <= knew.Upto {
			continue
		}
		c := s.Cards[t.card]
		if t.gone && (c == nil || !c.Removed || c.Gone != t.n) || !t.gone && t.field != op.Field {
			continue
		}
		base = min(base, t.n-1)
	}
	return base
}

// Crossed says whether an operation takes away a card on which somebody else wrote what its
// author had not seen: writing wins over removal.
func (w *Weave) Crossed(op board.Op, knew Knew) bool {
	if op.Kind != "card.remove" {
		return false
	}
	return slices.ContainsFunc(w.touches, func(t touch) bool {
		v, beside := w.there[t.n]
		return t.card == op.Target && !t.gone && t.n > knew.Fork && !(beside && v <= knew.Upto)
	})
}

// Numbers says what the numbers of a board meant before they were given anew.
type Numbers struct {
	Eras  []Era           // the first one first
	There map[int64]int64 // number now → number when it was written here
}

// Era is a time between two renumberings: numbers from From on were given during it, and
// up to Fork they are still what they were.
type Era struct{ From, Fork int64 }

// Knew is what somebody who had seen a former number had seen.
func (n Numbers) Knew(base int64) Knew {
	at := Knew{Fork: base}
	for _, e := range n.Eras {
		if base >= e.From {
			at = Knew{Fork: min(base, e.Fork), Upto: base}
		}
	}
	return at
}
