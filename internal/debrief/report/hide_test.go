package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// printed is a report of sentences and sums alone.
func printed(figures []Figure, sums []Sum) Doc {
	c := Said{Key: "call"}
	for _, f := range figures {
		c.Paragraphs = append(c.Paragraphs, Paragraph{Sentence: &Sentence{Key: "opened", Figure: f}})
	}
	c.Paragraphs = append(c.Paragraphs, Paragraph{Sums: sums})
	return Doc{Chapters: []Said{c}}
}

// grown draws a total with one or two ways to part it, the first part perhaps parted again.
func grown(rnd *rand.Rand) (figures []Figure, sums []Sum) {
	unit := Files
	part := func(total string, n int64, ways int) (first string, size int64) {
		s := Sum{Total: total}
		for i := range ways {
			share := n
			if i < ways-1 {
				share = min(n, rnd.Int64N(8))
			}
			id := fmt.Sprintf("%s.%d%c", total, len(sums), 'a'+i)
			figures = append(figures, Figure{ID: id, Unit: unit, N: share})
			s.Parts = append(s.Parts, id)
			if i == 0 {
				first, size = id, share
			}
			n -= share
		}
		sums = append(sums, s)
		return first, size
	}
	n := rnd.Int64N(15)
	figures = append(figures, Figure{ID: "t", Unit: unit, N: n})
	first, size := part("t", n, 1+rnd.IntN(3))
	if rnd.IntN(2) == 0 {
		part("t", n, 2+rnd.IntN(2))
	}
	if rnd.IntN(2) == 0 {
		part(first, size, 2)
	}
	if last := sums[0]; rnd.IntN(2) == 0 { // the same parts add up twice
		figures = append(figures, Figure{ID: "twin", Unit: unit, N: n})
		sums = append(sums, Sum{"twin", last.Parts})
	}
	return figures, sums
}

// reader is somebody who knows what is printed, and that everything adds up.
type reader struct {
	ids        []string
	least, top map[string]int64
	sums       []Sum
	value      map[string]int64
}

func readerOf(shown Doc, all []Figure, sums []Sum) *reader {
	const most = 40
	r := &reader{least: map[string]int64{}, top: map[string]int64{}, sums: sums, value: map[string]int64{}}
	for _, f := range all {
		r.ids, r.least[f.ID], r.top[f.ID] = append(r.ids, f.ID), 0, most
	}
	for _, f := range shown.Figures() {
		switch f.Shown {
		case Whole:
			r.least[f.ID], r.top[f.ID] = f.N, f.N
		case Few:
			r.least[f.ID], r.top[f.ID] = 1, 4
		case Masked:
			r.least[f.ID] = 5
		}
	}
	return r
}

// bounds are what a figure may still be.
func (r *reader) bounds(id string) (least, top int64) {
	if n, set := r.value[id]; set {
		return n, n
	}
	return r.least[id], r.top[id]
}

// holds says whether no sum is broken yet.
func (r *reader) holds() bool {
	for _, s := range r.sums {
		var least, top int64
		for _, id := range s.Parts {
			a, b := r.bounds(id)
			least, top = least+a, top+b
		}
		if a, b := r.bounds(s.Total); least > b || top < a {
			return false
		}
	}
	return true
}

// finds a way to give a number to every figure: all of them are tried, which shares nothing
// with the way figures are hidden.
func (r *reader) finds() bool {
	if !r.holds() {
		return false
	}
	for _, id := range r.ids {
		if _, set := r.value[id]; set {
			continue
		}
		for n := r.least[id]; n <= r.top[id]; n++ {
			if r.value[id] = n; r.finds() {
				return true
			}
		}
		delete(r.value, id)
		return false
	}
	return true
}

// doubts says whether a figure could be another number than it is.
func (r *reader) doubts(id string, is int64) bool {
	for n := r.least[id]; n <= r.top[id]; n++ {
		if n != is {
			if r.value = map[string]int64{id: n}; r.finds() {
				return true
			}
		}
	}
	return false
}

// Nobody computes what is hidden: whatever the figures, each one that is not printed could
// be another number.
func TestWhatIsHiddenCannotBeComputed(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	hidden := 0
	for round := range 3000 {
		figures, sums := grown(rnd)
		shown := printed(figures, sums).ForAll()
		told := map[string]Shown{}
		for _, f := range figures {
			told[f.ID] = Unsaid
		}
		for _, f := range shown.Figures() {
			told[f.ID] = f.Shown
			if f.Shown == Whole && f.N > 0 && f.N < K {
				t.Fatalf("seed %d, round %d: %s is printed with %d", seed, round, f.ID, f.N)
			}
			if f.Shown != Whole && f.N != 0 {
				t.Fatalf("seed %d, round %d: %s is hidden and still there", seed, round, f.ID)
			}
		}
		who := readerOf(shown, figures, sums)
		for _, f := range figures {
			if told[f.ID] == Whole {
				continue
			}
			hidden++
			if !who.doubts(f.ID, f.N) {
				t.Fatalf("seed %d, round %d: %s is %d, and what is printed tells it: %+v, %+v, shown %v", seed, round, f.ID, f.N, figures, sums, told)
			}
		}
	}
	if hidden < 500 {
		t.Errorf("only %d figures were hidden", hidden)
	}
}

func TestWhatIsShownToAll(t *testing.T) {
	files := func(id string, n int64) Figure { return Figure{ID: id, Unit: Files, N: n} }
	for _, c := range []struct {
		what    string
		figures []Figure
		sums    []Sum
		want    string
	}{
		{"nothing small", []Figure{files("t", 20), files("a", 12), files("b", 8)}, []Sum{{"t", []string{"a", "b"}}}, "t=20 a=12 b=8"},
		{"one small part takes the next smallest along", []Figure{files("t", 20), files("a", 3), files("b", 7), files("c", 10)}, []Sum{{"t", []string{"a", "b", "c"}}}, "t=20 a few b masked c=10"},
		{"two small parts hide each other", []Figure{files("t", 20), files("a", 3), files("b", 2), files("c", 15)}, []Sum{{"t", []string{"a", "b", "c"}}}, "t=20 a few b few c=15"},
		{"two ones cannot hide each other", []Figure{files("t", 20), files("a", 1), files("b", 1), files("c", 18)}, []Sum{{"t", []string{"a", "b", "c"}}}, "t=20 a few b few c masked"},
		{"a small part and nothing else takes the total along", []Figure{files("t", 3), files("a", 3), files("b", 0)}, []Sum{{"t", []string{"a", "b"}}}, "t few a few b=0"},
		{"four projects, one in each part: the parts are left out", []Figure{files("t", 4), files("a", 1), files("b", 1), files("c", 1), files("d", 1)}, []Sum{{"t", []string{"a", "b", "c", "d"}}}, "t few"},
		{"one and five cannot be six", []Figure{files("t", 6), files("a", 1), files("b", 5)}, []Sum{{"t", []string{"a", "b"}}}, "t masked a few b masked"},
		{"things are no people", []Figure{{ID: "t", Unit: Things, N: 2}}, nil, "t=2"},
		{"a sum of few projects", []Figure{{ID: "t", Unit: Cents, N: 90_000, Of: 9}, {ID: "a", Unit: Cents, N: 10_000, Of: 1}, {ID: "b", Unit: Cents, N: 80_000, Of: 8}}, []Sum{{"t", []string{"a", "b"}}}, "t=90000 a masked b masked"},
		{"two sums with the same parts", []Figure{files("deposited", 13), files("applicants", 13), files("withdrawn", 0), files("admissible", 12), files("inadmissible", 1), files("decided", 12)},
			[]Sum{{"deposited", []string{"withdrawn", "admissible", "inadmissible"}}, {"applicants", []string{"admissible", "inadmissible"}}}, "deposited=13 applicants=13 withdrawn=0 admissible masked inadmissible few decided masked"},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := ""
			shown := printed(c.figures, c.sums).ForAll()
			for _, f := range shown.Figures() {
				if got != "" {
					got += " "
				}
				if got += f.ID; f.Shown != Whole {
					got += " " + string(f.Shown)
				} else {
					got += fmt.Sprintf("=%d", f.N)
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
