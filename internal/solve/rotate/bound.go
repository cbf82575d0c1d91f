package rotate

import "slices"

// twos is C(n, 2).
func twos(n int) int { return n * (n - 1) / 2 }

// spread is the least sum of C(·, 2) over that many cells that share a number.
func spread(number, cells int) int {
	if cells == 0 {
		return 0
	}
	each, more := number/cells, number%cells
	return cells*twos(each) + more*each
}

// evenest gives the sizes of the tables of a round that make fewest meetings.
func (in *instance) evenest(r int) []int {
	sizes := slices.Clone(in.low[r*in.t : (r+1)*in.t])
	left := len(in.here[r])
	for _, s := range sizes {
		left -= s
	}
	for ; left > 0; left-- {
		best := -1
		for t, s := range sizes {
			if s < in.high[r*in.t+t] && (best < 0 || s < sizes[best]) {
				best = t
			}
		}
		if best < 0 {
			break
		}
		sizes[best]++
	}
	return sizes
}

// costBound is what the sum of C(meetings, 2) cannot go below. It is also the sum, over
// two rounds, of the pairs who sit together in both: those of one table of the first round
// share the tables of the second one. And meetings, more than the pairs allowed to meet,
// must be shared between them.
func (in *instance) costBound() int {
	sizes := make([][]int, in.rounds)
	meetings := 0
	for r := range sizes {
		sizes[r] = in.evenest(r)
		for _, s := range sizes[r] {
			meetings += twos(s)
		}
	}
	twice := 0
	for r := range sizes {
		for o := range r {
			twice += max(in.bothRounds(sizes[r], sizes[o], r, o), in.bothRounds(sizes[o], sizes[r], o, r))
		}
	}
	return max(twice, spread(meetings, in.allowed()))
}

// bothRounds is the least number of pairs who sit together in two rounds, from the tables
// of the first.
func (in *instance) bothRounds(sizes, others []int, r, o int) (pairs int) {
	open := 0
	for _, s := range others {
		if s > 0 {
			open++
		}
	}
	gone := 0
	for _, p := range in.here[r] {
		if in.away[o*in.n+p] {
			gone++
		}
	}
	if gone > 0 {
		return spread(len(in.here[r])-gone, len(sizes)*max(open, 1))
	}
	for _, s := range sizes {
		pairs += spread(s, open)
	}
	return pairs
}

// allowed counts the pairs who may meet.
func (in *instance) allowed() (pairs int) {
	for p := range in.n {
		for q := range p {
			if in.per[p*in.n+q] < wrong {
				pairs++
			}
		}
	}
	return pairs
}

// roundsBound is how many rounds can pass without a repeat, the tables being those of the
// first: each of the N people meets as many others as her table has, and there are N − 1.
func (in *instance) roundsBound() int {
	sizes := in.evenest(0)
	meetings := 0
	for _, s := range sizes {
		meetings += twos(s)
	}
	switch {
	case meetings == 0:
		return in.rounds
	case in.bothRounds(sizes, sizes, 0, 0) > 0:
		return 1
	}
	return in.allowed() / meetings
}
