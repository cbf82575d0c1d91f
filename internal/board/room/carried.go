package room

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
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
	Board   Board
	List    []Carried
	There   map[int64]int64                             // what came before of the same place: number here → number there
	Persons map[string]account.PersonID                 // who each participant is
	Closed  string                                      // why nothing is written any more, as a key; "" when something is
	Keep    func(context.Context, *db.Tx, []Fate) error // in the transaction that writes the operations
}

// Bring does on a board what was done elsewhere, each operation in the name of its author
// and as far as she may do it here. What comes too late is put aside. One that is here
// already is told its number again. Error: Unavailable.
func (s *Service) Bring(ctx context.Context, b Bringing) (fates []Fate, err error) {
	unavailable := errs.New(errs.Unavailable, "errs.unavailable")
	for {
		r, err := s.open(ctx, b.Board)
		if err != nil {
			return nil, err
		}
		if r.ask(ctx, func(r *Room) { fates, err = r.bring(b) }) {
			return fates, err
		}
		if ctx.Err() != nil || s.ctx.Err() != nil {
			return nil, unavailable
		}
	}
}

// bring tries until no other node writes meanwhile.
func (r *Room) bring(b Bringing) ([]Fate, error) {
	for range 20 {
		before := r.state.N
		fates, err := r.bringOnce(b)
		if errs.KeyOf(err) != "board.behind" {
			return fates, err
		}
		if !r.catchUp(before) {
			break
		}
	}
	return nil, errs.New(errs.Unavailable, "errs.unavailable")
}

// carriage is the state of one try.
type carriage struct {
	r     *Room
	b     Bringing
	weave *weave.Weave
	seats map[string]*Seat // nil: none
	rows  []row
	late  []Carried
	whys  []string
}

func (r *Room) bringOnce(b Bringing) ([]Fate, error) {
	before := r.state.N
	c, err := r.carriage(b)
	if err != nil {
		return nil, err
	}
	fates := make([]Fate, 0, len(b.List))
	for _, one := range b.List {
		fate, err := c.take(one)
		if err != nil {
			r.reload() // what was applied is not on disk
			return nil, err
		}
		fates = append(fates, fate)
	}
	keep := func(ctx context.Context, tx *db.Tx) error {
		for i, one := range c.late {
			if err := r.keepLate(ctx, tx, one, c.whys[i]); err != nil {
				return err
			}
		}
		return b.Keep(ctx, tx, fates)
	}
	ctx := context.WithoutCancel(r.s.ctx)
	if len(c.rows) == 0 {
		return fates, r.s.db.Write(ctx, func(tx *db.Tx) error { return keep(ctx, tx) })
	}
	if err := r.write(before, c.rows, keep); err != nil {
		if errs.KeyOf(err) != "board.behind" {
			slog.ErrorContext(ctx, "carried operations not kept", "board", r.board.ID, "count", len(c.rows), "err", err)
			r.reload()
			return nil, errs.New(errs.Unavailable, "errs.unavailable").Because(err)
		}
		if r.closed(ctx) {
			r.reload()
			b.Closed = "board.closed"
			return r.bringOnce(b)
		}
		return nil, err
	}
	r.landing.changed(r.s.clock.Now())
	r.tell(c.rows)
	return fates, nil
}

// closed says whether the board was closed meanwhile.
func (r *Room) closed(ctx context.Context) bool {
	b, err := Load(ctx, r.s.db.Reader(), r.board.ID)
	return err == nil && !b.Closed.IsZero()
}

func (r *Room) carriage(b Bringing) (*carriage, error) {
	c := &carriage{r: r, b: b, seats: map[string]*Seat{}}
	if err := r.ready(); err != nil {
		return nil, err
	}
	fork := r.state.N
	for _, one := range b.List {
		fork = min(fork, one.Knew.Fork)
	}
	entries, err := log(r.s.ctx, r.s.db.Reader(), r.board.ID, fork, 0)
	if err != nil {
		return nil, err
	}
	c.weave = weave.New(entries, b.There)
	return c, nil
}

// take does one operation. Its error is that it could not be judged; a refusal is a fate.
func (c *carriage) take(one Carried) (Fate, error) {
	if n, again := c.r.past.known[one.Client][one.Seq]; again {
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
		fate, err = c.apply(one, *seat)
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

func (c *carriage) apply(one Carried, seat Seat) (Fate, error) {
	r := c.r
	now := db.Instant(r.s.clock.Now())
	at := db.Instant(one.At)
	if at.After(now) {
		at = now // the clock of a laptop may be ahead
	}
	next := row{Entry: board.Entry{N: r.state.N + 1, Client: one.Client, Seq: one.Seq, Person: one.Person, At: at, Op: canonical(one.Op)}}
	if err := board.TooBig(one.Op); err != nil {
		return Fate{}, err
	}
	if c.weave.Crossed(one.Op, one.Knew) {
		return Fate{}, errs.New(errs.Conflict, "board.changed")
	}
	if one.Op.Kind == "undo" {
		if err := c.undo(one, &next); err != nil {
			return Fate{}, err
		}
	} else {
		next.Op.Base = c.weave.Base(r.state, next.Op, one.Knew)
	}
	if err := board.Allowed(r.state, board.Actor{Person: one.Person, Role: seat.Role}, next.Op); err != nil {
		return Fate{}, err
	}
	alts := versions(r.state, next.Op)
	result, err := board.Apply(r.state, next.Entry)
	if err != nil {
		return Fate{}, err
	}
	next.inverse, next.changed = result.Inverse, result.Changed
	if err := r.past.done(next); err != nil {
		return Fate{}, err
	}
	c.weave.Add(next.Entry, one.V)
	c.rows = append(c.rows, next)
	fate := Fate{Fate: Merged, N: next.N}
	if versions(r.state, next.Op) > alts {
		fate.Fate = Twice
	}
	return fate, nil
}

// versions is how many versions of a text wait for a choice where an operation writes.
func versions(s *board.State, op board.Op) int {
	if c := s.Cards[op.Target]; c != nil && op.Kind == "card.set" && c.Fields[op.Field] != nil {
		return len(c.Fields[op.Field].Alts)
	}
	return 0
}

// done notes an operation that was applied.
func (p *past) done(one row) error {
	p.note(one.Client, one.Seq, one.N)
	switch {
	case one.undoes > 0:
		p.undone(one.Person, one.undoes)
	case one.inverse != nil:
		inverse, err := json.Marshal(one.inverse)
		if err != nil {
			return err
		}
		p.did(one.Person, undoable{one.N, string(inverse)})
	}
	return nil
}

// undo finds what an operation undoes, under the number it has here, and what undoes it
// here. Error: Conflict board.nothing_to_undo when it was not done here.
func (c *carriage) undo(one Carried, next *row) error {
	nothing := errs.New(errs.Conflict, "board.nothing_to_undo")
	if one.Undoes == nil {
		return nothing
	}
	n, done := c.r.past.known[one.Undoes.Client][one.Undoes.Seq]
	undos := c.r.past.undos[one.Person]
	i := slices.IndexFunc(undos, func(u undoable) bool { return u.n == n })
	if !done || i < 0 {
		return nothing
	}
	next.undoes, next.Op = n, board.Op{Kind: "undo", Base: n, Value: json.RawMessage(undos[i].inverse)}
	return nil
}

// seat is what a participant is here now, nil when she has no seat.
func (c *carriage) seat(participant string) (*Seat, error) {
	if seat, asked := c.seats[participant]; asked {
		return seat, nil
	}
	c.seats[participant] = nil
	person, known := c.b.Persons[participant]
	if !known || person == "" {
		return nil, nil
	}
	if c.b.Closed != "" { // nothing is written: what she wrote is put aside
		c.seats[participant] = &Seat{Participant: participant, Role: kit.Reader}
		return c.seats[participant], nil
	}
	seat, err := c.r.s.seats.Seat(c.r.s.ctx, c.r.s.db.Reader(), c.r.board, account.User{ID: person})
	if errs.Is(err, errs.NotFound) || err == nil && seat.Participant != participant {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.seats[participant] = &seat
	c.r.people[participant] = seat
	return &seat, nil
}

// keepLate puts aside what came too late. It is the same however often it comes.
func (r *Room) keepLate(ctx context.Context, tx *db.Tx, one Carried, why string) error {
	op, err := json.Marshal(one.Op)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into board_late (id, board_id, client, seq, person, at, op, why, settled_by, kept) values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)
		on conflict (board_id, client, seq) do nothing`,
		db.NewID(), string(r.board.ID), one.Client, one.Seq, one.Person, r.s.clock.Now(), string(op), why, false)
	return err
}
