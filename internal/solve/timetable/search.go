package timetable

import (
	"context"
	"math/bits"
	"slices"
)

// chance is a generator of pseudo-random numbers: SplitMix64 (Steele, Lea and Flood,
// 2014). The search draws a few of them at each try, so that it is kept inline.
type chance uint64

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below draws from 0 to n-1.
func (c *chance) below(n int) int {
	hi, _ := bits.Mul64(c.next(), uint64(n))
	return int(hi)
}

// search improves a plan by ejections: put a meeting somewhere, take out whoever is in
// the way, try to put them elsewhere; and by Kempe chains between two slots. It accepts
// a worse plan now and then, less and less often: simulated annealing (Kirkpatrick,
// Gelatt and Vecchi, 1983).
type search struct {
	*state
	ctx     context.Context
	rand    chance
	best    []int32
	top     figures
	tries   int
	out     []int32 // ejected by the current try
	chain   []int32
	seen    []uint32
	round   uint32
	keep    func(s *search) bool // whether a plan that is better can be kept: it has rooms
	archive *archive
	stopped bool
}

func newSearch(ctx context.Context, s *state, seed uint64) *search {
	mixed := chance(seed)
	x := &search{state: s, ctx: ctx, rand: chance(mixed.next()), seen: make([]uint32, len(s.who))}
	return x
}

// note keeps the plan when it is the best so far.
func (s *search) note() {
	if s.archive != nil {
		s.archive.note(s)
	}
	if s.best != nil && !s.score.less(&s.top) {
		return
	}
	if s.keep != nil && !s.keep(s) {
		return
	}
	s.best = append(s.best[:0], s.at...)
	s.top = s.score
}

// restore goes back to a plan.
func (s *search) restore(plan []int32) {
	for i := range plan {
		if s.at[i] >= 0 && s.at[i] != plan[i] {
			s.set(int32(i), none)
		}
	}
	for i, t := range plan {
		if t >= 0 {
			s.set(int32(i), t)
		}
	}
	s.trail = s.trail[:0]
}

// cool runs tries while the temperature falls from hot to cold, and ends early when
// nothing can be better than goal says.
func (s *search) cool(tries int, hot, cold float64, done func(f *figures) bool) {
	const steps = 200
	temperature := hot
	fall := root(cold/hot, steps)
	n := len(s.who)
	if n == 0 {
		return
	}
	for range steps {
		if s.ctx.Err() != nil {
			s.stopped = true
			return
		}
		if done(&s.top) {
			return
		}
		thresholds := newThresholds(temperature)
		for range max(tries/steps, 1) {
			s.tries++
			s.try(thresholds)
		}
		temperature *= fall
	}
}

// try changes the plan once, or leaves it.
func (s *search) try(limit *thresholds) {
	before := s.cost()
	s.trail = s.trail[:0]
	draw := s.rand.next()
	i := int32(s.rand.below(len(s.who)))
	if s.fixed[i] || len(s.dom[i]) == 0 {
		return
	}
	ok := false
	switch {
	case s.at[i] >= 0 && draw&15 < 6:
		ok = s.kempe(i)
	case s.at[i] >= 0 && !s.must[i] && draw&15 == 15:
		s.set(i, none)
		s.refill(i)
		ok = true
	default:
		ok = s.eject(i, s.target(i, draw))
	}
	if !ok {
		s.undo(0)
		return
	}
	if delta := s.cost() - before; delta > 0 && delta > limit.draw(&s.rand) {
		s.undo(0)
		return
	}
	if s.best == nil || s.score.less(&s.top) || s.archive != nil {
		s.note()
	}
}

// target is the slot where a meeting goes: in a repair, one time in two the one where it
// was, when it can.
func (s *search) target(i int32, draw uint64) int32 {
	if s.was != nil && draw>>8&1 == 0 {
		if w := s.was[i]; w >= 0 && w != s.at[i] && s.inDom[int(i)*s.slots()+int(w)] {
			return w
		}
	}
	return s.dom[i][s.rand.below(len(s.dom[i]))]
}

// eject puts a meeting at a slot, takes out who is in the way, and puts them where they
// fit. It says false when somebody cannot be taken out.
func (s *search) eject(i, t int32) bool {
	from := s.at[i]
	if from == t {
		return false
	}
	s.set(i, none)
	s.out = s.out[:0]
	if !s.clear(i, t) {
		return false
	}
	s.set(i, t)
	for _, e := range s.out {
		// The place that i left is the first that comes to mind.
		if from >= 0 && s.inDom[int(e)*s.slots()+int(from)] && s.fit(e, from) {
			s.set(e, from)
			continue
		}
		s.reinsert(e)
	}
	return true
}

// refill gives the place that a meeting left to another of the same people that is not
// held.
func (s *search) refill(i int32) {
	for _, p := range s.who[i] {
		for range 2 {
			if o := s.mine[p][s.rand.below(len(s.mine[p]))]; o != i && s.at[o] < 0 && !s.fixed[o] {
				s.reinsert(o)
			}
		}
	}
}

// reinsert puts a meeting in a slot where it fits, the least costly of the first three
// from a slot drawn at random.
func (s *search) reinsert(i int32) {
	n := len(s.dom[i])
	if n == 0 {
		return
	}
	first := s.rand.below(n)
	found, cheapest, seen := none, int64(0), 0
	for k := range n {
		j := first + k
		if j >= n {
			j -= n
		}
		t := s.dom[i][j]
		if !s.fit(i, t) {
			continue
		}
		length := len(s.trail)
		s.set(i, t)
		c := s.cost()
		s.undo(length)
		if seen == 0 || c < cheapest {
			found, cheapest = t, c
		}
		if seen++; seen == 3 {
			break
		}
	}
	if found >= 0 {
		s.set(i, found)
	}
}

// remove takes a meeting out for another one.
func (s *search) remove(o int32) bool {
	if s.fixed[o] {
		return false
	}
	s.set(o, none)
	s.out = append(s.out, o)
	return true
}

// clear takes out what stands in the way of a meeting at t.
func (s *search) clear(i, t int32) bool {
	T := int32(s.slots())
	for _, p := range s.who[i] {
		for q := t; q < t+s.length[i]; q++ {
			if o := s.occ[p*T+q]; o >= 0 && !s.remove(o) {
				return false
			}
		}
	}
	for _, l := range s.links[i] {
		if s.at[l.other] >= 0 && !s.ordered(i, t, l) && !s.remove(l.other) {
			return false
		}
	}
	if len(s.walks) > 0 {
		for o := s.stroller(i, t); o >= 0; o = s.stroller(i, t) {
			if !s.remove(o) {
				return false
			}
		}
	}
	return s.clearRests(i, t) && s.clearLoads(i) && s.clearRooms(i, t)
}

func (s *search) clearRests(i, t int32) bool {
	span, d := s.span(i, t), int(s.day[t])
	for _, p := range s.who[i] {
		k := int(p)*s.days + d
		for q := t; q < t+s.length[i]; q++ {
			for _, w := range s.windows[s.role[p]][q] {
				for int32(bits.OnesCount64((s.busy[k]|span)&w.mask)) > w.most {
					if !s.removeWithin(p, t, s.busy[k]&w.mask) {
						return false
					}
				}
			}
		}
	}
	return true
}

// removeWithin takes out one meeting of a person among some slots of the day of t.
func (s *search) removeWithin(p, t int32, among uint64) bool {
	n := bits.OnesCount64(among)
	if n == 0 {
		return false
	}
	for range s.rand.below(n) {
		among &= among - 1
	}
	q := t - s.bit[t] + int32(bits.TrailingZeros64(among))
	return s.remove(s.occ[p*int32(s.slots())+q])
}

func (s *search) clearLoads(i int32) bool {
	for _, p := range s.who[i] {
		most := int32(s.in.People[p].Max)
		for most > 0 && s.load[p] >= most {
			held := s.chain[:0]
			for _, o := range s.mine[p] {
				if s.at[o] >= 0 && !s.fixed[o] {
					held = append(held, o)
				}
			}
			s.chain = held
			if len(held) == 0 || !s.remove(held[s.rand.below(len(held))]) {
				return false
			}
		}
	}
	return true
}

func (s *search) clearRooms(i, t int32) bool {
	c := s.class[i]
	if c < 0 {
		return true
	}
	H := int32(len(s.halls))
	for q := t; q < t+s.length[i]; q++ {
		for _, h := range s.member[c] {
			for s.used[q*H+h] >= s.limit[q*H+h] {
				if !s.removeFrom(q, h) {
					return false
				}
			}
		}
	}
	return true
}

// removeFrom takes out one of the meetings that a hall counts in a slot.
func (s *search) removeFrom(q, h int32) bool {
	list := s.there[q]
	if len(list) == 0 {
		return false
	}
	first := s.rand.below(len(list))
	for k := range list {
		o := list[(first+k)%len(list)]
		if !s.fixed[o] && slices.Contains(s.halls[h].classes, s.class[o]) {
			return s.remove(o)
		}
	}
	return false
}

// kempe exchanges two slots among the meetings that a chain of people ties to one: a
// Kempe chain. Meetings of several slots stop it.
func (s *search) kempe(i int32) bool {
	a := s.at[i]
	b := s.dom[i][s.rand.below(len(s.dom[i]))]
	if a == b || s.length[i] > 1 {
		return false
	}
	s.round++
	s.chain = append(s.chain[:0], i)
	s.seen[i] = s.round
	T := int32(s.slots())
	for k := 0; k < len(s.chain); k++ {
		o := s.chain[k]
		to := a
		if s.at[o] == a {
			to = b
		}
		if s.fixed[o] || s.length[o] > 1 || !s.inDom[o*T+to] {
			return false
		}
		for _, p := range s.who[o] {
			if x := s.occ[p*T+to]; x >= 0 && s.seen[x] != s.round {
				s.seen[x] = s.round
				s.chain = append(s.chain, x)
			}
		}
		if len(s.chain) > 40 {
			return false
		}
	}
	first := len(s.trail)
	for _, o := range s.chain {
		s.set(o, none)
	}
	for k := range s.chain {
		x := s.trail[first+k]
		to := a
		if x.from == a {
			to = b
		}
		if !s.fit(x.meeting, to) {
			return false
		}
		s.set(x.meeting, to)
	}
	return true
}
