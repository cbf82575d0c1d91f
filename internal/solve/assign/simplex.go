package assign

import "math"

// network is a minimum-cost circulation with bounds, solved by the primal network
// simplex: Ahuja, Magnanti and Orlin, Network Flows (1993), chapter 11. The basis is a
// spanning tree kept strongly feasible by the choice of the leaving arc (Cunningham,
// 1976), so that it cannot cycle; the entering arc is the most violating one of a block
// of arcs (Grigoriadis, 1986). Node 0 is the hub, the root of the tree.
type network struct {
	from, to []int32
	cost     []int64
	room     []int32 // capacity above the lower bound
	flow     []int32 // above the lower bound
	state    []int8  // atLower, atUpper, inTree
	real     int     // arcs before the artificial ones
	supply   []int32 // by node: what lower bounds bring in, less what they take out

	parent, pred       []int32
	up                 []bool // the arc to the parent goes to the parent
	depth              []int32
	child, next, prior []int32 // first child, next and previous sibling
	price              []int64

	at     int // where the search of entering arcs stopped
	pivots int
}

const (
	atLower int8 = 1
	inTree  int8 = 0
	atUpper int8 = -1

	unbounded = math.MaxInt32
	nobody    = int32(-1)
)

func newNetwork(nodes, arcs int) *network {
	arcs += nodes
	return &network{supply: make([]int32, nodes), from: make([]int32, 0, arcs), to: make([]int32, 0, arcs), cost: make([]int64, 0, arcs), room: make([]int32, 0, arcs)}
}

// node adds a node.
func (n *network) node() int32 {
	n.supply = append(n.supply, 0)
	return int32(len(n.supply) - 1)
}

// arc adds an arc that carries from lower to upper, and returns its number, or -1 when
// the bounds leave no choice.
func (n *network) arc(from, to int32, lower, upper int) int32 {
	n.supply[from] -= int32(lower)
	n.supply[to] += int32(lower)
	if upper <= lower {
		return nobody
	}
	n.from, n.to = append(n.from, from), append(n.to, to)
	n.cost, n.room = append(n.cost, 0), append(n.room, int32(upper-lower))
	return int32(len(n.from) - 1)
}

// start makes the first basis: an artificial arc between each node and the hub, which
// costs big: more than any path of true arcs.
func (n *network) start(big int64) {
	n.real = len(n.from)
	nodes := len(n.supply)
	n.flow, n.state = make([]int32, n.real+nodes), make([]int8, n.real+nodes)
	n.parent, n.pred, n.up = make([]int32, nodes), make([]int32, nodes), make([]bool, nodes)
	n.depth, n.price = make([]int32, nodes), make([]int64, nodes)
	n.child, n.next, n.prior = make([]int32, nodes), make([]int32, nodes), make([]int32, nodes)
	for a := range n.real {
		n.state[a] = atLower
	}
	for v := range nodes {
		n.child[v], n.next[v], n.prior[v] = nobody, nobody, nobody
	}
	n.parent[0], n.pred[0] = nobody, nobody
	for v := int32(1); v < int32(nodes); v++ {
		a := int32(len(n.from))
		from, to, flow := v, int32(0), n.supply[v]
		n.up[v] = flow >= 0
		if flow < 0 {
			from, to, flow = 0, v, -flow
		}
		n.from, n.to = append(n.from, from), append(n.to, to)
		n.cost, n.room = append(n.cost, big), append(n.room, unbounded)
		n.flow[a], n.pred[v] = flow, a
		n.hang(v, 0)
	}
	n.reprice()
}

// hang makes v the first child of p.
func (n *network) hang(v, p int32) {
	n.parent[v], n.prior[v] = p, nobody
	n.next[v] = n.child[p]
	if n.next[v] != nobody {
		n.prior[n.next[v]] = v
	}
	n.child[p] = v
}

// unhang takes v out of its parent's children.
func (n *network) unhang(v int32) {
	if n.prior[v] != nobody {
		n.next[n.prior[v]] = n.next[v]
	} else {
		n.child[n.parent[v]] = n.next[v]
	}
	if n.next[v] != nobody {
		n.prior[n.next[v]] = n.prior[v]
	}
}

// reprice computes every price and depth from the tree, after costs have changed.
func (n *network) reprice() {
	n.price[0], n.depth[0] = 0, 0
	for c := n.child[0]; c != nobody; c = n.next[c] {
		n.below(c, func(v int32) {
			a, p := n.pred[v], n.parent[v]
			n.depth[v] = n.depth[p] + 1
			if n.up[v] {
				n.price[v] = n.price[p] - n.cost[a]
			} else {
				n.price[v] = n.price[p] + n.cost[a]
			}
		})
	}
}

// below calls f with top and every node under it, parents first.
func (n *network) below(top int32, f func(v int32)) {
	v := top
	for {
		f(v)
		if n.child[v] != nobody {
			v = n.child[v]
			continue
		}
		for v != top && n.next[v] == nobody {
			v = n.parent[v]
		}
		if v == top {
			return
		}
		v = n.next[v]
	}
}

// optimise pivots until no arc can better the cost. It stops and says false when stop
// does, which it asks now and then.
func (n *network) optimise(stop func() bool) bool {
	if stop() {
		return false
	}
	block := max(int(math.Sqrt(float64(n.real)))*3/2, 24)
	for {
		a := n.entering(block)
		if a == nobody {
			return true
		}
		n.pivot(a)
		if n.pivots++; n.pivots&1023 == 0 && stop() {
			return false
		}
	}
}

// entering looks for the arc that violates its optimality condition most within the
// first block that holds one.
func (n *network) entering(block int) int32 {
	best, worst := nobody, int64(0)
	from, to, cost, state, price := n.from, n.to, n.cost, n.state, n.price
	left, a := block, n.at
	for range n.real {
		if a >= n.real {
			a = 0
		}
		if s := state[a]; s != inTree {
			if c := int64(s) * (cost[a] + price[from[a]] - price[to[a]]); c < worst {
				worst, best = c, int32(a)
			}
		}
		a++
		if left--; left == 0 {
			if best != nobody {
				break
			}
			left = block
		}
	}
	n.at = a
	return best
}

// pivot sends what it can around the cycle that the entering arc closes, then changes
// the tree.
func (n *network) pivot(a int32) {
	first, second := n.from[a], n.to[a]
	if n.state[a] == atUpper {
		first, second = second, first
	}
	most, out, onFirst := n.room[a], nobody, false
	u, v := first, second
	for u != v { // the ties go to the last blocking arc of the cycle, from its apex
		if n.depth[u] >= n.depth[v] {
			if r := n.residual(u, n.up[u]); r < most {
				most, out, onFirst = r, u, true
			}
			u = n.parent[u]
		} else {
			if r := n.residual(v, !n.up[v]); r <= most {
				most, out, onFirst = r, v, false
			}
			v = n.parent[v]
		}
	}
	apex := u
	if most > 0 {
		n.push(a, first, second, apex, most)
	}
	if out == nobody {
		n.state[a] = -n.state[a]
		return
	}
	if leaving := n.pred[out]; n.flow[leaving] == 0 {
		n.state[leaving] = atLower
	} else {
		n.state[leaving] = atUpper
	}
	n.state[a] = inTree
	if onFirst {
		n.regraft(a, first, second, out)
	} else {
		n.regraft(a, second, first, out)
	}
}

// residual is what the arc above v can still carry, or give back when back is true.
func (n *network) residual(v int32, back bool) int32 {
	a := n.pred[v]
	if back {
		return n.flow[a]
	}
	if n.room[a] == unbounded {
		return unbounded
	}
	return n.room[a] - n.flow[a]
}

func (n *network) push(a, first, second, apex, by int32) {
	n.flow[a] += int32(n.state[a]) * by
	for v := first; v != apex; v = n.parent[v] {
		if n.up[v] {
			n.flow[n.pred[v]] -= by
		} else {
			n.flow[n.pred[v]] += by
		}
	}
	for v := second; v != apex; v = n.parent[v] {
		if n.up[v] {
			n.flow[n.pred[v]] += by
		} else {
			n.flow[n.pred[v]] -= by
		}
	}
}

// regraft cuts the tree above out and hangs the part that was cut by the arc a, whose
// end inside that part is in.
func (n *network) regraft(a, in, onto, out int32) {
	node, above, arc, up := in, onto, a, n.from[a] == in
	for {
		oldAbove, oldArc, oldUp := n.parent[node], n.pred[node], n.up[node]
		n.unhang(node)
		n.hang(node, above)
		n.pred[node], n.up[node] = arc, up
		if node == out {
			break
		}
		node, above, arc, up = oldAbove, node, oldArc, !oldUp
	}
	shift := n.price[onto] + n.cost[a] - n.price[in]
	if n.from[a] == in {
		shift = n.price[onto] - n.cost[a] - n.price[in]
	}
	n.below(in, func(v int32) {
		n.price[v] += shift
		n.depth[v] = n.depth[n.parent[v]] + 1
	})
}

// unmet is how much of the lower bounds the artificial arcs still carry: 0 when the
// circulation is feasible.
func (n *network) unmet() (sum int) {
	for a := n.real; a < len(n.from); a++ {
		sum += int(n.flow[a])
	}
	return sum
}
