// Package dense is the little linear algebra that estimation needs: symmetric positive definite systems, by Cholesky.
package dense

import "math"

// Matrix is a square matrix, row by row.
type Matrix struct {
	N int
	A []float64
}

// New is an n × n matrix of zeros.
func New(n int) *Matrix { return &Matrix{n, make([]float64, n*n)} }

// Row is the i-th row, which may be written.
func (m *Matrix) Row(i int) []float64 { return m.A[i*m.N : (i+1)*m.N] }

// At is one element.
func (m *Matrix) At(i, j int) float64 { return m.A[i*m.N+j] }

// Add adds to one element.
func (m *Matrix) Add(i, j int, x float64) { m.A[i*m.N+j] += x }

// Clone is a copy.
func (m *Matrix) Clone() *Matrix { return &Matrix{m.N, append([]float64(nil), m.A...)} }

// Factor is the lower triangle L of a matrix M = L Lᵀ.
type Factor struct{ l *Matrix }

// Cholesky factors a symmetric matrix in place, of which it reads the lower half; ok
// is false when the matrix is not positive definite, in floating point.
func Cholesky(m *Matrix) (f Factor, ok bool) {
	for i := range m.N {
		row := m.Row(i)
		for j := range i {
			other := m.Row(j)
			row[j] = (row[j] - Dot(row[:j], other[:j])) / other[j]
		}
		d := row[i] - Dot(row[:i], row[:i])
		if !(d > 0) || math.IsInf(d, 0) {
			return Factor{}, false
		}
		row[i] = math.Sqrt(d)
	}
	return Factor{m}, true
}

// Dot is the scalar product of two vectors, the second at least as long as the first.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// Forward replaces x by L⁻¹ x.
func (f Factor) Forward(x []float64) {
	for i := range f.l.N {
		row := f.l.Row(i)
		x[i] = (x[i] - Dot(row[:i], x)) / row[i]
	}
}

// Backward replaces x by L⁻ᵀ x: with x of independent unit normals, a draw whose
// precision is M.
func (f Factor) Backward(x []float64) {
	for i := f.l.N - 1; i >= 0; i-- {
		row := f.l.Row(i)
		x[i] /= row[i]
		step := x[i]
		for j, v := range row[:i] {
			x[j] -= v * step
		}
	}
}

// Multiply replaces x by L x: with x of independent unit normals, a draw whose
// covariance is M.
func (f Factor) Multiply(x []float64) {
	for i := f.l.N - 1; i >= 0; i-- {
		x[i] = Dot(f.l.Row(i)[:i+1], x)
	}
}

// Solve replaces x by M⁻¹ x.
func (f Factor) Solve(x []float64) {
	f.Forward(x)
	f.Backward(x)
}

// LogDet is the logarithm of the determinant of M.
func (f Factor) LogDet() (sum float64) {
	for i := range f.l.N {
		sum += math.Log(f.l.At(i, i))
	}
	return 2 * sum
}

// Inverse is M⁻¹, both halves.
func (f Factor) Inverse() *Matrix {
	n := f.l.N
	t := New(n) // row j holds column j of L⁻¹, zero before j
	for j := range n {
		x := t.Row(j)
		x[j] = 1 / f.l.At(j, j)
		for i := j + 1; i < n; i++ {
			row := f.l.Row(i)
			x[i] = -Dot(row[j:i], x[j:]) / row[i]
		}
	}
	inv := New(n)
	for i := range n {
		for j := range i + 1 {
			v := Dot(t.Row(i)[i:], t.Row(j)[i:])
			inv.A[i*n+j], inv.A[j*n+i] = v, v
		}
	}
	return inv
}
