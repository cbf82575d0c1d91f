package assign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// crowd makes a problem of the size of a call: affinities by themes and by bids,
// conflicts for one pair in fifteen, loads a fifth above the mean.
func crowd(items, agents, readers int) *Problem {
	chance := rand.New(rand.NewPCG(20270305, uint64(items)))
	p := &Problem{Version: Version, Terms: []Term{{"themes", 0.6}, {"text", 0.3}, {"bid", 0.1}}}
	for r := range agents {
		p.Agents = append(p.Agents, Agent{ID: fmt.Sprintf("R%04d", r), Max: items*readers*6/(agents*5) + 1})
	}
	for i := range items {
		it := Item{ID: fmt.Sprintf("I%04d", i), Min: readers}
		p.Items = append(p.Items, it)
		for _, a := range p.Agents {
			if chance.IntN(15) == 0 {
				p.Forbidden = append(p.Forbidden, Forbidden{it.ID, a.ID, "same organisation"})
				continue
			}
			p.Pairs = append(p.Pairs, Pair{it.ID, a.ID, []float64{float64(chance.IntN(5)) / 4, float64(chance.IntN(1000)) / 1000, float64(chance.IntN(3)) / 2}})
		}
	}
	return p
}

// spent is the processor's time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measured reports the processor's time of f, which returns a proved result.
func measured(b *testing.B, f func() *Result) {
	b.Helper()
	var r *Result
	begin := spent()
	for b.Loop() {
		r = f()
	}
	b.ReportMetric(float64(spent()-begin)/float64(b.N)/1e6, "cpu-ms/op")
	if r.Status != Optimal {
		b.Fatalf("%s: %s ≤ %s", r.Status, r.Total, r.TotalBound)
	}
}

func mustSolve(b testing.TB, p *Problem) *Result {
	r, err := Solve(context.Background(), p)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func explained(b testing.TB, p *Problem) *Result {
	r := mustSolve(b, p)
	if _, err := Explain(context.Background(), p, r.Pairs, false); err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkAssign solves and explains calls of several sizes, from the problem as the
// program holds it to the reasons of each pair.
func BenchmarkAssign(b *testing.B) {
	for _, size := range [][3]int{{50, 12, 3}, {200, 30, 3}, {1000, 100, 3}, {526, 596, 3}} {
		p := crowd(size[0], size[1], size[2])
		b.Run(fmt.Sprintf("%dx%dx%d/explained", size[0], size[1], size[2]), func(b *testing.B) { measured(b, func() *Result { return explained(b, p) }) })
		b.Run(fmt.Sprintf("%dx%dx%d/total", size[0], size[1], size[2]), func(b *testing.B) { measured(b, func() *Result { return mustSolve(b, p) }) })
	}
}

// BenchmarkRepair loses one member of 30: from the problem to the proof of the fewest
// changes.
func BenchmarkRepair(b *testing.B) {
	p := crowd(200, 30, 3)
	p.Previous = mustSolve(b, p).Pairs
	p.Leave("R0007")
	for _, fewest := range []bool{false, true} {
		p.Keep.Fewest = fewest
		b.Run(fmt.Sprintf("200x30x3/fewest=%v", fewest), func(b *testing.B) { measured(b, func() *Result { return mustSolve(b, p) }) })
	}
}

// BenchmarkConferences proves again the figures of the real instances.
func BenchmarkConferences(b *testing.B) {
	for _, name := range []string{"csconf1", "csconf3", "aamas2016"} {
		p := conference(b, name)
		b.Run(name+"/total", func(b *testing.B) { measured(b, func() *Result { return mustSolve(b, p) }) })
		fair := *p
		fair.Objective = Fair
		b.Run(name+"/fair", func(b *testing.B) { measured(b, func() *Result { return mustSolve(b, &fair) }) })
		both := *p
		both.Agents = append([]Agent{}, p.Agents...)
		grouped(&both)
		both.Rules = append(bothDisciplines[:2:2], oneOrganisation)
		if name == "csconf1" {
			both.Rules = both.Rules[2:]
		}
		b.Run(name+"/groups", func(b *testing.B) { measured(b, func() *Result { return mustSolve(b, &both) }) })
	}
}

// BenchmarkCheck evaluates an assignment edited by hand.
func BenchmarkCheck(b *testing.B) {
	p := crowd(200, 30, 3)
	links := mustSolve(b, p).Pairs
	begin := spent()
	for b.Loop() {
		if _, err := Check(p, links); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(spent()-begin)/float64(b.N)/1e6, "cpu-ms/op")
}
