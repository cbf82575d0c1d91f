package timing_test

import (
	"math"
	"slices"
	"time"
)

// verdict compares two samples of durations.
type verdict struct {
	known, unknown time.Duration // medians
	ratio          float64       // of the medians, known over unknown
	p              float64       // of a difference at least as large if both are drawn alike
}

// The bounds within which two samples are told to be alike.
const (
	lowest, highest = 0.95, 1.05
	significance    = 0.01
)

// alike says whether neither figure tells the samples apart.
func (v verdict) alike() bool { return v.ratio >= lowest && v.ratio <= highest && v.p > significance }

// judge gives the ratio of the medians and the two-sided p-value of the rank-sum test of
// H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is
// stochastically larger than the other" (Annals of Mathematical Statistics 18, 1947), by
// its normal approximation with the correction for ties. Each sample has at least twenty values.
func judge(known, unknown []time.Duration) verdict {
	v := verdict{known: median(known), unknown: median(unknown)}
	v.ratio = float64(v.known) / float64(v.unknown)
	type one struct {
		d     time.Duration
		first bool
	}
	var all []one
	for _, d := range known {
		all = append(all, one{d, true})
	}
	for _, d := range unknown {
		all = append(all, one{d, false})
	}
	slices.SortFunc(all, func(a, b one) int { return int(a.d - b.d) })
	n1, n2 := float64(len(known)), float64(len(unknown))
	sum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].d == all[i].d {
			j++
		}
		rank := float64(i+j+1) / 2 // the mean of the ranks of those that are equal
		for _, o := range all[i:j] {
			if o.first {
				sum += rank
			}
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	n := n1 + n2
	u, mean := sum-n1*(n1+1)/2, n1*n2/2
	variance := n1 * n2 / 12 * (n + 1 - ties/(n*(n-1)))
	if variance <= 0 {
		v.p = 1
		return v
	}
	z := math.Max(0, math.Abs(u-mean)-0.5) / math.Sqrt(variance)
	v.p = math.Erfc(z / math.Sqrt2)
	return v
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
