// Package solvetest is how the tests of the solvers measure what these find.
package solvetest

import "math"

// Kendall is Kendall's τ-b between two lists of values: 1 when they rank alike, −1 when
// they rank the other way round; what is equal in one list alone counts against both
// (Kendall 1945, "The treatment of ties in ranking problems").
func Kendall(a, b []float64) float64 {
	var same, opposite, tiedA, tiedB float64
	for i := range a {
		for j := range i {
			x, y := a[i]-a[j], b[i]-b[j]
			switch {
			case x == 0 && y == 0:
			case x == 0:
				tiedA++
			case y == 0:
				tiedB++
			case x*y > 0:
				same++
			default:
				opposite++
			}
		}
	}
	return (same - opposite) / math.Sqrt((same+opposite+tiedA)*(same+opposite+tiedB))
}
