package dense

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Any positive definite matrix: what was solved, inverted or multiplied comes back.
func TestSystems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		value := rapid.Float64Range(-3, 3)
		m := New(n) // A Aᵀ + I
		a := New(n)
		for i := range a.A {
			a.A[i] = value.Draw(t, "a")
		}
		for i := range n {
			for j := range n {
				m.Add(i, j, Dot(a.Row(i), a.Row(j)))
			}
			m.Add(i, i, 1)
		}
		f, ok := Cholesky(m.Clone())
		if !ok {
			t.Fatal("refused")
		}
		x := make([]float64, n)
		for i := range x {
			x[i] = value.Draw(t, "x")
		}
		b, through, inv := make([]float64, n), make([]float64, n), f.Inverse()
		for i := range b {
			b[i] = Dot(x, m.Row(i))
		}
		for i := range through {
			through[i] = Dot(b, inv.Row(i))
		}
		f.Solve(b)
		y := append([]float64(nil), x...)
		f.Multiply(y)
		f.Forward(y)
		for i := range x {
			for name, got := range map[string]float64{"solve": b[i], "inverse": through[i], "multiply": y[i]} {
				if math.Abs(got-x[i]) > 1e-7 {
					t.Fatalf("%s: %v, not %v", name, got, x[i])
				}
			}
		}
		other, _ := Cholesky(inv.Clone())
		if math.Abs(other.LogDet()+f.LogDet()) > 1e-6 {
			t.Fatalf("determinants %v and %v", f.LogDet(), other.LogDet())
		}
	})
}

func TestNotPositiveDefinite(t *testing.T) {
	for _, m := range []*Matrix{{2, []float64{1, 2, 2, 1}}, {1, []float64{0}}, {1, []float64{math.NaN()}}, {1, []float64{math.Inf(1)}}} {
		if _, ok := Cholesky(m); ok {
			t.Errorf("%v is factored", m.A)
		}
	}
}
