package assign

import (
	"context"
	"slices"
)

// branchArcs over the number of pairs is how many nodes a tree of cases may have: small
// problems are decided, large ones keep their bound.
const branchArcs = 3_000_000

// casePair is a decision of a tree of cases: this pair is chosen, or it is not.
type casePair struct {
	cell int
	pin  bool
}

// node is a case to look at: decisions, and the bound of the case it comes from.
type node struct {
	pairs []casePair
	bound int64
	floor []float64
	rule  [][]rulePrice
}

// branch closes the gap that prices leave, case by case (branch and bound): a pair of a
// relaxed plan that breaks something is forbidden, then imposed. It says whether every
// case was looked at: nothing is then better than the best, and when there is no best,
// nothing exists. With any, the first assignment found is enough.
func (d *side) branch(ctx context.Context, any bool) (whole bool) {
	open := []node{{bound: d.bound, floor: d.floor, rule: d.rule}}
	for cases := 0; len(open) > 0; cases++ {
		if cases > branchArcs/(len(d.m.cells)+100) || d.work.left <= 0 || d.work.stopped || any && d.value != noValue {
			d.bound = d.value
			for _, n := range open {
				d.bound = max(d.bound, n.bound)
			}
			return false
		}
		n := open[len(open)-1]
		open = open[:len(open)-1]
		if d.value != noValue && n.bound <= d.value {
			continue
		}
		open = append(open, d.look(ctx, n)...)
	}
	if d.value != noValue {
		d.bound = d.value
	}
	return true
}

// look bounds a case, and splits it when it may still hold something better.
func (d *side) look(ctx context.Context, n node) []node {
	in := *d.in
	in.state = slices.Clone(in.state)
	for _, p := range n.pairs {
		if p.pin {
			in.state[p.cell] |= pinned
		} else {
			in.state[p.cell] |= forbidden
		}
	}
	for i, need := range d.needs {
		if in.alone(i) < need {
			return nil
		}
	}
	m := newModel(&in)
	c := newSide(m, d.worth, d.needs, d.work)
	c.grid, c.limit, c.bound = d.grid, 14, n.bound
	c.best, c.value = d.best, d.value
	c.floor = slices.Clone(n.floor)
	for i := range n.rule {
		c.rule[i] = slices.Clone(n.rule[i])
	}
	possible := c.run(ctx)
	d.m.flows += m.flows
	d.m.net.Pivots += m.net.Pivots
	if c.value != noValue && (d.value == noValue || c.value > d.value) {
		d.best, d.value = c.best, c.value
	}
	switch {
	case !possible:
		return nil
	case c.last == nil: // stopped before its first flow
		return []node{n}
	case d.value != noValue && c.bound <= d.value:
		return nil
	}
	cell, ok := c.undecided()
	if !ok {
		return nil // every pair of the case is decided, and it was offered
	}
	without, with := node{bound: c.bound, floor: c.floor, rule: c.rule}, node{bound: c.bound, floor: c.floor, rule: c.rule}
	without.pairs = append(slices.Clone(n.pairs), casePair{cell, false})
	with.pairs = append(slices.Clone(n.pairs), casePair{cell, true})
	return []node{with, without}
}

// undecided picks the pair to split on: a free reader of the item furthest from its
// rules and its floor, the one of least affinity; failing that, of any item.
func (d *side) undecided() (cell int, ok bool) {
	s := d.in.stand(d.last, d.needs)
	order := s.faulty()
	for i := range int32(len(s.plan)) {
		order = append(order, i)
	}
	for _, i := range order {
		best := nobody
		for _, r := range s.plan[i] {
			if s.free(i, r) && (best == nobody || d.in.value[d.in.cell(i, r)] < d.in.value[d.in.cell(i, best)]) {
				best = r
			}
		}
		if best != nobody {
			return d.in.cell(i, best), true
		}
	}
	return 0, false
}
