package order

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFewest(t *testing.T) {
	for name, c := range map[string]struct {
		out   [][]int
		want  []int
		moves int
	}{
		"no file":                        {nil, nil, 0},
		"nobody steps out":               {[][]int{{}, {}, {}}, []int{0, 1, 2}, 0},
		"one steps out for two files":    {[][]int{{7}, {}, {7}}, []int{1, 0, 2}, 2},
		"those who share a file go last": {[][]int{{1}, {2}, {1, 2}}, []int{1, 2, 0}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			got, moves := Fewest(c.out)
			if moves != c.moves || Moves(c.out, c.want) != c.moves {
				t.Fatalf("%v: %d moves, want %d (%v)", got, moves, c.moves, c.want)
			}
			if sorted := slices.Sorted(slices.Values(got)); len(sorted) != len(c.out) {
				t.Fatalf("not an order: %v", got)
			}
		})
	}
}

// best tries every order.
func best(out [][]int) int {
	least := 1 << 30
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	var try func(i int)
	try = func(i int) {
		if i == len(order) {
			least = min(least, Moves(out, order))
			return
		}
		for j := i; j < len(order); j++ {
			order[i], order[j] = order[j], order[i]
			try(i + 1)
			order[i], order[j] = order[j], order[i]
		}
	}
	try(0)
	return least
}

func random(r *rand.Rand, files, people int, share float64) [][]int {
	out := make([][]int, files)
	for i := range out {
		for who := range people {
			if r.Float64() < share {
				out[i] = append(out[i], who)
			}
		}
	}
	return out
}

func TestFewestAgainstEveryOrder(t *testing.T) {
	const seed = 17
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 60 {
		out := random(r, 1+r.IntN(7), 5, 0.3)
		order, moves := Fewest(out)
		if least := best(out); moves != least {
			t.Fatalf("%v: %v makes %d people move, %d is possible", out, order, moves, least)
		}
	}
}

// Beyond what is exact, the order is a permutation, never worse than the given one, and
// close to the best of small instances written large.
func TestFewestOfManyFiles(t *testing.T) {
	const seed = 23
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 10 {
		out := random(r, 60, 30, 0.08)
		order, moves := Fewest(out)
		given := make([]int, len(out))
		for i := range given {
			given[i] = i
		}
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, given) {
			t.Fatalf("not an order: %v", order)
		}
		if before := Moves(out, given); moves > before*8/10 {
			t.Errorf("%d moves, %d in the order of the numbers", moves, before)
		}
		again, _ := Fewest(out)
		if !slices.Equal(order, again) {
			t.Error("the same input gave another order")
		}
	}
	var out [][]int
	for i := range 11 { // the heuristic alone, where every order was tried
		out = append(out, []int{i % 5, (i * 3) % 7})
	}
	sets := compact(out)
	_, distinct := grouped(sets)
	if near, least := length(distinct, improved(distinct)), length(distinct, exact(distinct)); near > least+2 {
		t.Errorf("%d moves by exchanges, %d is the least", near, least)
	}
}
