package calibrate

import (
	"cmp"
	"math"
	"slices"

	"transformateur/internal/solve/dense"
)

// weighed is the number of pairs whose worth is computed over all files: the best by
// what they would tell of their own file.
const weighed = 48

// Next lists the readings, of the pairs allowed, that would best reduce the doubt
// beside the line Σ P(1−P), the best first, most of them at most. A pair already
// read, or a file without any reading, is left out; a reader who has not read yet is
// taken as one of the panel. The expectation is over the score that is not known yet:
// with P = Φ(z) and ρ the share of the variance that the score would remove, P(1−P)
// becomes Φ(z) − Φ₂(z, z; ρ). A result that was read back from JSON suggests nothing:
// fit again.
func (r *Result) Next(allowed []Pair, most int) []Suggestion {
	s := r.state
	if s == nil || s.scale == 0 || most <= 0 {
		return nil
	}
	n := &next{state: s, panel: s.panel(), z: r.scores()}
	n.spread = make([]float64, len(s.files))
	for i := range n.spread {
		n.spread[i] = s.worth(i, n.panel)
	}
	var all []Suggestion
	for _, pair := range allowed {
		i, known := slices.BinarySearch(s.files, pair.File)
		if !known || s.hasRead(i, pair.Reader) {
			continue
		}
		all = append(all, Suggestion{pair, n.own(i, pair.Reader)})
	}
	slices.SortFunc(all, better)
	all = slices.CompactFunc(all, func(a, b Suggestion) bool { return a.Pair == b.Pair })
	all = all[:min(len(all), max(weighed, most))]
	for a := range all {
		i, _ := slices.BinarySearch(s.files, all[a].File)
		all[a].Gain = n.whole(i, all[a].Reader)
	}
	slices.SortFunc(all, better)
	return all[:min(len(all), most)]
}

func better(a, b Suggestion) int {
	return cmp.Or(cmp.Compare(b.Gain, a.Gain), cmp.Compare(a.File, b.File), cmp.Compare(a.Reader, b.Reader))
}

// scores is, for each file in the order of the state, how many deviations it stands
// above the line: Φ⁻¹(P), as far as the draws can tell.
func (r *Result) scores() []float64 {
	z := make([]float64, len(r.Files))
	edge := 0.5 / float64(r.Draws)
	for _, f := range r.Files {
		i, _ := slices.BinarySearch(r.state.files, f.File)
		p := min(max(f.PSelected, edge), 1-edge)
		z[i] = math.Sqrt2 * math.Erfinv(2*p-1)
	}
	return z
}

func (s *state) hasRead(i int, reader string) bool {
	from, before := s.of(i)
	for k := from; k < before; k++ {
		if s.readers[s.reader[k]] == reader {
			return true
		}
	}
	return false
}

// next is what the worth of one more reading needs.
type next struct {
	*state
	panel  panel
	z      []float64
	spread []float64 // of each file, the variance of its worth over σ²
}

// reading is the score to come as a form of readers' effects and μ, and the part of
// its variance, over σ², that this form does not carry.
func (n *next) reading(i int, reader string) (h sparse, alone float64) {
	m := len(n.readers)
	alone = 1 + 1/n.d[i]
	j, known := slices.BinarySearch(n.readers, reader)
	h = n.towards(i, func(add func(int, float64)) {
		add(m, 1)
		if known {
			add(j, 1)
		}
	})
	if !known {
		alone += n.v[1] / n.v[2]
	}
	return h, alone
}

// own is what a reading tells of its own file.
func (n *next) own(i int, reader string) float64 {
	h, alone := n.reading(i, reader)
	g := n.towards(i, nil)
	shared := 1/n.d[i] + h.on(n.panel.row) + g.between(n.inv, h)
	return n.gain(i, shared, alone+h.square(n.inv))
}

// whole is what a reading tells of every file.
func (n *next) whole(i int, reader string) (sum float64) {
	h, alone := n.reading(i, reader)
	spread := alone + h.square(n.inv)
	row := h.times(n.inv)
	common := h.on(n.panel.row)
	for k := range n.files {
		shared := common + n.towards(k, nil).on(row)
		if k == i {
			shared += 1 / n.d[i]
		}
		sum += n.gain(k, shared, spread)
	}
	return sum
}

// gain is by how much P(1−P) of a file is expected to fall: shared is the covariance
// of its worth with the score to come, spread the variance of that score.
func (n *next) gain(i int, shared, spread float64) float64 {
	return together(n.z[i], min(shared*shared/(spread*n.spread[i]), 1))
}

// between is h M gᵀ.
func (h sparse) between(m *dense.Matrix, g sparse) (sum float64) {
	for a, i := range h.at {
		row := m.Row(i)
		for b, j := range g.at {
			sum += h.of[a] * g.of[b] * row[j]
		}
	}
	return sum
}

// Gauss-Legendre nodes and weights of order 6 on [0, 1] (Abramowitz and Stegun 25.4).
var (
	nodes   = [6]float64{0.033765242898424, 0.169395306766868, 0.380690406958402, 0.619309593041598, 0.830604693233132, 0.966234757101576}
	weights = [6]float64{0.085662246189585, 0.180380786524069, 0.233956967286346, 0.233956967286346, 0.180380786524069, 0.085662246189585}
)

// together is Φ₂(z, z; ρ) − Φ(z)²: by how much likelier two normals of correlation ρ
// are to be both under z than independent ones (Plackett 1954).
func together(z, rho float64) (sum float64) {
	end := math.Asin(rho)
	for a, x := range nodes {
		sum += weights[a] * math.Exp(-z*z/(1+math.Sin(x*end)))
	}
	return sum * end / (2 * math.Pi)
}
