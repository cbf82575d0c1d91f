package assign

import "math/rand/v2"

// draw finds the chances of each pair, then draws an assignment that respects them.
func (s *search) draw() {
	in, want := s.in, s.in.p.Draw
	m := &model{in: in, parts: sideScale, steps: 1, top: max(int(want.Cap*sideScale), 1)}
	if want.Spread > 0 {
		m.steps = 8
	}
	m.build()
	if s.crossing() {
		// Chances that keep crossing rules on average do not keep them when drawn.
		s.out.Status, s.out.Infeasible = NotFound, &Infeasible{Clashes: []Clash{{Kind: ClashDraw, Rules: in.crossed(s.m)}}, Relax: []Remedy{}}
		return
	}
	unit := int64(1)
	if want.Spread > 0 {
		unit = sideScale
		m.slopes(want)
	}
	m.seek(in.worth, unit)
	feasible, done := m.solve(s.ctx)
	s.m = m
	switch {
	case !done:
		s.out.Status, s.out.Stopped = NotFound, true
		return
	case !feasible:
		s.out.Status, s.out.Infeasible = None, &Infeasible{Clashes: []Clash{{Kind: ClashDraw}}, Relax: []Remedy{}}
		return
	}
	chances := m.chances()
	expected := int64(0)
	for c, n := range chances {
		if n > 0 {
			s.out.Chances = append(s.out.Chances, Chance{in.items[c/len(in.agents)].ID, in.agents[c%len(in.agents)].ID, n})
			expected += int64(n) * in.worth[c]
		}
	}
	s.out.Expected = Affinity(expected / sideScale)
	p := m.sample(rand.New(rand.NewPCG(in.p.Seed, 0x61737369676e)))
	s.out.Status = Drawn
	s.out.Pairs, s.out.Total = in.links(p), Affinity(in.sum(p, in.worth))
	if worst := in.worst(p, nil); worst < noLevel {
		s.out.Worst = Affinity(worst)
	}
	if s.out.Repair != nil {
		s.repairDrawn(p)
	}
}

func (s *search) repairDrawn(p plan) {
	s.out.Repair.Removed, s.out.Repair.Added = s.in.changes(p)
	s.out.Repair.Kept = s.in.keeps(p)
}

// slopes make the first parts of a pair worth its affinity, and the last ones less, by
// the derivative of x − spread·x²/2 in the middle of each of its arcs.
func (m *model) slopes(want *Draw) {
	for k := range m.steps {
		middle := float64(want.Cap*(float64(k)+0.5)) / float64(m.steps)
		m.slope = append(m.slope, int64(sideScale*(1-float64(want.Spread*middle))))
	}
}

// crossed names the rules that are not in the network.
func (in *instance) crossed(m *model) (names []string) {
	seen := map[string]bool{}
	for _, left := range m.left {
		for _, k := range left {
			if name := in.rules[k].name; !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// chances are the parts of each cell, in 1/1024.
func (m *model) chances() []int {
	out := make([]int, len(m.in.value))
	for a, c := range m.cells {
		out[c] += int(m.net.Flow[a])
	}
	for c, s := range m.in.state {
		if s&pinned != 0 {
			out[c] = sideScale
		}
	}
	return out
}

// edge is an arc of the network whose flow is not whole.
type edge struct {
	from, to int32
	arc      int32 // the first of its parallel arcs
	part     int32 // 0 < part < 1024
	up       bool  // rounded up
}

// sample draws a whole circulation whose mean is the one at hand: while some arc is not
// whole, take a cycle of such arcs and push one way or the other along it, with chances
// that keep the mean of each arc (dependent rounding: Gandhi, Khuller, Parthasarathy and
// Srinivasan, J. ACM 2006; on networks with nested bounds, Budish et al., AER 2013).
func (m *model) sample(chance *rand.Rand) plan {
	parts := m.chances()
	edges, around := m.partial()
	seen := make([]int32, len(m.net.Supply)) // by node: place in the walk, from 1
	for start := range around {
		for {
			cycle, ok := walk(edges, around, int32(start), seen)
			if !ok {
				break
			}
			shift(edges, cycle, chance)
		}
	}
	for k := range edges {
		if a := int(edges[k].arc); a < len(m.cells) {
			c := m.cells[a]
			parts[c] = 0
			if edges[k].up {
				parts[c] = sideScale
			}
		}
	}
	out := make(plan, len(m.in.items))
	for c, n := range parts {
		if n == sideScale {
			i := c / len(m.in.agents)
			out[i] = append(out[i], int32(c%len(m.in.agents)))
		}
	}
	return out
}

// partial lists the arcs that are not whole, parallel ones put together, and those
// around each node.
func (m *model) partial() (edges []edge, around [][]int32) {
	n := m.net
	around = make([][]int32, len(n.Supply))
	for a := 0; a < n.Real(); {
		first, flow := a, int32(0)
		for a < n.Real() && n.From[a] == n.From[first] && n.To[a] == n.To[first] {
			flow += n.Flow[a]
			a++
		}
		if part := flow % sideScale; part != 0 {
			k := int32(len(edges))
			edges = append(edges, edge{from: n.From[first], to: n.To[first], arc: int32(first), part: part})
			around[n.From[first]] = append(around[n.From[first]], k)
			around[n.To[first]] = append(around[n.To[first]], k)
		}
	}
	return edges, around
}

// step is one edge of a walk, along it or against it.
type step struct {
	edge    int32
	forward bool
}

// walk follows edges that are not whole from a node until it comes back on itself. Flows
// are conserved, so a node that has one such edge has two.
func walk(edges []edge, around [][]int32, start int32, seen []int32) (cycle []step, ok bool) {
	var steps []step
	nodes := []int32{start}
	defer func() {
		for _, v := range nodes {
			seen[v] = 0
		}
	}()
	at, last := start, nobody
	seen[at] = 1
	for {
		next := nobody
		keep := around[at][:0]
		for _, k := range around[at] {
			if edges[k].part == 0 {
				continue
			}
			keep = append(keep, k)
			if k != last && next == nobody {
				next = k
			}
		}
		around[at] = keep
		if next == nobody {
			return nil, false
		}
		e := edges[next]
		steps = append(steps, step{next, e.from == at})
		if at = e.to; !steps[len(steps)-1].forward {
			at = e.from
		}
		if seen[at] > 0 {
			return steps[seen[at]-1:], true
		}
		nodes = append(nodes, at)
		seen[at], last = int32(len(nodes)), next
	}
}

// shift pushes along a cycle until an edge is whole.
func shift(edges []edge, cycle []step, chance *rand.Rand) {
	along, against := int32(sideScale), int32(sideScale)
	for _, s := range cycle {
		part := edges[s.edge].part
		if s.forward {
			along, against = min(along, sideScale-part), min(against, part)
		} else {
			along, against = min(along, part), min(against, sideScale-part)
		}
	}
	by := along
	if chance.Int32N(along+against) >= against {
		by = -against
	}
	for _, s := range cycle {
		e := &edges[s.edge]
		if s.forward {
			e.part += by
		} else {
			e.part -= by
		}
		if e.part == sideScale {
			e.part, e.up = 0, true
		}
	}
}
