package assign

import (
	"context"
	"math"
	"slices"

	"transformateur/internal/solve/flow"
)

// nobody stands for no agent, no item and no arc.
const nobody = flow.None

// plan is an assignment: the agents of each item, sorted.
type plan [][]int32

// model is the circulation of an instance: hub → item → (groups of readers) → agent →
// hub. Its integer solutions are the assignments that keep loads, numbers of readers,
// conflicts, pins, and those rules that fit in a tree of nested groups; the other
// rules are left to be priced (see side.go).
type model struct {
	in    *instance
	net   *flow.Network
	cells []int     // of the pair arcs, which come first
	loads [][]int32 // by agent: its arcs to the hub, the first reading first
	left  [][]int32 // by item: the rules that are not in the network
	quota []quota   // the groups of readers inside the network
	lower []int     // by agent: the loads in force
	upper []int
	parts int     // 1, or how many parts of a reading flow: chances are counted in 1/1024
	steps int     // arcs a pair, each of a lower slope
	top   int     // parts that a pair may have
	slope []int64 // by arc of a pair: what its parts are worth, in 1/1024 of the affinity; nil for all of it
	place []int8  // by pair arc: which of the arcs of the pair it is, when there are slopes
	scale int64   // what one unit of the objective is worth in costs; ties are below it
	flows int
}

// quota is a group of readers of an item, as a node of the network.
type quota struct {
	item, rule  int32
	above, node int32
	least, most int
	arc         int32
}

// newModel builds the network, in which a pair is chosen or not.
func newModel(in *instance) *model {
	m := &model{in: in, parts: 1, steps: 1, top: 1}
	m.build()
	return m
}

func (m *model) build() {
	in := m.in
	m.left = make([][]int32, len(in.items))
	m.lower, m.upper = in.bounds()
	items, agents := len(in.items), len(in.agents)
	m.net = flow.New(1+items+agents, len(in.value)*m.steps+items+agents)
	trees := in.nest()
	holders := make([]int32, agents)
	groups := make([]int32, len(in.rules))
	var extra []func()
	for i := range int32(items) {
		tree := trees.of(i)
		m.left[i] = tree.left
		for k, s := range tree.kept {
			node, above := m.net.Node(), 1+i
			if tree.above[k] >= 0 {
				above = groups[tree.kept[tree.above[k]]]
			}
			groups[s] = node
			lo, hi := tree.least[k], min(tree.most[k], in.items[i].Max)
			at := len(m.quota)
			m.quota = append(m.quota, quota{item: i, rule: s, above: above, node: node, least: lo, most: hi})
			extra = append(extra, func() { m.quota[at].arc = m.arc(above, node, lo, max(lo, hi)) })
		}
		for r := range agents {
			holders[r] = 1 + i
			if k := tree.holder[r]; k >= 0 {
				holders[r] = groups[tree.kept[k]]
			}
			m.pair(i, int32(r), holders[r])
		}
	}
	m.loads = make([][]int32, agents)
	for r := range agents {
		m.loadArcs(r)
	}
	for i, it := range in.items {
		m.arc(0, int32(1+i), it.Min, it.Max)
	}
	for _, add := range extra {
		add()
	}
}

func (m *model) arc(from, to int32, lower, upper int) int32 {
	return m.net.Arc(from, to, lower*m.parts, upper*m.parts)
}

// pair adds the arc of a pair that may be chosen.
func (m *model) pair(item, agent, from int32) {
	c, to := m.in.cell(item, agent), int32(1+len(m.in.items))+agent
	switch s := m.in.state[c]; {
	case s&pinned != 0:
		m.arc(from, to, 1, 1)
	case s&forbidden == 0 && m.in.items[item].Max > 0 && m.upper[agent] > 0:
		for k := range m.steps {
			if room := m.top*(k+1)/m.steps - m.top*k/m.steps; room > 0 {
				m.net.Arc(from, to, 0, room)
				m.cells, m.place = append(m.cells, c), append(m.place, int8(k))
			}
		}
	}
}

// loadArcs adds the arcs of an agent's readings: one, or one each when they cost more
// and more.
func (m *model) loadArcs(r int) {
	from := int32(1 + len(m.in.items) + r)
	if m.in.p.Balance == 0 {
		m.loads[r] = []int32{m.arc(from, 0, m.lower[r], m.upper[r])}
		return
	}
	m.arc(from, 0, m.lower[r], m.lower[r])
	for range min(m.upper[r], len(m.in.items)) - m.lower[r] {
		m.loads[r] = append(m.loads[r], m.arc(from, 0, 0, 1))
	}
}

// bounds are the loads in force: those of the agents, narrowed when they must be even.
func (in *instance) bounds() (lower, upper []int) {
	lower, upper = make([]int, len(in.agents)), make([]int, len(in.agents))
	for r, a := range in.agents {
		lower[r], upper[r] = a.Min, min(a.Max, max(a.Min, len(in.items)))
	}
	if !in.p.Even {
		return lower, upper
	}
	want := 0
	for _, it := range in.items {
		want += it.Min
	}
	// The level is the greatest one that fills no more than what is wanted.
	fill := func(level int) (sum int) {
		for r := range lower {
			sum += min(max(level, lower[r]), upper[r])
		}
		return sum
	}
	level := 0
	for level < len(in.items) && fill(level+1) <= want {
		level++
	}
	for r := range lower {
		low := min(max(level, lower[r]), upper[r])
		lower[r], upper[r] = low, min(max(level+1, low), upper[r])
	}
	return lower, upper
}

// seek sets the objective, in units to maximise for each cell, keeping the basis that
// the model has. Ties are decided by the seed when the numbers leave room for them.
//
// A millionth of affinity is unit of them.
func (m *model) seek(worth []int64, unit int64) {
	span := int64(2*len(m.in.agents) + 4) // a simple cycle passes each agent once, by two arcs
	most := int64(1)
	for _, c := range m.cells {
		most = max(most, worth[c], -worth[c])
	}
	balance := int64(millionths(1, m.in.p.Balance)) * unit
	most = max(most, balance*int64(slices.Max(append(m.upper[:len(m.upper):len(m.upper)], 1))))
	if m.slope != nil {
		most *= sideScale
	}
	m.scale = span * tieMost
	if most > math.MaxInt64/8/span/m.scale {
		m.scale = 1
	}
	cost := m.net.Cost
	for a, c := range m.cells {
		w := worth[c]
		if m.slope != nil {
			w *= m.slope[m.place[a]]
		}
		if cost[a] = -w * m.scale; m.scale > 1 {
			cost[a] -= m.in.tie[c]
		}
	}
	if balance > 0 {
		for r, arcs := range m.loads {
			for k, a := range arcs {
				cost[a] = balance * int64(m.lower[r]+k) * m.scale
			}
		}
	}
	big := (most*m.scale + tieMost) * span
	if !m.net.Started() {
		m.net.Start(big)
		m.crash()
		return
	}
	m.net.Raise(big)
}

// solve finds the best assignment of the objective sought last; feasible is false when
// there is none, done is false when time ran out.
func (m *model) solve(ctx context.Context) (feasible, done bool) {
	m.flows++
	done = m.net.Optimise(func() bool { return ctx.Err() != nil })
	return m.net.Unmet() == 0, done
}

// plan reads the assignment in the network.
func (m *model) plan() plan {
	out := make(plan, len(m.in.items))
	agents := len(m.in.agents)
	for i, it := range m.in.items {
		out[i] = make([]int32, 0, it.Max)
	}
	for a, c := range m.cells {
		if m.net.Flow[a] > 0 {
			out[c/agents] = append(out[c/agents], int32(c%agents))
		}
	}
	for c, s := range m.in.state {
		if s&pinned != 0 {
			out[c/agents] = append(out[c/agents], int32(c%agents))
			slices.Sort(out[c/agents])
		}
	}
	return out
}

// sum adds up what a plan is worth.
func (in *instance) sum(p plan, worth []int64) (total int64) {
	for i, readers := range p {
		for _, r := range readers {
			total += worth[in.cell(int32(i), r)]
		}
	}
	return total
}
