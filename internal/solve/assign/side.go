package assign

import (
	"context"
	"math"
)

// sideScale is the precision of the prices of side constraints: bounds are computed in
// whole numbers, and so are bounds whatever the prices.
const sideScale = 1024

// side is the search where the flow alone does not decide: floors on the scores of
// items, and rules whose groups cross those of the network. Each such constraint gets a
// price (Lagrangian relaxation, Ahuja, Magnanti and Orlin, chapter 16): whatever the
// prices, the flow solved with them bounds the best assignment; prices move by
// subgradients (Polyak's step); the plans found on the way are mended by exchanges.
type side struct {
	in     *instance
	m      *model
	worth  []int64 // the objective
	needs  []int64 // by item: the floor of its score, or nil
	floor  []float64
	rule   [][]rulePrice
	priced []int64
	work   *work

	grid  int64 // every value of the objective is a multiple of it
	limit int   // flows that one run may solve; 0 for as many as the work allows
	last  plan  // the plan of the last flow
	best  plan
	value int64
	bound int64
}

// rulePrice is the price of a rule left out of the network, for one item: positive when
// it has too many readers of the group, negative when it lacks some.
type rulePrice struct {
	rule  int32
	price float64
}

// work counts the flows that may still be solved.
type work struct {
	left    int
	stopped bool
}

func (w *work) spend(ctx context.Context) bool {
	if ctx.Err() != nil {
		w.stopped = true
	}
	w.left--
	return w.left >= 0 && !w.stopped
}

const noValue = int64(math.MinInt64)

func newSide(m *model, worth, needs []int64, w *work) *side {
	d := &side{in: m.in, m: m, worth: worth, needs: needs, work: w, value: noValue, bound: math.MaxInt64}
	d.priced = make([]int64, len(worth))
	d.floor = make([]float64, len(m.in.items))
	d.rule = make([][]rulePrice, len(m.in.items))
	for i, left := range m.left {
		for _, k := range left {
			d.rule[i] = append(d.rule[i], rulePrice{rule: k})
		}
	}
	if m.in.p.Balance == 0 {
		d.grid = m.in.grid(m.cells, worth)
	}
	return d
}

// grid is the greatest common divisor of what pairs are worth.
func (in *instance) grid(cells []int, worth []int64) (g int64) {
	for _, c := range cells {
		for a, b := g, worth[c]; ; a, b = b, a%b {
			if b == 0 {
				g = a
				break
			}
		}
		if g == 1 {
			break
		}
	}
	for c, s := range in.state {
		if s&pinned != 0 {
			for b := worth[c]; b != 0; g, b = b, g%b {
			}
		}
	}
	return g
}

// round lowers a bound to the values that an assignment can have.
func round(bound, grid int64) int64 {
	if grid > 1 {
		return bound - ((bound%grid)+grid)%grid
	}
	return bound
}

// offer keeps a plan when it keeps every rule and floor, and is better.
func (d *side) offer(s *standing) {
	if len(s.faulty()) > 0 {
		return
	}
	p := s.sorted()
	if v := d.in.objective(p, d.worth); v > d.value {
		d.value, d.best = v, p
	}
}

// proved says that nothing better exists.
func (d *side) proved() bool { return d.value != noValue && d.value >= d.bound }

// run searches until the bound is met, prices settle, or the work is spent. It says
// false when it proved that no assignment keeps the floors and rules.
func (d *side) run(ctx context.Context) bool {
	step, still := 1.5, 0
	mends := 0
	for round := 0; (d.limit == 0 || round < d.limit) && d.work.spend(ctx); round++ {
		relaxed, bound, ok := d.relax(ctx)
		if !ok {
			return d.work.stopped
		}
		if bound < 0 && d.in.p.Balance == 0 {
			return false // no value is below zero: nothing keeps them all
		}
		if bound < d.bound {
			d.bound, still = bound, 0
		} else if still++; still >= 12 {
			step, still = step*0.6, 0
		}
		d.last = relaxed
		s := d.in.stand(relaxed, d.needs)
		faulty := len(s.faulty())
		norm := d.norm(s)
		if faulty == 0 {
			d.offer(s)
		} else if (round%10 == 0 || d.value == noValue && mends < 30) && faulty <= 4+len(d.in.items)/4 {
			mends++
			if x := newExchange(s, d.worth); x.mend() {
				x.improve(8)
				d.offer(s)
			}
			s = d.in.stand(relaxed, d.needs)
		}
		if d.proved() || norm == 0 || step < 0.003 {
			break
		}
		d.move(s, step*d.gap(bound)/norm)
	}
	return true
}

// decide runs, then branches when the bound is not met. It says false when it proved
// that nothing keeps the floors and rules.
func (d *side) decide(ctx context.Context, any bool) bool {
	if !d.run(ctx) {
		return false
	}
	if d.proved() || any && d.value != noValue {
		return true
	}
	whole := d.branch(ctx, any)
	return !whole || d.value != noValue
}

// gap is how far the bound is from the target, in affinity: the best value known, or a
// guess while there is none.
func (d *side) gap(bound int64) float64 {
	target := float64(float64(bound) * 0.8)
	if d.value != noValue {
		target = float64(d.value) - float64(math.Abs(float64(d.value))*1e-5)
	}
	return max(float64(bound)-target, 1) / Scale
}

// relax solves the flow under the prices; bound is what it proves of the objective.
func (d *side) relax(ctx context.Context) (p plan, bound int64, ok bool) {
	constant := d.price()
	d.m.seek(d.priced, sideScale)
	feasible, done := d.m.solve(ctx)
	if !done {
		d.work.stopped = true
	}
	if !feasible || !done {
		return nil, 0, false
	}
	p = d.m.plan()
	value := d.in.sum(p, d.priced) - sideScale*(d.in.sum(p, d.worth)-d.in.objective(p, d.worth)) + constant
	return p, round(floorDiv(value, sideScale), d.grid), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// price fills the priced objective and returns what is constant in it.
func (d *side) price() (constant int64) {
	agents := len(d.in.agents)
	for i := range d.in.items {
		row := d.priced[i*agents : (i+1)*agents]
		value := d.in.value[i*agents : (i+1)*agents]
		for r, w := range d.worth[i*agents : (i+1)*agents] {
			row[r] = w * sideScale
		}
		if l := int64(d.floor[i] * sideScale); l > 0 {
			for r := range row {
				row[r] += l * value[r]
			}
			constant -= l * d.needs[i]
		}
		for _, q := range d.rule[i] {
			rule := &d.in.rules[q.rule]
			y := int64(q.price * Scale * sideScale)
			if y == 0 {
				continue
			}
			for _, r := range rule.agents {
				row[r] -= y
			}
			if y > 0 {
				constant += y * int64(rule.atMost)
			} else {
				constant += y * int64(rule.atLeast)
			}
		}
	}
	return constant
}

// slope is the subgradient of a rule's price: what exceeds the bound that its price is
// about, or the bound that is broken when it has no price.
func (s *standing) slope(i int, q rulePrice) float64 {
	rule, n := &s.in.rules[q.rule], s.count[i][q.rule]
	switch {
	case q.price > 0:
		return float64(n - rule.atMost)
	case q.price < 0:
		return float64(n - rule.atLeast)
	}
	return float64(max(n-rule.atMost, 0) - max(rule.atLeast-n, 0))
}

// under is how far an item lies below its floor, in affinity; negative above it.
func (d *side) under(s *standing, i int) float64 {
	if d.needs == nil || d.needs[i] == 0 {
		return 0
	}
	g := float64(d.needs[i]-s.score[i]) / Scale
	if g < 0 && d.floor[i] == 0 {
		return 0
	}
	return g
}

func (d *side) norm(s *standing) (sum float64) {
	for i := range d.in.items {
		g := d.under(s, i)
		sum += float64(g * g)
		for _, q := range d.rule[i] {
			g := s.slope(i, q)
			sum += float64(g * g)
		}
	}
	return sum
}

// move changes the prices along the subgradient. A price never changes sign in one
// move: the bound it would then be about is another one.
func (d *side) move(s *standing, by float64) {
	for i := range d.in.items {
		d.floor[i] = min(max(d.floor[i]+float64(by*d.under(s, i)), 0), 1000)
		for k := range d.rule[i] {
			q := &d.rule[i][k]
			was := q.price
			q.price = min(max(q.price+float64(by*s.slope(i, *q)), -1000), 1000)
			if was > 0 && q.price < 0 || was < 0 && q.price > 0 {
				q.price = 0
			}
		}
	}
}
