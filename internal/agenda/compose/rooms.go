package compose

import (
	"cmp"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// ask is what a room is wanted for.
type ask struct {
	plan.Span
	activity  string
	named     string // the room that the running order names
	seats     int
	access    []string
	equipment []string
	shared    bool // at tables: beside others of the same activity
}

func askFor(a order.Activity) ask {
	return ask{Span: span(a), activity: a.ID, named: a.Room, equipment: a.Needs}
}

// shut says whether the room of a sitting is closed meanwhile.
func (g *gathering) shut(s plan.Sitting) bool {
	if s.Remote {
		return false
	}
	p, known := g.in.place(s.Room)
	return known && within(p.Closed, spanOf(s))
}

func (in *Input) place(id string) (Place, bool) {
	i := slices.IndexFunc(in.Places, func(p Place) bool { return p.ID == id })
	if i < 0 {
		return Place{}, false
	}
	return in.Places[i], true
}

// offers says whether a list has all that another asks.
func offers(has, wants []string) bool {
	return !slices.ContainsFunc(wants, func(want string) bool { return !slices.Contains(has, want) })
}

// open says whether nobody else is in a room.
func (g *gathering) open(p Place, a ask) bool {
	return !within(p.Closed, a.Span) && !slices.ContainsFunc(g.held[p.ID], func(h hold) bool {
		return overlap(h.Span, a.Span) && !(a.shared && h.activity == a.activity)
	})
}

// suits says whether a room holds what it is wanted for, and is free.
func (g *gathering) suits(p Place, a ask) bool {
	return (p.Capacity == 0 || p.Capacity >= a.seats) && offers(p.Access, a.access) && offers(p.Equipment, a.equipment) && g.open(p, a)
}

// bySize puts rooms in the order of what they hold, those that hold anybody last.
func (in *Input) bySize() []Place {
	list := slices.Clone(in.Places)
	slices.SortStableFunc(list, func(a, b Place) int {
		if (a.Capacity == 0) != (b.Capacity == 0) {
			return cmp.Compare(b2i(a.Capacity == 0), b2i(b.Capacity == 0))
		}
		return cmp.Or(cmp.Compare(a.Capacity, b.Capacity), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func b2i(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// room finds the room that is named, or the smallest that suits; "" when there is none.
func (g *gathering) room(a ask) string {
	if p, known := g.in.place(a.named); known && g.suits(p, a) {
		return p.ID
	}
	for _, p := range g.in.bySize() {
		if g.suits(p, a) {
			return p.ID
		}
	}
	return ""
}

// settle is room, and tells what could not be.
func (g *gathering) settle(a ask, needed bool) string {
	id := g.room(a)
	switch {
	case len(g.in.Places) == 0:
	case id == "" && (needed || a.named != ""):
		g.refuse(Refusal{Key: RefusedRoom, Activity: a.activity, Rooms: some(a.named), Need: a.seats})
	case a.named != "" && id != a.named:
		g.refuse(Refusal{Key: RefusedNamed, Activity: a.activity, Rooms: []string{a.named, id}, Need: a.seats})
	}
	return id
}

// setting is one table: how many sit at it, and what they need.
type setting struct {
	seats  int
	access []string
}

// spread finds where tables stand: all of them in one room when one holds them and whoever
// may come to them, or else in as many as it takes.
func (g *gathering) spread(a ask, tables []setting, everybody setting) []string {
	out := make([]string, len(tables))
	if len(tables) == 0 || len(g.in.Places) == 0 {
		return out
	}
	a.shared, a.seats, a.access = true, everybody.seats, everybody.access
	if id := g.room(a); id != "" {
		if a.named != "" && id != a.named {
			g.refuse(Refusal{Key: RefusedNamed, Activity: a.activity, Rooms: []string{a.named, id}, Need: a.seats})
		}
		for i := range out {
			out[i] = id
		}
		return out
	}
	places := g.in.bySize()
	slices.Reverse(places)
	left := map[string]int{}
	for _, p := range places {
		left[p.ID] = p.Capacity
	}
	rank := make([]int, len(tables))
	for i := range rank {
		rank[i] = i
	}
	slices.SortStableFunc(rank, func(i, j int) int { return tables[j].seats - tables[i].seats })
	lost := 0
	for _, i := range rank {
		a.seats, a.access = tables[i].seats, tables[i].access
		k := slices.IndexFunc(places, func(p Place) bool { return g.suits(p, a) && (p.Capacity == 0 || left[p.ID] >= a.seats) })
		if k < 0 {
			lost++
			continue
		}
		out[i] = places[k].ID
		left[places[k].ID] -= a.seats
	}
	if lost > 0 {
		g.refuse(Refusal{Key: RefusedRoom, Activity: a.activity, Rooms: some(a.named), Need: len(tables), Have: len(tables) - lost})
	}
	return out
}

// accessOf is what some people need, each thing once.
func (g *gathering) accessOf(people ...string) (list []string) {
	for _, id := range people {
		list = append(list, g.person[id].Access...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
