package timetable

import "math"

// thresholds are the rises of cost that the rule of Metropolis accepts at a temperature:
// −T ln u, for 256 values of u, so that a try draws a byte and computes no logarithm.
type thresholds [256]int64

func newThresholds(temperature float64) *thresholds {
	var t thresholds
	for k := range t {
		t[k] = int64(math.Round(float64(-temperature * logs[k])))
	}
	return &t
}

func (t *thresholds) draw(c *chance) int64 { return t[c.next()>>56] }

// logs are the logarithms of (k+½)/256, rounded to a billionth so that every machine has
// the same.
var logs = func() (l [256]float64) {
	for k := range l {
		l[k] = math.Round(math.Log((float64(k)+0.5)/256)*1e9) / 1e9
	}
	return l
}()

// root is the n-th root of x, rounded to a billionth.
func root(x float64, n int) float64 {
	return math.Round(math.Pow(x, 1/float64(n))*1e9) / 1e9
}
