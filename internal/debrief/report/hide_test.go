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
	return figures, sums
}

// possible are, for each figure that is not shown whole, the values it may have for who
// reads the rest: an enumeration of everything that holds, which shares nothing with the
// way figures are hidden.
func possible(shown Doc, all []Figure, sums []Sum) map[string]map[int64]bool {
	const most = 18
	known, least, top := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, f := range all {
		least[f.ID], top[f.ID] = 0, most
	}
	for _, f := range shown.Figures() {
		switch f.Shown {
		case Whole:
			known[f.ID], least[f.ID], top[f.ID] = f.N, f.N, f.N
		case Few:
			least[f.ID], top[f.ID] = 1, 4
		case Masked:
			least[f.ID], top[f.ID] = 5, most
		}
	}
	total := map[string]bool{}
	for _, s := range sums {
		total[s.Total] = true
	}
	out := map[string]map[int64]bool{}
	values := map[string]int64{}
	var try func(i int)
	try = func(i int) {
		if i == len(all) {
			for _, s := range sums {
				var sum int64
				for _, id := range s.Parts {
					sum += values[id]
				}
				if sum != values[s.Total] {
					return
				}
			}
			for id, n := range values {
				if out[id] == nil {
					out[id] = map[int64]bool{}
				}
				out[id][n] = true
			}
			return
		}
		f := all[i]
		for n := least[f.ID]; n <= top[f.ID]; n++ {
			values[f.ID] = n
			for _, s := range sums { // a sum that is already too large goes no further
				var sum int64
				whole := true
				for _, id := range append([]string{s.Total}, s.Parts...) {
					if _, set := values[id]; !set || at(all, id) > i {
						whole = false
					}
				}
				for _, id := range s.Parts {
					if at(all, id) <= i {
						sum += values[id]
					}
				}
				if at(all, s.Total) <= i && (sum > values[s.Total] || whole && sum != values[s.Total]) {
					goto next
				}
			}
			try(i + 1)
		next:
		}
		delete(values, f.ID)
	}
	try(0)
	return out
}

func at(all []Figure, id string) int {
	for i, f := range all {
		if f.ID == id {
			return i
		}
	}
	return -1
}

// Nobody computes what is hidden: whatever the figures, each one that is not printed could
// be another number.
func TestWhatIsHiddenCannotBeComputed(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	hidden := 0
	for round := range 1500 {
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
		may := possible(shown, figures, sums)
		for _, f := range figures {
			if told[f.ID] == Whole {
				continue
			}
			hidden++
			if len(may[f.ID]) < 2 {
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
