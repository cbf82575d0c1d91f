package pairwise

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

func votesOf(t *rapid.T) []Vote {
	items := rapid.IntRange(2, 7).Draw(t, "items")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Vote {
		w := rapid.IntRange(0, items-1).Draw(t, "winner")
		l := (w + rapid.IntRange(1, items-1).Draw(t, "away")) % items
		return Vote{fmt.Sprint("J", rapid.IntRange(0, 2).Draw(t, "voter")), fmt.Sprint("P", w), fmt.Sprint("P", l), rapid.IntRange(0, 4).Draw(t, "tie") == 0}
	}), 1, 40).Draw(t, "votes")
}

// Whatever the votes and their order, the same result comes out, its probabilities
// add up to the places above the line, and whoever wins all is not behind whoever
// loses all.
func TestAnyVotes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		votes := votesOf(t)
		in := Input{Votes: votes, Select: 1, Draws: 200, Reliability: rapid.Bool().Draw(t, "reliability")}
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Votes = rapid.Permutation(votes).Draw(t, "order")
		other, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r.Items, other.Items) || !reflect.DeepEqual(r.Readers, other.Readers) {
			t.Fatal("the order of the votes matters")
		}
		sum := 0.0
		for _, it := range r.Items {
			sum += it.PSelected
			if math.IsNaN(it.Worth) || it.Low > it.Worth || it.High < it.Worth || it.RankLow < 1 || it.RankHigh < it.RankLow || it.RankHigh > len(r.Items) {
				t.Fatalf("%+v", it)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("probabilities to be the first add up to %v", sum)
		}
		for _, a := range r.Items {
			for _, b := range r.Items {
				if !in.Reliability && a.N > 0 && b.N > 0 && a.Won == 1 && b.Won == 0 && a.Worth < b.Worth {
					t.Fatalf("%s won all and is behind %s", a.Item, b.Item)
				}
			}
		}
	})
}

// Newton's mode is where no direction climbs: the slope there is nothing, and nearby
// points are lower.
func TestMode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Fit(Input{Votes: votesOf(t), Select: 1, Draws: 1})
		if err != nil {
			t.Fatal(err)
		}
		m := r.model
		for i, g := range m.slope() {
			if math.Abs(g) > 1e-6 {
				t.Fatalf("slope %v at the mode", g)
			}
			at := m.density(m.x)
			for _, step := range []float64{-0.01, 0.01} {
				x := slices.Clone(m.x)
				if x[i] += step; m.density(x) > at {
					t.Fatal("a neighbour of the mode is higher")
				}
			}
		}
	})
}

func TestUnusableVotes(t *testing.T) {
	good := Vote{"J", "A", "B", false}
	for _, c := range []struct {
		situation string
		in        Input
		line      int
		field     string
		problem   string
	}{
		{"nothing at all", Input{Select: 1}, 0, "votes", table.Infeasible},
		{"nobody voted", Input{Votes: []Vote{{"", "A", "B", false}}, Select: 1}, 1, "assessor", table.Empty},
		{"no winner", Input{Votes: []Vote{good, {"J", "", "B", false}}, Select: 1}, 2, "winner", table.Empty},
		{"no loser", Input{Votes: []Vote{{"J", "A", "", false}}, Select: 1}, 1, "loser", table.Empty},
		{"preferred to itself", Input{Votes: []Vote{{"J", "A", "A", false}}, Select: 1}, 1, "winner", table.Itself},
		{"not in the list", Input{Items: []string{"A", "C"}, Votes: []Vote{good}, Select: 1}, 1, "loser", table.Unknown},
		{"twice in the list", Input{Items: []string{"A", "B", "A"}, Votes: []Vote{good}, Select: 1}, 0, "items", table.Twice},
		{"no line", Input{Votes: []Vote{good}}, 0, "select", table.OutOfRange},
		{"more to select than there is", Input{Votes: []Vote{good}, Select: 3}, 0, "select", table.Infeasible},
		{"too many draws", Input{Votes: []Vote{good}, Select: 1, Draws: 1e6}, 0, "draws", table.OutOfRange},
		{"a scale that is not one", Input{Votes: []Vote{good}, Select: 1, Scale: math.NaN()}, 0, "scale", table.OutOfRange},
		{"a prior of another size", Input{Items: []string{"A", "B"}, Votes: []Vote{good}, Select: 1, Prior: &Prior{Mean: []float64{0}}}, 0, "prior", table.OutOfRange},
		{"a prior that is no covariance", Input{Items: []string{"A", "B"}, Votes: []Vote{good}, Select: 1, Prior: &Prior{Mean: []float64{0, 0}, Cov: [][]float64{{1, 2}, {2, 1}}}}, 0, "prior", table.OutOfRange},
	} {
		_, err := Fit(c.in)
		var f *table.Fault
		if !errors.As(err, &f) || f.Line != c.line || f.Field != c.field || f.Problem != c.problem {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

func TestNoVoteYet(t *testing.T) {
	r, err := Fit(Input{Items: []string{"A", "B", "C", "D"}, Select: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range r.Items {
		if it.Zone != standing.Grey || math.Abs(it.PSelected-0.5) > 0.05 || it.Worth != 0 {
			t.Errorf("nobody voted, and %+v", it)
		}
	}
	if p, ok := r.Next(Ask{Reader: "J"}); !ok || p.First != "A" || p.Second != "B" || p.Gain <= 0 {
		t.Errorf("%+v, %v", p, ok)
	}
}

func TestNextPair(t *testing.T) {
	votes := []Vote{{"J", "A", "B", false}, {"J", "B", "C", false}, {"K", "A", "C", false}, {"K", "C", "D", false}, {"L", "A", "D", false}}
	r, err := Fit(Input{Votes: votes, Select: 1, Draws: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		situation string
		ask       Ask
		holds     string // in the pair
		not       string
		none      bool
	}{
		{"one of those that fewest votes were in", Ask{Reader: "M"}, "B", "", false},
		{"not what she may not judge", Ask{Reader: "M", Conflict: func(i string) bool { return i == "B" }}, "D", "B", false},
		{"not what somebody looks at", Ask{Reader: "M", Busy: map[string]bool{"B": true}}, "D", "B", false},
		{"with what she holds", Ask{Reader: "M", Hold: "A"}, "A", "", false},
		{"what she holds is looked at, by her", Ask{Reader: "M", Hold: "A", Busy: map[string]bool{"A": true}}, "A", "", false},
		{"not a pair that she has judged", Ask{Reader: "K", Conflict: func(i string) bool { return i == "B" }}, "D", "C", false},
		{"one file only is left", Ask{Reader: "M", Conflict: func(i string) bool { return i != "A" }}, "", "", true},
		{"everything is looked at", Ask{Reader: "M", Busy: map[string]bool{"A": true, "B": true, "C": true}}, "", "", true},
	} {
		p, ok := r.Next(c.ask)
		has := func(i string) bool { return p.First == i || p.Second == i }
		if ok == c.none || c.holds != "" && !has(c.holds) || c.not != "" && has(c.not) {
			t.Errorf("%s: %+v, %v", c.situation, p, ok)
		}
	}
}

// A voter who answers at random is found out, and weighs less.
func TestReliability(t *testing.T) {
	chance := rand.New(rand.NewPCG(seed, 2))
	var votes []Vote
	for j := range 6 {
		for range 40 {
			a, b := chance.IntN(10), chance.IntN(10)
			if a == b {
				continue
			}
			if j == 0 && chance.IntN(2) == 0 || j > 0 && a < b { // the higher number is the better
				a, b = b, a
			}
			votes = append(votes, Vote{fmt.Sprint("J", j), fmt.Sprint("P", a), fmt.Sprint("P", b), false})
		}
	}
	votes = append(votes, Vote{"few", "P0", "P9", false})
	with, err := Fit(Input{Votes: votes, Select: 3, Reliability: true, Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range with.Readers {
		switch {
		case r.Reader == "J0" && r.Reliability > 0.75:
			t.Errorf("who votes at random is said reliable: %+v", r)
		case r.Reader == "few" && r.Reliability != 1:
			t.Errorf("one vote is not enough to tell: %+v", r)
		case r.Reader != "J0" && r.Reader != "few" && (r.Reliability < 0.9 || r.Agreement < 0.9):
			t.Errorf("who votes well is said unreliable: %+v", r)
		}
	}
}

// Scores and votes: what the prior says holds until votes say otherwise.
func TestPrior(t *testing.T) {
	prior := &Prior{Mean: []float64{3, 2, 1}, Cov: [][]float64{{0.2, 0, 0}, {0, 0.2, 0}, {0, 0, 0.2}}}
	none, err := Fit(Input{Items: []string{"a", "b", "c"}, Select: 1, Prior: prior})
	if err != nil {
		t.Fatal(err)
	}
	if first := none.Items[0]; first.Item != "a" || math.Abs(first.Worth-3) > 1e-9 {
		t.Errorf("%+v", first)
	}
	votes := slices.Repeat([]Vote{{"J", "c", "a", false}, {"J", "c", "b", false}}, 30)
	many, err := Fit(Input{Items: []string{"a", "b", "c"}, Votes: votes, Select: 1, Prior: prior})
	if err != nil {
		t.Fatal(err)
	}
	if first := many.Items[0]; first.Item != "c" {
		t.Errorf("sixty votes, and the first is %+v", first)
	}
}

// The scale that was learnt, given back, gives the same qualities.
func TestScaleGivenBack(t *testing.T) {
	in := hall(10, 5, 12)
	learnt, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Scale = learnt.Scale
	given, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range learnt.Items {
		if got := given.Items[i]; got.Item != it.Item || math.Abs(got.Worth-it.Worth) > 1e-6 {
			t.Errorf("%+v, not %+v", got, it)
		}
	}
}

func TestRankingFile(t *testing.T) {
	votes, err := ParseVotes(strings.NewReader("assessor,loser,winner\nJ,B,A\nK,B,A\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Fit(Input{Votes: votes, Select: 1, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.WriteRanking(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "application,n,mean,calibrated,low,high,p_selected,zone,expected_rank,rank,rank_low,rank_high\nA,2,1.000000,") {
		t.Errorf("%s", out.String())
	}
}

func FuzzParseVotes(f *testing.F) {
	f.Add("assessor,loser,winner\nJ,B,A\n")
	f.Add("winner;loser;assessor\nA;B;\"J\n")
	f.Fuzz(func(t *testing.T, text string) {
		votes, err := ParseVotes(strings.NewReader(text))
		var fault *table.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		if err != nil || len(votes) > 50 {
			return
		}
		if _, err := Fit(Input{Votes: votes, Select: 1, Draws: 10}); err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
	})
}

// Pairs that are not worked out are those that tell less: information grows with the
// uncertainty of a gap and falls with its size.
func TestGainIsMonotonic(t *testing.T) {
	for _, eta := range []float64{1, 0.8} {
		for mean := 0.0; mean < 6; mean += 0.25 {
			for sd := 0.1; sd < 4; sd += 0.1 {
				here := gain(mean, sd, eta)
				if wider := gain(mean, sd+0.1, eta); wider < here-1e-9 {
					t.Errorf("η %v, mean %.2f: %v at %.1f, %v at %.1f", eta, mean, here, sd, wider, sd+0.1)
				}
				if further := gain(mean+0.25, sd, eta); further > here+1e-9 {
					t.Errorf("η %v, deviation %.1f: %v at %.2f, %v at %.2f", eta, sd, here, mean, further, mean+0.25)
				}
			}
		}
	}
}

func TestTies(t *testing.T) {
	tie := Vote{"J", "A", "B", true}
	r, err := Fit(Input{Votes: []Vote{tie, tie, {"J", "A", "C", false}}, Select: 1, Draws: 100, Scale: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]Item{}
	for _, it := range r.Items {
		at[it.Item] = it
	}
	if at["A"].Won != 2.0/3 || at["B"].Won != 0.5 || at["C"].Won != 0 {
		t.Errorf("shares %v %v %v", at["A"].Won, at["B"].Won, at["C"].Won)
	}
	if !(at["A"].Worth > at["B"].Worth && at["B"].Worth > at["C"].Worth) {
		t.Errorf("a tie with the best one does not place B between: %+v", r.Items)
	}
	alone, err := Fit(Input{Votes: []Vote{{"J", "A", "C", false}}, Items: []string{"A", "B", "C"}, Select: 1, Draws: 100, Scale: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range alone.Items {
		if it.Item == "B" && at["B"].Deviation >= it.Deviation {
			t.Errorf("two ties tell nothing of B: %v, %v without", at["B"].Deviation, it.Deviation)
		}
	}
	if got := r.Readers[0].Agreement; got != 2.0/3 {
		t.Errorf("agreement %v", got)
	}
}

// What others answered is not told: the pair is the same whichever way their votes went,
// and what they were shown turns it away from what is well known.
func TestUntold(t *testing.T) {
	items := []string{"A", "B", "C", "D"}
	ask := func(in Input) Pair {
		in.Items, in.Select, in.Draws, in.Scale = items, 1, 1, 1.5
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		pair, ok := r.Next(Ask{Reader: "J"})
		if !ok {
			t.Fatal("nothing to compare")
		}
		return pair
	}
	if got := ask(Input{}); got.First != "A" || got.Second != "B" {
		t.Errorf("first pair %+v", got)
	}
	one, other := ask(Input{Untold: [][2]string{{"A", "B"}}}), ask(Input{Untold: [][2]string{{"B", "A"}}})
	if one != other || one.First != "C" || one.Second != "D" {
		t.Errorf("%+v and %+v after a comparison of A and B", one, other)
	}
	if _, err := Fit(Input{Items: items, Untold: [][2]string{{"A", "Z"}}, Select: 1}); err == nil {
		t.Error("a comparison of what is not listed goes through")
	}
}

func TestPassedPairs(t *testing.T) {
	r, err := Fit(Input{Items: []string{"A", "B", "C"}, Select: 1, Draws: 1, Scale: 1.5})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	var passed [][2]string
	for {
		pair, ok := r.Next(Ask{Reader: "J", Passed: passed})
		if !ok {
			break
		}
		shown = append(shown, min(pair.First, pair.Second)+max(pair.First, pair.Second))
		passed = append(passed, [2]string{pair.Second, pair.First})
	}
	if len(shown) != 3 || shown[0] != "AB" || shown[1] == shown[0] || shown[2] == shown[1] {
		t.Errorf("shown %v", shown)
	}
}
