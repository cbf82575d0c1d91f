package cooling

import (
	"math"
	"testing"
)

func TestMovesAreAcceptedByTheRuleOfMetropolis(t *testing.T) {
	const seed, draws = 20270401, 200_000
	chance := New(seed, 1)
	for _, delta := range []int64{-5, 0, 100, 1000, 3000, 10_000} {
		yes := 0
		for range draws {
			if Accepts(delta, 1000, chance) {
				yes++
			}
		}
		want := math.Min(1, math.Exp(-float64(delta)/1000))
		if got := float64(yes) / draws; math.Abs(got-want) > 0.005 {
			t.Errorf("seed %d: a move of %d is accepted %.3f of the time, want %.3f", seed, delta, got, want)
		}
	}
}

func TestHeatFallsFromHotToCold(t *testing.T) {
	s := Schedule{Hot: 1_000_000, Cold: 5_000}
	if s.Heat(0) != s.Hot || s.Heat(Levels-1) != s.Cold {
		t.Errorf("from %d to %d", s.Heat(0), s.Heat(Levels-1))
	}
	for level := 1; level < Levels; level++ {
		if s.Heat(level) >= s.Heat(level-1) {
			t.Errorf("level %d is not colder", level)
		}
	}
}

func TestBelowDrawsEveryNumberAlike(t *testing.T) {
	const seed = 20270402
	chance := New(seed, 2)
	var count [7]int
	for range 70_000 {
		count[chance.Below(7)]++
	}
	for i, n := range count {
		if n < 9_500 || n > 10_500 {
			t.Errorf("seed %d: %d is drawn %d times of 70,000", seed, i, n)
		}
	}
	if a, b := New(1, 1), New(1, 1); a.Uint64() != b.Uint64() {
		t.Error("the same seed draws otherwise")
	}
}
