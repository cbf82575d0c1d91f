package pairwise

import (
	"cmp"
	"math"
	"slices"
)

// Next is the pair to show to a reader: one of the items that fewest votes were in,
// and the item whose comparison with it is expected to tell most. It leaves out what
// she may not judge, what others are looking at, and pairs that she has judged; Hold
// keeps the item that she has just seen as one of the two, as Gavel does, so that she
// visits one new item at a time. ok is false when nothing is left.
func (r *Result) Next(ask Ask) (pair Pair, ok bool) {
	m := r.model
	var free []int
	for i, name := range m.items {
		if (ask.Conflict == nil || !ask.Conflict(name)) && (!ask.Busy[name] || name == ask.Hold) {
			free = append(free, i)
		}
	}
	if held, known := slices.BinarySearch(m.items, ask.Hold); known && slices.Contains(free, held) {
		if pair, ok = m.best(ask, []int{held}, m.leastSeen(ask, []int{held}, free)); ok {
			return pair, true
		}
	}
	return m.best(ask, m.leastSeen(ask, free, free), free)
}

// leastSeen keeps, of the items to choose from, those of which fewest votes speak
// among those that still have a partner.
func (m *model) leastSeen(ask Ask, partners, from []int) (least []int) {
	for _, i := range from {
		if !slices.ContainsFunc(partners, func(j int) bool { return m.new(ask, i, j) }) {
			continue
		}
		if len(least) > 0 && m.seen[i] < m.seen[least[0]] {
			least = least[:0]
		}
		if len(least) == 0 || m.seen[i] == m.seen[least[0]] {
			least = append(least, i)
		}
	}
	return least
}

// new says whether the reader could still compare two items.
func (m *model) new(ask Ask, i, j int) bool {
	a, b := m.items[min(i, j)], m.items[max(i, j)]
	return i != j && !m.met[[3]string{ask.Reader, a, b}]
}

// best is the pair of most information, one item of each list; of equal pairs, the
// one whose items fewest votes were in, then the first by name.
func (m *model) best(ask Ask, ones, others []int) (best Pair, found bool) {
	seen := 0
	for _, i := range ones {
		for _, j := range others {
			if !m.new(ask, i, j) {
				continue
			}
			p := Pair{m.items[i], m.items[j], m.gain(i, j, ask.Reader)}
			n := m.seen[i] + m.seen[j]
			if !found || cmp.Or(cmp.Compare(math.Round(best.Gain*1e9), math.Round(p.Gain*1e9)), cmp.Compare(n, seen)) < 0 {
				best, seen, found = p, n, true
			}
		}
	}
	return best, found
}

// gain is the mutual information of a vote and the qualities, in bits: the entropy of
// the vote less the entropy expected once the qualities are known (Houlsby et al.
// 2011, "Bayesian active learning for classification and preference learning"), for a
// reader of the reliability learnt.
func (m *model) gain(i, j int, reader string) float64 {
	eta := 1.0
	if at, known := slices.BinarySearch(m.readers, reader); known {
		eta = m.eta[at]
	}
	mean := m.scale * (m.x[i] - m.x[j])
	sd := m.scale * math.Sqrt(max(m.cov.At(i, i)+m.cov.At(j, j)-2*m.cov.At(i, j), 0))
	p, rest, total := 0.0, 0.0, 0.0
	for a := -16; a <= 16; a++ { // the trapezoidal rule converges at once on a normal
		z := float64(a) / 4
		w := math.Exp(-z * z / 2)
		q := chance(mean + sd*z)
		q = eta*q + (1-eta)*(1-q)
		p += w * q
		rest += w * entropy(q)
		total += w
	}
	return max(entropy(p/total)-rest/total, 0)
}

// entropy of a vote, in bits.
func entropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -(p*math.Log2(p) + (1-p)*math.Log2(1-p))
}
