package assign

import "slices"

// bonuses are the points of the curve of a repair, before that of fewest removals.
var bonuses = []float64{0, 0.02, 0.05, 0.1, 0.25}

// repair compares with the previous assignment.
func (s *search) repair(d *side) {
	in, out := s.in, s.out.Repair
	out.Removed, out.Added = in.changes(d.best)
	out.Kept = in.keeps(d.best)
	if s.work.stopped {
		return
	}
	if in.p.Keep.Fewest && !s.crossing() && in.p.Objective != Fair {
		out.Fewest = len(out.Removed)
	} else {
		out.Fewest = in.lost(s.under(in.bonus(in.dominant())))
	}
	if !in.p.Keep.Curve || s.crossing() {
		return
	}
	for _, b := range bonuses {
		p := s.under(in.bonus(int64(millionths(1, b))))
		out.Curve = append(out.Curve, Point{Bonus: b, Total: Affinity(in.sum(p, in.worth)), Removed: in.lost(p)})
	}
	p := s.under(in.bonus(in.dominant()))
	out.Curve = append(out.Curve, Point{Fewest: true, Total: Affinity(in.sum(p, in.worth)), Removed: in.lost(p)})
}

// under is the best assignment of the flow under an objective, from the basis at hand.
func (s *search) under(worth []int64) plan {
	s.m.seek(worth, 1)
	if _, done := s.m.solve(s.ctx); !done {
		s.work.stopped = true
	}
	return s.m.plan()
}

// keeps counts the previous pairs of a plan.
func (in *instance) keeps(p plan) (n int) {
	for i, readers := range p {
		for _, r := range readers {
			if in.state[in.cell(int32(i), r)]&previous != 0 {
				n++
			}
		}
	}
	return n
}

// lost counts the previous pairs that a plan does not have, those of agents and items
// that are gone included.
func (in *instance) lost(p plan) int { return in.before() - in.keeps(p) }

// before counts the previous pairs, each once.
func (in *instance) before() int {
	seen := map[Link]bool{}
	for _, l := range in.p.Previous {
		seen[l] = true
	}
	return len(seen)
}

// changes lists the pairs removed and those added.
func (in *instance) changes(p plan) (removed, added []Link) {
	removed, added = []Link{}, []Link{}
	now := map[Link]bool{}
	for _, l := range in.links(p) {
		now[l] = true
	}
	was := map[Link]bool{}
	for _, l := range in.p.Previous {
		if !was[l] && !now[l] {
			removed = append(removed, l)
		}
		was[l] = true
	}
	for _, l := range in.links(p) {
		if !was[l] {
			added = append(added, l)
		}
	}
	slices.SortFunc(removed, byItem)
	return removed, added
}

func byItem(a, b Link) int {
	if a.Item != b.Item {
		if a.Item < b.Item {
			return -1
		}
		return 1
	}
	switch {
	case a.Agent < b.Agent:
		return -1
	case a.Agent > b.Agent:
		return 1
	}
	return 0
}
