package calibrate

import (
	"math"

	"transformateur/internal/solve/dense"
)

// The prior of the variances keeps an estimate away from zero when few readers or
// few repeated readings say little of it (Chung et al. 2013, "A nondegenerate
// penalized likelihood estimator for variance parameters"): two ratios are
// log-normal, wide enough (a factor of 7 either way is one standard deviation) for
// ordinary panels to be estimated by their readings alone.
const (
	priorQuality  = 2.0 // τ²/σ², centre
	priorSeverity = 0.5 // β²/σ², centre
	priorWidth    = 2.0 // standard deviation of the logarithm of each
)

// The variances stay between these, the variance of all scores being 1.
const smallest, biggest = 1e-7, 1e3

// penalty is the logarithm of the prior, with its slope and its curvature in the
// logarithms of the variances.
func penalty(x [3]float64) (value float64, g [3]float64, h [3][3]float64) {
	const p = 1 / (priorWidth * priorWidth)
	a := x[0] - x[2] - math.Log(priorQuality)
	b := x[1] - x[2] - math.Log(priorSeverity)
	g = [3]float64{-p * a, -p * b, p * (a + b)}
	h = [3][3]float64{{p, 0, -p}, {0, p, -p}, {-p, -p, 2 * p}}
	return -0.5 * p * (a*a + b*b), g, h
}

// estimate finds the most likely variances: Newton's method on their logarithms with
// the average information for a Hessian, halving steps that do not climb. It leaves
// the factors, the inverse and the effects at the estimate.
func (s *state) estimate() {
	x := [3]float64{math.Log(0.5), math.Log(0.15), math.Log(0.35)}
	if s.v[2] > 0 {
		x = logs(s.v)
	}
	value := s.objective(x)
	for range 80 {
		g, h := s.slope()
		_, pg, ph := penalty(x)
		for a := range g {
			g[a] += pg[a]
			for b := range g {
				h[a][b] += ph[a][b]
			}
		}
		step := newton(x, g, h)
		moved, ok := s.climb(&x, &value, step)
		if !ok || moved < 1e-6 {
			break
		}
	}
	s.objective(x)
	s.invert()
}

// climb takes the step, or the largest half of a half of it that climbs; it says how
// far it went.
func (s *state) climb(x *[3]float64, value *float64, step [3]float64) (moved float64, ok bool) {
	for range 30 {
		var next [3]float64
		moved = 0
		for a := range next {
			next[a] = min(max(x[a]+step[a], math.Log(smallest)), math.Log(biggest))
			moved = max(moved, math.Abs(next[a]-x[a]))
		}
		if got := s.objective(next); got >= *value {
			*x, *value = next, got
			return moved, true
		}
		for a := range step {
			step[a] /= 2
		}
	}
	s.objective(*x)
	return 0, false
}

// objective is the penalised likelihood; it sets the variances.
func (s *state) objective(x [3]float64) float64 {
	for a := range x {
		s.v[a] = math.Exp(x[a])
	}
	prior, _, _ := penalty(x)
	return s.likelihood() + prior
}

// newton is H⁻¹ g, without the variances that stand at a bound and would leave it,
// and of reasonable length.
func newton(x, g [3]float64, h [3][3]float64) (step [3]float64) {
	m := dense.New(3)
	for a := range g {
		held := x[a] <= math.Log(smallest) && g[a] < 0 || x[a] >= math.Log(biggest) && g[a] > 0
		if held {
			g[a] = 0
		}
		for b := range g {
			if !held {
				m.Add(a, b, h[a][b])
			}
		}
		m.Add(a, a, 1e-9)
		if held {
			m.Add(a, a, 1)
		}
	}
	for a := range g { // a held variance leaves no coupling
		for b := range g {
			if m.At(a, b) == 0 {
				m.A[b*3+a] = 0
			}
		}
	}
	step = g
	f, ok := dense.Cholesky(m)
	if !ok {
		return step
	}
	f.Solve(step[:])
	longest := max(math.Abs(step[0]), math.Abs(step[1]), math.Abs(step[2]))
	if longest > 2 {
		for a := range step {
			step[a] *= 2 / longest
		}
	}
	return step
}

func logs(v [3]float64) (x [3]float64) {
	for a := range v {
		x[a] = math.Log(v[a])
	}
	return x
}

// heavy is the degrees of freedom of the Student errors.
const heavy = 4.0

// ownPrior is the number of scores that the common error is worth beside a reader's
// own.
const ownPrior = 8.0

// reweight learns the readers' own errors and the weight of absurd scores, in turn
// with the effects: iteratively reweighted least squares, whose weights are those of
// the EM algorithm (Dempster, Laird and Rubin 1980 for the Student).
func (s *state) reweight(own, tails bool) (scales []float64) {
	scales = make([]float64, len(s.readers))
	for j := range scales {
		scales[j] = 1
	}
	if !own && !tails {
		return scales
	}
	for range 12 {
		e2 := s.errors()
		if own {
			scales = s.ownErrors(e2)
		}
		for k := range s.w {
			j := s.reader[k]
			s.w[k] = s.base[k] / (scales[j] * scales[j])
			if tails {
				s.w[k] *= (heavy + 1) / (heavy + s.w[k]*e2[k]/s.v[2])
			}
		}
		s.estimate()
	}
	return scales
}

// errors is the expected square of the error of each reading.
func (s *state) errors() []float64 {
	e2 := make([]float64, len(s.y))
	for k, y := range s.y {
		e := y - s.effect.fitted(s.file[k], s.reader[k])
		e2[k] = e*e + s.v[2]*s.doubt(k)
	}
	return e2
}

// doubt is, over σ², the posterior variance of what is expected of a reading.
func (s *state) doubt(k int) float64 {
	m, i, j := len(s.readers), s.file[k], s.reader[k]
	h := s.towards(i, func(add func(int, float64)) { add(j, 1); add(m, 1) })
	return 1/s.d[i] + h.square(s.inv)
}

// ownErrors is the spread of each reader's errors beside the common one, drawn
// towards 1 by ownPrior scores, their weighted mean square being 1.
func (s *state) ownErrors(e2 []float64) []float64 {
	n, sum := make([]float64, len(s.readers)), make([]float64, len(s.readers))
	for k, e := range e2 {
		n[s.reader[k]]++
		sum[s.reader[k]] += s.base[k] * e / s.v[2]
	}
	scales, square, all := make([]float64, len(s.readers)), 0.0, 0.0
	for j := range scales {
		scales[j] = 1
		if n[j] >= MinOwnError {
			scales[j] = (ownPrior + sum[j]) / (ownPrior + n[j])
		}
		square += n[j] * scales[j]
		all += n[j]
	}
	for j := range scales {
		scales[j] = math.Sqrt(scales[j] * all / square)
	}
	return scales
}
