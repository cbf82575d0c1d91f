package flow_test

import (
	"math/rand/v2"
	"testing"

	"transformateur/internal/solve/flow"
)

func never() bool { return false }

// arc is one arc of a small network.
type arc struct {
	from, to     int32
	lower, upper int
	cost         int64
}

// build makes a network of nodes and arcs; numbers are those of the arcs in it.
func build(nodes int, arcs []arc) (n *flow.Network, numbers []int32) {
	n = flow.New(nodes, len(arcs))
	big := int64(1)
	for _, a := range arcs {
		number := n.Arc(a.from, a.to, a.lower, a.upper)
		numbers = append(numbers, number)
		if number != flow.None {
			n.Cost[number] = a.cost
		}
		big += max(a.cost, -a.cost)
	}
	n.Start(big * int64(nodes+1))
	return n, numbers
}

// brute tries every whole circulation: the least cost, and whether there is one.
func brute(nodes int, arcs []arc) (best int64, feasible bool) {
	balance := make([]int, nodes)
	var try func(k int, cost int64)
	try = func(k int, cost int64) {
		if k == len(arcs) {
			for _, b := range balance {
				if b != 0 {
					return
				}
			}
			if !feasible || cost < best {
				best, feasible = cost, true
			}
			return
		}
		a := arcs[k]
		for f := a.lower; f <= a.upper; f++ {
			balance[a.from] -= f
			balance[a.to] += f
			try(k+1, cost+int64(f)*a.cost)
			balance[a.from] += f
			balance[a.to] -= f
		}
	}
	try(0, 0)
	return best, feasible
}

// carried is what each arc carries, its lower bound included, and what all of it costs.
func carried(t *testing.T, n *flow.Network, arcs []arc, numbers []int32, nodes int) (cost int64) {
	t.Helper()
	balance := make([]int, nodes)
	for k, a := range arcs {
		f := a.lower
		if numbers[k] != flow.None {
			f += int(n.Flow[numbers[k]])
		}
		if f < a.lower || f > a.upper {
			t.Errorf("arc %d carries %d, from %d to %d", k, f, a.lower, a.upper)
		}
		balance[a.from] -= f
		balance[a.to] += f
		cost += int64(f) * a.cost
	}
	for v, b := range balance {
		if b != 0 {
			t.Errorf("node %d keeps %d", v, b)
		}
	}
	return cost
}

func TestTheCheapestCirculationOfSmallNetworks(t *testing.T) {
	const seed = 20270305
	chance := rand.New(rand.NewPCG(seed, 7))
	possible := 0
	for round := range 400 {
		nodes := 2 + chance.IntN(4)
		arcs := make([]arc, 1+chance.IntN(7))
		for k := range arcs {
			from := chance.IntN(nodes)
			lower := chance.IntN(2)
			arcs[k] = arc{int32(from), int32((from + 1 + chance.IntN(nodes-1)) % nodes), lower, lower + chance.IntN(3), int64(chance.IntN(21) - 10)}
		}
		want, feasible := brute(nodes, arcs)
		n, numbers := build(nodes, arcs)
		if !n.Optimise(never) || (n.Unmet() == 0) != feasible {
			t.Fatalf("round %d of seed %d: %d units are not met, feasible: %v\n%+v", round, seed, n.Unmet(), feasible, arcs)
		}
		if !feasible {
			continue
		}
		possible++
		if got := carried(t, n, arcs, numbers, nodes); got != want {
			t.Fatalf("round %d of seed %d: costs %d, the least is %d\n%+v", round, seed, got, want, arcs)
		}
		// Other costs from the basis at hand, then the first ones again.
		for k, a := range arcs {
			if numbers[k] != flow.None {
				n.Cost[numbers[k]] = -a.cost
			}
		}
		n.Raise(1_000_000)
		n.Optimise(never)
		for k, a := range arcs {
			if numbers[k] != flow.None {
				n.Cost[numbers[k]] = a.cost
			}
		}
		n.Raise(1_000_000)
		n.Optimise(never)
		if got := carried(t, n, arcs, numbers, nodes); got != want {
			t.Fatalf("round %d of seed %d: costs %d after other costs were tried, the least is %d", round, seed, got, want)
		}
	}
	if possible < 50 {
		t.Errorf("only %d networks had a circulation: the test proves little", possible)
	}
}

func TestSituations(t *testing.T) {
	for name, c := range map[string]struct {
		nodes int
		arcs  []arc
		unmet int
		cost  int64
	}{
		"nothing to carry":                       {2, []arc{{0, 1, 0, 3, 1}, {1, 0, 0, 3, 1}}, 0, 0},
		"a cycle that pays":                      {2, []arc{{0, 1, 0, 3, -2}, {1, 0, 0, 2, 1}}, 0, -2},
		"bounds that leave no choice":            {2, []arc{{0, 1, 2, 2, 5}, {1, 0, 2, 2, 5}}, 0, 20},
		"what comes in cannot go out":            {3, []arc{{0, 1, 2, 2, 1}, {1, 2, 0, 1, 1}, {2, 0, 0, 9, 1}}, 1, 0},
		"the cheap way first, then the dear one": {3, []arc{{0, 1, 3, 3, 0}, {1, 0, 0, 2, 1}, {1, 2, 0, 3, 4}, {2, 0, 0, 3, 4}}, 0, 10},
	} {
		n, numbers := build(c.nodes, c.arcs)
		if !n.Optimise(never) {
			t.Errorf("%s: it stopped by itself", name)
		}
		if n.Unmet() != c.unmet {
			t.Errorf("%s: %d units are not met, want %d", name, n.Unmet(), c.unmet)
		}
		if c.unmet == 0 {
			if got := carried(t, n, c.arcs, numbers, c.nodes); got != c.cost {
				t.Errorf("%s: costs %d, want %d", name, got, c.cost)
			}
		}
	}
}

// A basis built by hand gives the same result as the artificial one, in fewer steps.
func TestAFirstBasisOfOnesOwn(t *testing.T) {
	// Two items want one reading each, of two agents who may read two.
	arcs := []arc{{1, 3, 0, 1, -5}, {1, 4, 0, 1, -1}, {2, 3, 0, 1, -1}, {2, 4, 0, 1, -5}, {3, 0, 0, 2, 0}, {4, 0, 0, 2, 0}, {0, 1, 1, 1, 0}, {0, 2, 1, 1, 0}}
	plain, numbers := build(5, arcs)
	plain.Optimise(never)
	n, _ := build(5, arcs)
	n.Send(numbers[0])
	n.Send(numbers[3])
	n.Fill(3, numbers[4], 1)
	n.Fill(4, numbers[5], 1)
	n.Rehang(1, numbers[1])
	n.Rehang(2, numbers[2])
	n.Reprice()
	if n.Above(3) != numbers[4] || n.Above(1) != numbers[1] {
		t.Errorf("node 3 hangs by %d, node 1 by %d", n.Above(3), n.Above(1))
	}
	if !n.Optimise(never) || n.Unmet() != 0 {
		t.Fatalf("%d units are not met", n.Unmet())
	}
	if a, b := carried(t, plain, arcs, numbers, 5), carried(t, n, arcs, numbers, 5); a != b || a != -10 {
		t.Errorf("costs %d and %d, want -10", a, b)
	}
	if n.Pivots >= plain.Pivots {
		t.Errorf("%d steps from the basis of one's own, %d from the artificial one", n.Pivots, plain.Pivots)
	}
}

func TestItStopsWhenItIsAsked(t *testing.T) {
	n, _ := build(2, []arc{{0, 1, 0, 3, -2}, {1, 0, 0, 2, 1}})
	if n.Optimise(func() bool { return true }) {
		t.Error("it goes on")
	}
}
