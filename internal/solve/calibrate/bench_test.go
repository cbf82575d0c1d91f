package calibrate

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The whole of a calibration: estimate, 4,000 draws, 400 other panels, each reader
// left out.
func BenchmarkFit(b *testing.B) {
	for _, p := range []panelOf{
		{"", 50, 8, 3, 15, 0.7, false},
		{"", 200, 30, 3, 60, 0.7, false},
		{"", 1000, 100, 5, 300, 0.7, false},
		{"", 1000, 1000, 5, 300, 0.7, false},
	} {
		in, _ := p.draw(rand.New(rand.NewPCG(seed, 8)))
		b.Run(fmt.Sprintf("files=%d/readers=%d/readings=%d", p.files, p.readers, len(in.Readings)), func(b *testing.B) {
			for b.Loop() {
				if _, err := Fit(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNext(b *testing.B) {
	in, _ := panelOf{"", 200, 30, 3, 60, 0.7, false}.draw(rand.New(rand.NewPCG(seed, 8)))
	r, err := Fit(in)
	if err != nil {
		b.Fatal(err)
	}
	var allowed []Pair
	for _, f := range r.Files {
		for _, j := range r.Readers {
			allowed = append(allowed, Pair{f.File, j.Reader})
		}
	}
	for b.Loop() {
		if len(r.Next(allowed, 5)) != 5 {
			b.Fatal("nothing to read")
		}
	}
}
