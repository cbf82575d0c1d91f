package pairwise

import (
	"math"

	"transformateur/internal/solve/dense"
)

// The scale has a log-normal prior: without scores, qualities spread over about 1.5
// logits, so that the best of two typical items is preferred 4 times in 5.
const (
	usualSpread = 1.5
	spreadWidth = 1.0
)

// The prior of a reader's reliability, a Beta: as if 9 of 10 earlier votes had
// followed the model.
const (
	priorFollows = 9.0
	priorStrays  = 1.0
)

// fit finds the scale, unless it is given, the mode and, when asked, the
// reliabilities.
func (m *model) fit(scale float64, reliability bool) {
	m.x = append([]float64(nil), m.mean...)
	if scale != 0 && !reliability && !m.own {
		m.scale = scale
		m.modeOfVoted()
		m.curvature()
		m.cov = m.factor.Inverse()
		return
	}
	search := func() {
		if m.scale = scale; scale == 0 {
			m.findScale()
		}
	}
	search()
	m.mode()
	if reliability {
		for range 30 {
			if m.reassess() < 1e-4 {
				break
			}
			m.mode()
		}
		search()
		m.mode()
	}
	m.curvature()
	m.cov = m.factor.Inverse()
}

// modeOfVoted finds the mode among the items that votes are about: with independent priors,
// the others stay where they are.
func (m *model) modeOfVoted() {
	at := map[int]int{}
	var items []int
	place := func(i int) int {
		if _, known := at[i]; !known {
			at[i] = len(items)
			items = append(items, i)
		}
		return at[i]
	}
	sub := &model{unit: m.unit, scale: m.scale, eta: m.eta}
	for _, v := range m.votes {
		v.winner, v.loser = place(v.winner), place(v.loser)
		sub.votes = append(sub.votes, v)
	}
	n := len(items)
	sub.mean, sub.x, sub.precision = make([]float64, n), make([]float64, n), dense.New(n)
	for k, i := range items {
		sub.mean[k], sub.x[k] = m.mean[i], m.x[i]
		sub.precision.Add(k, k, m.precision.At(i, i))
	}
	sub.mode()
	for k, i := range items {
		m.x[i] = sub.x[k]
	}
}

// findScale maximises the evidence over the logarithm of the scale by golden section.
func (m *model) findScale() {
	centre := math.Log(usualSpread / m.unit)
	at := func(t float64) float64 {
		m.scale = math.Exp(t)
		return m.evidence() - 0.5*(t-centre)*(t-centre)/(spreadWidth*spreadWidth)
	}
	const golden = 0.6180339887498949
	low, high := centre-3, centre+3
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := at(a), at(b)
	for high-low > 0.05 {
		if fa >= fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = at(a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = at(b)
		}
	}
	m.scale = math.Exp((low + high) / 2)
}

// evidence is the logarithm of the probability of the votes for the scale in use, by
// Laplace's approximation, up to a constant.
func (m *model) evidence() float64 {
	value := m.mode()
	if m.reweightedHessian(false); !m.refactor() {
		return math.Inf(-1)
	}
	return value + 0.5*m.logdet - 0.5*m.factor.LogDet()
}

// mode climbs to the mode of the posterior by Newton's method, and gives the
// logarithm of its density there. The function is concave: a step that does not climb
// is too long.
func (m *model) mode() float64 {
	value := m.density(m.x)
	next := make([]float64, len(m.x))
	for range 50 {
		g := m.slope()
		m.reweightedHessian(false)
		if !m.refactor() {
			return value
		}
		m.factor.Solve(g)
		longest, got := 0.0, math.Inf(-1)
		for share := 1.0; share > 1e-6; share /= 2 {
			longest = 0
			for i := range next {
				next[i] = m.x[i] + share*g[i]
				longest = max(longest, math.Abs(share*g[i]))
			}
			if got = m.density(next); got >= value {
				break
			}
		}
		if !(got >= value) {
			return value
		}
		copy(m.x, next)
		value = got
		if longest < 1e-9*m.unit {
			break
		}
	}
	return value
}

// density is the logarithm of prior and likelihood at x.
func (m *model) density(x []float64) float64 {
	sum := 0.0
	for _, v := range m.votes {
		d := m.scale * (x[v.winner] - x[v.loser])
		sum += v.follows*logistic(d) + (1-v.follows)*logistic(-d)
	}
	away := make([]float64, len(x))
	for i := range x {
		away[i] = x[i] - m.mean[i]
	}
	for i := range x {
		sum -= 0.5 * away[i] * dense.Dot(away, m.precision.Row(i))
	}
	return sum
}

func (m *model) slope() []float64 {
	g, away := make([]float64, len(m.x)), make([]float64, len(m.x))
	for i := range away {
		away[i] = m.mean[i] - m.x[i]
	}
	for i := range g {
		g[i] = dense.Dot(away, m.precision.Row(i))
	}
	for _, v := range m.votes {
		p := chance(m.scale * (m.x[v.winner] - m.x[v.loser]))
		g[v.winner] += m.scale * (v.follows - p)
		g[v.loser] -= m.scale * (v.follows - p)
	}
	return g
}

// reweightedHessian puts the precision of the posterior in cov. With doubt, a vote
// counts for the information that an unreliable reader's vote holds: (2η−1)² p²q² /
// (P Q), where P = ηp + (1−η)q.
func (m *model) reweightedHessian(doubt bool) {
	m.cov = m.precision.Clone()
	for _, v := range m.votes {
		p := chance(m.scale * (m.x[v.winner] - m.x[v.loser]))
		w := p * (1 - p)
		if eta := m.eta[v.reader]; doubt && eta < 1 {
			said := eta*p + (1-eta)*(1-p)
			w = (2*eta - 1) * (2*eta - 1) * w * w / (said * (1 - said))
		}
		m.inform(v.winner, v.loser, w)
	}
}

// inform adds to the precision what one comparison of a and b tells: w, in logits.
func (m *model) inform(a, b int, w float64) {
	w *= m.scale * m.scale
	m.cov.Add(a, a, w)
	m.cov.Add(b, b, w)
	m.cov.Add(a, b, -w)
	m.cov.Add(b, a, -w)
}

func (m *model) refactor() (ok bool) {
	m.factor, ok = dense.Cholesky(m.cov)
	return ok
}

// curvature leaves the factor of the precision at the mode. A vote whose outcome is not
// told is worth the information expected of it, p(1−p), wherever it went.
func (m *model) curvature() {
	m.reweightedHessian(true)
	for _, pair := range m.untold {
		p := chance(m.scale * (m.x[pair[0]] - m.x[pair[1]]))
		m.inform(pair[0], pair[1], p*(1-p))
	}
	m.refactor()
}

// reassess is one step of EM: how likely each vote is to follow the model, then how
// reliable each reader of MinVotes votes is. It says how far the reliabilities moved.
func (m *model) reassess() (moved float64) {
	n, sum := make([]float64, len(m.readers)), make([]float64, len(m.readers))
	for _, v := range m.votes {
		if !v.equal { // a tie says nothing of whom she would contradict
			n[v.reader]++
		}
	}
	for k := range m.votes {
		v := &m.votes[k]
		if v.equal || n[v.reader] < MinVotes {
			continue
		}
		eta := m.eta[v.reader]
		if eta == 1 {
			eta = priorFollows / (priorFollows + priorStrays)
		}
		p := chance(m.scale * (m.x[v.winner] - m.x[v.loser]))
		v.follows = eta * p / (eta*p + (1-eta)*(1-p))
		sum[v.reader] += v.follows
	}
	for j := range m.eta {
		if n[j] >= MinVotes {
			eta := (sum[j] + priorFollows) / (n[j] + priorFollows + priorStrays)
			moved = max(moved, math.Abs(eta-m.eta[j]))
			m.eta[j] = eta
		}
	}
	return moved
}

// logistic is log(1/(1+exp(−d))), exact for any d.
func logistic(d float64) float64 {
	if d < 0 {
		return d - math.Log1p(math.Exp(d))
	}
	return -math.Log1p(math.Exp(-d))
}

// chance is 1/(1+exp(−d)).
func chance(d float64) float64 { return 1 / (1 + math.Exp(-d)) }
