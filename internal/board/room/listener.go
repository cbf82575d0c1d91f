package room

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"transformateur/internal/board"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/live"
)

// message is what a browser is sent, as one JSON object.
type message struct {
	M      string                     `json:"m"`
	N      *int64                     `json:"n,omitempty"`
	S      int64                      `json:"s,omitempty"`
	Full   bool                       `json:"full,omitempty"`
	Now    int64                      `json:"now,omitempty"` // milliseconds since 1970, of the server
	Me     string                     `json:"me,omitempty"`
	Role   string                     `json:"role,omitempty"`
	People map[string]Person          `json:"people,omitempty"`
	Set    map[string]json.RawMessage `json:"set,omitempty"`
	Key    string                     `json:"key,omitempty"`
	Text   string                     `json:"message,omitempty"`
	Late   bool                       `json:"late,omitempty"`
	Who    []Here                     `json:"who,omitempty"`
	To     string                     `json:"to,omitempty"`
	Err    error                      `json:"-"`
}

// Person is how a participant is shown.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Here is where somebody is on a board: on which card, in which field.
type Here struct {
	Person string `json:"p"`
	At     string `json:"at,omitempty"`
	Field  string `json:"f,omitempty"`
}

func encode(m message) live.Frame { return live.Encode(m) }

func objects(list []board.Object) map[string]json.RawMessage {
	set := make(map[string]json.RawMessage, len(list))
	for _, o := range list {
		set[o.Key] = o.JSON
	}
	return set
}

// setFrame tells everybody objects as they are now: each is JSON already, and is not read
// again.
func setFrame(n int64, list []board.Object) live.Frame {
	size := 40
	for _, o := range list {
		size += len(o.Key) + len(o.JSON) + 4
	}
	return live.Append(size, func(b []byte) []byte {
		b = append(strconv.AppendInt(append(b, `{"m":"set","n":`...), n, 10), `,"set":{`...)
		for i, o := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), o.Key...), `":`...) // keys are ours: letters, digits and a stroke
			b = append(b, o.JSON...)
		}
		return append(b, "}}"...)
	})
}

// ring holds the last frames that everybody is told, each encoded once.
type ring struct {
	mu     sync.RWMutex
	frames [64]live.Frame
	last   int64 // number of the last one; the first one is 1
}

func (r *ring) add(frame live.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	r.frames[r.last%int64(len(r.frames))] = frame
}

// upTo appends the frames after one, up to another; false when they are there no more.
func (r *ring) upTo(out []live.Frame, after, last int64) ([]live.Frame, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if last-after > 0 && r.last-after > int64(len(r.frames)) {
		return out, false
	}
	for i := after + 1; i <= last; i++ {
		out = append(out, r.frames[i%int64(len(r.frames))])
	}
	return out, true
}

// now is the number of the last frame.
func (r *ring) now() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last
}

// ahead is how much of her own may wait for a listener who reads slowly.
const ahead = 512

// Listener is somebody on a board, or one of her tabs.
type Listener struct {
	room   *Room
	seat   Seat
	login  string
	client string

	mu     sync.Mutex
	mine   []private // what is for her alone, in order
	seen   int64     // the last frame that was given to her
	closed bool
	gap    bool
	woken  chan struct{}
	wake   func() // what rouses her, in place of woken
}

// private is a message for one listener, told after the frames up to a number.
type private struct {
	after int64
	m     message
}

func newListener(seat Seat, login, client string) *Listener {
	return &Listener{seat: seat, login: login, client: client, woken: make(chan struct{}, 1)}
}

// Seat is what she is on the board.
func (l *Listener) Seat() Seat { return l.seat }

// Board is the board she is on.
func (l *Listener) Board() Board { return l.room.board }

// own has her told something at once.
func (l *Listener) own(m message) {
	l.after(l.room.frames.now(), m)
	l.rouse()
}

// after has her told something after a frame, when she is roused.
func (l *Listener) after(frame int64, m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gap || l.closed {
		return
	}
	if len(l.mine) >= ahead {
		l.gap = true // she comes back, and is told all that changed
		l.mine = nil
		return
	}
	l.mine = append(l.mine, private{frame, m})
}

func (l *Listener) rouse() {
	if wake := l.waking(); wake != nil {
		wake()
		return
	}
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// close ends what she is told: she comes back by herself.
func (l *Listener) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.rouse()
}

// OnNews has wake called, from any goroutine, each time there may be something for Take: a
// listener who waits then needs no goroutine. wake returns at once. It is called once
// before OnNews returns.
func (l *Listener) OnNews(wake func()) {
	l.mu.Lock()
	l.wake = wake
	l.mu.Unlock()
	wake()
}

func (l *Listener) waking() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wake
}

// Next gives what she is to be told now, and waits until there is something. words turns
// the reason of a refusal into a sentence. It ends with io.EOF.
func (l *Listener) Next(ctx context.Context, words func(error) string) ([]live.Frame, error) {
	for {
		out, ended := l.Take(words)
		if len(out) > 0 {
			return out, nil
		}
		if ended {
			return nil, io.EOF
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.woken:
		}
	}
}

// Take takes what waits for her, frames and her own in their order, and says whether that
// was the last.
func (l *Listener) Take(words func(error) string) (out []live.Frame, ended bool) {
	l.room.telling.RLock()
	defer l.room.telling.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed && len(l.mine) == 0 {
		return nil, true
	}
	frames, whole := &l.room.frames, true
	add := func(last int64) {
		if last > l.seen && whole {
			out, whole = frames.upTo(out, l.seen, last)
			l.seen = last
		}
	}
	for _, p := range l.mine {
		add(p.after)
		if p.m.Err != nil {
			p.m.Text = words(p.m.Err)
		}
		out = append(out, encode(p.m))
	}
	l.mine = nil
	add(frames.now())
	if !whole || l.gap {
		l.closed = true
		return []live.Frame{encode(message{M: "gap"})}, true
	}
	return out, l.closed
}

// Send hands in operations, in their order. What becomes of each is told by Next.
// Error: the board has closed meanwhile, she is to come back.
func (l *Listener) Send(ctx context.Context, ops []Sent) error {
	select {
	case l.room.inbox <- request{from: l, ops: ops}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.room.s.ctx.Done():
		return io.EOF
	}
}

// Pong answers that she is heard, with the time of the server.
func (l *Listener) Pong() {
	l.own(message{M: "pong", Now: l.room.s.clock.Now().UnixMilli()})
}

// Leave takes her out of the room.
func (l *Listener) Leave() {
	l.close()
	l.room.ask(context.Background(), func(r *Room) { r.gone(l) })
}

var clientName = regexp.MustCompile(`^[a-z0-9]{10,40}$`)

// GoodClient says whether text may name the queue of operations of a browser.
func GoodClient(client string) bool { return clientName.MatchString(client) }

func errBadClient() error { return errs.New(errs.Invalid, "board.bad_client") }

// enter has a listener told all that there is, or what changed after a number.
func (r *Room) enter(l *Listener, after int64) {
	l.room = r
	r.people[l.seat.Participant] = l.seat
	if after == Nothing {
		r.listeners[l], l.seen = true, r.frames.now()
		return
	}
	if after > r.state.N || after < r.renumbered {
		after = -1
	}
	keys := r.state.Keys(after)
	set := objects(r.state.Common(keys))
	maps.Copy(set, objects(r.state.Own(l.seat.Participant, keys)))
	n := r.state.N
	r.listeners[l] = true
	l.seen = r.frames.now()
	l.own(message{M: "hello", N: &n, Full: after < 0, Now: r.s.clock.Now().UnixMilli(), Me: l.seat.Participant, Role: string(l.seat.Role), People: r.names(), Set: set})
	r.crowd.came(r, l)
}

// gone takes a listener out.
func (r *Room) gone(l *Listener) {
	if r.listeners[l] {
		delete(r.listeners, l)
		r.crowd.left(l, r.s.clock.Now())
	}
}

// names are those of who is here and of who wrote something that is on the board.
func (r *Room) names() map[string]Person {
	out := map[string]Person{}
	add := func(id string) {
		if seat, known := r.people[id]; known {
			out[id] = Person{seat.Name, string(seat.Role)}
		}
	}
	for l := range r.listeners {
		add(l.seat.Participant)
	}
	for _, id := range r.state.People() {
		add(id)
	}
	return out
}

// sorted gives the listeners in a stable order.
func (r *Room) sorted() []*Listener {
	return slices.SortedFunc(maps.Keys(r.listeners), func(a, b *Listener) int {
		switch {
		case a.client < b.client:
			return -1
		case a.client > b.client:
			return 1
		}
		return 0
	})
}

// Do hands in operations and waits for what became of each: nil when it is on disk, else
// why it was not taken. It is for those who wait for an answer rather than listen. Error:
// Unavailable when the board could not be written.
func (l *Listener) Do(ctx context.Context, ops []Sent) (refused []error, err error) {
	if len(ops) == 0 {
		return nil, nil
	}
	if err := l.Send(ctx, ops); err != nil {
		return nil, errs.New(errs.Unavailable, "errs.unavailable").Because(err)
	}
	place := map[int64]int{}
	for i, one := range ops {
		place[one.Seq] = i
	}
	refused = make([]error, len(ops))
	for left := len(ops); left > 0; {
		answers, ended := l.answers()
		for _, m := range answers {
			if i, mine := place[m.S]; mine {
				refused[i] = m.Err
				left--
			}
		}
		if left == 0 {
			break
		}
		if ended {
			return nil, errs.New(errs.Unavailable, "errs.unavailable").Because(io.EOF)
		}
		select {
		case <-ctx.Done():
			return nil, errs.New(errs.Unavailable, "errs.unavailable").Because(ctx.Err())
		case <-l.woken:
		}
	}
	return refused, nil
}

// answers takes what became of her operations.
func (l *Listener) answers() (list []message, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.mine {
		if p.m.M == "ack" || p.m.M == "no" {
			list = append(list, p.m)
		}
	}
	l.mine = nil
	l.seen = l.room.frames.now()
	return list, l.closed || l.gap
}
