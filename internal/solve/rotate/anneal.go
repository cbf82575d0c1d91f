package rotate

import (
	"context"

	"transformateur/internal/solve/cooling"
)

// annealer searches from a seating, and keeps the best.
type annealer struct {
	*seating
	ctx    context.Context
	chance cooling.Source
	best   []int
	value  int64
	goal   int64 // a cost that nothing can beat
	left   int   // moves that may still be tried
	kempe  bool  // seats are exchanged between rounds too
	fixed  bool  // seats are exchanged between rounds only
	labels bool  // people exchange all their seats too
	open   []int // rounds where somebody can be elsewhere
}

// run anneals once.
func (a *annealer) run(c cooling.Schedule) {
	c.Moves = min(c.Moves, a.left)
	for level := range cooling.Levels {
		heat := c.Heat(level)
		n := c.Moves / cooling.Levels
		for n > 0 {
			batch := min(n, 4096)
			n -= batch
			a.left -= batch
			if a.batch(heat, batch) || a.ctx.Err() != nil {
				return
			}
		}
	}
}

// batch tries that many moves, and says whether the goal is reached.
func (a *annealer) batch(heat int64, moves int) bool {
	for range moves {
		pick := a.chance.Below(16)
		switch {
		case a.kempe && (a.fixed || pick < 4):
			a.chain(heat)
		case a.labels && pick == 15:
			a.relabel(heat)
		default:
			a.step(heat)
		}
		if a.cost < a.value {
			a.value = a.cost
			copy(a.best, a.seat)
			if a.value <= a.goal {
				return true
			}
		}
	}
	return false
}

// step tries to exchange two people of a round, or to move one when there is room.
func (a *annealer) step(heat int64) {
	in := a.in
	r := a.open[a.chance.Below(len(a.open))]
	here := in.here[r]
	p, q := here[a.chance.Below(len(here))], here[a.chance.Below(len(here))]
	from, to := a.seat[r*in.n+p], a.seat[r*in.n+q]
	if from == to {
		return
	}
	if a.room(r, from, to) && a.chance.Below(2) == 0 {
		a.wander(r, p, to, heat)
		return
	}
	delta := a.exchange(r, p, q)
	if cooling.Accepts(delta, heat, a.chance) {
		cost := a.cost + delta
		a.swap(r, p, q)
		a.cost = cost
	}
}

// wander tries to move somebody to another table.
func (a *annealer) wander(r, p, to int, heat int64) {
	before, from := a.cost, a.seat[r*a.in.n+p]
	a.move(r, p, to)
	if !cooling.Accepts(a.cost-before, heat, a.chance) {
		a.move(r, p, from)
	}
}

// change is one seat as it was.
type change struct{ r, p, t int }

// chain exchanges the rounds of visits along a cycle of tables: each visitor of the cycle
// keeps her two visits and makes them in the other order, so that who visits what is
// unchanged, and table sizes too (the interchange of Kempe, on the edge colouring).
func (a *annealer) chain(heat int64) {
	in := a.in
	r := a.open[a.chance.Below(len(a.open))]
	o := a.open[a.chance.Below(len(a.open))]
	p := in.here[r][a.chance.Below(len(in.here[r]))]
	if r == o || in.away[o*in.n+p] {
		return
	}
	first, before := a.seat[r*in.n+p], a.cost
	var undo [24]change
	done := undo[:0]
	for {
		from, to := a.seat[r*in.n+p], a.seat[o*in.n+p]
		if from != to {
			done = append(done, change{r, p, from}, change{o, p, to})
			a.move(r, p, to)
			a.move(o, p, from)
		}
		// Table to has one more in r, and one fewer in o, than before.
		if to == first || a.fits(r, first, to) && a.fits(o, to, first) && a.chance.Below(2) == 0 {
			break
		}
		next := a.follower(r, o, to, p)
		if next < 0 || len(done)+2 > len(undo) {
			a.undo(done)
			return
		}
		p = next
	}
	if !cooling.Accepts(a.cost-before, heat, a.chance) {
		a.undo(done)
	}
}

// fits says whether a round keeps its capacities when less has lost somebody and more has
// gained somebody.
func (a *annealer) fits(r, less, more int) bool {
	at := r * a.in.t
	return len(a.lists[at+less]) >= a.in.low[at+less] && len(a.lists[at+more]) <= a.in.high[at+more]
}

// follower is somebody else at a table in round r who is there in the other round too.
func (a *annealer) follower(r, o, t, not int) int {
	list := a.lists[r*a.in.t+t]
	start := a.chance.Below(len(list))
	for i := range list {
		q := list[(start+i)%len(list)]
		if q != not && !a.in.away[o*a.in.n+q] && a.seat[o*a.in.n+q] != t {
			return q
		}
	}
	return -1
}

func (a *annealer) undo(done []change) {
	for i := len(done) - 1; i >= 0; i-- {
		a.move(done[i].r, done[i].p, done[i].t)
	}
}

// relabel has two people exchange all their seats: in a plan without repeats, that leaves
// none either.
func (a *annealer) relabel(heat int64) {
	in := a.in
	p, q := a.chance.Below(in.n), a.chance.Below(in.n)
	before := a.cost
	for r := range in.rounds {
		a.both(r, p, q)
	}
	if !cooling.Accepts(a.cost-before, heat, a.chance) {
		for r := range in.rounds {
			a.both(r, p, q)
		}
	}
}

func (a *annealer) both(r, p, q int) {
	if s, t := a.seat[r*a.in.n+p], a.seat[r*a.in.n+q]; s != t && s != absent && t != absent {
		a.swap(r, p, q)
	}
}
