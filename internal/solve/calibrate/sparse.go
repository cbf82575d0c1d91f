package calibrate

import "transformateur/internal/solve/dense"

// sparse is a linear form of the readers' effects and μ with few terms; a term may
// stand several times.
type sparse struct {
	at []int
	of []float64
}

func (h *sparse) add(at int, of float64) {
	h.at, h.of = append(h.at, at), append(h.of, of)
}

// square is h M hᵀ.
func (h sparse) square(m *dense.Matrix) (sum float64) {
	for a, i := range h.at {
		row := m.Row(i)
		for b, j := range h.at[:a] {
			sum += 2 * h.of[a] * h.of[b] * row[j]
		}
		sum += h.of[a] * h.of[a] * row[i]
	}
	return sum
}

// on is the form applied to a vector.
func (h sparse) on(x []float64) (sum float64) {
	for a, i := range h.at {
		sum += h.of[a] * x[i]
	}
	return sum
}

// times is M hᵀ.
func (h sparse) times(m *dense.Matrix) []float64 {
	out := make([]float64, m.N)
	for a, i := range h.at {
		for j, v := range m.Row(i) {
			out[j] += h.of[a] * v
		}
	}
	return out
}

// towards is how θ(file) + more depends on the readers' effects and μ, once the
// files are eliminated: θ given the rest is (Σ w q − B c) / d.
func (s *state) towards(i int, more func(add func(int, float64))) sparse {
	var h sparse
	if more != nil {
		more(h.add)
	}
	from, before := s.of(i)
	total := 0.0
	for k := from; k < before; k++ {
		h.add(s.reader[k], -s.w[k]/s.d[i])
		total += s.w[k]
	}
	h.add(len(s.readers), -total/s.d[i])
	return h
}

// panel is what a posterior needs of the mean b̄ of the readers' effects plus μ: the
// level of the whole panel, which every calibrated value shares.
type panel struct {
	row    []float64 // S⁻¹ a, a being 1/m for each reader and 1 for μ
	square float64   // a S⁻¹ a
}

func (s *state) panel() panel {
	m := len(s.readers)
	p := panel{row: make([]float64, m+1)}
	for i := range m + 1 {
		row := s.inv.Row(i)
		for _, v := range row[:m] {
			p.row[i] += v / float64(m)
		}
		p.row[i] += row[m]
	}
	for _, v := range p.row[:m] {
		p.square += v / float64(m)
	}
	p.square += p.row[m]
	return p
}

// worth is, over σ², the posterior variance of θ(file) + μ + b̄, what the whole panel
// would give on average.
func (s *state) worth(i int, p panel) float64 {
	h := s.towards(i, nil)
	return 1/s.d[i] + p.square + 2*h.on(p.row) + h.square(s.inv)
}

// biases is, over σ², the posterior variance of b(reader) − b̄.
func (s *state) biases() []float64 {
	m := len(s.readers)
	sums, all, out := make([]float64, m), 0.0, make([]float64, m)
	for j := range m {
		for _, v := range s.inv.Row(j)[:m] {
			sums[j] += v / float64(m)
		}
		all += sums[j] / float64(m)
	}
	for j := range m {
		out[j] = max(s.inv.At(j, j)-2*sums[j]+all, 0)
	}
	return out
}
