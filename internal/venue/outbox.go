package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/carriage"
	"transformateur/internal/board/passage"
	"transformateur/internal/board/room"
	"transformateur/internal/board/weave"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// waiting is the fate of what has not gone home yet.
const waiting = "waiting"

// carried is a board on a laptop: until where it is what home has.
type carried struct {
	id       room.ID
	forkHome int64
	fork     int64 // the same, under the number of the laptop
	eras     eras
	state    string // how the board was there
}

func scanCarried(sc db.Scanner) (c carried, err error) {
	var segments string
	if err := sc.Scan(&c.id, &c.forkHome, &c.fork, &segments, &c.state); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(segments), &c.eras)
}

const carriedColumns = `board_id, fork_home, fork_venue, segments, state`

// Holds says until which number of home the laptop has each board.
func (s *Service) Holds(ctx context.Context) (map[room.ID]int64, error) {
	list, err := db.List(ctx, s.db.Reader(), scanCarried, `select `+carriedColumns+` from venue_boards order by board_id`)
	if err != nil {
		return nil, fmt.Errorf("list the boards that the laptop carries: %w", err)
	}
	out := map[room.ID]int64{}
	for _, c := range list {
		out[c.id] = c.forkHome
	}
	return out, nil
}

// Pending are the operations of a board that have not gone home yet, in their order, so
// many at most.
func (s *Service) Pending(ctx context.Context, id room.ID, most int) (list []Carried, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := db.Get(ctx, tx, scanCarried, `select `+carriedColumns+` from venue_boards where board_id = $1`, string(id))
		if err != nil {
			return fmt.Errorf("read where board %s left home: %w", id, err)
		}
		if err := s.collect(ctx, tx, c); err != nil {
			return err
		}
		list, err = pending(ctx, tx, id, most, true)
		return err
	})
	return list, err
}

// pending lists what home has not answered about; without unheard, what it has already is
// left out.
func pending(ctx context.Context, r db.Reader, id room.ID, most int, unheard bool) ([]Carried, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c Carried, err error) {
		var undoes carriage.Identity
		var op string
		if err := sc.Scan(&c.Client, &c.Seq, &c.V, &c.Fork, &c.Upto, &undoes.Client, &undoes.Seq, &c.Person, &c.At, &op, &c.Late); err != nil {
			return c, err
		}
		if undoes.Client != "" {
			c.Undoes = &undoes
		}
		return c, json.Unmarshal([]byte(op), &c.Op)
	}, `select client, seq, v, fork, upto, undoes_client, undoes_seq, person, at, op, late from venue_ops where board_id = $1 and fate = 'waiting' and (home_n is null or $3) order by v, late, client, seq limit $2`, string(id), most, unheard)
	if err != nil {
		return nil, fmt.Errorf("list what board %s has to bring home: %w", id, err)
	}
	return list, nil
}

// collect puts what was written here since the last time among what goes home, with what
// its author had seen in the numbers of both sides.
func (s *Service) collect(ctx context.Context, tx *db.Tx, c carried) error {
	v, err := db.Get(ctx, tx, db.Value[string], `select id from venues order by taken_at desc, id limit 1`)
	if err != nil {
		return fmt.Errorf("read which venue this is: %w", err)
	}
	all, err := passage.Lines(ctx, tx, c.id, c.fork, 1<<30)
	if err != nil {
		return err
	}
	for _, l := range all {
		knew := c.eras.knew(l.Op.Base)
		one := Carried{Client: l.Client, Seq: l.Seq, V: l.N, Fork: knew.Fork, Upto: knew.Upto, Person: l.Person, At: l.At, Op: l.Op}
		if l.Undoes > 0 {
			undone, err := passage.Lines(ctx, tx, c.id, l.Undoes-1, 1)
			if err != nil {
				return err
			}
			if len(undone) == 1 {
				one.Undoes = &carriage.Identity{Client: undone[0].Client, Seq: undone[0].Seq}
			}
		}
		if err := insertOp(ctx, tx, v, c.id, one, carriage.Fate{Fate: waiting}, time.Time{}); err != nil {
			return err
		}
	}
	return s.collectLate(ctx, tx, v, c)
}

// collectLate adds what waits in the tray of the laptop: it is settled at home.
func (s *Service) collectLate(ctx context.Context, tx *db.Tx, venue string, c carried) error {
	late, err := passage.Aside(ctx, tx, c.id)
	if err != nil {
		return err
	}
	n, err := db.Get(ctx, tx, db.Value[int64], `select n from boards where id = $1`, string(c.id))
	if err != nil {
		return err
	}
	for _, l := range late {
		knew := c.eras.knew(l.Op.Base)
		one := Carried{Client: l.Client, Seq: l.Seq, V: max(1, n), Fork: knew.Fork, Upto: knew.Upto, Person: l.Person, At: l.At, Op: l.Op, Late: l.Why}
		if err := insertOp(ctx, tx, venue, c.id, one, carriage.Fate{Fate: waiting}, time.Time{}); err != nil {
			return err
		}
	}
	return passage.HandOver(ctx, tx, c.id, s.clock.Now())
}

// Settle keeps what became at home of operations that were brought. Error: Invalid when
// home answered about something else.
func (s *Service) Settle(ctx context.Context, id room.ID, sent []Carried, fates []Fate) error {
	if len(sent) != len(fates) {
		return errs.New(errs.Invalid, "venue.answer")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for i, f := range fates {
			if f.Client != sent[i].Client || f.Seq != sent[i].Seq {
				return errs.New(errs.Invalid, "venue.answer")
			}
			var n any
			if f.N > 0 {
				n = f.N
			}
			if _, err := tx.Exec(ctx, `update venue_ops set fate = $4, why = $5, home_n = $6, settled_at = $7 where board_id = $1 and client = $2 and seq = $3 and fate = 'waiting'`,
				string(id), f.Client, f.Seq, f.Fate, f.Why, n, s.clock.Now()); err != nil {
				return fmt.Errorf("keep what became of operations at home: %w", err)
			}
		}
		return nil
	})
}

// Renumbered tells how the numbers of a board changed on this laptop.
func Renumbered(ctx context.Context, r db.Reader, id room.ID) (n weave.Numbers, err error) {
	n.There = map[int64]int64{}
	c, err := db.Get(ctx, r, scanCarried, `select `+carriedColumns+` from venue_boards where board_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("read the numbers of board %s: %w", id, err)
	}
	for _, e := range c.eras {
		n.Eras = append(n.Eras, weave.Era{From: e.From, Fork: e.Fork})
	}
	n.There, err = written(ctx, r, c)
	return n, err
}

// written gives, for what was written here and stands in the log now, the number it bore
// when it was.
func written(ctx context.Context, r db.Reader, c carried) (map[int64]int64, error) {
	there := map[int64]int64{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var n, v int64
		err := sc.Scan(&n, &v)
		there[n] = v
		return true, err
	}, `select l.n, o.v0 from venue_ops o join board_log l on l.board_id = o.board_id and l.client = o.client and l.seq = o.seq where o.board_id = $1`, string(c.id))
	if err != nil {
		return nil, fmt.Errorf("read what was written here on board %s: %w", c.id, err)
	}
	return there, nil
}

// unmarshal reads a state as it was kept.
func unmarshal(text string) (*board.State, error) {
	s := new(board.State)
	return s, json.Unmarshal([]byte(text), s)
}
