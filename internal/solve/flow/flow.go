// Package flow finds the cheapest circulation of a network whose arcs have bounds.
package flow

import "math"

// Network is a minimum-cost circulation with bounds, solved by the primal network
// simplex: Ahuja, Magnanti and Orlin, Network Flows (1993), chapter 11. The basis is a
// spanning tree kept strongly feasible by the choice of the leaving arc (Cunningham,
// 1976), so that it cannot cycle; the entering arc is the most violating one of a block
// of arcs (Grigoriadis, 1986). Node 0 is the hub, the root of the tree; each other node
// has an artificial arc to the hub, which carries what the true arcs cannot.
//
// The fields are read freely; only Cost may be written, before Start or Raise. Nodes and
// arcs are added before Start.
type Network struct {
	From, To []int32
	Cost     []int64 // of one unit; whole numbers, so that the result is exact
	Room     []int32 // capacity above the lower bound
	Flow     []int32 // above the lower bound
	Supply   []int32 // by node: what lower bounds bring in, less what they take out
	Pivots   int     // how many steps the simplex took

	state []int8 // atLower, atUpper, inTree
	real  int    // arcs before the artificial ones

	parent, pred       []int32
	up                 []bool // the arc to the parent goes to the parent
	depth              []int32
	child, next, prior []int32 // first child, next and previous sibling
	price              []int64

	at int // where the search of entering arcs stopped
}

const (
	atLower int8 = 1
	inTree  int8 = 0
	atUpper int8 = -1

	unbounded = math.MaxInt32
)

// None stands for no arc and no node.
const None = int32(-1)

// New makes a network of that many nodes, the hub included, with room for that many arcs.
func New(nodes, arcs int) *Network {
	arcs += nodes
	return &Network{Supply: make([]int32, nodes), From: make([]int32, 0, arcs), To: make([]int32, 0, arcs), Cost: make([]int64, 0, arcs), Room: make([]int32, 0, arcs)}
}

// Node adds a node.
func (n *Network) Node() int32 {
	n.Supply = append(n.Supply, 0)
	return int32(len(n.Supply) - 1)
}

// Arc adds an arc that carries from lower to upper, and returns its number, or None when
// the bounds leave no choice: its flow is then counted in the supplies alone.
func (n *Network) Arc(from, to int32, lower, upper int) int32 {
	n.Supply[from] -= int32(lower)
	n.Supply[to] += int32(lower)
	if upper <= lower {
		return None
	}
	n.From, n.To = append(n.From, from), append(n.To, to)
	n.Cost, n.Room = append(n.Cost, 0), append(n.Room, int32(upper-lower))
	return int32(len(n.From) - 1)
}

// Real is how many arcs were added: the artificial ones come after them.
func (n *Network) Real() int { return n.real }

// Started says whether there is a basis.
func (n *Network) Started() bool { return n.parent != nil }

// Start makes the first basis: the artificial arcs alone, each of which costs big, which
// must be more than any path of true arcs.
func (n *Network) Start(big int64) {
	n.real = len(n.From)
	nodes := len(n.Supply)
	n.Flow, n.state = make([]int32, n.real+nodes), make([]int8, n.real+nodes)
	n.parent, n.pred, n.up = make([]int32, nodes), make([]int32, nodes), make([]bool, nodes)
	n.depth, n.price = make([]int32, nodes), make([]int64, nodes)
	n.child, n.next, n.prior = make([]int32, nodes), make([]int32, nodes), make([]int32, nodes)
	for a := range n.real {
		n.state[a] = atLower
	}
	for v := range nodes {
		n.child[v], n.next[v], n.prior[v] = None, None, None
	}
	n.parent[0], n.pred[0] = None, None
	for v := int32(1); v < int32(nodes); v++ {
		n.pred[v] = int32(len(n.From))
		n.From, n.To = append(n.From, v), append(n.To, 0)
		n.Cost, n.Room = append(n.Cost, big), append(n.Room, unbounded)
		n.Settle(v, n.Supply[v])
		n.hang(v, 0)
	}
	n.Reprice()
}

// Raise sets what artificial arcs cost, after the costs have changed; the basis stays.
func (n *Network) Raise(big int64) {
	for a := n.real; a < len(n.Cost); a++ {
		n.Cost[a] = big
	}
	n.Reprice()
}

// Above is the arc by which a node hangs in the tree.
func (n *Network) Above(v int32) int32 { return n.pred[v] }

// A first basis nearer to the best one than the artificial arcs may be built with Send,
// Settle and Rehang, before the first Optimise; then Reprice. It must stay strongly
// feasible: every arc of the tree can carry a little more towards the hub.

// Send fills an arc of one unit, which its tail's artificial arc carried.
func (n *Network) Send(a int32) {
	n.Flow[a], n.state[a] = 1, atUpper
	n.Flow[n.pred[n.From[a]]]--
}

// Settle has the artificial arc of a node, by which it hangs, carry what the node has: to
// the hub, or from it when it is less than nothing.
func (n *Network) Settle(v, supply int32) {
	a := n.pred[v]
	n.From[a], n.To[a], n.up[v], n.Flow[a] = v, 0, true, supply
	if supply < 0 {
		n.From[a], n.To[a], n.up[v], n.Flow[a] = 0, v, false, -supply
	}
}

// Fill sends what a node has along one of its arcs to the hub, in place of the artificial
// one; the node then hangs by it, unless it is full.
func (n *Network) Fill(v, a, supply int32) {
	n.Settle(v, 0)
	n.Flow[a], n.state[a] = supply, atUpper
	if supply < n.Room[a] {
		n.Rehang(v, a)
	}
}

// Rehang has a node hang by an arc, in place of an artificial one that carries nothing.
func (n *Network) Rehang(v, a int32) {
	n.state[n.pred[v]] = atLower
	above := n.To[a]
	if n.up[v] = n.From[a] == v; !n.up[v] {
		above = n.From[a]
	}
	n.pred[v], n.state[a] = a, inTree
	n.unhang(v)
	n.hang(v, above)
}

// hang makes v the first child of p.
func (n *Network) hang(v, p int32) {
	n.parent[v], n.prior[v] = p, None
	n.next[v] = n.child[p]
	if n.next[v] != None {
		n.prior[n.next[v]] = v
	}
	n.child[p] = v
}

// unhang takes v out of its parent's children.
func (n *Network) unhang(v int32) {
	if n.prior[v] != None {
		n.next[n.prior[v]] = n.next[v]
	} else {
		n.child[n.parent[v]] = n.next[v]
	}
	if n.next[v] != None {
		n.prior[n.next[v]] = n.prior[v]
	}
}

// Reprice computes every price and depth from the tree, after costs have changed.
func (n *Network) Reprice() {
	n.price[0], n.depth[0] = 0, 0
	for c := n.child[0]; c != None; c = n.next[c] {
		n.below(c, func(v int32) {
			a, p := n.pred[v], n.parent[v]
			n.depth[v] = n.depth[p] + 1
			if n.up[v] {
				n.price[v] = n.price[p] - n.Cost[a]
			} else {
				n.price[v] = n.price[p] + n.Cost[a]
			}
		})
	}
}

// below calls f with top and every node under it, parents first.
func (n *Network) below(top int32, f func(v int32)) {
	v := top
	for {
		f(v)
		if n.child[v] != None {
			v = n.child[v]
			continue
		}
		for v != top && n.next[v] == None {
			v = n.parent[v]
		}
		if v == top {
			return
		}
		v = n.next[v]
	}
}

// Optimise pivots until no arc can better the cost. It stops and says false when stop
// does, which it asks now and then.
func (n *Network) Optimise(stop func() bool) bool {
	if stop() {
		return false
	}
	block := max(int(math.Sqrt(float64(n.real)))*3/2, 24)
	for {
		a := n.entering(block)
		if a == None {
			return true
		}
		n.pivot(a)
		if n.Pivots++; n.Pivots&1023 == 0 && stop() {
			return false
		}
	}
}

// entering looks for the arc that violates its optimality condition most within the
// first block that holds one.
func (n *Network) entering(block int) int32 {
	best, worst := None, int64(0)
	from, to, cost, state, price := n.From, n.To, n.Cost, n.state, n.price
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
			if best != None {
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
func (n *Network) pivot(a int32) {
	first, second := n.From[a], n.To[a]
	if n.state[a] == atUpper {
		first, second = second, first
	}
	most, out, onFirst := n.Room[a], None, false
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
	if out == None {
		n.state[a] = -n.state[a]
		return
	}
	if leaving := n.pred[out]; n.Flow[leaving] == 0 {
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
func (n *Network) residual(v int32, back bool) int32 {
	a := n.pred[v]
	if back {
		return n.Flow[a]
	}
	if n.Room[a] == unbounded {
		return unbounded
	}
	return n.Room[a] - n.Flow[a]
}

func (n *Network) push(a, first, second, apex, by int32) {
	n.Flow[a] += int32(n.state[a]) * by
	for v := first; v != apex; v = n.parent[v] {
		if n.up[v] {
			n.Flow[n.pred[v]] -= by
		} else {
			n.Flow[n.pred[v]] += by
		}
	}
	for v := second; v != apex; v = n.parent[v] {
		if n.up[v] {
			n.Flow[n.pred[v]] += by
		} else {
			n.Flow[n.pred[v]] -= by
		}
	}
}

// regraft cuts the tree above out and hangs the part that was cut by the arc a, whose
// end inside that part is in.
func (n *Network) regraft(a, in, onto, out int32) {
	node, above, arc, up := in, onto, a, n.From[a] == in
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
	shift := n.price[onto] + n.Cost[a] - n.price[in]
	if n.From[a] == in {
		shift = n.price[onto] - n.Cost[a] - n.price[in]
	}
	n.below(in, func(v int32) {
		n.price[v] += shift
		n.depth[v] = n.depth[n.parent[v]] + 1
	})
}

// Unmet is how much of the lower bounds the artificial arcs still carry: 0 when the
// circulation is feasible.
func (n *Network) Unmet() (sum int) {
	for a := n.real; a < len(n.From); a++ {
		sum += int(n.Flow[a])
	}
	return sum
}
