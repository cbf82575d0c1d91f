package pairwise

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// hall is votes of readers who each compared some pairs of items at random.
func hall(items, readers, each int) (in Input) {
	chance := rand.New(rand.NewPCG(seed, 9))
	for j := range readers {
		for range each {
			a, b := chance.IntN(items), chance.IntN(items)
			if a != b && chance.NormFloat64()*float64(items)/4 > float64(a-b) {
				in.Votes = append(in.Votes, Vote{fmt.Sprint("J", j), fmt.Sprint("P", b), fmt.Sprint("P", a), false})
			}
		}
	}
	in.Select = items / 4
	return in
}

func BenchmarkFit(b *testing.B) {
	for _, items := range []int{50, 200} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			in := hall(items, 40, 15)
			for b.Loop() {
				if _, err := Fit(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One vote more in a hall: the scale is kept, and nothing is drawn.
func BenchmarkOneVote(b *testing.B) {
	in := hall(200, 40, 15)
	in.Scale, in.Draws = 1.5, 1
	for b.Loop() {
		if _, err := Fit(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	r, err := Fit(hall(200, 40, 15))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := r.Next(Ask{Reader: "J1"}); !ok {
			b.Fatal("nothing to compare")
		}
	}
}

// The next pair of one of twelve members, who have answered fifteen times each.
func BenchmarkBlindNext(b *testing.B) {
	for _, items := range []int{40, 200} {
		b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
			in := Input{Select: 1, Draws: 1, Scale: 1.5}
			for i := range items {
				in.Items = append(in.Items, fmt.Sprint("P", i))
			}
			for _, v := range hall(items, 12, 15).Votes {
				if v.Reader == "J0" {
					in.Votes = append(in.Votes, v)
				} else {
					in.Untold = append(in.Untold, [2]string{v.Winner, v.Loser})
				}
			}
			for b.Loop() {
				r, err := Fit(in)
				if err != nil {
					b.Fatal(err)
				}
				if _, ok := r.Next(Ask{Reader: "J0"}); !ok {
					b.Fatal("nothing to compare")
				}
			}
		})
	}
}
