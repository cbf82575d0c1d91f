package room

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

const boardColumns = `id, gathering_id, project_id, title, kit_id, variant, n, created_at, closed_at, cards, phase, changed_at`

func scanBoard(sc db.Scanner) (b Board, err error) {
	var project *string
	var closed, changed *time.Time
	err = sc.Scan(&b.ID, &b.Gathering, &project, &b.Title, &b.KitID, &b.Variant, &b.N, &b.Created, &closed, &b.Cards, &b.Phase, &changed)
	if project != nil {
		b.Project = *project
	}
	if closed != nil {
		b.Closed = *closed
	}
	if changed != nil {
		b.Changed = *changed
	}
	return b, err
}

// Load reads a board. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Board, error) {
	b, err := db.Get(ctx, r, scanBoard, `select `+boardColumns+` from boards where id = $1`, string(id))
	if err != nil {
		return b, fmt.Errorf("read board %s: %w", id, err)
	}
	return b, nil
}

// Of lists the boards of a gathering, in the order in which they were made.
func Of(ctx context.Context, r db.Reader, gathering string) ([]Board, error) {
	list, err := db.List(ctx, r, scanBoard, `select `+boardColumns+` from boards where gathering_id = $1 order by created_at, id`, gathering)
	if err != nil {
		return nil, fmt.Errorf("list the boards of gathering %s: %w", gathering, err)
	}
	return list, nil
}

// Replay is the state of a board as it was at a number, 0 for now: the snapshot before
// it, and the operations of the log after that. snapshot is the number of the last
// snapshot. Error: NotFound.
func Replay(ctx context.Context, r db.Reader, id ID, at int64) (state *board.State, snapshot int64, err error) {
	var kitText, variant, text string
	var created time.Time
	row := r.QueryRow(ctx, `select s.kit, b.variant, s.state, s.snapshot_n, b.created_at from boards b join board_sheets s on s.id = b.id where b.id = $1`, string(id))
	if err := row.Scan(&kitText, &variant, &text, &snapshot, &created); err != nil {
		return nil, 0, fmt.Errorf("read board %s: %w", id, err)
	}
	k, err := kit.Parse([]byte(kitText))
	if err != nil {
		return nil, 0, fmt.Errorf("read the kit of board %s: %w", id, err)
	}
	state = board.New(k, variant, created)
	if at == 0 || at >= snapshot {
		state = new(board.State)
		if err := json.Unmarshal([]byte(text), state); err != nil {
			return nil, 0, fmt.Errorf("read the snapshot of board %s: %w", id, err)
		}
		state.Open(k)
	}
	entries, err := log(ctx, r, id, state.N, at)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		if _, err := board.Apply(state, e); err != nil {
			return nil, 0, fmt.Errorf("replay operation %d of board %s: %w", e.N, id, err)
		}
	}
	return state, snapshot, nil
}

// log reads the entries after a number, up to another if it is not 0.
func log(ctx context.Context, r db.Reader, id ID, after, last int64) ([]board.Entry, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (e board.Entry, err error) {
		var op string
		if err := sc.Scan(&e.N, &e.Client, &e.Seq, &e.Person, &e.At, &op); err != nil {
			return e, err
		}
		return e, json.Unmarshal([]byte(op), &e.Op)
	}, `select n, client, seq, person, at, op from board_log where board_id = $1 and n > $2 and ($3 = 0 or n <= $3) order by n`, string(id), after, last)
	if err != nil {
		return nil, fmt.Errorf("read the log of board %s: %w", id, err)
	}
	return list, nil
}

// past is what was done on a board: the number that each operation of a client was given,
// and what each person may undo, the last one last.
type past struct {
	known map[string]map[int64]int64
	undos map[string][]undoable
}

// pastOf reads the whole log once, for all those who come: a crowd that comes back at once
// is answered from memory.
func pastOf(ctx context.Context, r db.Reader, id ID) (*past, error) {
	p := &past{known: map[string]map[int64]int64{}, undos: map[string][]undoable{}}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var n, seq, undoes int64
		var client, person, inverse string
		if err := sc.Scan(&n, &client, &seq, &person, &undoes, &inverse); err != nil {
			return false, err
		}
		p.note(client, seq, n)
		switch {
		case undoes > 0:
			p.undone(person, undoes)
		case inverse != "":
			p.did(person, undoable{n, inverse})
		}
		return true, nil
	}, `select n, client, seq, person, undoes, inverse from board_log where board_id = $1 order by n`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what was done on board %s: %w", id, err)
	}
	return p, nil
}

func (p *past) note(client string, seq, n int64) {
	if p.known[client] == nil {
		p.known[client] = map[int64]int64{}
	}
	p.known[client][seq] = n
}

// keep notes an operation that was applied, and what it does to what its author may undo.
func (p *past) keep(one row) {
	p.note(one.Client, one.Seq, one.N)
	switch {
	case one.undoes > 0:
		p.undone(one.Person, one.undoes)
	case one.inverse != nil:
		inverse, err := json.Marshal(one.inverse)
		if err != nil {
			panic(err) // our own types can be written
		}
		p.did(one.Person, undoable{one.N, string(inverse)})
	}
}

// far is how many of her operations somebody may undo.
const far = 100

func (p *past) did(person string, u undoable) {
	list := append(p.undos[person], u)
	p.undos[person] = list[max(0, len(list)-far):]
}

func (p *past) undone(person string, n int64) {
	p.undos[person] = slices.DeleteFunc(p.undos[person], func(u undoable) bool { return u.n == n })
}

// LogID names an operation of a board: the same one cannot be written twice.
func LogID(id ID, client string, seq int64) string {
	return fmt.Sprintf("%s.%d.%s", client, seq, id)
}

// advance gives the numbers of a batch to this node, with what a list of boards shows of
// them: another one that wrote meanwhile makes it fail. Error: Conflict board.behind.
func advance(ctx context.Context, tx *db.Tx, id ID, before int64, now *board.State, at time.Time) error {
	n, err := tx.Exec(ctx, `update boards set n = $3, cards = $4, phase = $5, changed_at = $6 where id = $1 and n = $2 and closed_at is null`, string(id), before, now.N, now.Written(), now.Desk.Phase, at)
	if err != nil {
		return fmt.Errorf("number the operations of board %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "board.behind")
	}
	return nil
}

func insert(ctx context.Context, tx *db.Tx, id ID, one row) error {
	op, err := json.Marshal(one.Op)
	if err != nil {
		return err
	}
	inverse := []byte{}
	if one.inverse != nil {
		if inverse, err = json.Marshal(one.inverse); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `insert into board_log (id, board_id, n, client, seq, person, at, op, inverse, undoes) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		LogID(id, one.Client, one.Seq), string(id), one.N, one.Client, one.Seq, one.Person, one.At, string(op), string(inverse), one.undoes)
	if err != nil {
		return fmt.Errorf("write operation %d of board %s: %w", one.N, id, err)
	}
	return nil
}

func keepSnapshot(ctx context.Context, tx *db.Tx, id ID, n int64, state []byte) error {
	_, err := tx.Exec(ctx, `update board_sheets set state = $2, snapshot_n = $3 where id = $1`, string(id), string(state), n)
	if err != nil {
		return fmt.Errorf("keep the snapshot of board %s: %w", id, err)
	}
	return nil
}

// putAside keeps what came too late for its step. It is the same however often it comes.
func (r *Room) putAside(l *Listener, sent Sent, why string) error {
	op, err := json.Marshal(sent.Op)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(r.s.ctx)
	return r.s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into board_late (id, board_id, client, seq, person, at, op, why, settled_by, kept) values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)
			on conflict (board_id, client, seq) do nothing`,
			db.NewID(), string(r.board.ID), l.client, sent.Seq, l.seat.Participant, r.s.clock.Now(), string(op), why, false)
		return err
	})
}
