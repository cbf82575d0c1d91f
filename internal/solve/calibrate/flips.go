package calibrate

import (
	"math"
	"math/rand/v2"
	"slices"

	"transformateur/internal/solve/dense"
	"transformateur/internal/solve/standing"
)

// redraws is the number of other panels that are imagined.
const redraws = 400

// flips is how many of the selected files another panel would replace, on average:
// qualities are drawn from the posterior, a panel of the same size and the same
// dealing is drawn anew, its readings are calibrated in the same way. It answers the
// question of the NeurIPS experiments of 2014 and 2021. Votes have no part in it.
func (s *state) flips(r *Result, order []int) float64 {
	n := len(s.files)
	if s.scale == 0 {
		return float64(r.Select) * float64(n-r.Select) / float64(n)
	}
	chance := rand.New(rand.NewPCG(r.Seed, 0x616e6f7468657221))
	selected := make([]bool, n)
	for _, i := range order[:r.Select] {
		selected[i] = true
	}
	theta, c, b := make([]float64, n), make([]float64, len(s.readers)+1), make([]float64, len(s.readers))
	q, sorter, replaced := make([]float64, len(s.y)), standing.NewSorter(n), 0
	for range redraws {
		s.draw(chance, c, theta)
		for j := range b {
			b[j] = math.Sqrt(s.v[1]) * chance.NormFloat64()
		}
		for k := range q {
			q[k] = theta[s.file[k]] + b[s.reader[k]] + math.Sqrt(s.v[2]/s.w[k])*chance.NormFloat64()
		}
		worth := s.raw(q)
		if r.Adjusted {
			worth = s.solve(q).theta
		}
		for _, key := range sorter.Order(worth)[r.Select:] {
			if selected[uint32(key)] {
				replaced++
			}
		}
	}
	return float64(replaced) / redraws
}

// leaveOut lists the readers whose absence alone would change the selected files, the
// variances being kept.
func (s *state) leaveOut(r *Result, order []int) []LeftOut {
	all := []LeftOut{}
	if len(s.readers) < 2 || s.scale == 0 {
		return all
	}
	before := make([]bool, len(s.files))
	for _, i := range order[:r.Select] {
		before[i] = true
	}
	for j, name := range s.readers {
		t := s.without(j)
		raw := t.raw(t.y)
		worth := raw
		if r.Adjusted {
			worth = t.solveFrom(s.effect).theta
		}
		after := make([]bool, len(s.files))
		for _, i := range places(worth, raw, s.files)[:r.Select] {
			after[i] = true
		}
		left := LeftOut{Reader: name}
		for i, file := range s.files {
			switch {
			case after[i] && !before[i]:
				left.In = append(left.In, file)
			case before[i] && !after[i]:
				left.Out = append(left.Out, file)
			}
		}
		if len(left.In) > 0 {
			all = append(all, left)
		}
	}
	return all
}

// without is the panel less one reader, with the same variances; a file that nobody
// else has read keeps no reading, and stands at the mean.
func (s *state) without(j int) *state {
	t := &state{files: s.files, readers: s.readers, scale: s.scale, centre: s.centre, v: s.v}
	for i := range s.files {
		t.start = append(t.start, len(t.y))
		from, before := s.of(i)
		total := s.v[2] / s.v[0]
		for k := from; k < before; k++ {
			if s.reader[k] != j {
				t.file, t.reader = append(t.file, i), append(t.reader, s.reader[k])
				t.y, t.w = append(t.y, s.y[k]), append(t.w, s.w[k])
				total += s.w[k]
			}
		}
		t.d = append(t.d, total)
	}
	t.start = append(t.start, len(t.y))
	return t
}

// solveFrom gives the effects of y by conjugate gradients from effects that are
// near: no factor is needed, and few steps are.
func (s *state) solveFrom(near effects) effects {
	m := len(s.readers)
	c := append(slices.Clone(near.b), near.mu)
	right, scale := s.right(s.y), s.diagonal()
	rest, out := slices.Clone(right), make([]float64, m+1)
	s.apply(c, out)
	for j := range rest {
		rest[j] -= out[j]
	}
	z, p := make([]float64, m+1), make([]float64, m+1)
	size, target := 0.0, 1e-22*dense.Dot(right, right)
	for range 20 * (m + 10) {
		if dense.Dot(rest, rest) <= target {
			break
		}
		for j := range z {
			z[j] = rest[j] / scale[j]
		}
		next := dense.Dot(rest, z)
		turn := 0.0
		if size > 0 {
			turn = next / size
		}
		size = next
		for j := range p {
			p[j] = z[j] + turn*p[j]
		}
		s.apply(p, out)
		step := size / dense.Dot(p, out)
		for j := range c {
			c[j] += step * p[j]
			rest[j] -= step * out[j]
		}
	}
	return s.back(s.y, c)
}

// apply is S v, S being the readers' matrix with the files eliminated.
func (s *state) apply(v, out []float64) {
	m := len(s.readers)
	lambda, kappa := s.v[2]/s.v[0], s.v[2]/s.v[1]
	for j := range m {
		out[j] = kappa * v[j]
	}
	out[m] = 0
	for i := range s.files {
		from, before := s.of(i)
		sum := 0.0
		for k := from; k < before; k++ {
			sum += s.w[k] * (v[s.reader[k]] + v[m])
		}
		mean := sum / s.d[i]
		out[m] += mean * lambda
		for k := from; k < before; k++ {
			out[s.reader[k]] += s.w[k] * (v[s.reader[k]] + v[m] - mean)
		}
	}
}

// diagonal is the diagonal of S.
func (s *state) diagonal() []float64 {
	m := len(s.readers)
	lambda, kappa := s.v[2]/s.v[0], s.v[2]/s.v[1]
	d := slices.Repeat([]float64{kappa}, m+1)
	d[m] = math.SmallestNonzeroFloat64
	for i := range s.files {
		from, before := s.of(i)
		for k := from; k < before; k++ {
			d[s.reader[k]] += s.w[k] - s.w[k]*s.w[k]/s.d[i]
			d[m] += s.w[k] * lambda / s.d[i]
		}
	}
	return d
}
