package calibrate

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"transformateur/internal/solve/solvetest"
)

// opened reads a compressed file of testdata.
func opened(t testing.TB, name string) io.Reader {
	t.Helper()
	file, err := os.Open("testdata/" + name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	in, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// event is the scores of one skating event: every judge scored every performance.
type event struct {
	files, readers []string
	score          [][]float64 // performance × judge
}

func skating(t testing.TB) []event {
	t.Helper()
	rows, err := csv.NewReader(opened(t, "skating_components.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	of := map[string]map[[2]string]float64{}
	for _, row := range rows[1:] {
		if of[row[0]] == nil {
			of[row[0]] = map[[2]string]float64{}
			names = append(names, row[0])
		}
		if of[row[0]][[2]string{row[1], row[2]}], err = strconv.ParseFloat(row[3], 64); err != nil {
			t.Fatal(err)
		}
	}
	var all []event
	for _, name := range names {
		e := event{}
		for key := range of[name] {
			e.files, e.readers = append(e.files, key[0]), append(e.readers, key[1])
		}
		slices.Sort(e.files)
		slices.Sort(e.readers)
		e.files, e.readers = slices.Compact(e.files), slices.Compact(e.readers)
		for _, file := range e.files {
			var line []float64
			for _, reader := range e.readers {
				line = append(line, of[name][[2]string{file, reader}])
			}
			e.score = append(e.score, line)
		}
		all = append(all, e)
	}
	if len(all) != 6 {
		t.Fatalf("%d events", len(all))
	}
	return all
}

// kept deals the performances to some of the judges each, evenly.
func (e event) kept(each int, chance *rand.Rand) (in Input) {
	for i, dealt := range deal(len(e.files), len(e.readers), each, chance) {
		for _, j := range dealt {
			in.Readings = append(in.Readings, Reading{File: e.files[i], Reader: e.readers[j], Score: e.score[i][j]})
		}
	}
	in.Select = (len(e.files) + 1) / 3
	return in
}

func (e event) means() []float64 {
	all := make([]float64, len(e.files))
	for i, line := range e.score {
		for _, y := range line {
			all[i] += y / float64(len(line))
		}
	}
	return all
}

// deal gives each file to some readers, whose loads stay within one of each other
// where it can.
func deal(files, readers, each int, chance *rand.Rand) [][]int {
	load, all := make([]int, readers), make([][]int, files)
	for _, i := range chance.Perm(files) {
		order := chance.Perm(readers)
		slices.SortStableFunc(order, func(a, b int) int { return load[a] - load[b] })
		all[i] = slices.Clone(order[:each])
		for _, j := range all[i] {
			load[j]++
		}
	}
	return all
}

// panelOf is a simulated panel: qualities of deviation 1, errors of deviation 0.7,
// scores on 0 to 6 by half points.
type panelOf struct {
	name                          string
	files, readers, each, select_ int
	severity                      float64
	uneven                        bool // readers come in two halves that seldom share a file
}

func (p panelOf) draw(chance *rand.Rand) (in Input, quality []float64) {
	severity := make([]float64, p.readers)
	for j := range severity {
		severity[j] = p.severity * chance.NormFloat64()
	}
	dealt := deal(p.files, p.readers, p.each, chance)
	if p.uneven {
		for i := range dealt {
			dealt[i] = lopsided(i, p.readers, p.each, chance)
		}
	}
	for i := range p.files {
		q := chance.NormFloat64()
		quality = append(quality, q)
		for _, j := range dealt[i] {
			y := 3 + q + severity[j] + 0.7*chance.NormFloat64()
			in.Readings = append(in.Readings, Reading{File: fileName(i), Reader: fmt.Sprintf("J%02d", j), Score: min(max(math.Round(2*y)/2, 0), 6)})
		}
	}
	in.Select = p.select_
	return in, quality
}

// lopsided deals a file to readers of one half, and once in ten to both.
func lopsided(i, readers, each int, chance *rand.Rand) []int {
	half := readers / 2
	from := (i % 2) * half
	order := chance.Perm(half)[:each]
	for a := range order {
		order[a] += from
	}
	if chance.IntN(10) == 0 {
		order[0] = (order[0] + half) % readers
	}
	return order
}

func fileName(i int) string { return fmt.Sprintf("A%03d", i+1) }

type truth struct {
	Select    int            `json:"select"`
	Quality   []float64      `json:"true_quality"`
	Severity  []float64      `json:"true_severity"`
	Reference map[string]any `json:"reference"`
}

func simulated(t testing.TB, n int) (in Input, want truth) {
	t.Helper()
	readings, err := ParseScores(opened(t, fmt.Sprintf("sim%d.scores.csv", n)))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(opened(t, fmt.Sprintf("sim%d.truth.json", n))).Decode(&want); err != nil {
		t.Fatal(err)
	}
	return Input{Readings: readings, Select: want.Select, Seed: 1}, want
}

// found is the share of the true first k that are among the estimated ones.
func found(estimate, truth []float64, k int) float64 {
	names := make([]string, len(truth))
	for i := range names {
		names[i] = fileName(i)
	}
	in := map[int]bool{}
	for _, i := range places(truth, truth, names)[:k] {
		in[i] = true
	}
	n := 0
	for _, i := range places(estimate, estimate, names)[:k] {
		if in[i] {
			n++
		}
	}
	return float64(n) / float64(k)
}

func rawMeans(s *state) []float64 { return s.raw(s.y) }

// zScores is the mean of the scores once each reader's are centred and scaled.
func zScores(s *state) []float64 {
	mean, sd := s.moments()
	z := make([]float64, len(s.y))
	for k, y := range s.y {
		if sd[s.reader[k]] > 0 {
			z[k] = (y - mean[s.reader[k]]) / sd[s.reader[k]]
		}
	}
	return s.raw(z)
}

// moments are the mean and the deviation of each reader's scores.
func (s *state) moments() (mean, sd []float64) {
	n := make([]float64, len(s.readers))
	mean, sd = make([]float64, len(n)), make([]float64, len(n))
	for k, y := range s.y {
		n[s.reader[k]]++
		mean[s.reader[k]] += y
	}
	for j := range n {
		mean[j] /= n[j]
	}
	for k, y := range s.y {
		sd[s.reader[k]] += (y - mean[s.reader[k]]) * (y - mean[s.reader[k]]) / n[s.reader[k]]
	}
	for j := range sd {
		sd[j] = math.Sqrt(sd[j])
	}
	return mean, sd
}

// measure compares a result with the truth of its panel, by the places of its files.
type measure struct {
	tau, found                [3]float64 // raw means, z-scores, calibrated
	grey, right, sure, covers float64
	files, runs               float64
}

func (m *measure) add(t testing.TB, in Input, quality []float64) {
	t.Helper()
	r, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	s := r.state
	value := make([]float64, len(quality))
	byName := map[string]File{}
	for _, f := range r.Files {
		byName[f.File] = f
	}
	for i, name := range s.files {
		value[i] = byName[name].Calibrated
	}
	for a, estimate := range [][]float64{rawMeans(s), zScores(s), value} {
		m.tau[a] += solvetest.Kendall(estimate, quality)
		m.found[a] += found(estimate, quality, in.Select)
	}
	for at, i := range places(quality, quality, s.files) {
		f := byName[s.files[i]]
		m.files++
		if f.RankLow <= at+1 && at+1 <= f.RankHigh {
			m.covers++
		}
		switch {
		case f.Zone == "grey":
			m.grey++
			continue
		case (f.Zone == "accept") == (at < in.Select):
			m.right++
		}
		m.sure++
	}
	m.runs++
}

func (m measure) String() string {
	return fmt.Sprintf("τ and share of the true top found: means %.3f %.3f, z-scores %.3f %.3f, calibrated %.3f %.3f; grey %.1f of %.0f files, zones right %.1f %%, rank intervals cover %.1f %%",
		m.tau[0]/m.runs, m.found[0]/m.runs, m.tau[1]/m.runs, m.found[1]/m.runs, m.tau[2]/m.runs, m.found[2]/m.runs,
		m.grey/m.runs, m.files/m.runs, 100*m.right/m.sure, 100*m.covers/m.files)
}
