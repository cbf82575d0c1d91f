// Package agreement says how far readers who judged the same files agree, beyond chance.
package agreement

import (
	"maps"
	"math"
	"slices"
)

// Metric is how far apart two values are.
type Metric string

const (
	Nominal  Metric = "nominal"  // the same or not: yes or no
	Ordinal  Metric = "ordinal"  // ranks: how many judgements stand between the two
	Interval Metric = "interval" // the square of the difference
	Ratio    Metric = "ratio"    // the difference beside the sum; values from 0
)

// Problem is why there is no figure.
type Problem string

const (
	TooFew      Problem = "too_few"      // fewer than two units that two readers judged
	NoVariation Problem = "no_variation" // every judgement is the same: there is nothing to tell apart
)

// Result is what alpha says of some units.
type Result struct {
	Alpha   float64 // 1 is perfect agreement, 0 what chance gives, below 0 less than chance; nothing when Problem is set
	Problem Problem
	Units   int // units that two readers at least judged
	Values  int // judgements of these units
}

// Alpha is Krippendorff's α = 1 − Do/De over the judgements of each unit, whoever made them;
// a missing judgement is simply absent, and a unit with fewer than two is left out.
// Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, section D;
// A. F. Hayes and K. Krippendorff, "Answering the Call for a Standard Reliability Measure
// for Coding Data", Communication Methods and Measures 1 (2007), 77–89.
func Alpha(units [][]float64, metric Metric) Result {
	var got Result
	counts, paired := map[float64]float64{}, [][]float64{}
	for _, unit := range units {
		if len(unit) < 2 {
			continue
		}
		got.Units++
		got.Values += len(unit)
		paired = append(paired, unit)
		for _, v := range unit {
			counts[v]++
		}
	}
	if got.Units < 2 {
		got.Problem = TooFew
		return got
	}
	values, n := slices.Sorted(maps.Keys(counts)), float64(got.Values)
	if len(values) < 2 {
		got.Problem = NoVariation
		return got
	}
	apart := distances(values, counts, metric)
	at := map[float64]int{}
	for i, v := range values {
		at[v] = i
	}
	observed, expected := 0.0, 0.0
	for _, unit := range paired {
		sum := 0.0
		for i, a := range unit {
			for _, b := range unit[i+1:] {
				sum += 2 * apart(at[a], at[b])
			}
		}
		observed += sum / float64(len(unit)-1)
	}
	for i, a := range values {
		for j := range values[i+1:] {
			expected += 2 * counts[a] * counts[values[i+1+j]] * apart(i, i+1+j)
		}
	}
	got.Alpha = 1 - (observed/n)/(expected/(n*(n-1)))
	return got
}

// distances gives the squared difference of two values by their places in order.
func distances(values []float64, counts map[float64]float64, metric Metric) func(i, j int) float64 {
	below := make([]float64, len(values)+1) // judgements under each value
	for i, v := range values {
		below[i+1] = below[i] + counts[v]
	}
	return func(i, j int) float64 {
		i, j = min(i, j), max(i, j)
		a, b := values[i], values[j]
		switch {
		case i == j:
			return 0
		case metric == Ordinal:
			return math.Pow(below[j+1]-below[i]-(counts[a]+counts[b])/2, 2)
		case metric == Interval:
			return (a - b) * (a - b)
		case metric == Ratio:
			return math.Pow((a-b)/(a+b), 2)
		}
		return 1
	}
}
