package timetable

import (
	"context"
	"math"
	"math/bits"

	"transformateur/internal/solve/flow"
)

// cent is how many units of cost make one point of weight in the relaxation: more than
// the changes that a repair can count, twice.
const cent = 1 << 17

// relaxation bounds the weight of any plan. Each meeting takes a slot of its project and
// a slot of the other person, under the loads, the rests of each segment and one meeting
// a slot: this is a flow, project → segment → slot → meeting → slot → segment → person.
// That both slots be the same, and the number of rooms, are paid for by multipliers
// (Held and Karp, 1971): any multipliers give a bound, a subgradient method with the step
// of Polyak (1969) looks for good ones.
type relaxation struct {
	*model
	net         *flow.Network
	left, right []int32 // arcs, by meeting and slot of its domain
	first       []int   // by meeting, where its arcs begin in these lists
	price       []int64 // of the arcs of left: what being at the same slot is worth
	room        []int64 // slot × hall: what a room is worth
	sum         []int64 // smoothed subgradient of price
	dear        int64   // no multiplier is more: beyond, they would only overflow
	best        int64
	plain       int64 // what does not depend on the flow: the past, what is cancelled
	was         []int32
	change      int64 // what a change costs; 0 when changes are not counted
	feasible    bool
	ready       bool
}

func (m *model) relax(was []int32, change int64) *relaxation {
	r := &relaxation{model: m, was: was, change: change, net: flow.New(1, 0), room: make([]int64, m.slots()*len(m.halls)), best: int64(m.total()) * cent}
	left, right := r.side(true), r.side(false)
	for i := range m.who {
		r.first = append(r.first, len(r.left))
		if m.frozen(int32(i)) {
			r.plain += int64(m.worth[i]) * cent
			continue
		}
		if was != nil && was[i] >= 0 {
			r.plain -= change
		}
		in, out := r.net.Node(), r.net.Node()
		least := 0
		if m.must[i] {
			least = 1
		}
		if len(m.dom[i]) == 0 && least == 1 {
			r.best = int64(m.total()) * cent
			return r
		}
		r.net.Arc(in, out, least, 1)
		for _, t := range m.dom[i] {
			r.left = append(r.left, r.net.Arc(left(m.who[i][0], t), in, 0, 1))
			r.right = append(r.right, r.net.Arc(out, right(m.who[i][1], t), 0, 1))
		}
	}
	r.first = append(r.first, len(r.left))
	for _, w := range m.worth {
		r.dear = max(r.dear, int64(w)+1)
	}
	r.dear *= 2 * cent
	r.price, r.sum = make([]int64, len(r.left)), make([]int64, len(r.left))
	r.ready = true
	return r
}

// side makes the nodes of one end of the meetings, when they are asked for.
func (r *relaxation) side(from bool) func(p, t int32) int32 {
	person, part, slot := map[int32]int32{}, map[[2]int32]int32{}, map[[2]int32]int32{}
	arc := func(a, b int32, most int) {
		if !from {
			a, b = b, a
		}
		r.net.Arc(a, b, 0, most)
	}
	return func(p, t int32) int32 {
		if v, ok := slot[[2]int32{p, t}]; ok {
			return v
		}
		who, ok := person[p]
		if !ok {
			who = r.net.Node()
			person[p] = who
			most := len(r.mine[p])
			if m := r.in.People[p].Max; m > 0 {
				most = min(most, m)
			}
			arc(0, who, most)
		}
		g := [2]int32{p, r.segment[t]}
		seg, ok := part[g]
		if !ok {
			seg = r.net.Node()
			part[g] = seg
			arc(who, seg, r.capacity(p, t))
		}
		v := r.net.Node()
		slot[[2]int32{p, t}] = v
		arc(seg, v, 1)
		return v
	}
}

// capacity is how many slots of the segment of t a person can be busy, between now and its
// end, under her rests: a search over the windows, exact up to 16 slots.
func (m *model) capacity(p, t int32) int {
	var slots []int32
	for q := m.segment[t]; int(q) < m.slots() && m.segment[q] == m.segment[t]; q++ {
		if int(q) >= m.in.Now && m.free[int(p)*m.days+int(m.day[q])]>>m.bit[q]&1 == 1 {
			slots = append(slots, q)
		}
	}
	if len(slots) > 16 {
		return len(slots)
	}
	best := 0
	for set := range uint32(1) << len(slots) {
		if n := bits.OnesCount32(set); n > best && m.rested(p, slots, set) {
			best = n
		}
	}
	return best
}

// rested says whether a person may be busy in some slots.
func (m *model) rested(p int32, slots []int32, set uint32) bool {
	var busy uint64
	for k, q := range slots {
		if set>>k&1 == 1 {
			busy |= 1 << m.bit[q]
		}
	}
	for _, q := range slots {
		for _, w := range m.windows[m.role[p]][q] {
			if int32(bits.OnesCount64(busy&w.mask)) > w.most {
				return false
			}
		}
	}
	return true
}

// weight is the bound found so far.
func (r *relaxation) weight() int { return int(r.best / cent) }

// solve computes the bound of the present multipliers; it says false when it was stopped,
// or when no flow holds everything mandatory.
func (r *relaxation) solve(ctx context.Context) bool {
	H := len(r.halls)
	big := int64(1)
	for i := range r.who {
		for k := r.first[i]; k < r.first[i+1]; k++ {
			t := int(r.dom[i][k-r.first[i]])
			c := -int64(r.worth[i])*cent - r.price[k] + r.keeps(int32(i), int32(t))
			if cl := r.class[i]; cl >= 0 {
				for _, h := range r.member[cl] {
					c += r.room[t*H+int(h)]
				}
			}
			r.net.Cost[r.left[k]], r.net.Cost[r.right[k]] = c, r.price[k]
			big = max(big, c, -c, r.price[k], -r.price[k])
		}
	}
	big *= int64(2*len(r.who) + 10)
	if r.net.Started() {
		r.net.Raise(big)
	} else {
		r.net.Start(big)
	}
	if !r.net.Optimise(func() bool { return ctx.Err() != nil }) {
		return false
	}
	r.feasible = r.net.Unmet() == 0
	return r.feasible
}

// keeps is what a change costs less, or more, when a meeting is at a slot rather than
// nowhere.
func (r *relaxation) keeps(i, t int32) int64 {
	switch {
	case r.change == 0:
		return 0
	case r.was[i] < 0:
		return r.change
	case r.was[i] == t:
		return -r.change
	}
	return 0
}

// changes bounds the number of changes that a plan of some weight needs.
type changes struct {
	r      *relaxation
	change int64
	weight int64
	least  int
}

func (m *model) changes(was []int32, weight int) *changes {
	c := &changes{change: int64(cent / (len(was) + 1) / 2 * 2), weight: int64(weight) * cent}
	if c.change == 0 {
		return c
	}
	c.r = m.relax(was, c.change)
	if !c.r.ready {
		return c
	}
	for i := range was {
		for k := c.r.first[i]; k < c.r.first[i+1]; k++ { // half of what a slot is worth at each end
			c.r.price[k] = c.r.keeps(int32(i), c.r.dom[i][k-c.r.first[i]]) / 2
		}
	}
	c.r.best = math.MaxInt64 / 4
	return c
}

// tighten looks for a bound that reaches a number of changes, for some rounds.
func (c *changes) tighten(ctx context.Context, known, rounds int) {
	if c.r == nil || !c.r.ready || c.least >= known {
		return
	}
	c.r.descend(ctx, c.weight-c.change*int64(known-1)-1, rounds)
	if c.r.best < c.weight {
		c.least = max(c.least, int((c.weight-c.r.best+c.change-1)/c.change))
	}
}

// value is the weight of the flow at the present prices: the bound.
func (r *relaxation) value() (sum int64) {
	for a := range r.net.Real() {
		sum -= r.net.Cost[a] * int64(r.net.Flow[a])
	}
	for k, v := range r.room {
		sum += v * int64(r.limit[k])
	}
	return sum + r.plain
}

// tighten looks for better multipliers until the bound is no more than a weight, or for
// so many rounds.
func (r *relaxation) tighten(ctx context.Context, weight, rounds int) {
	if r.ready {
		r.descend(ctx, (int64(weight)+1)*cent-1, rounds)
	}
}

func (r *relaxation) descend(ctx context.Context, target int64, rounds int) {
	step, since := 1.0, 0
	for range rounds {
		if !r.solve(ctx) {
			return
		}
		v := r.value()
		if v < r.best {
			if v < r.best-cent/20 {
				since = 0
			}
			r.best = v
		}
		if r.best <= target {
			return
		}
		if since++; since == 12 {
			since, step = 0, step/2
		}
		if !r.move(step * float64(v-target)) {
			return
		}
	}
}

// move follows the subgradient, smoothed as in the volume algorithm (Barahona and Anbil,
// 2000), and says false when there is none: the flow is then a plan but for the rests.
func (r *relaxation) move(gain float64) bool {
	H := len(r.halls)
	excess := make([]int64, len(r.room))
	for k, l := range r.limit {
		excess[k] = -int64(l)
	}
	norm := 0.0
	for i := range r.who {
		for k := r.first[i]; k < r.first[i+1]; k++ {
			x, y := int64(r.net.Flow[r.left[k]]), int64(r.net.Flow[r.right[k]])
			r.sum[k] = (r.sum[k]*3 + (x-y)*700) / 10 // 0.3 of the past, 0.7 of the present, in thousandths
			norm += float64(r.sum[k]) * float64(r.sum[k]) / 1e6
			if c := r.class[i]; c >= 0 && x > 0 {
				for _, h := range r.member[c] {
					excess[int(r.dom[i][k-r.first[i]])*H+int(h)]++
				}
			}
		}
	}
	for k, e := range excess {
		if e > 0 || r.room[k] > 0 {
			norm += float64(e * e)
		}
	}
	if norm == 0 {
		return false
	}
	size := gain / max(norm, 1)
	for k, g := range r.sum {
		r.price[k] = min(max(r.price[k]-int64(math.Round(size*float64(g)/1000)), -r.dear), r.dear)
	}
	for k, e := range excess {
		r.room[k] = min(max(r.room[k]+int64(math.Round(size*float64(e))), 0), r.dear)
	}
	return true
}
