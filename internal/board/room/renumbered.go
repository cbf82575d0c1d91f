package room

import (
	"context"
	"strings"

	"transformateur/internal/board"
	"transformateur/internal/board/weave"
	"transformateur/internal/platform/db"
)

// Renumbered reads how the numbers of a board changed.
type Renumbered func(ctx context.Context, r db.Reader, id ID) (weave.Numbers, error)

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
	knew := numbers.Knew(op.Base)
	entries, err := log(ctx, r.s.db.Reader(), r.board.ID, knew.Fork, 0)
	if err != nil {
		return op, err
	}
	op.Base = weave.New(entries, numbers.There).Base(r.state, op, knew)
	return op, nil
}
