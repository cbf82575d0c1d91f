// Package room is an open board: who is on it, the operations that arrive, and what each person is told once they are on disk.
package room

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/live"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// ID names a board.
type ID string

// Seat is what somebody is in the gathering of a board.
type Seat struct {
	Participant string // who she is on the board
	Name        string
	Role        kit.Role
	Project     string // the project she belongs to, if any
}

// Seats says who sits where. It is asked when somebody comes, and each second for those
// who are there.
type Seats interface {
	// Seat is the seat of a person on a board; NotFound when she has none.
	Seat(ctx context.Context, r db.Reader, b Board, by account.User) (Seat, error)
	// Alive gives, for a sign-in, the seat of who is signed in by it now.
	Alive(ctx context.Context, r db.Reader, b Board) (func(login string) (Seat, bool), error)
	// People are all those who ever sat in a gathering, by participant.
	People(ctx context.Context, r db.Reader, b Board) (map[string]Seat, error)
}

// Board is a board as it is listed: what it is made from and whose it is.
type Board struct {
	ID        ID
	Gathering string
	Project   string
	Title     string
	KitID     string
	Variant   string
	N         int64
	Created   time.Time
	Closed    time.Time // zero while it is open
	Cards     int       // that somebody wrote
	Phase     string    // its phase, by its name in the kit
	Changed   time.Time // zero before the first operation
}

// Projects keep what cards become.
type Projects interface {
	// Land makes the items of a project that come from a board those of a list.
	Land(ctx context.Context, tx *db.Tx, by account.User, id project.ID, board string, list []project.Item) error
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Seats    Seats
	Projects Projects // nil where cards become nothing
	// Renumbered tells how the numbers of a board changed; nil where they never do.
	Renumbered Renumbered
	// Bell wakes the other nodes; nil where there are none.
	Bell live.Bell
}

// Service opens rooms and keeps them while somebody is there.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	seats    Seats
	projects Projects

	renumbered Renumbered
	bell       live.Bell
	ctx        context.Context
	stop       context.CancelFunc
	group      sync.WaitGroup
	mu         sync.Mutex
	rooms      map[ID]*Room
	kits       sync.Map // by board
	sameKits   sync.Map // by their text
	looking    sync.Mutex
	heads      map[string]heads // by gathering
}

// New makes the service. Close ends every room.
func New(d Deps) *Service {
	ctx, stop := context.WithCancel(context.Background())
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, seats: d.Seats, projects: d.Projects, renumbered: d.Renumbered, bell: d.Bell, ctx: ctx, stop: stop, rooms: map[ID]*Room{}, heads: map[string]heads{}}
	s.listen()
	return s
}

// Close ends every room: what was acknowledged is on disk already.
func (s *Service) Close() {
	s.stop()
	s.group.Wait()
}

// Room is one board that somebody has open. One goroutine owns what it holds.
type Room struct {
	s          *Service
	board      Board
	inbox      chan request
	state      *board.State
	past       *past // nil until somebody writes
	listeners  map[*Listener]bool
	people     map[string]Seat
	frames     ring
	telling    sync.RWMutex // what is told together is taken together
	snapshot   int64        // number of the last snapshot
	renumbered int64        // numbers below it were given anew
	busy       pace
	crowd      crowd
	landing    landing
	phased     time.Time // when the phase began, if it was while the room was open
}

// request is what reaches the goroutine of a room.
type request struct {
	from *Listener
	ops  []Sent
	act  func(*Room) // something else than operations, done between two batches
	done chan struct{}
}

// Sent is an operation as a browser sends it: Seq grows by one per operation of a client.
type Sent struct {
	Seq int64 `json:"s"`
	board.Op
}

// Nothing is the number after which a listener is told nothing of what there is: she only
// hands operations in.
const Nothing int64 = -2

// idle is how long a room stays open with nobody in it.
const idle = 30 * time.Second

// Enter lets somebody into a board's room, opening it if need be. She is told all that
// there is, or what changed after a number she has. client names her queue of operations.
// Errors: NotFound for who has no seat; Conflict board.closed; Invalid board.bad_client.
func (s *Service) Enter(ctx context.Context, by account.User, id ID, client string, after int64) (*Listener, error) {
	b, err := Load(ctx, s.db.Reader(), id)
	if err != nil {
		return nil, err
	}
	if !b.Closed.IsZero() {
		return nil, errs.New(errs.Conflict, "board.closed")
	}
	seat, err := s.seats.Seat(ctx, s.db.Reader(), b, by)
	if err != nil {
		return nil, err
	}
	if !GoodClient(client) {
		return nil, errBadClient()
	}
	l := newListener(seat, by.LoginID, client)
	for {
		r, err := s.open(ctx, b)
		if err != nil {
			return nil, err
		}
		if r.ask(ctx, func(r *Room) { r.enter(l, after) }) {
			l.room = r
			return l, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// open finds the room of a board or opens it.
func (s *Service) open(ctx context.Context, b Board) (*Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rooms[b.ID]; r != nil {
		return r, nil
	}
	r := &Room{s: s, board: b, inbox: make(chan request, 1024), listeners: map[*Listener]bool{}, people: map[string]Seat{}, crowd: crowd{}}
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	s.rooms[b.ID] = r
	s.group.Go(r.run)
	return r, nil
}

// load reads the board, and the names of those who wrote on it or are here: of a large
// gathering, a room needs no others.
func (r *Room) load(ctx context.Context) error {
	state, snapshot, err := Replay(ctx, r.s.db.Reader(), r.board.ID, 0)
	if err != nil {
		return err
	}
	r.state, r.snapshot = state, snapshot
	if r.renumbered, err = db.Get(ctx, r.s.db.Reader(), db.Value[int64], `select renumbered_n from boards where id = $1`, string(r.board.ID)); err != nil {
		return err
	}
	r.past = nil
	people, err := r.s.seats.People(ctx, r.s.db.Reader(), r.board)
	if err != nil {
		return err
	}
	people = named(people, state)
	r.people = map[string]Seat{}
	for _, id := range state.People() {
		if seat, known := people[id]; known {
			r.people[id] = seat
		}
	}
	for l := range r.listeners {
		r.people[l.seat.Participant] = l.seat
	}
	return nil
}

// ask has the room's goroutine do something; false when the room has closed meanwhile.
func (r *Room) ask(ctx context.Context, act func(*Room)) bool {
	req := request{act: act, done: make(chan struct{})}
	select {
	case r.inbox <- req:
	case <-ctx.Done():
		return false
	case <-r.s.ctx.Done():
		return false
	}
	select {
	case <-req.done:
		return true
	case <-r.s.ctx.Done():
		return false
	case <-ctx.Done():
		return false
	}
}

// run is the life of a room.
func (r *Room) run() {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var empty time.Duration
	for {
		select {
		case <-r.s.ctx.Done():
			r.land(true)
			r.end()
			return
		case req := <-r.inbox:
			r.take(req)
		case <-tick.C:
			r.look()
			r.land(len(r.listeners) == 0)
			if empty += 500 * time.Millisecond; len(r.listeners) > 0 {
				empty = 0
			}
			if empty >= idle && r.leave() {
				return
			}
		}
	}
}

// leave closes a room where nobody is, unless somebody is just coming.
func (r *Room) leave() bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if len(r.inbox) > 0 {
		return false
	}
	delete(r.s.rooms, r.board.ID)
	return true
}

// end tells everybody to come back later: the program stops.
func (r *Room) end() {
	for l := range r.listeners {
		l.close()
	}
}

// take handles what is waiting: acts one by one, operations in one batch.
func (r *Room) take(first request) {
	batch, waited := []request{}, false
	for req, more := first, true; more; {
		if req.act == nil {
			batch = append(batch, req)
		} else {
			r.commit(batch)
			batch = nil
			req.act(r)
			close(req.done)
		}
		if len(batch) > 0 && len(r.inbox) == 0 && !waited { // once: a crowd never stops coming
			r.busy.wait(r.s.clock.Now(), len(r.listeners))
			waited = true
		}
		select {
		case req = <-r.inbox:
		default:
			more = false
		}
	}
	r.commit(batch)
}

// reload reads the board again after a write that failed: what was in memory may not be
// on disk. Everybody comes back, and sends again what was not acknowledged.
func (r *Room) reload() {
	for {
		err := r.load(r.s.ctx)
		if err == nil || r.s.ctx.Err() != nil {
			break
		}
		slog.ErrorContext(r.s.ctx, "board not read again", "board", r.board.ID, "err", err)
		select {
		case <-r.s.ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	for l := range r.listeners {
		l.close()
		delete(r.listeners, l)
	}
	r.frames = ring{}
}

// pace says how long a room may gather operations before it writes them: not at all when
// it is quiet, up to a few milliseconds when each batch is told to a crowd, since one
// write for each person of each batch is what a batch costs.
type pace struct {
	last time.Time
	rate float64 // batches a second, smoothed
}

// longest is the longest wait, and crowded how many frames a second make it worth it.
const (
	longest = 6 * time.Millisecond
	crowded = 3000
)

func (p *pace) wait(now time.Time, listeners int) {
	if since := now.Sub(p.last).Seconds(); since > 0 {
		p.rate += (1/since - p.rate) * min(1, since*4)
	}
	p.last = now
	if p.rate*float64(listeners) > crowded {
		time.Sleep(longest)
	}
}
