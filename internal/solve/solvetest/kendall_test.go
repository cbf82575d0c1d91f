package solvetest

import (
	"math"
	"testing"
)

func TestKendall(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64
		want float64
	}{
		{"the same order", []float64{1, 2, 3}, []float64{10, 20, 35}, 1},
		{"the other way round", []float64{1, 2, 3}, []float64{3, 2, 1}, -1},
		{"one pair of three is swapped", []float64{1, 2, 3}, []float64{1, 3, 2}, 1.0 / 3},
		{"a tie in one list", []float64{1, 2, 2}, []float64{1, 2, 3}, 2 / math.Sqrt(6)},
		{"the same tie in both", []float64{1, 2, 2}, []float64{1, 3, 3}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Kendall(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("τ %v, want %v", got, c.want)
			}
		})
	}
}
