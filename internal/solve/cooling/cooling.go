// Package cooling decides which moves for the worse a search by annealing accepts, the same ones on every machine.
package cooling

import (
	"math"
	"math/rand/v2"
)

// Source draws the random numbers of a search.
type Source struct{ *rand.PCG }

// New makes a source from a seed; streams of one seed are independent.
func New(seed, stream uint64) Source { return Source{rand.NewPCG(seed, stream)} }

// Below draws a whole number under n, at most 2³² (Lemire 2019, without the correction,
// whose bias is under n/2³²).
func (s Source) Below(n int) int { return int((s.Uint64() >> 32) * uint64(n) >> 32) }

// chances[i] is −ln((i+½)/4096) in 1/65536, rounded, so that machines whose logarithms
// differ in the last place accept the same moves.
var chances = func() (t [4096]int64) {
	for i := range t {
		t[i] = int64(math.Round(-math.Log((float64(i)+0.5)/4096) * 65536))
	}
	return t
}()

// Accepts draws whether a move is made that costs delta more, at a temperature in the
// same units: always when it costs nothing, else with probability exp(−delta/heat) (the
// rule of Metropolis; Kirkpatrick, Gelatt and Vecchi 1983).
func Accepts(delta, heat int64, chance Source) bool {
	return delta <= 0 || delta <= heat*chances[chance.Uint64()>>52]>>16
}

// Levels is how many temperatures a schedule goes through.
const Levels = 64

// Schedule goes from a temperature to another, both above 0, in units of cost.
type Schedule struct {
	Hot, Cold int64
	Moves     int
}

// Heat is the temperature of one of the levels: a geometric sequence of whole numbers.
func (s Schedule) Heat(level int) int64 {
	x := float64(level) / (Levels - 1)
	ratio := math.Round(1e6 * math.Exp(x*math.Log(float64(s.Cold)/float64(s.Hot))))
	return int64(math.Round(float64(s.Hot) * ratio / 1e6))
}
