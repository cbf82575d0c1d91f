package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/board"
	"transformateur/internal/board/carriage"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/passage"
	"transformateur/internal/board/room"
	"transformateur/internal/board/weave"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Absorb puts a board as home has it in the database of the laptop: the whole of it the
// first time, afterwards what came at home since. What was written here and has not gone
// home yet is done again over it. Error: Invalid "venue.content" when home's log does not
// follow.
func (s *Service) Absorb(ctx context.Context, g string, b Board, c Content) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if c.Snapshot != nil {
			return s.install(ctx, tx, g, b, c)
		}
		was, err := db.Get(ctx, tx, scanCarried, `select `+carriedColumns+` from venue_boards where board_id = $1`, b.ID)
		if err != nil {
			return fmt.Errorf("read where board %s left home: %w", b.ID, err)
		}
		if err := s.collect(ctx, tx, was); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update boards set title = $2, closed_at = $3 where id = $1`, b.ID, b.Title, b.Closed); err != nil {
			return fmt.Errorf("keep what board %s is: %w", b.ID, err)
		}
		return s.rebase(ctx, tx, was, c.Lines)
	})
}

// install is the first time.
func (s *Service) install(ctx context.Context, tx *db.Tx, g string, b Board, c Content) error {
	k, err := kit.Parse([]byte(c.Snapshot.Kit))
	if err != nil {
		return errs.New(errs.Invalid, "venue.content").Because(err)
	}
	state, err := unmarshal(string(c.Snapshot.State))
	if err != nil {
		return errs.New(errs.Invalid, "venue.content").Because(err)
	}
	state.Open(k)
	last := c.Snapshot.N
	for _, l := range c.Lines {
		if l.N > last {
			if _, err := board.Apply(state, l.Entry()); err != nil {
				return errs.New(errs.Invalid, "venue.content").Because(err)
			}
			last = l.N
		}
	}
	made := room.Board{ID: room.ID(b.ID), Gathering: g, Project: b.Project, Title: b.Title, KitID: b.KitID, Variant: b.Variant, N: last, Created: b.Created, Closed: b.Closed}
	if err := passage.Install(ctx, tx, made, *c.Snapshot, state, c.Lines); err != nil {
		return err
	}
	return keepCarried(ctx, tx, carried{id: made.ID, forkHome: last, fork: last, eras: eras{{Fork: last, ForkHome: last}}}, state)
}

func keepCarried(ctx context.Context, tx *db.Tx, c carried, state *board.State) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	segments, err := json.Marshal(c.eras)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into venue_boards (board_id, fork_home, fork_venue, segments, state) values ($1, $2, $3, $4, $5)
		on conflict (board_id) do update set fork_home = excluded.fork_home, fork_venue = excluded.fork_venue, segments = excluded.segments, state = excluded.state`,
		string(c.id), c.forkHome, c.fork, string(segments), string(text))
	if err != nil {
		return fmt.Errorf("keep where board %s left home: %w", c.id, err)
	}
	return nil
}

// rebase does home's operations after those that both sides have, then what waits here. A
// board of which nothing changed keeps its numbers.
func (s *Service) rebase(ctx context.Context, tx *db.Tx, was carried, fresh []passage.Line) error {
	b, err := room.Load(ctx, tx, was.id)
	if err != nil {
		return err
	}
	local, err := passage.Lines(ctx, tx, was.id, was.fork, 1<<30)
	if err != nil {
		return err
	}
	if err := arrived(ctx, tx, was.id, fresh); err != nil {
		return err
	}
	waits, err := pending(ctx, tx, was.id, 1<<30, false)
	if err != nil {
		return err
	}
	if len(fresh) == 0 && allWait(local, waits) {
		return nil
	}
	snap, err := passage.Snap(ctx, tx, was.id)
	if err != nil {
		return err
	}
	k, err := kit.Parse([]byte(snap.Kit))
	if err != nil {
		return err
	}
	state, err := unmarshal(was.state)
	if err != nil {
		return err
	}
	state.Open(k)
	home, now, err := follow(state, was, b.N, fresh)
	if err != nil {
		return err
	}
	if err := keepCarried(ctx, tx, now, state); err != nil {
		return err
	}
	before, err := passage.Lines(ctx, tx, was.id, 0, 1<<30)
	if err != nil {
		return err
	}
	before = slices.DeleteFunc(before, func(l passage.Line) bool { return l.N > was.fork })
	brought, err := numbersOf(ctx, tx, now)
	if err != nil {
		return err
	}
	again, err := again(state, now, append(before, home...), waits, brought)
	if err != nil {
		return err
	}
	for _, one := range waits {
		if _, err := tx.Exec(ctx, `update venue_ops set v = $4, upto = $5 where board_id = $1 and client = $2 and seq = $3`, string(was.id), one.Client, one.Seq, one.V, one.Upto); err != nil {
			return fmt.Errorf("renumber what waits on board %s: %w", was.id, err)
		}
	}
	if err := passage.Cut(ctx, tx, was.id, was.fork, now.eras.last().From, state); err != nil {
		return err
	}
	return passage.Extend(ctx, tx, was.id, append(home, again...))
}

// follow does home's operations on a board whose last number was n, under numbers that no
// browser has seen yet.
func follow(state *board.State, was carried, n int64, fresh []passage.Line) ([]passage.Line, carried, error) {
	last := was.forkHome
	if len(fresh) > 0 {
		last = fresh[len(fresh)-1].N
	}
	now := was
	now.eras = append(append(eras{}, was.eras...), was.eras.next(n, last))
	now.forkHome, now.fork = last, now.eras.last().Fork
	lines := make([]passage.Line, 0, len(fresh))
	for i, l := range fresh {
		if l.N != was.forkHome+1+int64(i) {
			return nil, now, errs.New(errs.Invalid, "venue.content")
		}
		l.N, l.Op.Base = now.eras.here(l.N), now.eras.here(l.Op.Base)
		if l.Undoes > 0 {
			l.Undoes = now.eras.here(l.Undoes)
		}
		if _, err := board.Apply(state, l.Entry()); err != nil {
			return nil, now, errs.New(errs.Invalid, "venue.content").Because(err)
		}
		lines = append(lines, l)
	}
	state.N = now.fork
	return lines, now, nil
}

// allWait says whether all that was written on the laptop waits to go home.
func allWait(local []passage.Line, waits []Carried) bool {
	there := map[carriage.Identity]bool{}
	for _, one := range waits {
		there[carriage.Identity{Client: one.Client, Seq: one.Seq}] = true
	}
	return !slices.ContainsFunc(local, func(l passage.Line) bool { return !there[carriage.Identity{Client: l.Client, Seq: l.Seq}] })
}

// redo is a board on which what waits is done again.
type redo struct {
	state    *board.State
	now      carried
	weave    *weave.Weave
	numbers  map[carriage.Identity]int64
	inverses map[int64]*board.Op
}

func (d *redo) stood(l passage.Line) {
	d.numbers[carriage.Identity{Client: l.Client, Seq: l.Seq}], d.inverses[l.N] = l.N, l.Inverse
}

// again does what waits here over what home has, and gives it its new numbers. What cannot
// be done is not on the board of the laptop any more: it still goes home, where it is
// judged. brought are the numbers of what went home already.
func again(state *board.State, now carried, stands []passage.Line, waits []Carried, brought map[int64]int64) (done []passage.Line, err error) {
	d := &redo{state: state, now: now, numbers: map[carriage.Identity]int64{}, inverses: map[int64]*board.Op{}}
	var entries []board.Entry
	for _, l := range stands {
		d.stood(l)
		entries = append(entries, l.Entry())
	}
	d.weave = weave.New(entries, brought)
	moved := renumbering{}
	for i := range waits {
		one := &waits[i]
		if one.Late != "" {
			continue
		}
		one.Upto = moved.now(one.Upto)
		l, err := d.one(*one)
		if err != nil {
			return nil, err
		}
		if l == nil {
			continue
		}
		moved = append(moved, [2]int64{one.V, l.N})
		one.V = l.N
		d.stood(*l)
		d.weave.Add(l.Entry(), one.V)
		done = append(done, *l)
	}
	return done, nil
}

// renumbering holds the former and the new numbers of what was done again, in order.
type renumbering [][2]int64

// now is up to which new number somebody had seen who had seen up to a former one.
func (list renumbering) now(upto int64) int64 {
	for _, pair := range slices.Backward(list) {
		if pair[0] <= upto {
			return pair[1]
		}
	}
	return upto
}

// one does one operation again; nil when it cannot be done.
func (d *redo) one(c Carried) (*passage.Line, error) {
	knew := weave.Knew{Fork: d.now.eras.here(c.Fork), Upto: c.Upto}
	l := &passage.Line{N: d.state.N + 1, Client: c.Client, Seq: c.Seq, Person: c.Person, At: c.At, Op: c.Op}
	if d.weave.Crossed(l.Op, knew) {
		return nil, nil
	}
	if c.Undoes != nil {
		if l.Undoes = d.numbers[*c.Undoes]; d.inverses[l.Undoes] == nil {
			return nil, nil
		}
		inner, err := json.Marshal(d.inverses[l.Undoes])
		if err != nil {
			return nil, err
		}
		l.Op = board.Op{Kind: "undo", Base: l.Undoes, Value: inner}
	} else {
		l.Op.Base = d.weave.Base(d.state, l.Op, knew)
	}
	result, err := board.Apply(d.state, l.Entry())
	if err != nil {
		return nil, nil // home judges it
	}
	l.Inverse = result.Inverse
	return l, nil
}

// arrived notes which of what waits is at home already: its answer was lost on the way,
// and will come when it is brought again.
func arrived(ctx context.Context, tx *db.Tx, id room.ID, fresh []passage.Line) error {
	for _, l := range fresh {
		if _, err := tx.Exec(ctx, `update venue_ops set home_n = $4 where board_id = $1 and client = $2 and seq = $3 and fate = 'waiting'`, string(id), l.Client, l.Seq, l.N); err != nil {
			return fmt.Errorf("note what of board %s is at home: %w", id, err)
		}
	}
	return nil
}

// numbersOf gives, for what was brought home from here, the number it has now and the one
// it bore when it was written.
func numbersOf(ctx context.Context, r db.Reader, now carried) (map[int64]int64, error) {
	there := map[int64]int64{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var n, v int64
		err := sc.Scan(&n, &v)
		if n <= now.forkHome {
			there[now.eras.here(n)] = v
		}
		return true, err
	}, `select home_n, v from venue_ops where board_id = $1 and home_n is not null`, string(now.id))
	if err != nil {
		return nil, fmt.Errorf("read what board %s brought home: %w", now.id, err)
	}
	return there, nil
}
