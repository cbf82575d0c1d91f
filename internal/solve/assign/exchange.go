package assign

import "math"

// never is the cost of what cannot be done.
const never = int64(math.MaxInt64 / 4)

// exchange is the graph of what agents can pass to one another: an edge from a to b is
// the cheapest item that a can give to b without breaking anything, the hub standing
// for readings that nobody had or that nobody has any more. It is the residual network
// with items contracted: its paths are the chains of trades.
type exchange struct {
	*standing
	worth []int64
	n     int     // agents and the hub, which is n-1
	cost  []int64 // by from*n+to
	item  []int32 // what is passed; nobody when a load changes alone
	far   []int64 // cheapest chain
	step  []int32 // the first agent after from on that chain
	whole bool    // chains of any length, or of two trades at most
}

func newExchange(s *standing, worth []int64) *exchange {
	n := len(s.in.agents) + 1
	x := &exchange{standing: s, worth: worth, n: n, cost: make([]int64, n*n), item: make([]int32, n*n), far: make([]int64, n*n), step: make([]int32, n*n)}
	x.edges()
	return x
}

// edges finds the cheapest item between each two agents.
func (x *exchange) edges() {
	for e := range x.cost {
		x.cost[e], x.item[e] = never, nobody
	}
	hub := int32(x.n - 1)
	balance := int64(millionths(1, x.in.p.Balance))
	for r := range hub {
		if x.load[r] < x.upper[r] {
			x.offer(r, hub, nobody, balance*int64(x.load[r]))
		}
		if x.load[r] > x.lower[r] {
			x.offer(hub, r, nobody, -balance*int64(x.load[r]-1))
		}
	}
	for i := range int32(len(x.plan)) {
		x.edgesOf(i, hub)
	}
}

func (x *exchange) edgesOf(i, hub int32) {
	first := x.in.cell(i, 0)
	want := x.in.items[i]
	for _, a := range x.plan[i] {
		if !x.free(i, a) {
			continue
		}
		lost := x.worth[first+int(a)]
		if len(x.plan[i]) > want.Min && x.bears(i, a, nobody) {
			x.offer(a, hub, i, lost)
		}
		row := int(a) * x.n
		for b := range hub {
			if x.has[first+int(b)] || x.in.state[first+int(b)]&forbidden != 0 {
				continue
			}
			if c := lost - x.worth[first+int(b)]; c < x.cost[row+int(b)] && x.bears(i, a, b) {
				x.cost[row+int(b)], x.item[row+int(b)] = c, i
			}
		}
	}
	if len(x.plan[i]) < want.Max {
		for b := range hub {
			if c := first + int(b); !x.has[c] && x.in.state[c]&forbidden == 0 && x.bears(i, nobody, b) {
				x.offer(hub, b, i, -x.worth[c])
			}
		}
	}
}

func (x *exchange) offer(a, b, item int32, cost int64) {
	if e := int(a)*x.n + int(b); cost < x.cost[e] {
		x.cost[e], x.item[e] = cost, item
	}
}

// mostChained is the number of agents beyond which only direct trades are looked at: the
// search of chains takes the cube of it.
const mostChained = 800

// settled says whether no cycle of trades gains anything: the assignment is then the
// best one of the flow (Bellman and Ford).
func (x *exchange) settled() bool {
	n := x.n
	far := make([]int64, n)
	for range n {
		changed := false
		for e, c := range x.cost {
			if c < never && far[e/n]+c < far[e%n] {
				far[e%n] = far[e/n] + c
				changed = true
			}
		}
		if !changed {
			return true
		}
	}
	return false
}

// chains finds the cheapest chain between every two agents: Floyd and Warshall when
// no cycle can gain (the assignment is the best one), and chains of two trades
// otherwise.
func (x *exchange) chains(best bool) {
	n := x.n
	if n > mostChained {
		copy(x.far, x.cost)
		for e := range x.step {
			x.step[e] = int32(e % n)
		}
		x.whole = false
		return
	}
	x.whole = best
	copy(x.far, x.cost)
	for e := range x.step {
		x.step[e] = int32(e % n)
	}
	for a := range n {
		x.far[a*n+a], x.step[a*n+a] = 0, int32(a)
	}
	from := x.cost
	if best {
		from = x.far
	}
	for via := range n {
		row := from[via*n : (via+1)*n]
		for a := range n {
			first := from[a*n+via]
			if first >= never || a == via {
				continue
			}
			step, far := x.step[a*n+via], x.far[a*n:(a+1)*n]
			if !best {
				step = int32(via)
			}
			for b, second := range row {
				if first+second < far[b] && second < never && a != b {
					far[b] = first + second
					x.step[a*n+b] = step
				}
			}
		}
	}
}

// chain lists the trades from a to b on the cheapest chain.
func (x *exchange) chain(a, b int32) (moves []trade) {
	for at := a; at != b && len(moves) <= x.n; {
		next := x.step[int(at)*x.n+int(b)]
		if !x.whole && at != a {
			next = b
		}
		moves = append(moves, x.trade(at, next))
		at = next
	}
	return moves
}

// trade gives an item from one agent to another; nobody is the hub. Without item it
// only says that a load changes.
type trade struct{ item, from, to int32 }

func (x *exchange) trade(a, b int32) trade {
	t := trade{x.item[int(a)*x.n+int(b)], a, b}
	if int(a) == x.n-1 {
		t.from = nobody
	}
	if int(b) == x.n-1 {
		t.to = nobody
	}
	return t
}

// apply makes the trades that name an item; it says false, and changes nothing, when
// they cannot all be made or leave an item they touch further from its rules or floor.
func (x *exchange) apply(moves []trade) bool {
	before := map[int32][2]int64{}
	done := 0
	ok := true
	for _, m := range moves {
		if m.item == nobody {
			done++
			continue
		}
		if _, seen := before[m.item]; !seen {
			readers, score := x.fault(m.item)
			before[m.item] = [2]int64{int64(readers), score}
		}
		if m.from != nobody && !x.has[x.in.cell(m.item, m.from)] || m.to != nobody && x.has[x.in.cell(m.item, m.to)] {
			ok = false
			break
		}
		x.make(m)
		done++
	}
	for i, was := range before {
		readers, score := x.fault(i)
		n := len(x.plan[i])
		ok = ok && int64(readers) <= was[0] && score <= was[1] && n >= x.in.items[i].Min && n <= x.in.items[i].Max
	}
	for _, m := range moves[:done] {
		for _, r := range []int32{m.from, m.to} {
			ok = ok && (r == nobody || x.load[r] >= x.lower[r] && x.load[r] <= x.upper[r])
		}
	}
	if !ok {
		for k := done - 1; k >= 0; k-- {
			x.make(trade{moves[k].item, moves[k].to, moves[k].from})
		}
	}
	return ok
}

func (x *exchange) make(m trade) {
	if m.item == nobody {
		return
	}
	if m.from != nobody {
		x.drop(m.item, m.from)
	}
	if m.to != nobody {
		x.add(m.item, m.to)
	}
}
