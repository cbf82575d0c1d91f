package room

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Hand does operations on an open board for several people, all in one write.
type Hand struct {
	r    *Room
	rows []row
}

// Together has act do operations on a board, then writes them with what keep adds, in one
// transaction, and tells everybody. act begins again when another node wrote meanwhile, and
// changes nothing when it fails. Errors: Conflict board.closed; Unavailable; that of act.
func (s *Service) Together(ctx context.Context, b Board, act func(*Hand) error, keep func(context.Context, *db.Tx) error) error {
	for {
		r, err := s.open(ctx, b)
		if err != nil {
			return err
		}
		if r.ask(ctx, func(r *Room) { err = r.together(act, keep) }) {
			return err
		}
		if ctx.Err() != nil || s.ctx.Err() != nil {
			return errs.New(errs.Unavailable, "errs.unavailable")
		}
	}
}

func (r *Room) together(act func(*Hand) error, keep func(context.Context, *db.Tx) error) error {
	for range 20 {
		before := r.state.N
		err := r.handed(before, act, keep)
		if errs.KeyOf(err) != "board.behind" {
			return err
		}
		if b, lost := Load(r.s.ctx, r.s.db.Reader(), r.board.ID); lost == nil && !b.Closed.IsZero() {
			r.reload()
			return errs.New(errs.Conflict, "board.closed")
		}
		if !r.catchUp(before) {
			break
		}
	}
	return errs.New(errs.Unavailable, "errs.unavailable")
}

// handed is one try.
func (r *Room) handed(before int64, act func(*Hand) error, keep func(context.Context, *db.Tx) error) error {
	if err := r.ready(); err != nil {
		return err
	}
	h := &Hand{r: r}
	if err := act(h); err != nil {
		r.reload() // what was applied is not on disk
		return err
	}
	ctx := context.WithoutCancel(r.s.ctx)
	if len(h.rows) == 0 {
		return r.s.db.Write(ctx, func(tx *db.Tx) error { return keep(ctx, tx) })
	}
	if err := r.write(before, h.rows, keep); err != nil {
		if errs.KeyOf(err) == "board.behind" {
			return err
		}
		slog.ErrorContext(ctx, "operations not kept", "board", r.board.ID, "count", len(h.rows), "err", err)
		r.reload()
		return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
	}
	r.landing.changed(r.s.clock.Now())
	r.tell(h.rows)
	return nil
}

// State is the board as it is now; it is read only.
func (h *Hand) State() *board.State { return h.r.state }

// Known is the number of an operation that was done already.
func (h *Hand) Known(client string, seq int64) (n int64, done bool) {
	n, done = h.r.past.known[client][seq]
	return n, done
}

// Entries are those of the log after a number.
func (h *Hand) Entries(after int64) ([]board.Entry, error) {
	return log(h.r.s.ctx, h.r.s.db.Reader(), h.r.board.ID, after, 0)
}

// Seat is the seat of a person. Error: NotFound.
func (h *Hand) Seat(person account.PersonID) (Seat, error) {
	seat, err := h.r.s.seats.Seat(h.r.s.ctx, h.r.s.db.Reader(), h.r.board, account.User{ID: person})
	if err == nil {
		h.r.people[seat.Participant] = seat
	}
	return seat, err
}

// Undo is the operation that undoes one that a participant did; false when she may not.
func (h *Hand) Undo(participant string, n int64) (board.Op, bool) {
	undos := h.r.past.undos[participant]
	i := slices.IndexFunc(undos, func(u undoable) bool { return u.n == n })
	if i < 0 {
		return board.Op{}, false
	}
	return board.Op{Kind: "undo", Base: n, Value: json.RawMessage(undos[i].inverse)}, true
}

// Do does an operation in the name of its author, under the next number; undoes is what it
// undoes, 0 for nothing. Errors: as board.Allowed and board.Apply.
func (h *Hand) Do(e board.Entry, role kit.Role, undoes int64) (board.Entry, error) {
	r := h.r
	e.N, e.At, e.Op = r.state.N+1, db.Instant(e.At), canonical(e.Op)
	if now := db.Instant(r.s.clock.Now()); e.At.After(now) {
		e.At = now // the clock of another machine may be ahead
	}
	if err := board.TooBig(e.Op); err != nil {
		return e, err
	}
	if err := board.Allowed(r.state, board.Actor{Person: e.Person, Role: role}, e.Op); err != nil {
		return e, err
	}
	result, err := board.Apply(r.state, e)
	if err != nil {
		return e, err
	}
	one := row{Entry: e, inverse: result.Inverse, undoes: undoes, changed: result.Changed}
	r.past.keep(one)
	h.rows = append(h.rows, one)
	return e, nil
}
