package room

import (
	"context"
	"encoding/json"
	"log/slog"
	"runtime/debug"
	"slices"

	"transformateur/internal/board"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// every is how many operations come between two snapshots.
const every = 300

// row is an entry with what the log keeps beside it.
type row struct {
	board.Entry
	inverse *board.Op
	undoes  int64
	from    *Listener
	changed []string
}

// undoable is an operation that can be undone, and how.
type undoable struct {
	n       int64
	inverse string // an operation in JSON
}

// commit applies the operations of a batch, writes them, and only then tells anybody.
func (r *Room) commit(batch []request) {
	if len(batch) == 0 {
		return
	}
	defer func() {
		if p := recover(); p != nil { // one board at fault must not end the others
			slog.ErrorContext(r.s.ctx, "panic", "board", r.board.ID, "panic", p, "stack", string(debug.Stack()))
			r.reload()
		}
	}()
	before := r.state.N
	var rows []row
	for _, req := range batch {
		if req.from == nil || !r.listeners[req.from] {
			continue // whoever left sends again when she is back
		}
		for _, sent := range req.ops {
			if one, ok := r.accept(req.from, sent); ok {
				rows = append(rows, one)
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	err := r.write(before, rows)
	if errs.KeyOf(err) == "board.behind" { // another node wrote: after it, then
		if r.catchUp(before) {
			r.commit(batch)
		}
		return
	}
	if err != nil {
		slog.ErrorContext(r.s.ctx, "operations not kept", "board", r.board.ID, "count", len(rows), "err", err)
		r.reload()
		return
	}
	r.landing.changed(r.s.clock.Now())
	r.tell(rows)
}

// catchUp reads what another node wrote after a number, and tells it.
func (r *Room) catchUp(after int64) bool {
	if err := r.load(r.s.ctx); err != nil {
		slog.ErrorContext(r.s.ctx, "board not read again", "board", r.board.ID, "err", err)
		r.reload()
		return false
	}
	if r.renumbered > after { // those numbers are no more: everybody comes back, and is told all
		for l := range r.listeners {
			l.close()
			delete(r.listeners, l)
		}
		r.frames = ring{}
		return true
	}
	r.frames.add(encode(message{M: "people", People: r.names()})) // somebody may write there who never came here
	r.tellAll(after)
	return true
}

// tellAll has everybody know all that changed after a number.
func (r *Room) tellAll(after int64) {
	keys, n := r.state.Keys(after), r.state.N
	if len(keys) == 0 {
		return
	}
	r.atOnce(func() {
		r.frames.add(setFrame(n, r.state.Common(keys)))
		at := r.frames.now()
		for l := range r.listeners {
			if set := r.state.Own(l.seat.Participant, keys); len(set) > 0 {
				l.after(at, message{M: "own", N: &n, Set: objects(set)})
			}
		}
	})
}

// atOnce tells things that nobody may be told one without the other, then rouses all.
func (r *Room) atOnce(tell func()) {
	func() {
		r.telling.Lock()
		defer r.telling.Unlock()
		tell()
	}()
	for l := range r.listeners {
		l.rouse()
	}
}

// accept applies an operation, or answers why not. One that was taken already is
// acknowledged again.
func (r *Room) accept(l *Listener, sent Sent) (row, bool) {
	err := r.ready()
	if err != nil {
		slog.ErrorContext(r.s.ctx, "log not read", "board", r.board.ID, "err", err)
		l.close() // she sends it again
		return row{}, false
	}
	if n, again := r.past.known[l.client][sent.Seq]; again {
		l.own(message{M: "ack", S: sent.Seq, N: &n})
		return row{}, false
	}
	if sent.Op, err = r.rebase(canonical(sent.Op)); err != nil {
		slog.ErrorContext(r.s.ctx, "log not read", "board", r.board.ID, "err", err)
		l.close()
		return row{}, false
	}
	one := row{Entry: board.Entry{N: r.state.N + 1, Client: l.client, Seq: sent.Seq, Person: l.seat.Participant, At: db.Instant(r.s.clock.Now()), Op: sent.Op}, from: l}
	err = board.TooBig(sent.Op)
	if err == nil && sent.Kind == "undo" {
		err = r.undo(l, &one)
	}
	if err == nil {
		err = board.Allowed(r.state, board.Actor{Person: l.seat.Participant, Role: l.seat.Role}, one.Op)
	}
	var result board.Result
	if err == nil {
		result, err = board.Apply(r.state, one.Entry)
	}
	if err != nil {
		r.refuse(l, sent, err)
		return row{}, false
	}
	one.inverse, one.changed = result.Inverse, result.Changed
	r.past.keep(one)
	return one, true
}

// ready reads, once, what was done on the board.
func (r *Room) ready() (err error) {
	if r.past == nil {
		r.past, err = pastOf(r.s.ctx, r.s.db.Reader(), r.board.ID)
	}
	return err
}

// canonical writes the value of an operation as the log and the snapshots will give it
// back: two writings of one text must compare alike before and after the board is read again.
func canonical(op board.Op) board.Op {
	if len(op.Value) == 0 {
		return op
	}
	if text, err := json.Marshal(op.Value); err == nil {
		op.Value = text
	}
	return op
}

// undo finds what the person did last, and puts what undoes it in the operation.
func (r *Room) undo(l *Listener, one *row) error {
	list := r.past.undos[l.seat.Participant]
	if len(list) == 0 {
		return errs.New(errs.Conflict, "board.nothing_to_undo")
	}
	last := list[len(list)-1]
	one.undoes = last.n
	one.Op = board.Op{Kind: "undo", Base: last.n, Value: json.RawMessage(last.inverse)}
	return nil
}

// refuse says why an operation was not taken. What came too late for its step is put
// aside for the facilitator: it does not vanish.
func (r *Room) refuse(l *Listener, sent Sent, err error) {
	kind := errs.KindOf(err)
	if kind == errs.Internal || kind == errs.Unavailable {
		slog.ErrorContext(r.s.ctx, "operation failed", "board", r.board.ID, "err", err)
		l.close() // she keeps it, and sends it again
		return
	}
	late := board.Late(err) && (sent.Kind == "card.add" || sent.Kind == "card.set")
	if late {
		if kept := r.putAside(l, sent, errs.KeyOf(err)); kept != nil {
			slog.ErrorContext(r.s.ctx, "late work not put aside", "board", r.board.ID, "err", kept)
			l.close()
			return
		}
	}
	l.own(message{M: "no", S: sent.Seq, Key: errs.KeyOf(err), Err: err, Late: late})
	if list := r.past.undos[l.seat.Participant]; errs.KeyOf(err) == "board.overwritten" && sent.Kind == "undo" && len(list) > 0 {
		r.past.undone(l.seat.Participant, list[len(list)-1].n) // the one before may still be undone
	}
}

// write keeps the rows of a batch, the board's number, what goes with them and, now and
// then, a snapshot.
func (r *Room) write(before int64, rows []row, also ...func(context.Context, *db.Tx) error) error {
	ctx := context.WithoutCancel(r.s.ctx)
	var snapshot []byte
	if r.state.N-r.snapshot >= every {
		text, err := json.Marshal(r.state)
		if err != nil {
			return err
		}
		snapshot = text
	}
	err := r.s.db.Write(ctx, func(tx *db.Tx) error {
		if err := advance(ctx, tx, r.board.ID, before, r.state, rows[len(rows)-1].At); err != nil {
			return err
		}
		for _, one := range rows {
			if err := insert(ctx, tx, r.board.ID, one); err != nil {
				return err
			}
		}
		for _, one := range also {
			if err := one(ctx, tx); err != nil {
				return err
			}
		}
		if snapshot == nil {
			return nil
		}
		return keepSnapshot(ctx, tx, r.board.ID, r.state.N, snapshot)
	})
	if err == nil {
		r.ring()
	}
	if err == nil && snapshot != nil {
		r.snapshot = r.state.N
	}
	return err
}

// tell has everybody know what changed, in one frame that is written once, then the
// authors what only they see, then acknowledges.
func (r *Room) tell(rows []row) {
	var keys []string
	authors := map[string][]string{}
	for _, one := range rows {
		keys = append(keys, one.changed...)
		if one.Op.Kind == "phase.set" { // who wrote what was hidden may be told now
			r.phased = one.At
			r.frames.add(encode(message{M: "people", People: r.names()}))
		}
		for _, person := range r.state.Authors(one.changed, one.Person) {
			authors[person] = append(authors[person], one.changed...)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	n := r.state.N
	r.atOnce(func() {
		if len(keys) > 0 {
			r.frames.add(setFrame(n, r.state.Common(keys)))
		}
		at := r.frames.now()
		for l := range r.listeners {
			if mine := authors[l.seat.Participant]; len(mine) > 0 {
				slices.Sort(mine)
				if set := r.state.Own(l.seat.Participant, slices.Compact(mine)); len(set) > 0 {
					l.after(at, message{M: "own", N: &n, Set: objects(set)})
				}
			}
		}
		for _, one := range rows {
			if one.from == nil {
				continue // taken in by the facilitator
			}
			number := one.N
			one.from.after(at, message{M: "ack", S: one.Seq, N: &number})
		}
	})
}
