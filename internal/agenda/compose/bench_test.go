package compose_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"transformateur/internal/agenda/compose"
)

// spent is the processor's time of the process, in nanoseconds.
func spent() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// measured reports the processor's time of f.
func measured(b *testing.B, f func()) {
	b.Helper()
	begin := spent()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(spent()-begin)/float64(b.N)/1e6, "cpu-ms/op")
}

// BenchmarkGathering composes the proposed order over two days with twelve coaches, repairs
// the plan after what happens most, and judges one move by hand.
func BenchmarkGathering(b *testing.B) {
	for _, projects := range []int{13, 20} {
		in := gathering(projects, 12, 2)
		name := fmt.Sprintf("%dprojects/", projects)
		p := made(b, in, nil).Plan
		b.Run(name+"compose", func(b *testing.B) { measured(b, func() { made(b, in, nil) }) })
		now := compose.Instant{Day: 0, At: 18 * 60}
		for _, e := range []compose.Event{
			{Kind: compose.Absent, Person: "c02"}, {Kind: compose.Absent, Person: "t03a"}, {Kind: compose.Late, Person: "c00", To: compose.Instant{Day: 1, At: 12 * 60}},
			{Kind: compose.RoomLost, Place: "r01"}, {Kind: compose.Overrun, Activity: "a14", Minutes: 30},
		} {
			b.Run(name+"repair/"+string(e.Kind)+e.Person, func(b *testing.B) {
				measured(b, func() {
					if _, err := compose.Repair(context.Background(), in, p, e, now); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
		b.Run(name+"judge", func(b *testing.B) {
			moved := p.Sittings[len(p.Sittings)/2]
			moved.From, moved.To = moved.From+30, moved.To+30
			measured(b, func() { compose.Judge(&in, p, moved) })
		})
	}
}
