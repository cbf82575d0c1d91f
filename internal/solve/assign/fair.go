package assign

import (
	"context"
	"math"
	"slices"
)

// noLevel is the level of an item that wants no reader.
const noLevel = int64(math.MaxInt64)

// most is the greatest number of readers that an item wants: levels are scores brought
// to that many readers, so that an item with two readers is not poorer than one with
// three.
func (in *instance) most() int64 {
	most := 1
	for _, it := range in.items {
		most = max(most, it.Min)
	}
	return int64(most)
}

// level is the score of an item brought to the greatest number of readers.
func (in *instance) level(i int, score int64) int64 {
	if in.items[i].Min == 0 {
		return noLevel
	}
	return score * in.most() / int64(in.items[i].Min)
}

// need is the least score of an item at a level.
func (in *instance) need(i int, level int64) int64 {
	most := in.most()
	return (level*int64(in.items[i].Min) + most - 1) / most
}

func (in *instance) needs(level int64) []int64 {
	out := make([]int64, len(in.items))
	for i := range out {
		out[i] = in.need(i, level)
	}
	return out
}

// worst is the lowest level of a plan among the items that may rise.
func (in *instance) worst(p plan, frozen []bool) int64 {
	low := noLevel
	for i, readers := range p {
		if frozen != nil && frozen[i] {
			continue
		}
		score := int64(0)
		for _, r := range readers {
			score += in.value[in.cell(int32(i), r)]
		}
		low = min(low, in.level(i, score))
	}
	return low
}

// ceiling is the level that no assignment gives to all the items that may rise: the
// least of what each would get alone.
func (in *instance) ceiling(frozen []bool) int64 {
	low := noLevel
	for i := range in.items {
		if frozen == nil || !frozen[i] {
			if level := in.level(i, in.alone(i)); level < low || len(in.rules) > 0 {
				low = min(low, in.level(i, in.aloneUnderRules(i)))
			}
		}
	}
	return low
}

// alone is the score that an item would have with the best readers it may have, its pins
// among them.
func (in *instance) alone(i int) (score int64) {
	var values []int64
	most := in.items[i].Max
	for r, a := range in.agents {
		switch c := in.cell(int32(i), int32(r)); {
		case in.state[c]&pinned != 0:
			score += in.value[c]
			most--
		case in.state[c]&forbidden == 0 && a.Max > 0:
			values = append(values, in.value[c])
		}
	}
	slices.Sort(values)
	for k := len(values) - 1; k >= 0 && most > 0; k-- {
		score += values[k]
		most--
	}
	return score
}

// fairness is the search of floors: lexicographic max-min, after which the total is
// the best at those floors.
type fairness struct {
	in     *instance
	m      *model
	worth  []int64
	work   *work
	needs  []int64
	frozen []bool
	grid   int64 // levels are multiples of it; 1 when items want different numbers
	best   plan
	floors []Floor
}

func newFairness(m *model, worth []int64, first plan, w *work) *fairness {
	return &fairness{in: m.in, m: m, worth: worth, work: w, best: first, grid: m.levels(), needs: make([]int64, len(m.in.items)), frozen: make([]bool, len(m.in.items))}
}

// levels is a number that every level is a multiple of: that of scores, when they are
// brought to the same number of readers without a remainder.
func (m *model) levels() int64 {
	scores, grid := m.in.grid(m.cells, m.in.value), int64(0)
	for _, it := range m.in.items {
		if it.Min == 0 {
			continue
		}
		step := scores * m.in.most()
		if step%int64(it.Min) != 0 {
			return 1
		}
		for a, b := grid, step/int64(it.Min); ; a, b = b, a%b {
			if b == 0 {
				grid = a
				break
			}
		}
	}
	return max(grid, 1)
}

// raise finds the next floor of the items that are not frozen.
func (f *fairness) raise(ctx context.Context) Floor {
	in := f.in
	bound := in.ceiling(f.frozen)
	f.lift(ctx, f.best, round(bound, f.grid))
	low := in.worst(f.best, f.frozen)
	if low < bound {
		bound = min(bound, f.priceFloors(ctx, &low, bound))
	}
	bound = round(bound, f.grid)
	// The bound itself first: most instances reach it. Then by halves.
	for high, try := bound, bound; low < high && f.work.left > 0 && !f.work.stopped; {
		reached, impossible := f.reach(ctx, try)
		switch {
		case reached:
			low = max(try, in.worst(f.best, f.frozen))
		case impossible:
			bound = round(try-1, f.grid)
			high = bound
		default:
			high = round(try-1, f.grid)
		}
		try = min(high, low+max(f.grid, round((high-low)/2, f.grid)))
	}
	for i := range in.items {
		if !f.frozen[i] {
			f.needs[i] = max(f.needs[i], in.need(i, low))
		}
	}
	floor := Floor{Value: Affinity(low), Bound: Affinity(bound), Proved: low >= bound}
	f.floors = append(f.floors, floor)
	return floor
}

// lift raises the floor of a plan by exchanges alone, by smaller and smaller steps
// towards a bound, and keeps it when it is the best.
func (f *fairness) lift(ctx context.Context, p plan, bound int64) {
	low := f.in.worst(p, f.frozen)
	for gap := bound - low; gap >= max(f.grid, bound/2000) && low < bound && ctx.Err() == nil; {
		x := newExchange(f.in.stand(p, f.at(low+gap)), f.worth)
		if x.mend() {
			p = x.sorted()
			low = f.in.worst(p, f.frozen)
			gap = min(gap, bound-low)
			continue
		}
		gap /= 2
	}
	if low > f.in.worst(f.best, f.frozen) && len(f.in.stand(p, f.at(low)).faulty()) == 0 {
		f.best = p
	}
}

// at are the floors when the items that may rise are at a level.
func (f *fairness) at(level int64) []int64 {
	out := slices.Clone(f.needs)
	for i := range out {
		if !f.frozen[i] {
			out[i] = max(out[i], f.in.need(i, level))
		}
	}
	return out
}

// reach looks for an assignment in which every item that may rise is at a level.
func (f *fairness) reach(ctx context.Context, level int64) (reached, impossible bool) {
	s := f.in.stand(f.best, f.at(level))
	if newExchange(s, f.worth).mend() && len(s.faulty()) == 0 {
		f.best = s.sorted()
		return true, false
	}
	d := newSide(f.m, f.worth, f.at(level), &work{left: min(f.work.left, 600)})
	before := d.work.left
	possible := d.decide(ctx, true)
	f.work.left -= before - max(d.work.left, 0)
	f.work.stopped = f.work.stopped || d.work.stopped
	if d.value == noValue {
		return false, !possible
	}
	f.best = d.best
	return true, false
}

// priceFloors bounds the floor: with any weights on items, the greatest weighted sum
// of scores over the same weighted sum of readers is a level that the worst-off item
// cannot exceed. Weights grow on the items that are worse off (multiplicative weights,
// Arora, Hazan and Kale, 2012). The plans on the way may raise low.
func (f *fairness) priceFloors(ctx context.Context, low *int64, bound int64) int64 {
	in := f.in
	weights := make([]float64, len(in.items))
	for i := range weights {
		if !f.frozen[i] && in.items[i].Min > 0 {
			weights[i] = 1
		}
	}
	priced := make([]int64, len(in.value))
	agents := len(in.agents)
	for round := 0; round < 40 && *low < bound && f.work.spend(ctx); round++ {
		readers := int64(0)
		for i, w := range weights {
			q := int64(w * sideScale)
			readers += q * int64(in.items[i].Min)
			for c := i * agents; c < (i+1)*agents; c++ {
				priced[c] = q * in.value[c]
			}
		}
		if readers == 0 {
			break
		}
		f.m.seek(priced, 0)
		if feasible, done := f.m.solve(ctx); !feasible || !done {
			break
		}
		p := f.m.plan()
		bound = min(bound, in.sum(p, priced)*in.most()/readers)
		s := in.stand(p, f.at(*low))
		if round%4 == 3 {
			f.lift(ctx, p, bound)
			*low = in.worst(f.best, f.frozen)
		}
		reweigh(in, s, weights, bound)
	}
	return bound
}

// reweigh makes the items below the bound heavier, and the others lighter.
func reweigh(in *instance, s *standing, weights []float64, bound int64) {
	heaviest := 0.0
	for i, w := range weights {
		if w > 0 {
			below := float64(bound-in.level(i, s.score[i])) / float64(max(bound, 1))
			weights[i] = w * (1 + float64(0.7*min(max(below, -1), 1)))
			heaviest = max(heaviest, weights[i])
		}
	}
	for i := range weights {
		if weights[i] > 0 {
			weights[i] = max(weights[i]/heaviest*64, 1.0/sideScale)
		}
	}
}

// freeze holds at the last floor the items that cannot rise above it alone; failing
// that, all those that lie on it in the best plan known.
func (f *fairness) freeze(level int64) {
	in := f.in
	var on, stuck []int
	for i, readers := range f.best {
		if f.frozen[i] {
			continue
		}
		score := int64(0)
		for _, r := range readers {
			score += in.value[in.cell(int32(i), r)]
		}
		if in.level(i, score) > level {
			continue
		}
		on = append(on, i)
		if in.level(i, in.aloneUnderRules(i)) <= level {
			stuck = append(stuck, i)
		}
	}
	if len(stuck) > 0 {
		on = stuck
	}
	last := &f.floors[len(f.floors)-1]
	for _, i := range on {
		f.frozen[i] = true
		last.Frozen = append(last.Frozen, in.items[i].ID)
	}
}
