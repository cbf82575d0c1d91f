package pairwise

import (
	"math"
	"math/rand/v2"
)

// gavel is the online update of Crowd-BT as the Gavel judging system does it, for
// comparison: one pass, a mean and a variance an item, a Beta a voter (Chen et al.
// 2013, section 4). Its choice of pairs is the expected divergence of the items' beliefs.
type gavel struct {
	mu, variance []float64
	alpha, beta  []float64 // of each voter
}

func newGavel(items, readers int) *gavel {
	g := &gavel{mu: make([]float64, items), variance: make([]float64, items), alpha: make([]float64, readers), beta: make([]float64, readers)}
	for i := range g.variance {
		g.variance[i] = 1
	}
	for j := range g.alpha {
		g.alpha[j], g.beta[j] = 10, 1
	}
	return g
}

// voter is the belief in a voter after her vote, and how likely the vote was.
func (g *gavel) voter(j, winner, loser int) (alpha, beta, likely float64) {
	a, b := g.alpha[j], g.beta[j]
	w, l := math.Exp(g.mu[winner]), math.Exp(g.mu[loser])
	sum := w + l
	c1 := w/sum + 0.5*(g.variance[winner]+g.variance[loser])*w*l*(l-w)/(sum*sum*sum)
	c2 := 1 - c1
	likely = (c1*a + c2*b) / (a + b)
	first := (c1*(a+1)*a + c2*a*b) / (likely * (a + b + 1) * (a + b))
	second := (c1*(a+2)*(a+1)*a + c2*(a+1)*a*b) / (likely * (a + b + 2) * (a + b + 1) * (a + b))
	spread := second - first*first
	return (first - second) * first / spread, (first - second) * (1 - first) / spread, likely
}

// items is the belief in both items after a vote.
func (g *gavel) items(j, winner, loser int) (mw, vw, ml, vl float64) {
	a, b := g.alpha[j], g.beta[j]
	w, l := math.Exp(g.mu[winner]), math.Exp(g.mu[loser])
	mixed, plain := a*w+b*l, w+l
	step := a*w/mixed - w/plain
	curve := a*w*b*l/(mixed*mixed) - w*l/(plain*plain)
	vw, vl = g.variance[winner], g.variance[loser]
	mw, ml = g.mu[winner]+vw*step, g.mu[loser]-vl*step
	return mw, vw * math.Max(1+vw*curve, 1e-4), ml, vl * math.Max(1+vl*curve, 1e-4)
}

func (g *gavel) vote(j, winner, loser int) {
	mw, vw, ml, vl := g.items(j, winner, loser)
	a, b, _ := g.voter(j, winner, loser)
	g.mu[winner], g.variance[winner], g.mu[loser], g.variance[loser] = mw, vw, ml, vl
	g.alpha[j], g.beta[j] = a, b
}

// information is what a vote between two items is expected to change.
func (g *gavel) information(j, a, b int) float64 {
	diverge := func(w, l int) float64 {
		mw, vw, ml, vl := g.items(j, w, l)
		return between(mw, vw, g.mu[w], g.variance[w]) + between(ml, vl, g.mu[l], g.variance[l])
	}
	_, _, likely := g.voter(j, a, b)
	return likely*diverge(a, b) + (1-likely)*diverge(b, a)
}

// between is the divergence of two normals.
func between(m1, v1, m2, v2 float64) float64 {
	return (m1-m2)*(m1-m2)/(2*v2) + (v1/v2-1-math.Log(v1/v2))/2
}

// choose gives the next item to a voter who holds one: among those she has not seen,
// the most informative, or one at random once in four.
func (g *gavel) choose(j, held int, fresh []int, chance *rand.Rand) int {
	if chance.Float64() < 0.25 {
		return fresh[chance.IntN(len(fresh))]
	}
	best := fresh[0]
	for _, i := range fresh[1:] {
		if g.information(j, held, i) > g.information(j, held, best) {
			best = i
		}
	}
	return best
}
