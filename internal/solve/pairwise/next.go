package pairwise

import (
	"cmp"
	"math"
	"slices"
)

// Next is the pair to show to a reader: one of the items that fewest votes were in,
// and the item whose comparison with it is expected to tell most. It leaves out what
// she may not judge, what others are looking at, and pairs that she has judged or passed;
// Hold keeps the item that she has just seen as one of the two, as Gavel does, so that she
// visits one new item at a time. ok is false when nothing is left.
func (r *Result) Next(ask Ask) (pair Pair, ok bool) {
	q := question{model: r.model, Ask: ask, seen: slices.Clone(r.model.seen), passed: map[[2]string]bool{}}
	for _, p := range ask.Passed {
		q.passed[[2]string{min(p[0], p[1]), max(p[0], p[1])}] = true
		for _, name := range p {
			if i, known := slices.BinarySearch(q.items, name); known {
				q.seen[i]++
			}
		}
	}
	var free []int
	for i, name := range q.items {
		if (ask.Conflict == nil || !ask.Conflict(name)) && (!ask.Busy[name] || name == ask.Hold) {
			free = append(free, i)
		}
	}
	if held, known := slices.BinarySearch(q.items, ask.Hold); known && slices.Contains(free, held) {
		if pair, ok = q.best([]int{held}, q.leastSeen([]int{held}, free)); ok {
			return pair, true
		}
	}
	return q.best(q.leastSeen(free, free), free)
}

// question is an Ask put to a model.
type question struct {
	*model
	Ask
	seen   []int // how many times each item was compared, or passed by who asks
	passed map[[2]string]bool
}

// leastSeen keeps, of the items to choose from, those that were seen least among those
// that still have a partner.
func (q question) leastSeen(partners, from []int) (least []int) {
	for _, i := range from {
		if !slices.ContainsFunc(partners, func(j int) bool { return q.new(i, j) }) {
			continue
		}
		if len(least) > 0 && q.seen[i] < q.seen[least[0]] {
			least = least[:0]
		}
		if len(least) == 0 || q.seen[i] == q.seen[least[0]] {
			least = append(least, i)
		}
	}
	return least
}

// new says whether the reader could still compare two items.
func (q question) new(i, j int) bool {
	a, b := q.items[min(i, j)], q.items[max(i, j)]
	return i != j && !q.met[[3]string{q.Reader, a, b}] && !q.passed[[2]string{a, b}]
}

// best is the pair of most information, one item of each list; of equal pairs, the
// one whose items were seen least, then the first by name.
func (q question) best(ones, others []int) (best Pair, found bool) {
	eta, seen, far, wide := q.reliability(q.Reader), 0, 0.0, 0.0
	for _, c := range q.promising(ones, others) {
		p := Pair{q.items[c.i], q.items[c.j], best.Gain}
		if !found || c.mean != far || c.sd != wide {
			p.Gain = gain(c.mean, c.sd, eta)
		}
		n := q.seen[c.i] + q.seen[c.j]
		if !found || cmp.Or(cmp.Compare(math.Round(best.Gain*1e9), math.Round(p.Gain*1e9)), cmp.Compare(n, seen)) < 0 {
			best, seen, far, wide, found = p, n, c.mean, c.sd, true
		}
	}
	return best, found
}

// candidate is a pair of items, how far apart they are believed to be, in logits, and with
// what standard deviation.
type candidate struct {
	i, j     int
	mean, sd float64
}

// promising leaves out the pairs of which another one is both closer and more uncertain:
// they tell less.
func (q question) promising(ones, others []int) (list []candidate) {
	var top candidate
	for _, i := range ones {
		for _, j := range others {
			if !q.new(i, j) {
				continue
			}
			c := candidate{i, j, grid(q.scale * math.Abs(q.x[i]-q.x[j])), grid(q.scale * math.Sqrt(max(q.cov.At(i, i)+q.cov.At(j, j)-2*q.cov.At(i, j), 0)))}
			if list = append(list, c); len(list) == 1 || c.sd-c.mean > top.sd-top.mean {
				top = c
			}
		}
	}
	return slices.DeleteFunc(list, func(c candidate) bool {
		return c.mean > top.mean && c.sd <= top.sd || c.mean == top.mean && c.sd < top.sd
	})
}

// grid rounds what a computation in another order could change.
func grid(x float64) float64 { return math.Round(x*1e7) / 1e7 }

func (m *model) reliability(reader string) float64 {
	if at, known := slices.BinarySearch(m.readers, reader); known {
		return m.eta[at]
	}
	return 1
}

// gain is the mutual information of a vote and the qualities, in bits: the entropy of
// the vote less the entropy expected once the qualities are known (Houlsby et al.
// 2011, "Bayesian active learning for classification and preference learning"), for two
// items whose gap has this mean and deviation and a reader who follows the model with
// the probability eta. It grows with sd and falls with mean.
func gain(mean, sd, eta float64) float64 {
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
