package calibrate

import (
	"math"

	"transformateur/internal/solve/dense"
)

// factorise prepares the mixed model equations (Henderson 1950) for the variances
// and weights in use. The files' block is diagonal: it is eliminated, and what is
// left, of the size of the readers and μ, is factored. Everything is multiplied by
// σ². It returns log |C|, C being the whole matrix.
func (s *state) factorise() float64 {
	m := len(s.readers)
	lambda, kappa := s.v[2]/s.v[0], s.v[2]/s.v[1]
	schur := dense.New(m + 1)
	for j := range m {
		schur.Add(j, j, kappa)
	}
	s.d = make([]float64, len(s.files))
	logdet := 0.0
	for i := range s.files {
		from, before := s.of(i)
		total := 0.0
		for k := from; k < before; k++ {
			total += s.w[k]
		}
		d := total + lambda
		s.d[i] = d
		logdet += math.Log(d)
		left := total * lambda / d // total − total²/d, without the cancellation
		schur.Add(m, m, left)
		for k := from; k < before; k++ {
			j, w := s.reader[k], s.w[k]
			schur.Add(m, j, w*lambda/d)
			schur.Add(j, j, w)
			for l := from; l <= k; l++ { // readers of a file are sorted: the lower half
				schur.Add(j, s.reader[l], -w*s.w[l]/d)
			}
		}
	}
	var ok bool
	if s.factor, ok = dense.Cholesky(schur); !ok {
		return math.Inf(1)
	}
	return logdet + s.factor.LogDet()
}

// solve gives the effects that the data q would have.
func (s *state) solve(q []float64) effects {
	c := s.right(q)
	s.factor.Solve(c)
	return s.back(q, c)
}

// right is the right-hand side of the readers' equations, files eliminated.
func (s *state) right(q []float64) []float64 {
	m := len(s.readers)
	c := make([]float64, m+1)
	for i := range s.files {
		from, before := s.of(i)
		sum, total := 0.0, 0.0
		for k := from; k < before; k++ {
			sum += s.w[k] * q[k]
			total += s.w[k]
		}
		c[m] += sum - total*sum/s.d[i]
		for k := from; k < before; k++ {
			c[s.reader[k]] += s.w[k] * (q[k] - sum/s.d[i])
		}
	}
	return c
}

// back gives each file its effect, those of the readers and μ being known.
func (s *state) back(q, c []float64) effects {
	m := len(s.readers)
	e := effects{theta: make([]float64, len(s.files)), b: c[:m], mu: c[m]}
	for i := range s.files {
		from, before := s.of(i)
		for k := from; k < before; k++ {
			e.theta[i] += s.w[k] * (q[k] - c[s.reader[k]] - e.mu)
		}
		e.theta[i] /= s.d[i]
	}
	return e
}

// invert keeps the inverse of the readers' matrix, for variances.
func (s *state) invert() { s.inv = s.factor.Inverse() }

// spread is, over σ², the trace of the posterior variances of the files' effects
// and of the readers'.
func (s *state) spread() (files, readers float64) {
	m := len(s.readers)
	for j := range m {
		readers += s.inv.At(j, j)
	}
	for i := range s.files {
		files += 1/s.d[i] + s.through(i)/(s.d[i]*s.d[i])
	}
	return files, readers
}

// through is B S⁻¹ Bᵀ for the row B of a file.
func (s *state) through(i int) (sum float64) {
	m := len(s.readers)
	from, before := s.of(i)
	total := 0.0
	for k := from; k < before; k++ {
		total += s.w[k]
		row := s.inv.Row(s.reader[k])
		for l := from; l < k; l++ {
			sum += 2 * s.w[k] * s.w[l] * row[s.reader[l]]
		}
		sum += s.w[k] * s.w[k] * row[s.reader[k]]
	}
	last := s.inv.Row(m)
	for k := from; k < before; k++ {
		sum += 2 * total * s.w[k] * last[s.reader[k]]
	}
	return sum + total*total*last[m]
}

// likelihood is the restricted log-likelihood of the variances (Patterson and
// Thompson 1971), up to a constant, and leaves the effects of y in the state.
func (s *state) likelihood() float64 {
	logdet := s.factorise()
	if math.IsInf(logdet, 1) {
		return math.Inf(-1)
	}
	s.effect = s.solve(s.y)
	rest, logs := 0.0, 0.0
	for k, y := range s.y {
		rest += s.w[k] * y * (y - s.effect.fitted(s.file[k], s.reader[k]))
		logs += math.Log(s.w[k])
	}
	n, m, readings := float64(len(s.files)), float64(len(s.readers)), float64(len(s.y))
	return -0.5 * (n*math.Log(s.v[0]) + m*math.Log(s.v[1]) + (readings-n-m-1)*math.Log(s.v[2]) - logs + logdet + rest/s.v[2])
}

// slope is the gradient of the likelihood in the logarithms of the variances, and
// the average information matrix (Gilmour, Thompson and Cullis 1995).
func (s *state) slope() (g [3]float64, h [3][3]float64) {
	s.invert()
	e := s.effect
	var q, p [3][]float64
	for a := range q {
		q[a] = make([]float64, len(s.y))
	}
	var theta2, b2, e2 float64
	for k, y := range s.y {
		i, j := s.file[k], s.reader[k]
		q[0][k], q[1][k], q[2][k] = e.theta[i], e.b[j], y-e.fitted(i, j)
		e2 += s.w[k] * q[2][k] * q[2][k]
	}
	for _, x := range e.theta {
		theta2 += x * x
	}
	for _, x := range e.b {
		b2 += x * x
	}
	n, m := float64(len(s.files)), float64(len(s.readers))
	files, readers := s.spread()
	lambda, kappa := s.v[2]/s.v[0], s.v[2]/s.v[1]
	g[0] = 0.5 * (theta2/s.v[0] + lambda*files - n)
	g[1] = 0.5 * (b2/s.v[1] + kappa*readers - m)
	g[2] = 0.5 * (e2/s.v[2] + n + m + 1 - lambda*files - kappa*readers - float64(len(s.y)))
	for a := range q {
		got := s.solve(q[a])
		p[a] = make([]float64, len(s.y))
		for k := range s.y {
			p[a][k] = s.w[k] * (q[a][k] - got.fitted(s.file[k], s.reader[k])) / s.v[2]
		}
	}
	for a := range q {
		for b := range q {
			h[a][b] = 0.5 * dense.Dot(q[a], p[b])
		}
	}
	return g, h
}
