package timing_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The figure is worked out by hand from the definition.
func TestJudgeGivesTheKnownFigure(t *testing.T) {
	known := []time.Duration{110, 115, 120, 128, 134, 140, 141, 150, 151, 160}
	unknown := []time.Duration{105, 108, 111, 112, 118, 119, 125, 126, 131, 136}
	// Of the hundred pairs, the known value is the larger in U = 2+4+6+8+9+5×10 = 79; mean 50,
	// standard deviation sqrt(175): z = 28.5 / 13.2288 = 2.1544, p = 0.0312.
	if v := judge(known, unknown); math.Abs(v.p-0.0312) > 0.0001 || v.known != 137 || v.unknown != 118 {
		t.Errorf("%+v", v)
	}
	same := []time.Duration{5, 5, 5, 5}
	if v := judge(same, same); v.p != 1 || v.ratio != 1 || !v.alike() {
		t.Errorf("equal samples: %+v", v)
	}
}

// A difference of some per cent is told apart, in noise such as that of a busy machine;
// no difference is not.
func TestJudgeSeparatesAPlantedDifference(t *testing.T) {
	const seed = 2018
	rng := rand.New(rand.NewPCG(seed, 1))
	draw := func(base float64) time.Duration {
		d := base * (1 + 0.1*rng.ExpFloat64())
		if rng.IntN(50) == 0 {
			d += 5 * base // interrupted
		}
		return time.Duration(d)
	}
	for _, c := range []struct {
		name  string
		slow  float64
		alike bool
	}{{"no difference", 1, true}, {"1 %", 1.01, false}, {"8 %", 1.08, false}} {
		var known, unknown []time.Duration
		for range 2000 {
			known, unknown = append(known, draw(500_000*c.slow)), append(unknown, draw(500_000))
		}
		if v := judge(known, unknown); v.alike() != c.alike {
			t.Errorf("seed %d, %s: %+v", seed, c.name, v)
		}
	}
}
