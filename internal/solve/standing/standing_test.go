package standing

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Counts and probabilities agree with a slow reading of the same draws.
func TestTally(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		k := rapid.IntRange(1, n).Draw(t, "k")
		draws := rapid.SliceOfN(rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n), 1, 60).Draw(t, "draws")
		tally := NewTally(n, k)
		ranks := make([][]int, n)
		for _, x := range draws {
			tally.Add(x)
			keys := NewSorter(n).Order(x)
			for r, key := range keys {
				ranks[uint32(key)] = append(ranks[uint32(key)], r+1)
			}
			for r := 1; r < n; r++ {
				if above, under := x[uint32(keys[r-1])], x[uint32(keys[r])]; under-above > 1e-2 {
					t.Fatalf("%v stands above %v", above, under)
				}
			}
		}
		for i, s := range tally.Standings() {
			slices.Sort(ranks[i])
			in, sum := 0, 0
			for _, r := range ranks[i] {
				sum += r
				if r <= k {
					in++
				}
			}
			d := len(draws)
			if s.PSelected != float64(in)/float64(d) || math.Abs(s.ExpectedRank-float64(sum)/float64(d)) > 1e-9 {
				t.Fatalf("%+v of %v", s, ranks[i])
			}
			if s.RankLow != ranks[i][d/20] || s.RankHigh != ranks[i][(19*d+19)/20-1] {
				t.Fatalf("interval %d to %d of %v", s.RankLow, s.RankHigh, ranks[i])
			}
		}
	})
}

// Counting digits gives the order that comparing gives.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-5, 5), fewest, 3*fewest).Draw(t, "values")
		x = append(x, x[:20]...)
		s := NewSorter(len(x))
		got := slices.Clone(s.Order(x))
		slices.Sort(s.keys)
		if !slices.Equal(got, s.keys) {
			t.Fatal("not the order of the keys")
		}
	})
}

func TestZones(t *testing.T) {
	for p, want := range map[float64]Zone{0: Refuse, 0.1: Refuse, 0.11: Grey, 0.05: Refuse, 0.5: Grey, 0.89: Grey, 0.9: Accept, 1: Accept} {
		if got := ZoneOf(p); got != want {
			t.Errorf("%v: %s", p, got)
		}
	}
}

func TestManyFiles(t *testing.T) {
	n := 3 * widest
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(n - i)
	}
	tally := NewTally(n, 10)
	tally.Add(x)
	for i, s := range tally.Standings() {
		if s.RankLow > i+1 || s.RankHigh < i+1 || s.RankHigh-s.RankLow > 3 || s.ExpectedRank != float64(i+1) {
			t.Fatalf("file %d: %+v", i+1, s)
		}
	}
}

func TestEven(t *testing.T) {
	for _, c := range []struct{ n, k int }{{1, 1}, {3, 1}, {40, 10}} {
		all := Even(c.n, c.k)
		if got := fmt.Sprintf("%d %.3f", len(all), all[0].PSelected); got != fmt.Sprintf("%d %.3f", c.n, float64(c.k)/float64(c.n)) {
			t.Error(got)
		}
		if all[0].RankLow < 1 || all[0].RankHigh > c.n || all[0].RankLow > all[0].RankHigh {
			t.Errorf("%+v", all[0])
		}
	}
}
