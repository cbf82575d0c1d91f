package standing

import (
	"math"
	"slices"
)

// widest is the number of ranks told apart in the count of ranks: beyond that many
// files, intervals of rank are widened to whole bins.
const widest = 1024

// MostDraws is the number of draws that a Tally can hold.
const MostDraws = math.MaxUint16

// Tally counts ranks over draws.
type Tally struct {
	n, k, draws int
	bin         int // ranks a bin
	bins        int
	count       []uint16 // file × bin
	selected    []int
	sum         []float64
	sorter      *Sorter
}

// NewTally counts for n files, of which the k first are selected.
func NewTally(n, k int) *Tally {
	bin := (n + widest - 1) / widest
	bins := (n + bin - 1) / max(bin, 1)
	return &Tally{n: n, k: k, bin: bin, bins: bins, count: make([]uint16, n*bins), selected: make([]int, n), sum: make([]float64, n), sorter: NewSorter(n)}
}

// Add ranks one draw of the qualities, the highest first; what is equal to 32 bits
// keeps the order of the files.
func (t *Tally) Add(x []float64) {
	for r, key := range t.sorter.Order(x) {
		i := int(uint32(key))
		t.count[i*t.bins+r/t.bin]++
		t.sum[i] += float64(r + 1)
		if r < t.k {
			t.selected[i]++
		}
	}
	t.draws++
}

// Standings is what the draws say of each file.
func (t *Tally) Standings() []Standing {
	all := make([]Standing, t.n)
	for i := range all {
		p := float64(t.selected[i]) / float64(t.draws)
		s := Standing{PSelected: p, ExpectedRank: t.sum[i] / float64(t.draws), Zone: ZoneOf(p)}
		s.RankLow, s.RankHigh = t.interval(i)
		all[i] = s
	}
	return all
}

// interval is the central 90 % of the ranks of a file.
func (t *Tally) interval(i int) (low, high int) {
	seen := 0
	for b, c := range t.count[i*t.bins : (i+1)*t.bins] {
		before := seen
		seen += int(c)
		if 20*before <= t.draws && 20*seen > t.draws {
			low = b*t.bin + 1
		}
		if 20*before < 19*t.draws && 20*seen >= 19*t.draws {
			high = min((b+1)*t.bin, t.n)
		}
	}
	return low, high
}

// Even is the standing of each of n files that nothing tells apart.
func Even(n, k int) []Standing {
	p := float64(min(k, n)) / float64(n)
	s := Standing{PSelected: p, ExpectedRank: float64(n+1) / 2, RankLow: n/20 + 1, RankHigh: n - n/20, Zone: ZoneOf(p)}
	return slices.Repeat([]Standing{s}, n)
}
