// Package passage is a board that goes from one database to another, with its log.
package passage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/db"
)

// Line is an operation of a log with all that the log keeps of it, as it goes from one
// database to another.
type Line struct {
	N       int64     `json:"n"`
	Client  string    `json:"client"`
	Seq     int64     `json:"seq"`
	Person  string    `json:"person"`
	At      time.Time `json:"at"`
	Op      board.Op  `json:"op"`
	Inverse *board.Op `json:"inverse,omitempty"`
	Undoes  int64     `json:"undoes,omitempty"`
}

// Entry is the operation without what undoes it.
func (l Line) Entry() board.Entry {
	return board.Entry{N: l.N, Client: l.Client, Seq: l.Seq, Person: l.Person, At: l.At, Op: l.Op}
}

// Lines reads the log of a board after a number, so many lines at most.
func Lines(ctx context.Context, r db.Reader, id room.ID, after int64, most int) ([]Line, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (l Line, err error) {
		var op, inverse string
		if err := sc.Scan(&l.N, &l.Client, &l.Seq, &l.Person, &l.At, &op, &inverse, &l.Undoes); err != nil {
			return l, err
		}
		if inverse != "" {
			if err := json.Unmarshal([]byte(inverse), &l.Inverse); err != nil {
				return l, err
			}
		}
		return l, json.Unmarshal([]byte(op), &l.Op)
	}, `select n, client, seq, person, at, op, inverse, undoes from board_log where board_id = $1 and n > $2 order by n limit $3`, string(id), after, most)
	if err != nil {
		return nil, fmt.Errorf("read the log of board %s: %w", id, err)
	}
	return list, nil
}

// Snapshot is what a board is made of besides its log: its kit, and how it was at a number.
type Snapshot struct {
	Kit   string          `json:"kit"`
	State json.RawMessage `json:"state"`
	N     int64           `json:"n"`
}

// Snap reads the last snapshot of a board. Error: NotFound.
func Snap(ctx context.Context, r db.Reader, id room.ID) (*Snapshot, error) {
	var s Snapshot
	var state string
	if err := r.QueryRow(ctx, `select kit, state, snapshot_n from board_sheets where id = $1`, string(id)).Scan(&s.Kit, &state, &s.N); err != nil {
		return nil, fmt.Errorf("read the snapshot of board %s: %w", id, err)
	}
	s.State = json.RawMessage(state)
	return &s, nil
}

// Install puts a board that stands elsewhere in this database, as it is there: under its
// id, with its log; now is its state.
func Install(ctx context.Context, tx *db.Tx, b room.Board, s Snapshot, now *board.State, lines []Line) error {
	_, err := tx.Exec(ctx, `insert into boards (id, gathering_id, project_id, title, kit_id, variant, n, created_at, created_by, closed_at, cards, phase, changed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 'system', $9, $10, $11, $12)`,
		string(b.ID), b.Gathering, db.Null(b.Project), b.Title, b.KitID, b.Variant, b.N, b.Created, b.Closed, now.Written(), now.Desk.Phase, b.Changed)
	if err == nil {
		_, err = tx.Exec(ctx, `insert into board_sheets (id, kit, state, snapshot_n) values ($1, $2, $3, $4)`, string(b.ID), s.Kit, string(s.State), s.N)
	}
	if err != nil {
		return fmt.Errorf("install board %s: %w", b.ID, err)
	}
	return Extend(ctx, tx, b.ID, lines)
}

// Extend writes lines in the log of a board; whoever calls moves its number.
func Extend(ctx context.Context, tx *db.Tx, id room.ID, lines []Line) error {
	for _, l := range lines {
		op, err := json.Marshal(l.Op)
		if err != nil {
			return err
		}
		inverse := []byte{}
		if l.Inverse != nil {
			if inverse, err = json.Marshal(l.Inverse); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `insert into board_log (id, board_id, n, client, seq, person, at, op, inverse, undoes) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			room.LogID(id, l.Client, l.Seq), string(id), l.N, l.Client, l.Seq, l.Person, l.At, string(op), string(inverse), l.Undoes)
		if err != nil {
			return fmt.Errorf("write operation %d of board %s: %w", l.N, id, err)
		}
	}
	return nil
}

// Cut takes the lines after a number out of the log of a board, whose state at another
// number takes the place of what it was: numbers below from were given anew.
func Cut(ctx context.Context, tx *db.Tx, id room.ID, after, from int64, s *board.State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from board_log where board_id = $1 and n > $2`, string(id), after); err != nil {
		return fmt.Errorf("cut the log of board %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update boards set n = $2, cards = $3, phase = $4, renumbered_n = $5 where id = $1`, string(id), s.N, s.Written(), s.Desk.Phase, from); err != nil {
		return fmt.Errorf("renumber board %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `update board_sheets set state = $2, snapshot_n = $3 where id = $1`, string(id), string(text), s.N); err != nil {
		return fmt.Errorf("keep the snapshot of board %s: %w", id, err)
	}
	return nil
}

// Kept is what waits in the tray of who facilitates.
type Kept struct {
	Client string
	Seq    int64
	Person string // a participant
	At     time.Time
	Op     board.Op
	Why    string // the key of the refusal
}

// Aside lists what waits in the tray of a board, the first one first, without asking who
// wants it.
func Aside(ctx context.Context, r db.Reader, id room.ID) ([]Kept, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (k Kept, err error) {
		var op string
		if err := sc.Scan(&k.Client, &k.Seq, &k.Person, &k.At, &op, &k.Why); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(op), &k.Op)
	}, `select client, seq, person, at, op, why from board_late where board_id = $1 and settled_at is null order by at, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list what came late on board %s: %w", id, err)
	}
	return list, nil
}

// HandOver empties the tray of a board: what was in it is settled elsewhere.
func HandOver(ctx context.Context, tx *db.Tx, id room.ID, now time.Time) error {
	if _, err := tx.Exec(ctx, `update board_late set settled_at = $2, settled_by = 'system' where board_id = $1 and settled_at is null`, string(id), now); err != nil {
		return fmt.Errorf("hand over what came late on board %s: %w", id, err)
	}
	return nil
}
