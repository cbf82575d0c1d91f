// Package carriage is operations that were done where a board could not be reached, and are done on it afterwards.
package carriage

import (
	"context"
	"encoding/json"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/board/weave"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Carried is an operation that was done elsewhere, where this program could not be
// reached, and is brought here afterwards.
type Carried struct {
	Client string
	Seq    int64
	V      int64      // its number where it was done
	Knew   weave.Knew // what its author had seen
	Undoes *Identity  // what it undoes
	Person string     // a participant
	At     time.Time
	Op     board.Op
	Late   string // it was put aside where it was done; why
}

// Identity is how an operation is known everywhere.
type Identity struct {
	Client string
	Seq    int64
}

// The fates of what is carried here.
const (
	Merged  = "merged"
	Twice   = "twice"   // merged, and its text stands beside another one
	Delayed = "late"    // put aside for who facilitates
	Refused = "refused" // not taken; what it said is kept with the reason
)

// Fate is what became of a carried operation; Why is the key of a refusal, N the number
// it was given.
type Fate struct {
	Fate string
	Why  string
	N    int64
}

// Bringing is a batch of carried operations, in the order in which they were done.
type Bringing struct {
	Board   room.Board
	List    []Carried
	There   map[int64]int64                             // what came before of the same place: number here → number there
	Persons map[string]account.PersonID                 // who each participant is
	Closed  string                                      // why nothing is written any more, as a key; "" when something is
	Keep    func(context.Context, *db.Tx, []Fate) error // in the transaction that writes the operations
}

// carriage is the state of one try.
type carriage struct {
	hand  *room.Hand
	b     Bringing
	weave *weave.Weave
	seats map[string]*room.Seat // nil: none
	late  []Carried
	whys  []string
}

// Bring does on a board what was done elsewhere, each operation in the name of its author
// and as far as she may do it here. What comes too late is put aside, at now. One that is
// here already is told its number again. Error: Unavailable.
func Bring(ctx context.Context, rooms *room.Service, b Bringing, now time.Time) ([]Fate, error) {
	var fates []Fate
	var c *carriage
	act := func(h *room.Hand) (err error) {
		fates = nil
		if c, err = begin(h, b); err != nil {
			return err
		}
		for _, one := range b.List {
			fate, err := c.take(one)
			if err != nil {
				return err
			}
			fates = append(fates, fate)
		}
		return nil
	}
	err := rooms.Together(ctx, b.Board, act, func(ctx context.Context, tx *db.Tx) error {
		for i, one := range c.late {
			if err := keepLate(ctx, tx, b.Board.ID, one, c.whys[i], now); err != nil {
				return err
			}
		}
		return b.Keep(ctx, tx, fates)
	})
	if errs.KeyOf(err) == "board.closed" && b.Closed == "" {
		b.Closed = "board.closed"
		return Bring(ctx, rooms, b, now)
	}
	return fates, err
}

func begin(h *room.Hand, b Bringing) (*carriage, error) {
	fork := h.State().N
	for _, one := range b.List {
		fork = min(fork, one.Knew.Fork)
	}
	entries, err := h.Entries(fork)
	if err != nil {
		return nil, err
	}
	return &carriage{hand: h, b: b, weave: weave.New(entries, b.There), seats: map[string]*room.Seat{}}, nil
}

// take does one operation. Its error is that it could not be judged; a refusal is a fate.
func (c *carriage) take(one Carried) (Fate, error) {
	if n, again := c.hand.Known(one.Client, one.Seq); again {
		return Fate{Fate: Merged, N: n}, nil
	}
	seat, err := c.seat(one.Person)
	if err != nil {
		return Fate{}, err
	}
	var fate Fate
	switch {
	case seat == nil:
		err = errs.New(errs.Forbidden, "board.left")
	case c.b.Closed != "":
		return c.aside(one, c.b.Closed), nil
	case one.Late != "":
		return c.aside(one, one.Late), nil
	default:
		fate, err = c.apply(one, seat.Role)
	}
	if kind := errs.KindOf(err); err != nil && (kind == errs.Internal || kind == errs.Unavailable) {
		return Fate{}, err
	}
	if err != nil && board.Late(err) {
		return c.aside(one, errs.KeyOf(err)), nil
	}
	if err != nil {
		return Fate{Fate: Refused, Why: errs.KeyOf(err)}, nil
	}
	return fate, nil
}

// aside puts what was written in the tray of who facilitates; what holds no text is refused.
func (c *carriage) aside(one Carried, why string) Fate {
	if one.Op.Kind != "card.add" && one.Op.Kind != "card.set" {
		return Fate{Fate: Refused, Why: why}
	}
	c.late, c.whys = append(c.late, one), append(c.whys, why)
	return Fate{Fate: Delayed, Why: why}
}

func (c *carriage) apply(one Carried, role kit.Role) (Fate, error) {
	if c.weave.Crossed(one.Op, one.Knew) {
		return Fate{}, errs.New(errs.Conflict, "board.changed")
	}
	state, undoes := c.hand.State(), int64(0)
	e := board.Entry{Client: one.Client, Seq: one.Seq, Person: one.Person, At: one.At, Op: one.Op}
	if one.Op.Kind == "undo" {
		nothing := errs.New(errs.Conflict, "board.nothing_to_undo")
		if one.Undoes == nil {
			return Fate{}, nothing
		}
		n, done := c.hand.Known(one.Undoes.Client, one.Undoes.Seq)
		op, may := c.hand.Undo(one.Person, n)
		if !done || !may {
			return Fate{}, nothing
		}
		e.Op, undoes = op, n
	} else {
		e.Op.Base = c.weave.Base(state, e.Op, one.Knew)
	}
	alts := versions(state, e.Op)
	e, err := c.hand.Do(e, role, undoes)
	if err != nil {
		return Fate{}, err
	}
	c.weave.Add(e, one.V)
	if versions(state, e.Op) > alts {
		return Fate{Fate: Twice, N: e.N}, nil
	}
	return Fate{Fate: Merged, N: e.N}, nil
}

// versions is how many versions of a text wait for a choice where an operation writes.
func versions(s *board.State, op board.Op) int {
	if c := s.Cards[op.Target]; c != nil && op.Kind == "card.set" && c.Fields[op.Field] != nil {
		return len(c.Fields[op.Field].Alts)
	}
	return 0
}

// seat is what a participant is here now, nil when she has no seat.
func (c *carriage) seat(participant string) (*room.Seat, error) {
	if seat, asked := c.seats[participant]; asked {
		return seat, nil
	}
	c.seats[participant] = nil
	person := c.b.Persons[participant]
	if person == "" {
		return nil, nil
	}
	if c.b.Closed != "" { // nothing is written: what she wrote is put aside
		c.seats[participant] = &room.Seat{Participant: participant, Role: kit.Reader}
		return c.seats[participant], nil
	}
	seat, err := c.hand.Seat(person)
	if errs.Is(err, errs.NotFound) || err == nil && seat.Participant != participant {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.seats[participant] = &seat
	return &seat, nil
}

// keepLate puts aside what came too late. It is the same however often it comes.
func keepLate(ctx context.Context, tx *db.Tx, id room.ID, one Carried, why string, now time.Time) error {
	op, err := json.Marshal(one.Op)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into board_late (id, board_id, client, seq, person, at, op, why, settled_by, kept) values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)
		on conflict (board_id, client, seq) do nothing`,
		db.NewID(), string(id), one.Client, one.Seq, one.Person, now, string(op), why, false)
	return err
}
