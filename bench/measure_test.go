package bench

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// side is one way of doing the same thing.
type side struct {
	name  string
	do    func()
	waits []time.Duration
	cpu   time.Duration
}

// compare does each side in turn, over and over, so that a busy neighbour slows
// all of them, and reports for each the median, the 5th and the 95th centiles of
// what a caller waits (the 5th is near what a quiet machine gives), and the processor's time; then each side's median and processor's
// time over the first one's.
func compare(b *testing.B, sides ...*side) {
	b.Helper()
	for b.Loop() {
		for _, s := range sides {
			before, begin := spent(), time.Now()
			s.do()
			s.waits = append(s.waits, time.Since(begin))
			s.cpu += spent() - before
		}
	}
	for i, s := range sides {
		slices.Sort(s.waits)
		b.ReportMetric(ms(s.waits[len(s.waits)/2]), s.name+"-median-ms")
		b.ReportMetric(ms(s.waits[len(s.waits)*5/100]), s.name+"-p5-ms")
		b.ReportMetric(ms(s.waits[len(s.waits)*95/100]), s.name+"-p95-ms")
		b.ReportMetric(ms(s.cpu)/float64(len(s.waits)), s.name+"-cpu-ms/op")
		if first := sides[0]; i > 0 {
			b.ReportMetric(float64(s.waits[len(s.waits)/2])/float64(first.waits[len(first.waits)/2]), s.name+"/"+first.name+"-median")
			b.ReportMetric(float64(s.cpu)/float64(first.cpu), s.name+"/"+first.name+"-cpu")
		}
	}
}

// spent is the processor's time of this process, its own and the system's for it.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
