package rotate

import (
	"context"
	"testing"
)

func bench(b *testing.B, p *Problem) {
	b.Helper()
	repeats := 0
	for i := 0; b.Loop(); i++ {
		p.Seed = uint64(i % 5)
		r, err := Solve(context.Background(), p)
		if err != nil || !r.Status.Found() {
			b.Fatal(r, err)
		}
		repeats += r.Repeats
	}
	b.ReportMetric(float64(repeats)/float64(b.N), "repeats/op")
}

func BenchmarkMix13(b *testing.B) { bench(b, instanceFile(b, "gm13")) }

func BenchmarkMix15(b *testing.B) { bench(b, instanceFile(b, "gm15")) }

func BenchmarkMixOf60Visitors15Projects5Rounds(b *testing.B) {
	bench(b, visitors(20270401, 60, 15, 5))
}

func BenchmarkGolfers75In15TablesFor5Rounds(b *testing.B) { bench(b, golfers(b, 15, 5, 5, 0)) }

func BenchmarkGolfersKirkmanOf21(b *testing.B) { bench(b, golfers(b, 7, 3, 10, 0)) }

func BenchmarkGolfers6Of4For6Rounds(b *testing.B) { bench(b, golfers(b, 6, 4, 6, 0)) }

func BenchmarkGolfers108In20TablesFor8Rounds(b *testing.B) { bench(b, golfers(b, 20, 6, 8, 108)) }

func BenchmarkGolfers32For10Rounds(b *testing.B) { bench(b, golfers(b, 8, 4, 10, 0)) }
