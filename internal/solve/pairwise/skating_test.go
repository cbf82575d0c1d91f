package pairwise

import (
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"transformateur/internal/solve/solvetest"
)

var repetitions = flag.Int("repetitions", 2, "how many times the voters are dealt their pairs")

const seed = 20270305

// panel is the scores of one skating event, whose judges become voters.
type panel struct {
	items  []string
	score  [][]float64 // item × judge
	truth  []float64   // mean of the judges
	judges int
}

func skating(t testing.TB) []panel {
	t.Helper()
	file, err := os.Open("../calibrate/testdata/skating_components.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []panel
	event := ""
	for _, row := range rows[1:] {
		if row[0] != event {
			all, event = append(all, panel{judges: 9}), row[0]
		}
		p := &all[len(all)-1]
		at := slices.Index(p.items, row[1])
		if at < 0 {
			at = len(p.items)
			p.items, p.score, p.truth = append(p.items, row[1]), append(p.score, make([]float64, 9)), append(p.truth, 0)
		}
		j, err := strconv.Atoi(row[2][1:])
		if err != nil {
			t.Fatal(err)
		}
		y, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		p.score[at][j-1] = y
		p.truth[at] += y / 9
	}
	if len(all) != 6 {
		t.Fatalf("%d events", len(all))
	}
	return all
}

// prefers is the vote of a judge: her own scores, a coin when they are equal.
func (p panel) prefers(j, a, b int, chance *rand.Rand) (winner, loser int) {
	if p.score[a][j] < p.score[b][j] || p.score[a][j] == p.score[b][j] && chance.IntN(2) == 0 {
		return b, a
	}
	return a, b
}

func (p panel) vote(j, winner, loser int) Vote {
	return Vote{Reader: fmt.Sprintf("J%d", j+1), Winner: p.items[winner], Loser: p.items[loser]}
}

// visits plays a hall where each judge goes from item to item and compares each with
// the one before; choose names the next one.
func (p panel) visits(each int, chance *rand.Rand, choose func(j, held int, fresh []int) int, told func(j, winner, loser int)) (votes []Vote) {
	held, seen := make([]int, p.judges), make([]map[int]bool, p.judges)
	for j := range held {
		held[j] = chance.IntN(len(p.items))
		seen[j] = map[int]bool{held[j]: true}
	}
	for range each {
		for _, j := range chance.Perm(p.judges) {
			var fresh []int
			for i := range p.items {
				if !seen[j][i] {
					fresh = append(fresh, i)
				}
			}
			i := choose(j, held[j], fresh)
			seen[j][i] = true
			w, l := p.prefers(j, held[j], i, chance)
			told(j, w, l)
			votes = append(votes, p.vote(j, w, l))
			held[j] = i
		}
	}
	return votes
}

func (p panel) worth(t testing.TB, votes []Vote) []float64 {
	t.Helper()
	r, err := Fit(Input{Items: p.items, Votes: votes, Select: 1, Draws: 1})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, len(p.items))
	for _, it := range r.Items {
		x[slices.Index(p.items, it.Item)] = it.Worth
	}
	return x
}

// The same votes say more to a fit of all of them than to an online update; pairs
// chosen for what they tell say more than pairs met by chance.
func TestVotersOfSkating(t *testing.T) {
	for _, each := range []int{5, 8, 12} {
		chance := rand.New(rand.NewPCG(seed, uint64(each)))
		var online, same, random, ours, blind, n float64
		for _, p := range skating(t) {
			for range *repetitions {
				if len(p.items) <= each {
					continue
				}
				g := newGavel(len(p.items), p.judges)
				votes := p.visits(each, chance, func(j, held int, fresh []int) int { return g.choose(j, held, fresh, chance) }, g.vote)
				online += solvetest.Kendall(g.mu, p.truth)
				same += solvetest.Kendall(p.worth(t, votes), p.truth)
				quiet := func(int, int, int) {}
				random += solvetest.Kendall(p.worth(t, p.visits(each, chance, func(_, _ int, fresh []int) int { return fresh[chance.IntN(len(fresh))] }, quiet)), p.truth)
				ours += solvetest.Kendall(p.worth(t, p.byNext(t, each, chance)), p.truth)
				blind += solvetest.Kendall(p.worth(t, p.byDesign(t, each, chance)), p.truth)
				n++
			}
		}
		t.Logf("%d comparisons a judge, τ: Gavel online %.3f, Bradley–Terry on the same votes %.3f, on pairs by chance %.3f, on pairs by Next %.3f, on pairs by Next that others' votes do not tell %.3f", each, online/n, same/n, random/n, ours/n, blind/n)
		if same < online+0.01*n {
			t.Errorf("seed %d, %d comparisons: τ %.3f on the votes from which the online update draws %.3f", seed, each, same/n, online/n)
		}
		if blind < random {
			t.Errorf("seed %d, %d comparisons: τ %.3f with pairs chosen without others' answers, %.3f with chance", seed, each, blind/n, random/n)
		}
		if ours < random {
			t.Errorf("seed %d, %d comparisons: τ %.3f with chosen pairs, %.3f with chance", seed, each, ours/n, random/n)
		}
	}
}

// byNext lets Next choose every pair, the judge keeping the item that she has just seen.
func (p panel) byNext(t testing.TB, each int, chance *rand.Rand) (votes []Vote) {
	t.Helper()
	held := make([]string, p.judges)
	for range each {
		for _, j := range chance.Perm(p.judges) {
			r, err := Fit(Input{Items: p.items, Votes: votes, Select: 1, Draws: 1})
			if err != nil {
				t.Fatal(err)
			}
			pair, ok := r.Next(Ask{Reader: fmt.Sprintf("J%d", j+1), Hold: held[j]})
			if !ok {
				t.Fatal("nothing left to compare")
			}
			w, l := p.prefers(j, slices.Index(p.items, pair.First), slices.Index(p.items, pair.Second), chance)
			votes = append(votes, p.vote(j, w, l))
			held[j] = pair.Second
		}
	}
	return votes
}

// byDesign lets Next choose the pairs of each judge from her own votes and from what the
// others were shown, never from what they answered; items go by another name for each judge,
// so that ties are not settled alike.
func (p panel) byDesign(t testing.TB, each int, chance *rand.Rand) (votes []Vote) {
	t.Helper()
	names, at := make([][]string, p.judges), make([]map[string]int, p.judges)
	for j := range p.judges {
		names[j], at[j] = make([]string, len(p.items)), map[string]int{}
		for i, k := range chance.Perm(len(p.items)) {
			names[j][i] = fmt.Sprintf("%04d", k)
			at[j][names[j][i]] = i
		}
	}
	type shown struct{ judge, winner, loser int }
	var all []shown
	for range each {
		for _, j := range chance.Perm(p.judges) {
			in := Input{Items: names[j], Select: 1, Draws: 1, Scale: 1.5}
			for _, v := range all {
				if v.judge == j {
					in.Votes = append(in.Votes, Vote{Reader: "J", Winner: names[j][v.winner], Loser: names[j][v.loser]})
				} else {
					in.Untold = append(in.Untold, [2]string{names[j][v.winner], names[j][v.loser]})
				}
			}
			r, err := Fit(in)
			if err != nil {
				t.Fatal(err)
			}
			pair, ok := r.Next(Ask{Reader: "J"})
			if !ok {
				t.Fatal("nothing left to compare")
			}
			w, l := p.prefers(j, at[j][pair.First], at[j][pair.Second], chance)
			all = append(all, shown{j, w, l})
			votes = append(votes, p.vote(j, w, l))
		}
	}
	return votes
}
