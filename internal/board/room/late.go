package room

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Late is what somebody wrote that came too late for its step.
type Late struct {
	ID     string
	Person string // a participant
	At     time.Time
	Op     board.Op
	Why    string // the key of the refusal
	client string
	seq    int64
}

const lateColumns = `id, person, at, op, why, client, seq`

func scanLate(sc db.Scanner) (l Late, err error) {
	var op string
	if err := sc.Scan(&l.ID, &l.Person, &l.At, &op, &l.Why, &l.client, &l.seq); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(op), &l.Op)
}

// Late lists what came too late on a board and waits, to who conducts it.
func (s *Service) Late(ctx context.Context, by account.User, id ID) (Sight, []Late, error) {
	r := s.db.Reader()
	if _, _, err := s.require(ctx, r, by, "board.conduct", id); err != nil {
		return Sight{}, nil, err
	}
	v, err := s.Read(ctx, by, id)
	if err != nil {
		return v, nil, err
	}
	list, err := db.List(ctx, r, scanLate, `select `+lateColumns+` from board_late where board_id = $1 and settled_at is null order by at, id`, string(id))
	if err != nil {
		return v, nil, fmt.Errorf("list what came late on board %s: %w", id, err)
	}
	return v, list, nil
}

// Settle takes in what came late, under the name of who wrote it, or leaves it aside: it
// is kept either way. Errors: NotFound; Invalid board.bad_op for none; as the policy; what keeps it from being done now.
func (s *Service) Settle(ctx context.Context, by account.User, id ID, late string, take bool) error {
	b, _, err := s.require(ctx, s.db.Reader(), by, "board.conduct", id)
	if err != nil {
		return err
	}
	if late == "" {
		return errs.New(errs.Invalid, "board.bad_op")
	}
	one, err := db.Get(ctx, s.db.Reader(), scanLate, `select `+lateColumns+` from board_late where board_id = $1 and id = $2 and settled_at is null`, string(id), late)
	if err != nil {
		return err
	}
	if take {
		r, err := s.open(ctx, b)
		if err != nil {
			return err
		}
		var refused error
		if !r.ask(ctx, func(r *Room) { refused = r.takeIn(one) }) {
			return errs.New(errs.Unavailable, "errs.unavailable")
		}
		if refused != nil {
			return refused
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update board_late set settled_at = $3, settled_by = $4, kept = $5 where board_id = $1 and id = $2 and settled_at is null`, string(id), late, s.clock.Now(), string(by.ID), take)
		if err != nil || n == 0 {
			return err // somebody else has just settled it
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "board.late_settled", Kind: "board", ID: string(id), Detail: map[string]any{"taken": take}})
	})
}

// takeIn applies what came late, as if its author had been let write it.
func (r *Room) takeIn(one Late) error {
	if err := r.ready(); err != nil {
		return err
	}
	if _, done := r.past.known[one.client][one.seq]; done {
		return nil
	}
	before := r.state.N
	e := board.Entry{N: before + 1, Client: one.client, Seq: one.seq, Person: one.Person, At: db.Instant(r.s.clock.Now()), Op: one.Op}
	result, err := board.Apply(r.state, e)
	if err != nil {
		return err
	}
	rows := []row{{Entry: e, inverse: result.Inverse, changed: result.Changed}}
	if err := r.write(before, rows); err != nil {
		r.reload()
		return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
	}
	r.past.keep(rows[0])
	r.landing.changed(r.s.clock.Now())
	r.tell(rows)
	return nil
}
