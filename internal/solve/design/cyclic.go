package design

import (
	"context"

	"transformateur/internal/solve/cooling"
)

// Symmetry is a way to develop a plan from a few base rounds: copies·order points turn
// in circles of order, the last fixed ones stay; each base round gives order rounds, its
// translates. With still, there are also rounds that the turn leaves unchanged: the
// translates of one group that takes a point of each circle.
//
// It is the method of differences (Bose 1939; for resolvable systems, Ray-Chaudhuri and
// Wilson 1971), where differences are found by annealing instead of by hand.
type Symmetry struct {
	Order, Copies, Fixed, Bases, Still int
}

// Cyclic is a search of base rounds whose orbits of pairs are met once.
type Cyclic struct {
	Symmetry
	n     int
	sizes []int
	orbit []int // by point*n + point
	slope []int // by orbit: order²/length, what each meeting adds to the price of the next
	first []int // by orbit: the price of the first
	times []int // by orbit: how often the base rounds meet it
	group []int // by base*n + point
	lists [][]int
	slot  []int
	turn  []int // by still*copies + copy: the point of the first group
	// Cost is the sum, over pairs of points, of C(meetings, 2) in all the rounds.
	Cost int
}

// NewCyclic prepares a search of groups of these sizes, which hold every point.
func NewCyclic(sy Symmetry, sizes []int) *Cyclic {
	c := &Cyclic{Symmetry: sy, n: sy.Copies*sy.Order + sy.Fixed, sizes: sizes}
	c.orbit = make([]int, c.n*c.n)
	for i := range c.orbit {
		c.orbit[i] = -1
	}
	for a := range c.n {
		for b := range a {
			if c.orbit[a*c.n+b] < 0 {
				c.trace(a, b)
			}
		}
	}
	c.times = make([]int, len(c.first))
	c.group, c.slot = make([]int, sy.Bases*c.n), make([]int, sy.Bases*c.n)
	c.lists, c.turn = make([][]int, sy.Bases*len(sizes)), make([]int, sy.Still*sy.Copies)
	return c
}

// trace numbers the orbit of a pair.
func (c *Cyclic) trace(a, b int) {
	id, length := len(c.first), 0
	for range c.Order {
		if c.orbit[a*c.n+b] < 0 {
			length++
		}
		c.orbit[a*c.n+b], c.orbit[b*c.n+a] = id, id
		a, b = c.shift(a, 1), c.shift(b, 1)
	}
	each := c.Order / length
	c.slope, c.first = append(c.slope, c.Order*each), append(c.first, length*twos(each))
}

// shift turns a point.
func (c *Cyclic) shift(a, by int) int {
	if a >= c.Copies*c.Order {
		return a
	}
	return a/c.Order*c.Order + (a%c.Order+by)%c.Order
}

// count meets a pair once more, or once less. A pair of the base rounds met t times meets
// m = t·order/length times in all, so that t+1 costs length·(C(m+order/length, 2) − C(m, 2)).
func (c *Cyclic) count(a, b, by int) {
	o := c.orbit[a*c.n+b]
	t := c.times[o]
	c.times[o] += by
	if by < 0 {
		c.Cost -= c.slope[o]*(t-1) + c.first[o]
		return
	}
	c.Cost += c.slope[o]*t + c.first[o]
}

func (c *Cyclic) scatter(chance cooling.Source) {
	clear(c.times)
	c.Cost = 0
	for i := range c.turn {
		c.turn[i] = chance.Below(c.Order)
	}
	for s := range c.Still {
		for i := range c.Copies {
			for j := range i {
				c.count(c.firstPoint(s, i), c.firstPoint(s, j), 1)
			}
		}
	}
	points := make([]int, c.n)
	for base := range c.Bases {
		for i := range points {
			j := chance.Below(i + 1)
			points[i] = points[j]
			points[j] = i
		}
		next := points
		for g, size := range c.sizes {
			list := append(c.lists[base*len(c.sizes)+g][:0], next[:size]...)
			next = next[size:]
			for i, a := range list {
				c.group[base*c.n+a], c.slot[base*c.n+a] = g, i
				for _, b := range list[:i] {
					c.count(a, b, 1)
				}
			}
			c.lists[base*len(c.sizes)+g] = list
		}
	}
}

// firstPoint is the point that a still group takes in a circle.
func (c *Cyclic) firstPoint(s, copy int) int { return copy*c.Order + c.turn[s*c.Copies+copy] }

// swap exchanges two points of a base round.
func (c *Cyclic) swap(base, a, b int) {
	at := base * c.n
	ga, gb := c.group[at+a], c.group[at+b]
	la, lb := c.lists[base*len(c.sizes)+ga], c.lists[base*len(c.sizes)+gb]
	for _, x := range la {
		if x != a {
			c.count(a, x, -1)
			c.count(b, x, 1)
		}
	}
	for _, x := range lb {
		if x != b {
			c.count(b, x, -1)
			c.count(a, x, 1)
		}
	}
	la[c.slot[at+a]], lb[c.slot[at+b]] = b, a
	c.slot[at+a], c.slot[at+b] = c.slot[at+b], c.slot[at+a]
	c.group[at+a], c.group[at+b] = gb, ga
}

// rotate changes the point that a still group takes in a circle.
func (c *Cyclic) rotate(s, copy, to int) {
	for j := range c.Copies {
		if j != copy {
			c.count(c.firstPoint(s, copy), c.firstPoint(s, j), -1)
		}
	}
	c.turn[s*c.Copies+copy] = to
	for j := range c.Copies {
		if j != copy {
			c.count(c.firstPoint(s, copy), c.firstPoint(s, j), 1)
		}
	}
}

// unit is how many units of temperature a repeat is worth.
const unit = 1_000_000

// Search anneals from chance, and says whether a plan without repeats is found.
func (c *Cyclic) Search(ctx context.Context, chance cooling.Source, moves int) bool {
	c.scatter(chance)
	cool := cooling.Schedule{Hot: int64(c.Order) * unit, Cold: int64(c.Order) * unit / 8}
	for level := range cooling.Levels {
		heat := cool.Heat(level)
		if ctx.Err() != nil {
			return false
		}
		for range moves / cooling.Levels {
			if c.Cost == 0 {
				return true
			}
			c.step(heat, chance)
		}
	}
	return c.Cost == 0
}

func (c *Cyclic) step(heat int64, chance cooling.Source) {
	before := c.Cost
	if c.Still > 0 && chance.Below(8) == 0 {
		s, copy := chance.Below(c.Still), chance.Below(c.Copies)
		was := c.turn[s*c.Copies+copy]
		c.rotate(s, copy, chance.Below(c.Order))
		if !cooling.Accepts(int64(c.Cost-before)*unit, heat, chance) {
			c.rotate(s, copy, was)
		}
		return
	}
	base, a, b := chance.Below(c.Bases), chance.Below(c.n), chance.Below(c.n)
	if c.group[base*c.n+a] == c.group[base*c.n+b] {
		return
	}
	c.swap(base, a, b)
	if !cooling.Accepts(int64(c.Cost-before)*unit, heat, chance) {
		c.swap(base, b, a)
	}
}

// Develop gives the rounds as Rounds does.
func (c *Cyclic) Develop(rounds int) [][]int {
	var plan [][]int
	for s := range c.Still {
		seat := make([]int, c.n)
		for i := range c.Copies {
			for x := range c.Order {
				seat[c.shift(c.firstPoint(s, i), x)] = x
			}
		}
		plan = append(plan, seat)
	}
	for base := range c.Bases {
		for by := range c.Order {
			seat := make([]int, c.n)
			for a := range c.n {
				seat[c.shift(a, by)] = c.group[base*c.n+a]
			}
			plan = append(plan, seat)
		}
	}
	return plan[:min(rounds, len(plan))]
}

// Symmetries lists ways to develop that many rounds of groups of these sizes.
func Symmetries(n, rounds int, sizes []int) (all []Symmetry) {
	size := sizes[0]
	for order := n; order >= 3; order-- {
		for bases := 1; bases <= 3; bases++ {
			sy := Symmetry{Order: order, Copies: n / order, Fixed: n % order, Bases: bases}
			if sy.Copies > 12 || sy.Fixed > len(sizes) {
				continue
			}
			sy.Still = max(rounds-bases*order, 0)
			stills := sy.Fixed == 0 && sy.Copies == size && order == len(sizes) && sy.Still <= order
			if sy.Still > 0 && !stills || (bases-1)*order >= rounds || bases*order > rounds+rounds/2+3 {
				continue
			}
			if sy.enough(sizes) {
				all = append(all, sy)
			}
		}
	}
	return all
}

// enough says whether there are as many orbits of pairs that can be met once as the base
// rounds meet.
func (sy Symmetry) enough(sizes []int) bool {
	met := sy.Still * twos(sy.Copies)
	for _, s := range sizes {
		met += sy.Bases * twos(s)
	}
	return met <= sy.Copies*((sy.Order-1)/2)+twos(sy.Copies)*sy.Order+sy.Copies*sy.Fixed
}

// twos is C(n, 2).
func twos(n int) int { return n * (n - 1) / 2 }
