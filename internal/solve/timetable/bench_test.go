package timetable

import (
	"context"
	"testing"
)

// measured reports the processor's time of f.
func measured(b *testing.B, f func()) {
	b.Helper()
	begin := spent()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(spent()-begin)/float64(b.N)/1e6, "cpu-ms/op")
}

// BenchmarkTimetable plans a gathering, repairs it, and judges one move by hand.
func BenchmarkTimetable(b *testing.B) {
	for _, name := range []string{"s15a", "s60a"} {
		in, running := readReal(b, name)
		b.Run(name+"/solve", func(b *testing.B) { measured(b, func() { mustSolve(b, in, Options{}) }) })
		b.Run(name+"/bound", func(b *testing.B) {
			m, err := prepare(in)
			if err != nil {
				b.Fatal(err)
			}
			measured(b, func() { m.relax(nil, 0).tighten(context.Background(), 0, 1) })
		})
		b.Run(name+"/absence", func(b *testing.B) {
			who := in.Meetings[len(in.Meetings)-1].Other
			e := &Event{Kind: EventAbsence, Person: who, FromSlot: 6, ToSlot: len(in.Slots) - 1, Now: 6}
			measured(b, func() {
				if _, err := Mend(context.Background(), in, Running{Schedule: running}, e, Options{}); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run(name+"/judge", func(b *testing.B) {
			board, err := NewBoard(in, running, nil, nil)
			if err != nil {
				b.Fatal(err)
			}
			k := 0
			measured(b, func() {
				k++
				if _, err := board.Judge(Move{Meeting: in.Meetings[k%len(in.Meetings)].ID, Slot: k % len(in.Slots)}); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run(name+"/check", func(b *testing.B) { measured(b, func() { Check(in, running, nil, nil) }) })
	}
	in := twoDays(20, 12, 1)
	b.Run("20x12/solve", func(b *testing.B) { measured(b, func() { mustSolve(b, in, Options{}) }) })
}
