package assign

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"testing"
)

// conference reads one of the real instances of testdata (see NOTICE).
func conference(t testing.TB, name string) *Problem {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".meta.json")
	if err != nil {
		t.Fatal(err)
	}
	meta, err := ReadMeta(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile("testdata/" + name + ".affinity.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	file, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = io.ReadAll(file); err != nil {
		t.Fatal(err)
	}
	p, err := ReadMatrix(bytes.NewReader(text), meta)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// grouped gives reviewers the groups of the reference figures: four disciplines and
// seventeen organisations, dealt in order.
func grouped(p *Problem) {
	for r := range p.Agents {
		p.Agents[r].Groups = map[string][]string{"discipline": {fmt.Sprint("d", r%4)}, "organisation": {fmt.Sprint("o", r%17)}}
	}
}

var (
	bothDisciplines = []Rule{{Name: "d0", Family: "discipline", Group: "d0", AtLeast: 1}, {Name: "d1", Family: "discipline", Group: "d1", AtLeast: 1}}
	oneOrganisation = Rule{Name: "organisations", Family: "organisation", AtMost: 1}
)

// The figures are those of LEMON, HiGHS and HotCRP on the same files, or of mixed
// integer programmes that took up to 138 s: here each is proved again.
func TestRealConferences(t *testing.T) {
	for _, c := range []struct {
		name                                string
		total, fair, worst, even            float64
		diverse, organisations, withoutSome float64
	}{
		{"csconf1", 124.25, 124.25, 0.75, 124.25, 0, 124, 121.25},
		{"csconf3", 454.25, 454.25, 0.75, 448, 417, 415.25, 447.75},
		{"aamas2016", 949.5, 949.25, 1, 912.25, 860.5, 857, 933.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := conference(t, c.name)
			base := proved(t, "total", p, c.total)
			p.Objective = Fair
			if r := proved(t, "fair", p, c.fair); r.Worst.Float() != c.worst || r.WorstBound.Float() != c.worst {
				t.Errorf("worst-off %s ≤ %s, want %v", r.Worst, r.WorstBound, c.worst)
			}
			p.Objective, p.Even = Total, true
			proved(t, "even loads", p, c.even)
			p.Even = false
			grouped(p)
			if c.diverse > 0 {
				p.Rules = bothDisciplines
				proved(t, "two disciplines", p, c.diverse)
			}
			p.Rules = append(p.Rules[:len(p.Rules):len(p.Rules)], oneOrganisation)
			proved(t, "and one reader of an organisation", p, c.organisations)
			p.Rules = nil
			leavers(t, p, base, c.withoutSome)
		})
	}
}

// leavers: one reviewer in twenty leaves; what they read must change, and nothing else
// has to.
func leavers(t *testing.T, p *Problem, base *Result, best float64) {
	gone := map[string]bool{}
	for r, a := range append([]Agent{}, p.Agents...) {
		if r%20 == 7 {
			gone[a.ID] = true
			p.Leave(a.ID)
		}
	}
	unavoidable := 0
	for _, l := range base.Pairs {
		if gone[l.Agent] {
			unavoidable++
		}
	}
	p.Previous, p.Keep = base.Pairs, Keep{Curve: true}
	r := proved(t, "knee of the repair", p, best)
	if r.Repair.Best != r.Total || r.Repair.Fewest != unavoidable {
		t.Errorf("best %s, fewest %d: want the total, and %d", r.Repair.Best, r.Repair.Fewest, unavoidable)
	}
	for k, point := range r.Repair.Curve[1:] {
		if was := r.Repair.Curve[k]; point.Removed > was.Removed || point.Total > was.Total {
			t.Errorf("the curve goes back: %+v after %+v", point, was)
		}
	}
	fewest := r.Repair.Curve[len(r.Repair.Curve)-1]
	p.Keep = Keep{Fewest: true}
	if r := proved(t, "fewest changes", p, fewest.Total.Float()); len(r.Repair.Removed) != unavoidable {
		t.Errorf("%d pairs removed, %d must be", len(r.Repair.Removed), unavoidable)
	}
	t.Logf("%d pairs of leavers; knee %s with %d removed; fewest %s with %d", unavoidable, r.Total, len(r.Repair.Removed), fewest.Total, fewest.Removed)
}

func proved(t *testing.T, what string, p *Problem, total float64) *Result {
	t.Helper()
	r := mustSolve(t, p)
	if r.Status != Optimal || r.Total.Float() != total || r.TotalBound != r.Total {
		t.Errorf("%s: %s, %s ≤ %s, want %v proved", what, r.Status, r.Total, r.TotalBound, total)
	}
	return r
}

// The quality that Xu et al. (2023) publish for these caps is that of the chances here.
func TestDrawReachesThePublishedQuality(t *testing.T) {
	for _, c := range []struct {
		name         string
		cap, quality float64
	}{
		{"csconf1", 0.818359375, 0.949930}, {"csconf3", 0.7626953125, 0.950007}, {"aamas2016", 0.8193359375, 0.950060},
	} {
		p := conference(t, c.name)
		best := mustSolve(t, p).Total
		p.Draw = &Draw{Cap: c.cap}
		r := mustSolve(t, p)
		if got := r.Expected.Float() / best.Float(); got < c.quality-5e-7 || got > c.quality+5e-7 {
			t.Errorf("%s: quality %.6f, published %.6f", c.name, got, c.quality)
		}
	}
}
