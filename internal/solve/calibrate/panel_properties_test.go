package calibrate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"transformateur/internal/solve/dense"
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/solvetest"
	"transformateur/internal/solve/standing"
)

// anyPanel draws readings of any shape: gaps, groups apart, ties.
func anyPanel(t *rapid.T) Input {
	files, readers := rapid.IntRange(1, 9).Draw(t, "files"), rapid.IntRange(1, 5).Draw(t, "readers")
	scores, weights := []float64{0, 1, 2, 3, 4, 5, 6}, []float64{0, 1, 0.5, 2}
	if rapid.IntRange(0, 9).Draw(t, "extreme") == 0 {
		scores, weights = append(scores, 1e7, -1e-7), append(weights, MaxWeight, 1.0/MaxWeight)
	}
	var in Input
	for i := range files {
		for j := range readers {
			if j == i%readers || rapid.Bool().Draw(t, "read") {
				in.Readings = append(in.Readings, Reading{fmt.Sprint("F", i), fmt.Sprint("J", j), rapid.SampledFrom(scores).Draw(t, "score"), rapid.SampledFrom(weights).Draw(t, "weight")})
			}
		}
	}
	in.Select = rapid.IntRange(1, files).Draw(t, "select")
	in.Draws = 200
	in.OwnError, in.HeavyTails, in.DealtAtRandom = rapid.Bool().Draw(t, "own"), rapid.Bool().Draw(t, "tails"), rapid.Bool().Draw(t, "dealt")
	return in
}

// Whatever the panel: every figure is finite, probabilities add up, the way from the
// raw mean to the calibrated value is whole, and the order of the readings is
// nothing.
func TestAnyPanel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyPanel(t)
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, f := range r.Files {
			sum += f.PSelected
			c := f.Correction
			for _, x := range []float64{f.Calibrated, f.Low, f.High, f.Expected, c.Severity, c.Shrinkage, c.Weights} {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Fatalf("%+v", f)
				}
			}
			if way := f.RawMean + c.Weights + c.Severity + c.Shrinkage + c.Votes; math.Abs(way-f.Calibrated) > 1e-9*max(1, math.Abs(f.RawMean)) {
				t.Fatalf("the way leads to %v: %+v", way, f)
			}
			if f.Low > f.Calibrated || f.High < f.Calibrated || f.RankLow < 1 || f.RankHigh < f.RankLow || f.RankHigh > len(r.Files) || f.Rank < 1 || f.RawRank < 1 {
				t.Fatalf("%+v", f)
			}
			if !r.Adjusted && f.Zone != standing.Grey {
				t.Fatalf("nothing can be adjusted, and %+v", f)
			}
		}
		if math.Abs(sum-float64(in.Select)) > 1e-9 {
			t.Fatalf("probabilities add up to %v, %d are selected", sum, in.Select)
		}
		if r.ExpectedFlips < 0 || r.ExpectedFlips > float64(in.Select) {
			t.Fatalf("%v would be replaced", r.ExpectedFlips)
		}
		in.Readings = rapid.Permutation(in.Readings).Draw(t, "order")
		other, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		r.state, other.state = nil, nil
		if !reflect.DeepEqual(r, other) {
			t.Fatal("the order of the readings matters")
		}
	})
}

// Another unit, or another origin, of the scale of scores changes no rank and no
// probability beyond rounding.
func TestUnitOfTheScale(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 3))
	in, _ := panelOf{"", 30, 6, 3, 10, 0.7, false}.draw(chance)
	r, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ shift, scale float64 }{{1000, 1}, {0, 1e-9}, {-5, 20}, {3, 1e90}} {
		moved := in
		moved.Readings = slices.Clone(in.Readings)
		for k := range moved.Readings {
			moved.Readings[k].Score = c.shift + c.scale*moved.Readings[k].Score
		}
		other, err := Fit(moved)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range r.Files {
			g := other.Files[i]
			if f.File != g.File || f.RawRank != g.RawRank || math.Abs(f.PSelected-g.PSelected) > 0.002 || math.Abs(c.shift+c.scale*f.Calibrated-g.Calibrated) > 1e-6*c.scale {
				t.Errorf("shift %g, scale %g: %+v became %+v", c.shift, c.scale, f, g)
			}
		}
	}
}

// A reader who adds the same to each of her scores changes almost nothing when the
// panel is well linked: that is what calibration is for.
func TestSevererReader(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 4))
	in, _ := panelOf{"", 60, 6, 4, 20, 0.5, false}.draw(chance)
	values := func() []float64 {
		s, err := newState(in.Readings)
		if err != nil {
			t.Fatal(err)
		}
		s.estimate()
		out := make([]float64, len(s.files))
		for i := range out {
			out[i] = s.unit(s.effect.mu + s.effect.theta[i])
		}
		return out
	}
	before := values()
	for k := range in.Readings {
		if in.Readings[k].Reader == "J03" {
			in.Readings[k].Score += 2
		}
	}
	if got := solvetest.Kendall(before, values()); got < 0.97 {
		t.Errorf("seed %d: τ %.3f between the order before and after", seed, got)
	}
}

// The equations with the files eliminated give what the whole covariance gives.
func TestAgainstWholeCovariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := newState(anyPanel(t).Readings)
		if err != nil {
			t.Fatal(err)
		}
		s.v = [3]float64{rapid.Float64Range(0.1, 3).Draw(t, "quality"), rapid.Float64Range(0.1, 3).Draw(t, "severity"), rapid.Float64Range(0.1, 3).Draw(t, "error")}
		got := s.likelihood()
		s.invert()
		n := len(s.y)
		v := dense.New(n)
		for k := range n {
			for l := range n {
				x := 0.0
				if s.file[k] == s.file[l] {
					x += s.v[0]
				}
				if s.reader[k] == s.reader[l] {
					x += s.v[1]
				}
				if k == l {
					x += s.v[2] / s.w[k]
				}
				v.Add(k, l, x)
			}
		}
		f, _ := dense.Cholesky(v)
		ones, y := slices.Repeat([]float64{1}, n), slices.Clone(s.y)
		f.Solve(ones)
		f.Solve(y)
		information, top := 0.0, 0.0
		for k := range n {
			information += ones[k]
			top += y[k]
		}
		mu := top / information
		rest := slices.Clone(s.y)
		for k := range rest {
			rest[k] -= mu
		}
		right := slices.Clone(rest)
		f.Solve(right)
		want := -0.5 * (f.LogDet() + math.Log(information) + dense.Dot(rest, right))
		theta := make([]float64, len(s.files))
		for k := range n {
			theta[s.file[k]] += s.v[0] * right[k]
		}
		if math.Abs(got-want) > 1e-6 || math.Abs(mu-s.effect.mu) > 1e-7 {
			t.Fatalf("likelihood %v, not %v; mean %v, not %v", got, want, s.effect.mu, mu)
		}
		for i := range theta {
			if math.Abs(theta[i]-s.effect.theta[i]) > 1e-7 {
				t.Fatalf("effect of file %d: %v, not %v", i, s.effect.theta[i], theta[i])
			}
		}
	})
}

// The slope of the likelihood is that of finite differences.
func TestSlope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := newState(anyPanel(t).Readings)
		if err != nil {
			t.Fatal(err)
		}
		x := [3]float64{}
		for a := range x {
			x[a] = rapid.Float64Range(-2, 2).Draw(t, "log variance")
		}
		s.objective(x)
		g, _ := s.slope()
		_, pg, _ := penalty(x)
		for a := range x {
			const h = 1e-5
			up, down := x, x
			up[a] += h
			down[a] -= h
			if want := (s.objective(up) - s.objective(down)) / (2 * h); math.Abs(g[a]+pg[a]-want) > 1e-4*(1+math.Abs(want)) {
				t.Fatalf("slope %d: %v, not %v", a, g[a]+pg[a], want)
			}
		}
	})
}

// The draws have the mean and the variance that the equations give, and conjugate
// gradients end where the factor ends.
func TestDraws(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 5))
	in, _ := panelOf{"", 12, 5, 3, 4, 0.7, false}.draw(chance)
	s, err := newState(in.Readings)
	if err != nil {
		t.Fatal(err)
	}
	s.estimate()
	c, x := make([]float64, len(s.readers)+1), make([]float64, len(s.files))
	const draws = 20000
	sum, squares := make([]float64, len(x)), make([]float64, len(x))
	for range draws {
		s.draw(chance, c, x)
		level := mean(c[:len(c)-1]) + c[len(c)-1]
		for i := range x {
			away := x[i] + level - s.effect.theta[i]
			sum[i] += away / draws
			squares[i] += away * away / draws
		}
	}
	p := s.panel()
	for i := range x {
		want := s.v[2] * s.worth(i, p)
		if math.Abs(sum[i]) > 0.03*math.Sqrt(want)*1.5 || math.Abs(squares[i]/want-1) > 0.06 {
			t.Errorf("seed %d, file %d: mean %v beside the mode, variance %v, not %v", seed, i, sum[i], squares[i], want)
		}
	}
	other := s.solveFrom(effects{theta: make([]float64, len(s.files)), b: make([]float64, len(s.readers))})
	for i := range other.theta {
		if math.Abs(other.theta[i]-s.effect.theta[i]) > 1e-8 {
			t.Errorf("file %d: %v, not %v", i, other.theta[i], s.effect.theta[i])
		}
	}
}

// A reading that is suggested lowers the doubt beside the line by what was said, on
// average over the scores that it may give.
func TestSuggestionKeepsItsWord(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 6))
	in, _ := panelOf{"", 20, 5, 2, 6, 0.7, false}.draw(chance)
	in.Draws = 20000
	r, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	var allowed []Pair
	for _, f := range r.Files {
		for _, j := range r.Readers {
			allowed = append(allowed, Pair{f.File, j.Reader})
		}
	}
	all := r.Next(allowed, len(allowed))
	if len(all) != 20*5-40 {
		t.Fatalf("%d readings are left", len(all))
	}
	best := all[0]
	s := r.state
	doubt := func(list []standing.Standing) (sum float64) {
		for _, f := range list {
			sum += f.PSelected * (1 - f.PSelected)
		}
		return sum
	}
	before := doubt(s.standings(in.Select, 8000, 1))
	i, _ := slices.BinarySearch(s.files, best.File)
	j, _ := slices.BinarySearch(s.readers, best.Reader)
	c, x := make([]float64, len(s.readers)+1), make([]float64, len(s.files))
	after := 0.0
	const runs = 150
	for range runs {
		s.draw(chance, c, x)
		m := len(s.readers)
		y := x[i] + s.effect.mu + c[m] + s.effect.b[j] + c[j] + math.Sqrt(s.v[2])*chance.NormFloat64()
		more, err := newState(append(slices.Clone(in.Readings), Reading{File: best.File, Reader: best.Reader, Score: s.unit(y)}))
		if err != nil {
			t.Fatal(err)
		}
		ratio := s.scale / more.scale // same variances, in the unit of the new panel
		more.v = [3]float64{s.v[0] * ratio * ratio, s.v[1] * ratio * ratio, s.v[2] * ratio * ratio}
		more.likelihood()
		after += doubt(more.standings(in.Select, 2000, 2)) / runs
	}
	t.Logf("doubt %.3f, then %.3f; said to fall by %.3f", before, after, best.Gain)
	if fell := before - after; fell < 0.5*best.Gain || fell > 1.6*best.Gain {
		t.Errorf("seed %d: the doubt fell by %.4f, %.4f was said", seed, fell, best.Gain)
	}
	for _, worse := range all[1:] {
		if worse.Gain > best.Gain {
			t.Errorf("%+v is better than the first", worse)
		}
	}
}

// Votes join: a file that wins every comparison rises, the sum of the corrections
// still leads to its value, and equal scores let votes alone rank.
func TestVotesJoin(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 7))
	in, _ := panelOf{"", 15, 5, 3, 5, 0.7, false}.draw(chance)
	before, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	last := before.Files[len(before.Files)-1].File
	for _, f := range before.Files[:8] {
		in.Votes = append(in.Votes, slices.Repeat([]pairwise.Vote{{Reader: "peer", Winner: last, Loser: f.File}}, 4)...)
	}
	after, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(after.Files, func(f File) bool { return f.File == last })
	f := after.Files[at]
	if at > 9 || f.Correction.Votes <= 0 {
		t.Errorf("after 32 wins: %+v", f)
	}
	if way := f.RawMean + f.Correction.Severity + f.Correction.Shrinkage + f.Correction.Votes; math.Abs(way-f.Calibrated) > 1e-9 {
		t.Errorf("the way leads to %v: %+v", way, f)
	}
	for k := range in.Readings {
		in.Readings[k].Score = 3
	}
	level, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	if first := level.Files[0]; first.File != last || first.Calibrated != 3 {
		t.Errorf("equal scores, and the first is %+v", first)
	}
}
