package compose

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/timetable"
)

// Repaired is the answer to an event: the gathering as it leaves it, and the choices, the
// first the one that saves most, the others those that change less.
type Repaired struct {
	After   Input    `json:"after"`
	Choices []Choice `json:"choices"`
}

// Choice is one way to go on.
type Choice struct {
	Result
	Cost Cost `json:"cost"`
	// Changes are by person, those of everybody under "" (see plan.Differ). Local says
	// that they concern nobody but those of the event and those who were to be with them.
	Changes map[string][]plan.Change `json:"changes"`
	Local   bool                     `json:"local"`
}

// Cost is what a choice changes: sittings at another time, in another room or with other
// people, taken out, added; how many people are told; the meetings with sponsors that are
// lost.
type Cost struct {
	Moved     int `json:"moved"`
	Altered   int `json:"altered"`
	Cancelled int `json:"cancelled"`
	Added     int `json:"added"`
	Told      int `json:"told"`
	Lost      int `json:"lost"`
}

// RefusedLost is a meeting that was planned and is held no more.
const RefusedLost = "agenda.refused_lost"

// mending is a plan as it is repaired.
type mending struct {
	*gathering
	before  *Input
	current plan.Plan
	was     map[string]plan.Sitting
	wanted  []wanted
	mended  *timetable.Repair // of the first coachings, once it is known
}

// Repair has a plan go on after an event. What has begun stays as it was, but that it ends
// when its activity now does. Meetings move, tables are reseated, rooms are exchanged: in
// each choice as few as it takes. It is anytime, as Compose is. An error is
// *timetable.Malformed.
func Repair(ctx context.Context, in Input, current plan.Plan, e Event, now Instant) (*Repaired, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	after, err := in.after(e, now)
	if err != nil {
		return nil, err
	}
	current = current.Clone()
	current.Sort()
	m := &mending{before: &in, current: current, was: map[string]plan.Sitting{}}
	for _, s := range current.Sittings {
		m.was[s.ID] = s
	}
	out, seen := &Repaired{After: after}, map[string]bool{}
	for k := 0; k == 0 || m.mended != nil && k < len(m.mended.Choices); k++ {
		m.gathering = newGathering(&out.After)
		m.now = now
		r, err := m.run(ctx, k)
		if err != nil {
			return nil, err
		}
		if text := string(r.Plan.Encode()); !seen[text] {
			seen[text] = true
			out.Choices = append(out.Choices, m.choice(r, e))
		}
	}
	return out, nil
}

// run makes one choice.
func (m *mending) run(ctx context.Context, k int) (Result, error) {
	m.wanted = m.wants()
	m.refused = nil
	m.keep()
	m.again()
	if err := m.meetAgain(ctx, k); err != nil {
		return Result{}, err
	}
	for _, a := range m.in.Order.Activities {
		switch a.Kind {
		case order.Collective:
			m.tablesAgain(order.Usual(a))
		case order.Mix:
			m.roundsAgain(order.Usual(a))
		}
	}
	return m.result(), nil
}

// meets finds the meeting that a sitting is, and its slot; false when it was made by hand.
func (m *mending) meets(s plan.Sitting) (wanted, bool) {
	i := slices.IndexFunc(m.wanted, func(w wanted) bool { return string(w.id) == s.ID })
	if i < 0 || s.All || s.Pinned {
		return wanted{}, false
	}
	a, known := m.before.Order.Find(s.Activity)
	if !known || a.Kind != order.Coaching {
		return wanted{}, false
	}
	return m.wanted[i], slices.ContainsFunc((order.Order{Activities: []order.Activity{a}}).Slots(), func(t order.Slot) bool { return t.N == s.N && slotSpan(t) == spanOf(s) })
}

// keep puts in the plan what has begun, then what was made by hand and can still be. What
// has begun ends when its activity does.
func (m *mending) keep() {
	for _, s := range m.current.Sittings {
		if !m.now.begun(spanOf(s)) {
			continue
		}
		if _, meeting := m.meets(s); meeting && m.slotted(s) {
			continue // the mender of meetings knows it
		}
		m.add(m.ended(s))
	}
	for _, s := range m.current.Sittings {
		a, known := m.in.Order.Find(s.Activity)
		_, meeting := m.meets(s)
		byHand := s.Pinned || a.Kind == order.Coaching && !meeting || a.Kind == order.Free || s.All && s.Project == "" && a.Kind != order.Pitch && !a.Kind.Everybody() || !s.All && a.Kind.Everybody() && a.Kind != order.Mix && a.Kind != order.Pitch
		if !known || !byHand || m.now.begun(spanOf(s)) {
			continue
		}
		m.hold(s, a)
	}
}

// slotted says whether a sitting is still at a slot of its coaching.
func (m *mending) slotted(s plan.Sitting) bool {
	a, known := m.in.Order.Find(s.Activity)
	return known && slices.ContainsFunc((order.Order{Activities: []order.Activity{a}}).Slots(), func(t order.Slot) bool { return t.N == s.N && slotSpan(t) == spanOf(s) })
}

// ended is what has begun, with the end of its activity.
func (m *mending) ended(s plan.Sitting) plan.Sitting {
	was, had := m.before.Order.Find(s.Activity)
	a, has := m.in.Order.Find(s.Activity)
	if !has || !had || s.Day < m.now.Day || s.To <= m.now.At {
		return s
	}
	if s.To > a.To || s.To == was.To {
		s.To = a.To
	}
	return s
}

// hold keeps what was made by hand, without those who are no more there; what has nobody
// left to meet, or no time, is lost.
func (m *mending) hold(s plan.Sitting, a order.Activity) {
	s.People = slices.DeleteFunc(slices.Clone(s.People), func(id string) bool { return !m.free(id, spanOf(s)) })
	team := slices.ContainsFunc(s.People, func(id string) bool { return m.of[id] == s.Project })
	lonely := len(s.People) < 2 && a.Kind != order.Free || len(s.People) == 0
	if !s.All && lonely || s.Project != "" && a.Kind == order.Coaching && !team || s.From < a.From || s.To > a.To {
		m.refuse(Refusal{Key: RefusedLost, Activity: a.ID, Projects: some(s.Project), People: m.was[s.ID].People})
		return
	}
	want := m.asking(s, a)
	if p, known := m.in.place(s.Room); known && !s.Remote && !m.suits(p, want) {
		s.Room = m.settle(want, true)
	}
	m.add(s)
}

// asking is what a sitting wants of a room.
func (m *mending) asking(s plan.Sitting, a order.Activity) ask {
	want := askFor(a)
	want.Span, want.named, want.seats, want.access, want.shared = spanOf(s), "", len(s.People), m.accessOf(s.People...), s.Table > 0
	if s.All {
		want.seats, want.access, want.shared = len(m.in.People), m.access, a.Kind == order.Pitch
	}
	return want
}

// again places what is for everybody, when its activity now is.
func (m *mending) again() {
	for _, a := range m.in.Order.Activities {
		var turns []string
		room := ""
		for _, s := range m.current.Sittings {
			if s.Activity != a.ID || !s.All || !a.Kind.Everybody() || s.Pinned || m.now.begun(spanOf(s)) {
				continue
			}
			want := m.asking(s, a)
			want.Span = span(a)
			if p, known := m.in.place(s.Room); known && !m.suits(p, want) {
				s.Room = m.settle(want, a.Kind != order.Meal && a.Kind != order.Evening)
			}
			if a.Kind == order.Pitch && s.Project != "" {
				turns, room = append(turns, s.Project), s.Room
				continue
			}
			s.Day, s.From, s.To = a.Day, a.From, a.To
			m.add(s)
		}
		if len(turns) > 0 {
			m.pitch(a, turns, room)
		}
	}
}

// choice compares a plan with the one that was followed.
func (m *mending) choice(r Result, e Event) Choice {
	c := Choice{Result: r, Changes: plan.Differ(m.current, r.Plan)}
	is := map[string]plan.Sitting{}
	for _, s := range r.Plan.Sittings {
		is[s.ID] = s
		was, had := m.was[s.ID]
		switch {
		case !had:
			c.Cost.Added++
		case spanOf(was) != spanOf(s):
			c.Cost.Moved++
		case was.Room != s.Room || !slices.Equal(was.People, s.People):
			c.Cost.Altered++
		}
	}
	for id, s := range m.was {
		if _, left := is[id]; left {
			continue
		}
		c.Cost.Cancelled++
		if a, _ := m.before.Order.Find(s.Activity); a.Sponsor {
			c.Cost.Lost++
		}
	}
	concerned := m.concerned(e)
	c.Local = true
	for id := range c.Changes {
		c.Cost.Told += b2i(id != "")
		c.Local = c.Local && (id == "" || concerned[id])
	}
	return c
}

// concerned are those of an event, and those who were to be with them.
func (m *mending) concerned(e Event) map[string]bool {
	out := map[string]bool{}
	switch e.Kind {
	case Absent, Late:
		e.Place, e.Activity = "", ""
		out[e.Person] = true
	case RoomLost:
		e.Person, e.Activity = "", ""
	case PersonAdded:
		e.Person, e.Place, e.Activity = "", "", ""
	default:
		e.Person, e.Place = "", ""
	}
	if e.Added != nil {
		out[e.Added.ID] = true
	}
	for _, s := range m.current.Sittings {
		if !m.now.begun(spanOf(s)) && !s.All && (slices.Contains(s.People, e.Person) || e.Place != "" && s.Room == e.Place || e.Activity != "" && s.Activity == e.Activity) {
			for _, id := range s.People {
				out[id] = true
			}
		}
	}
	return out
}

// byTime puts sittings in the order in which they begin.
func byTime(list []plan.Sitting) []plan.Sitting {
	slices.SortFunc(list, func(a, b plan.Sitting) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), cmp.Compare(a.Table, b.Table), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// sorted are the keys of a set.
func sorted[V any](set map[string]V) []string { return slices.Sorted(maps.Keys(set)) }
