package plan

import (
	"cmp"
	"maps"
	"slices"

	"transformateur/internal/agenda/order"
)

// Change is what becomes of one sitting for somebody. Was is nil for what is new to her,
// Is for what is no more.
type Change struct {
	Was, Is *Sitting
}

// Differ tells, person by person, what changes for her from one plan to another: when,
// where, with whom. People whose day stays as it was are not in it. Sittings for everybody
// are told under "".
func Differ(before, after Plan) map[string][]Change {
	old, fresh := byID(before), byID(after)
	out := map[string][]Change{}
	for _, id := range slices.Sorted(maps.Keys(merged(old, fresh))) {
		was, is := old[id], fresh[id]
		for _, person := range slices.Sorted(maps.Keys(merged(members(was), members(is)))) {
			c := Change{}
			if was != nil && (was.All && person == "" || slices.Contains(was.People, person)) {
				c.Was = was
			}
			if is != nil && (is.All && person == "" || slices.Contains(is.People, person)) {
				c.Is = is
			}
			if c.Was == nil || c.Is == nil || !c.Was.Same(*c.Is) {
				out[person] = append(out[person], c)
			}
		}
	}
	for _, list := range out {
		InOrder(list)
	}
	return out
}

// InOrder puts changes in the order in which they come to pass.
func InOrder(list []Change) []Change {
	slices.SortStableFunc(list, func(a, b Change) int { return cmp.Or(cmp.Compare(a.day(), b.day()), cmp.Compare(a.from(), b.from())) })
	return list
}

// ChangesFor is what changes for somebody of a project, "" for none, what is for everybody
// included: the first change first. The turns of others at a pitch are one thing to her.
func ChangesFor(before, after Plan, person, project string) []Change {
	all := Differ(Plan{Sittings: Gathered(before.Of(person), project)}, Plan{Sittings: Gathered(after.Of(person), project)})
	return InOrder(append(all[person], all[""]...))
}

// Gathered has the turns of an activity, such as a pitch, be one sitting, beside those of a
// project; "" for none.
func Gathered(list []Sitting, project string) (out []Sitting) {
	turns := map[string]int{}
	for _, s := range list {
		if !s.All || s.Project == "" {
			out = append(out, s)
			continue
		}
		if s.Project == project {
			out = append(out, s)
		}
		i, known := turns[s.Activity]
		if !known {
			turns[s.Activity] = len(out)
			out = append(out, Sitting{ID: s.Activity, Activity: s.Activity, Day: s.Day, From: s.From, To: s.To, Room: s.Room, All: true})
			continue
		}
		out[i].From, out[i].To = min(out[i].From, s.From), max(out[i].To, s.To)
	}
	return out
}

func (c Change) either() *Sitting {
	if c.Is != nil {
		return c.Is
	}
	return c.Was
}

func (c Change) day() int           { return c.either().Day }
func (c Change) from() order.Minute { return c.either().From }

// Same says whether two sittings are one to those who are in it.
func (a Sitting) Same(b Sitting) bool {
	return a.Day == b.Day && a.From == b.From && a.To == b.To && a.Room == b.Room && a.Table == b.Table && a.Project == b.Project && a.All == b.All && a.Remote == b.Remote && slices.Equal(slices.Sorted(slices.Values(a.People)), slices.Sorted(slices.Values(b.People)))
}

func byID(p Plan) map[string]*Sitting {
	out := map[string]*Sitting{}
	for i := range p.Sittings {
		out[p.Sittings[i].ID] = &p.Sittings[i]
	}
	return out
}

func members(s *Sitting) map[string]bool {
	out := map[string]bool{}
	if s == nil {
		return out
	}
	for _, person := range s.People {
		out[person] = true
	}
	if s.All {
		out[""] = true
	}
	return out
}

func merged[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// The least that a rest may be cut to when a day runs late, in minutes.
const (
	LeastFree = 5
	LeastMeal = 45
)

// Late is a day that runs late from an instant on, by so many minutes. With MakeUp rests
// are cut until the delay is made up; else everything that follows moves.
type Late struct {
	Day     int
	At      order.Minute
	Minutes int
	MakeUp  bool
}

// Delay has a day run late: what is under way then ends later, what comes after begins
// later. What is over does not move. It gives the day as it will be, and what is left of
// the delay at its end, in minutes. False when the day would end too late.
func Delay(was order.Order, p Plan, late Late) (order.Order, Plan, int, bool) {
	day, at := late.Day, late.At
	o := running{was, was.Activities}
	o.Activities, p = slices.Clone(was.Activities), p.Clone()
	o.Sort()
	moves := map[string]move{}
	left := order.Minute(late.Minutes)
	for i := range o.Activities {
		a := &o.Activities[i]
		if a.Day != day || a.To <= at {
			continue
		}
		m := move{begins: left, ends: left}
		if a.From >= at {
			if late.MakeUp && o.aloneIn(*a) {
				cut := min(left, max(0, a.To-a.From-least(a.Kind)))
				m.ends, left = m.ends-cut, left-cut
			}
			a.From += m.begins
		}
		a.To += m.ends
		if a.To > order.Latest {
			return o.Order, p, int(left), false
		}
		moves[a.ID] = m
	}
	for i := range p.Sittings {
		s := &p.Sittings[i]
		m, moved := moves[s.Activity]
		if !moved || s.Day != day || s.To <= at {
			continue
		}
		if s.From >= at {
			s.From += m.begins
		}
		s.To += m.ends
	}
	o.Sort()
	p.Sort()
	return o.Order, p, int(left), true
}

// move is by how much what begins in an activity, and what ends in it, is later.
type move struct{ begins, ends order.Minute }

// running is a running order while it is moved: as it was is kept beside.
type running struct {
	order.Order
	was []order.Activity
}

// aloneIn says whether nothing else took place during an activity.
func (r running) aloneIn(a order.Activity) bool {
	return !slices.ContainsFunc(r.was, func(b order.Activity) bool {
		return b.ID != a.ID && b.Day == a.Day && b.From < a.To && a.From < b.To
	})
}

// least is how short a kind may be made: work is not cut.
func least(k order.Kind) order.Minute {
	switch k {
	case order.Free:
		return LeastFree
	case order.Meal:
		return LeastMeal
	}
	return order.Latest
}
