package standing

import (
	"math"
	"slices"
)

// fewest is the number of values from which counting digits beats comparing.
const fewest = 200

// digits are the 11 bits that one pass of the sort looks at.
const digits = 1 << 11

// Sorter puts values in order many times over, without allocating.
type Sorter struct {
	keys, spare []uint64
	counts      [3][digits]int32
}

// NewSorter sorts n values at a time.
func NewSorter(n int) *Sorter {
	return &Sorter{keys: make([]uint64, n), spare: make([]uint64, n)}
}

// Order gives the places of the values from the highest to the lowest, in the lower
// halves of the keys that it returns, good until the next call. Values are told apart
// to 32 bits of their range; those that are equal keep their order.
func (s *Sorter) Order(x []float64) []uint64 {
	low, high := slices.Min(x), slices.Max(x)
	scale := math.MaxUint32 / (high - low)
	if !(high > low) || math.IsInf(scale, 0) {
		scale = 0
	}
	for i, v := range x {
		s.keys[i] = uint64(uint32((high-v)*scale))<<32 | uint64(i)
	}
	if len(x) < fewest {
		slices.Sort(s.keys)
	} else {
		s.radix()
	}
	return s.keys
}

// radix sorts the keys by the upper halves, 11 bits at a time from the lowest.
func (s *Sorter) radix() {
	s.counts = [3][digits]int32{}
	for _, k := range s.keys {
		s.counts[0][k>>32&(digits-1)]++
		s.counts[1][k>>43&(digits-1)]++
		s.counts[2][k>>54]++
	}
	for pass := range s.counts {
		count, sum := &s.counts[pass], int32(0)
		for d, c := range count {
			count[d] = sum
			sum += c
		}
		shift := 32 + 11*pass
		for _, k := range s.keys {
			d := k >> shift & (digits - 1)
			s.spare[count[d]] = k
			count[d]++
		}
		s.keys, s.spare = s.spare, s.keys
	}
}
