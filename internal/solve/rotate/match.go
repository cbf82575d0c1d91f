package rotate

import (
	"context"
	"slices"

	"transformateur/internal/solve/flow"
)

// matching is who visits what over all rounds, whatever the round: a b-matching.
type matching struct {
	in    *instance
	net   *flow.Network
	arc   []int32          // by person*t + table; None when there is no choice
	fixed []bool           // by person*t + table: a visit that has to be
	doors []int32          // by table: its node
	role  map[int32]string // by node of a role at a table
}

// visitors are the rounds in which each person is there.
func (in *instance) visitors() []int {
	there := make([]int, in.n)
	for r := range in.rounds {
		for _, p := range in.here[r] {
			there[p]++
		}
	}
	return there
}

// newMatching builds the network: person → (role →) table → hub. Roles are a partition,
// so that their quotas nest in those of tables and the whole is one circulation.
func newMatching(in *instance) *matching {
	m := &matching{in: in, net: flow.New(1+in.n+in.t, in.n*in.t+2*in.t), arc: make([]int32, in.n*in.t), fixed: make([]bool, in.n*in.t), role: map[int32]string{}}
	for p, visits := range in.visitors() {
		m.net.Supply[1+p] += int32(visits)
		m.net.Supply[0] -= int32(visits)
	}
	for t := range in.t {
		m.doors = append(m.doors, int32(1+in.n+t))
		m.net.Arc(m.doors[t], 0, in.fewest[t], in.most[t])
		entrance := m.entrances(t)
		for p := range in.n {
			c := p*in.t + t
			m.arc[c] = flow.None
			if in.never[c] {
				continue
			}
			m.fixed[c] = in.want[c] >= wrong
			low := 0
			if m.fixed[c] {
				low = 1
			}
			if m.arc[c] = m.net.Arc(int32(1+p), entrance[p], low, 1); m.arc[c] != flow.None {
				m.net.Cost[m.arc[c]] = -in.value[c] - in.want[c]
			}
		}
	}
	return m
}

// entrances gives the node by which each person comes to a table: one for each role that
// a quota bounds.
func (m *matching) entrances(t int) []int32 {
	in := m.in
	nodes := make([]int32, in.n)
	for p := range nodes {
		nodes[p] = m.doors[t]
	}
	for k := 0; k < len(in.roles); k++ {
		low, high := 0, in.rounds*maxPeople
		name, has := in.roles[k].Role, in.roles[k].has
		for ; k < len(in.roles) && in.roles[k].Role == name; k++ {
			a, b := in.roleVisits(k, t)
			low, high = max(low, a), min(high, b)
		}
		k--
		node := m.net.Node()
		m.net.Arc(node, m.doors[t], low, max(high, low))
		m.role[node] = name
		for p := range nodes {
			if has[p] {
				nodes[p] = node
			}
		}
	}
	return nodes
}

// roleVisits bounds the visits of people of a role to a table over all rounds.
func (in *instance) roleVisits(k, t int) (low, high int) {
	q := in.roles[k]
	low, high = q.Visits, in.rounds*maxPeople
	open := 0
	for r := range in.rounds {
		if in.high[r*in.t+t] > 0 {
			open++
		}
	}
	if q.Max > 0 {
		high = q.Max * open
	}
	return max(low, q.Min*open), high
}

// solve finds the best matching; it says false when there is none.
func (m *matching) solve(ctx context.Context) (feasible, done bool) {
	dearest := int64(unit)
	for a := range m.net.Cost {
		dearest = max(dearest, m.net.Cost[a], -m.net.Cost[a])
	}
	m.net.Start(dearest * int64(len(m.net.Supply)+1))
	done = m.net.Optimise(func() bool { return ctx.Err() != nil })
	return m.net.Unmet() == 0, done
}

// visits says who visits what.
func (m *matching) visits() []bool {
	visits := slices.Clone(m.fixed)
	for c, a := range m.arc {
		if a != flow.None && m.net.Flow[a] > 0 {
			visits[c] = true
		}
	}
	return visits
}

// worth is the value of visits, less the wishes that are not among them: the opposite of
// what they cost to the search.
func (in *instance) worth(visits []bool) (sum int64) {
	for c, yes := range visits {
		if yes {
			sum += in.value[c]
		} else {
			sum -= in.want[c]
		}
	}
	return sum
}

// residual is what can be reached in the residual network from the nodes whose artificial
// arc is used, forwards from people who cannot make all their visits, or backwards from
// tables that do not receive enough: the set of a violated cut (Hoffman 1960). short is how
// much it lacks.
func (m *matching) residual(forwards bool) (reached []bool, short int) {
	net := m.net
	reached = make([]bool, len(net.Supply))
	var queue []int32
	for a := net.Real(); a < len(net.Cost); a++ {
		v := net.From[a]
		if !forwards {
			v = net.To[a]
		}
		if net.Flow[a] > 0 && v > 0 {
			short += int(net.Flow[a])
			reached[v] = true
			queue = append(queue, v)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for a := range net.Real() {
			if w := m.beside(int32(a), queue[0], forwards); w > 0 && !reached[w] {
				reached[w] = true
				queue = append(queue, w)
			}
		}
	}
	return reached, short
}

// beside is the node that an arc of the residual network joins to another, 0 for none.
func (m *matching) beside(a, v int32, forwards bool) int32 {
	net := m.net
	ahead, back := net.Flow[a] < net.Room[a], net.Flow[a] > 0
	if !forwards {
		ahead, back = back, ahead
	}
	switch {
	case net.From[a] == v && ahead:
		return net.To[a]
	case net.To[a] == v && back:
		return net.From[a]
	}
	return 0
}

// colour gives each visit its round: everybody makes one visit in each round, and the
// tables of a round differ by one at most. A table of more visits than rounds is split
// into parts of as many visits as there are rounds; the edges of the bipartite graph are
// then coloured one by one, by exchange of two colours along an alternating path (König
// 1916; for classes that differ by one at most, de Werra 1971).
func (in *instance) colour(visits []bool) (seat []int) {
	c := newColouring(in)
	filled := make([]int, in.t)
	for p := range in.n {
		for t := range in.t {
			if visits[p*in.t+t] {
				c.paint(p, c.part(t, filled[t]/in.rounds))
				filled[t]++
			}
		}
	}
	seat = make([]int, in.rounds*in.n)
	for p := range in.n {
		for r := range in.rounds {
			seat[r*in.n+p] = c.place[c.at[p*in.rounds+r]]
		}
	}
	return seat
}

// colouring is a partial colouring: nodes are people, then parts of tables.
type colouring struct {
	rounds int
	at     []int       // by node*rounds + round: the node at the other end, or -1
	place  map[int]int // the table of a part
	parts  map[[2]int]int
	people int
}

func newColouring(in *instance) *colouring {
	c := &colouring{rounds: in.rounds, place: map[int]int{}, parts: map[[2]int]int{}, people: in.n}
	c.grow(in.n)
	return c
}

func (c *colouring) grow(nodes int) {
	for range nodes * c.rounds {
		c.at = append(c.at, -1)
	}
}

func (c *colouring) part(t, k int) int {
	node, ok := c.parts[[2]int{t, k}]
	if !ok {
		node = c.people + len(c.parts)
		c.parts[[2]int{t, k}] = node
		c.place[node] = t
		c.grow(1)
	}
	return node
}

// free is a round in which a node has nothing.
func (c *colouring) free(node int) int {
	return slices.Index(c.at[node*c.rounds:(node+1)*c.rounds], -1)
}

func (c *colouring) set(p, part, round int) {
	c.at[p*c.rounds+round], c.at[part*c.rounds+round] = part, p
}

// paint gives a round to a visit.
func (c *colouring) paint(p, part int) {
	a, b := c.free(p), c.free(part)
	if c.at[part*c.rounds+a] >= 0 {
		c.flip(part, a, b)
	}
	c.set(p, part, a)
}

// flip exchanges two rounds along the path that leaves a node by the first.
func (c *colouring) flip(node, a, b int) {
	path := []int{node}
	for round := a; ; round = a + b - round {
		next := c.at[path[len(path)-1]*c.rounds+round]
		if next < 0 {
			break
		}
		path = append(path, next)
	}
	for _, v := range path {
		c.at[v*c.rounds+a], c.at[v*c.rounds+b] = c.at[v*c.rounds+b], c.at[v*c.rounds+a]
	}
}
