package calibrate

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
)

// repetitions of each simulated panel; the figures of docs/performance.md take 200.
var repetitions = flag.Int("repetitions", 12, "how many times each panel is drawn")

const seed = 20270305

// On the shared panels the order found is as near to the truth as the reference's.
func TestReferencePanels(t *testing.T) {
	for n := 1; n <= 3; n++ {
		in, want := simulated(t, n)
		var m measure
		m.add(t, in, want.Quality)
		t.Logf("sim%d: %v", n, m)
		if reference := want.Reference["eb_tau"].(float64); m.tau[2] < reference-0.005 {
			t.Errorf("sim%d: τ %.4f, the reference has %.4f", n, m.tau[2], reference)
		}
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		for j, reader := range r.Readers {
			if away := math.Abs(reader.Shift - (want.Severity[j] - mean(want.Severity))); away > 4*reader.ShiftError {
				t.Errorf("sim%d: %s is said to shift by %.2f ± %.2f, and shifts by %.2f", n, reader.Reader, reader.Shift, reader.ShiftError, want.Severity[j])
			}
		}
	}
}

func mean(x []float64) (sum float64) {
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}

// The table of the method: simulated panels of several sizes and severities.
func TestSimulatedPanels(t *testing.T) {
	var all measure
	for _, p := range []panelOf{
		{"50 files, 8 readers, 3 readings, severity 0.7", 50, 8, 3, 15, 0.7, false},
		{"severity 0.3", 50, 8, 3, 15, 0.3, false},
		{"severity 1.2", 50, 8, 3, 15, 1.2, false},
		{"2 readings", 50, 8, 2, 15, 0.7, false},
		{"108 files, 20 readers, uneven", 108, 20, 3, 30, 0.7, true},
		{"15 files, 6 readers", 15, 6, 3, 4, 0.7, false},
	} {
		chance := rand.New(rand.NewPCG(seed, uint64(p.files)))
		var m measure
		for run := range *repetitions {
			in, quality := p.draw(chance)
			in.Seed = uint64(run)
			m.add(t, in, quality)
			all.add(t, in, quality)
		}
		t.Logf("%s: %v", p.name, m)
		if m.tau[2] < m.tau[0]-0.005*m.runs {
			t.Errorf("%s: calibrated τ %.3f is under that of the means, %.3f", p.name, m.tau[2]/m.runs, m.tau[0]/m.runs)
		}
	}
	if right := all.right / all.sure; right < 0.97 {
		t.Errorf("seed %d: %.3f of the robust zones are right", seed, right)
	}
	if covers := all.covers / all.files; covers < 0.88 || covers > 0.99 {
		t.Errorf("seed %d: 90 %% intervals of rank cover %.3f", seed, covers)
	}
}

// Real panels: three of the nine judges of each performance are kept, the mean of the
// nine is taken for the truth.
func TestRealPanels(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 0))
	var m measure
	for _, e := range skating(t) {
		for run := range max(4, *repetitions/2) {
			in := e.kept(3, chance)
			in.Seed = uint64(run)
			m.add(t, in, e.means())
		}
	}
	t.Logf("skating: %v", m)
	if m.tau[2] < m.tau[0]-0.005*m.runs {
		t.Errorf("seed %d: calibrated τ %.3f, means %.3f", seed, m.tau[2]/m.runs, m.tau[0]/m.runs)
	}
	if m.tau[2] < m.tau[1]+0.03*m.runs {
		t.Errorf("seed %d: calibrated τ %.3f, z-scores %.3f", seed, m.tau[2]/m.runs, m.tau[1]/m.runs)
	}
	if right := m.right / m.sure; right < 0.97 {
		t.Errorf("seed %d: %.3f of the robust zones are right", seed, right)
	}
	if covers := m.covers / m.files; covers < 0.88 || covers > 0.99 {
		t.Errorf("seed %d: 90 %% intervals of rank cover %.3f", seed, covers)
	}
}

// A score that was hidden is better predicted from the effects than from the raw mean
// of its file, or from that mean brought to the reader's own mean and spread.
func TestHiddenScores(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 1))
	var raw, z, ours, n float64
	hide := func(full Input) {
		var kept Input
		var hidden []Reading
		left := map[string]int{}
		for _, r := range full.Readings {
			left[r.File]++
		}
		for _, k := range chance.Perm(len(full.Readings)) {
			r := full.Readings[k]
			if len(hidden) < len(full.Readings)/5 && left[r.File] > 2 {
				hidden, left[r.File] = append(hidden, r), left[r.File]-1
				continue
			}
			kept.Readings = append(kept.Readings, r)
		}
		kept.Select, kept.Draws = 1, 1
		r, err := Fit(kept)
		if err != nil {
			t.Fatal(err)
		}
		s := r.state
		at, of := map[string]int{}, map[string]int{}
		for i, name := range s.files {
			at[name] = i
		}
		for j, name := range s.readers {
			of[name] = j
		}
		means, zs := rawMeans(s), zScores(s)
		centre, spread := s.moments()
		for _, h := range hidden {
			i, j := at[h.File], of[h.Reader]
			y := (h.Score - s.centre) / s.scale
			raw += square(y - means[i])
			z += square(y - centre[j] - spread[j]*zs[i])
			ours += square(y - s.effect.fitted(i, j))
			n++
		}
	}
	for n := 1; n <= 3; n++ {
		in, _ := simulated(t, n)
		hide(in)
	}
	for _, e := range skating(t) {
		for range 5 {
			hide(e.kept(4, chance))
		}
	}
	t.Logf("root mean square error, in deviations of the scores, of %.0f hidden scores: means %.3f, z-scores %.3f, calibrated %.3f", n, math.Sqrt(raw/n), math.Sqrt(z/n), math.Sqrt(ours/n))
	if ours >= raw || ours >= z {
		t.Errorf("seed %d: calibrated %.4f, means %.4f, z-scores %.4f", seed, ours/n, raw/n, z/n)
	}
}

func square(x float64) float64 { return x * x }

// The interval of a value holds what the whole panel would give nine times in ten,
// for scores that no scale rounds.
func TestIntervalsOfValues(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 10))
	var in90, n float64
	for range 4 * *repetitions {
		const files, readers = 30, 8
		severity, shift := make([]float64, readers), 0.0
		for j := range severity {
			severity[j] = 0.7 * chance.NormFloat64()
			shift += severity[j] / readers
		}
		in, value := Input{Select: 1, Draws: 1}, map[string]float64{}
		for i, dealt := range deal(files, readers, 3, chance) {
			q := chance.NormFloat64()
			value[fileName(i)] = q + shift
			for _, j := range dealt {
				in.Readings = append(in.Readings, Reading{File: fileName(i), Reader: string(rune('a' + j)), Score: q + severity[j] + 0.7*chance.NormFloat64()})
			}
		}
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Files {
			if n++; f.Low <= value[f.File] && value[f.File] <= f.High {
				in90++
			}
		}
	}
	t.Logf("intervals of values cover %.1f %% of %.0f", 100*in90/n, n)
	if covers := in90 / n; covers < 0.86 || covers > 0.94 {
		t.Errorf("seed %d: 90 %% intervals of values cover %.3f", seed, covers)
	}
}
