package timetable

import (
	"context"
	"slices"
)

// Running is a plan that is being followed. Rooms may be nil.
type Running struct {
	Schedule Schedule
	Rooms    Rooms
}

// Disruption is how much of a plan changes: meetings moved, cancelled and added.
type Disruption struct {
	Moved     int `json:"moved"`
	Cancelled int `json:"cancelled"`
	Added     int `json:"added"`
}

// Total is the number of meetings that change.
func (d Disruption) Total() int { return d.Moved + d.Cancelled + d.Added }

// Choice is one way to repair a plan.
type Choice struct {
	Schedule   Schedule   `json:"schedule"`
	Rooms      Rooms      `json:"rooms,omitempty"`
	Score      Score      `json:"score"`
	Disruption Disruption `json:"disruption"`
	Diff       Diff       `json:"diff"` // what changes for whom
}

// Repair is the answer to an event: the choices, the first the best by the order of aims
// (mandatory meetings kept, weight, fewest meetings changed, holes), the others with fewer
// changes and less weight.
type Repair struct {
	Choices []Choice `json:"choices"`
	// WeightBound is a weight that no plan exceeds after the event. ChangesBound is the
	// least number of changes at that weight, or less than it.
	WeightBound  int `json:"weight_bound"`
	ChangesBound int `json:"changes_bound"`
	// Proved says that nothing is better than the first choice, in weight and in changes.
	Proved  bool `json:"proved"`
	Tries   int  `json:"tries"`
	Stopped bool `json:"stopped,omitempty"`
}

// Mend repairs a plan after an event. What is past stays as it was. It is anytime, as
// Solve is. An error is *Malformed.
func Mend(ctx context.Context, in *Instance, running Running, e *Event, o Options) (*Repair, error) {
	after, err := in.After(e)
	if err != nil {
		return nil, err
	}
	m, err := prepare(after)
	if err != nil {
		return nil, err
	}
	if err := in.holds(running.Schedule); err != nil {
		return nil, err
	}
	was := m.freeze(running)
	s := newSearch(ctx, newState(m, was), in.Seed)
	s.roomy()
	s.price = m.prices()
	s.price.holes = scale / 2
	s.resume()
	s.archive = &archive{}
	s.trail = s.trail[:0]
	s.note()
	out := &Repair{}
	weight := m.relax(nil, 0)
	weight.tighten(ctx, 0, 1)
	out.WeightBound = weight.weight()
	s.mend(o.Tries, out)
	out.Tries, out.Stopped = s.tries, s.stopped
	out.Proved = s.proved(out, &s.top)
	for _, plan := range s.choices() {
		s.restore(plan)
		out.Choices = append(out.Choices, s.choice(running))
	}
	return out, nil
}

// freeze keeps the meetings of the past where they were, and returns where each was.
func (m *model) freeze(running Running) []int32 {
	was := make([]int32, len(m.who))
	m.held, m.roomWas = make([]bool, len(m.who)), make([]int32, len(m.who))
	for i, x := range m.in.Meetings {
		was[i], m.roomWas[i] = none, m.roomNumber(running.Rooms[x.ID])
		t, ok := running.Schedule[x.ID]
		if !ok {
			continue
		}
		was[i] = int32(t)
		if t < m.in.Now {
			m.held[i], m.fixed[i], m.dom[i] = true, true, nil
			clear(m.inDom[i*m.slots() : (i+1)*m.slots()])
		}
	}
	return was
}

// resume puts the past in place, then what is still possible: what must be held first,
// then the greatest weights. This is the repair that only cancels.
func (s *search) resume() {
	order := make([]int32, 0, len(s.who))
	for i := range s.who {
		if s.held[i] {
			s.set(int32(i), s.was[i])
		} else if s.was[i] >= 0 && s.inDom[i*s.slots()+int(s.was[i])] {
			order = append(order, int32(i))
		}
	}
	s.note() // the past alone: when no better plan has rooms
	slices.SortStableFunc(order, func(a, b int32) int {
		if s.must[a] != s.must[b] {
			if s.must[a] {
				return -1
			}
			return 1
		}
		return int(s.worth[b]) - int(s.worth[a])
	})
	for _, i := range order {
		if s.fit(i, s.was[i]) {
			s.set(i, s.was[i])
		}
	}
	for i := range s.fixed {
		if s.fixed[i] && !s.held[i] && s.at[i] < 0 {
			s.fixed[i] = false // a pin that is not where it must be can still go there
		}
	}
}

// proved says whether nothing can be better than a plan, holes apart.
func (s *search) proved(r *Repair, f *figures) bool {
	return f.lost == 0 && s.total()-int(f.missing) >= r.WeightBound && int(f.changed) <= r.ChangesBound
}

// mend searches from what is left of the plan.
func (s *search) mend(tries int, r *Repair) {
	if tries == 0 {
		tries = 400_000
	}
	holes, missing := s.top.holes, s.price.missing
	first := slices.Clone(s.best)
	least := s.changes(s.was, r.WeightBound)
	done := func(f *figures) bool { return s.proved(r, f) && f.holes <= holes }
	for k, c := range courses {
		if c.fresh {
			s.restore(first)
		}
		s.price.changed, s.price.missing = c.change*scale, missing*c.weight
		s.cool(tries*c.share/16, c.hot*scale, c.cold*scale, done)
		if s.stopped {
			return
		}
		s.restore(s.best)
		if s.top.lost == 0 && s.total()-int(s.top.missing) == r.WeightBound {
			least.tighten(s.ctx, int(s.top.changed), 4)
			r.ChangesBound = least.least
		}
		if done(&s.top) || k > 0 && s.proved(r, &s.top) {
			return
		}
	}
}

// course is one cooling of a repair: what a change and (as a multiple) weight cost, from
// which temperature to which, from the best plan or afresh from the one that only cancels,
// for how many sixteenths of the tries.
type course struct {
	change    int64
	weight    int64
	hot, cold float64
	fresh     bool
	share     int
}

// courses were chosen on slots lost in four instances: the first find the weight, the last
// hold it and undo the changes that it did not need.
var courses = []course{
	{5, 1, 6, 0.5, false, 2}, {5, 1, 6, 0.5, true, 2}, {10, 1, 20, 2, true, 2}, {10, 1, 20, 2, true, 2},
	{10, 3, 10, 1, false, 4}, {10, 10, 15, 1, false, 4},
}

func (s *search) choice(running Running) Choice {
	c := Choice{Schedule: s.schedule(), Score: s.state.figures()}
	c.Rooms, _ = s.colour()
	for i, w := range s.was {
		switch t := s.at[i]; {
		case w == t:
		case w < 0:
			c.Disruption.Added++
		case t < 0:
			c.Disruption.Cancelled++
		default:
			c.Disruption.Moved++
		}
	}
	c.Diff = Compare(s.in, running, Running{c.Schedule, c.Rooms})
	return c
}

// archive keeps, for each number of changes, the best plan that was seen.
type archive struct {
	plans   [][]int32
	figures []figures
}

func (a *archive) note(s *search) {
	n := int(s.score.changed)
	for len(a.plans) <= n {
		a.plans, a.figures = append(a.plans, nil), append(a.figures, figures{})
	}
	if a.plans[n] != nil && !s.score.less(&a.figures[n]) || s.keep != nil && !s.keep(s) {
		return
	}
	a.plans[n], a.figures[n] = append(a.plans[n][:0], s.at...), s.score
}

// choices are the best plan, then at most two that change less: the one that changes
// least, and the one between that recovers most weight for each change.
func (s *search) choices() [][]int32 {
	list := [][]int32{s.best}
	var front []int // numbers of changes where the plan is better than with fewer
	a := s.archive
	for n := range min(len(a.plans), int(s.top.changed)) {
		if a.plans[n] == nil {
			continue
		}
		if k := len(front); k == 0 || a.figures[n].lost < a.figures[front[k-1]].lost ||
			a.figures[n].lost == a.figures[front[k-1]].lost && a.figures[n].missing < a.figures[front[k-1]].missing {
			front = append(front, n)
		}
	}
	if len(front) == 0 {
		return list
	}
	first := front[0]
	middle, most := -1, int64(0)
	for _, n := range front[1:] {
		// What is above the line from the first to the best one.
		all := a.figures[first]
		got := int64(all.lost-a.figures[n].lost)*1000 + int64(all.missing-a.figures[n].missing)
		whole := int64(all.lost-s.top.lost)*1000 + int64(all.missing-s.top.missing)
		if above := got*int64(int(s.top.changed)-first) - whole*int64(n-first); above > most {
			middle, most = n, above
		}
	}
	if middle >= 0 {
		list = append(list, a.plans[middle])
	}
	return append(list, a.plans[first])
}
