package room

import (
	"context"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/weave"
	"transformateur/internal/platform/db"
)

// Numbers says what the numbers of a board meant before they were given anew.
type Numbers struct {
	Eras  []Era           // the first one first
	There map[int64]int64 // number now → number when it was written here
}

// Era is a time between two renumberings: numbers from From on were given during it, and
// up to Fork they are still what they were.
type Era struct{ From, Fork int64 }

// Renumbered reads how the numbers of a board changed.
type Renumbered func(ctx context.Context, r db.Reader, id ID) (Numbers, error)

// knew is what somebody who had seen a former number had seen.
func (n Numbers) knew(base int64) weave.Knew {
	at := weave.Knew{Fork: base}
	for _, e := range n.Eras {
		if base >= e.From {
			at = weave.Knew{Fork: min(base, e.Fork), Upto: base}
		}
	}
	return at
}

// rebase gives an operation that was begun before a board was renumbered the base that it
// would have now.
func (r *Room) rebase(op board.Op) (board.Op, error) {
	if r.s.renumbered == nil || op.Base <= 0 || op.Base >= r.renumbered || !strings.HasPrefix(op.Kind, "card.") {
		return op, nil
	}
	ctx := r.s.ctx
	numbers, err := r.s.renumbered(ctx, r.s.db.Reader(), r.board.ID)
	if err != nil {
		return op, err
	}
	knew := numbers.knew(op.Base)
	entries, err := log(ctx, r.s.db.Reader(), r.board.ID, knew.Fork, 0)
	if err != nil {
		return op, err
	}
	op.Base = weave.New(entries, numbers.There).Base(r.state, op, knew)
	return op, nil
}
