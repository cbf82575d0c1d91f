package room

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"transformateur/internal/platform/errs"
)

// crowd is who is where on a board. It is told, at most twice a second, and never kept.
type crowd struct {
	here    map[*Listener]Here
	changed bool
	since   time.Time            // when the first of those who are here came
	lost    map[string]time.Time // who left, and when; those of a short while ago alone
}

// Move says where somebody is: on which card, in which field. It is not kept.
func (l *Listener) Move(at, field string) {
	if len(at) > 60 || len(field) > 40 {
		return
	}
	select {
	case l.room.inbox <- request{act: func(r *Room) {
		if r.listeners[l] {
			r.crowd.here[l] = Here{l.seat.Participant, at, field}
			r.crowd.changed = true
		}
	}, done: make(chan struct{})}:
	default: // a busy room tells where people are a little later
	}
}

func (c *crowd) came(r *Room, l *Listener) {
	if c.here == nil {
		c.here = map[*Listener]Here{}
	}
	if len(c.here) == 0 {
		c.since = r.s.clock.Now()
	}
	delete(c.lost, l.seat.Participant)
	_, known := c.seated(l.seat.Participant)
	c.here[l] = Here{Person: l.seat.Participant}
	c.changed = true
	if !known {
		r.frames.add(encode(message{M: "people", People: map[string]Person{l.seat.Participant: {l.seat.Name, string(l.seat.Role)}}}))
		for other := range r.listeners {
			other.rouse()
		}
	}
}

func (c *crowd) seated(person string) (Here, bool) {
	for _, h := range c.here {
		if h.Person == person {
			return h, true
		}
	}
	return Here{}, false
}

func (c *crowd) left(l *Listener, now time.Time) {
	if _, there := c.here[l]; !there {
		return
	}
	delete(c.here, l)
	c.changed = true
	if _, still := c.seated(l.seat.Participant); still {
		return
	}
	if c.lost == nil {
		c.lost = map[string]time.Time{}
	}
	maps.DeleteFunc(c.lost, func(_ string, at time.Time) bool { return now.Sub(at) >= lostFor })
	c.lost[l.seat.Participant] = now
}

// list is who is where, each person once: where she writes, if anywhere.
func (c *crowd) list() []Here {
	by := map[string]Here{}
	for _, h := range c.here {
		if old, there := by[h.Person]; !there || h.Field > old.Field || h.Field == old.Field && h.At > old.At {
			by[h.Person] = h
		}
	}
	out := make([]Here, 0, len(by))
	for _, h := range by {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Here) int { return strings.Compare(a.Person, b.Person) })
	return out
}

// look is done twice a second: what another node wrote is read, who is where is told if
// it changed, and whoever lost her seat or her sign-in is told so and let out.
func (r *Room) look() {
	if len(r.listeners) == 0 {
		return
	}
	if now, err := r.s.head(r.board); err == nil && now.n > r.state.N {
		r.catchUp(r.state.N)
	} else if err == nil && now.closed {
		r.shut()
		return
	}
	seat, err := r.s.seats.Alive(r.s.ctx, r.s.db.Reader(), r.board)
	if err != nil && r.s.ctx.Err() == nil {
		slog.ErrorContext(r.s.ctx, "seats not read", "board", r.board.ID, "err", err)
	}
	for _, l := range r.sorted() {
		if err != nil {
			break
		}
		switch seat, there := seat(l.login); {
		case !there:
			l.own(message{M: "end", Key: "board.left", Err: errs.New(errs.Forbidden, "board.left")})
			l.close()
			r.gone(l)
		case seat.Role != l.seat.Role:
			l.close() // she comes back as what she is now
			r.gone(l)
		}
	}
	if r.crowd.changed {
		r.crowd.changed = false
		r.frames.add(encode(message{M: "who", Who: r.crowd.list()}))
		for l := range r.listeners {
			l.rouse()
		}
	}
}

// shut lets everybody out of a board that was closed: it is read on its page.
func (r *Room) shut() {
	for _, l := range r.sorted() {
		l.own(message{M: "end", Key: "board.closed", Err: errs.New(errs.Conflict, "board.closed")})
		l.close()
		r.gone(l)
	}
}
