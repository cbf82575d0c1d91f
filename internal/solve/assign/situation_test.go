package assign

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// panel makes a problem of files A, B, C… that want readers each, of members l, m, n…
// with a load each, where nothing is known of the pairs.
func panel(items, readers int, loads ...int) *Problem {
	p := &Problem{Version: Version}
	for i := range items {
		p.Items = append(p.Items, Item{ID: string(rune('A' + i)), Min: readers})
	}
	for r, load := range loads {
		p.Agents = append(p.Agents, Agent{ID: string(rune('l' + r)), Max: load})
	}
	return p
}

func forbid(p *Problem, pairs ...string) {
	for _, pair := range pairs {
		p.Forbidden = append(p.Forbidden, Forbidden{pair[:1], pair[1:], "same organisation"})
	}
}

func TestImpossibleProblemsAreExplained(t *testing.T) {
	for _, c := range []struct {
		situation   string
		problem     func() *Problem
		clash, ways string
	}{
		{"not enough readings", func() *Problem { return panel(3, 2, 2, 2, 1) },
			"3 items (A, B, C) need 6 readings; 3 agents (l, m, n) can give them 5",
			"1 reader fewer|1 reading more for"},
		{"two files that only one member may read", func() *Problem {
			p := panel(3, 1, 1, 3)
			forbid(p, "Am", "Bm")
			return p
		}, "2 items (A, B) need 2 readings; 1 agent (l) can give them 1", "1 reader fewer|1 reading more for l"},
		{"conflicts with everybody", func() *Problem {
			p := panel(2, 1, 2, 2)
			forbid(p, "Al", "Am")
			return p
		}, "1 item (A) need 1 reading; no agent can give them 0", "1 reader fewer on A"},
		{"a minimum that nobody can fill", func() *Problem {
			p := panel(2, 1, 2, 2)
			p.Agents[0].Min = 2
			forbid(p, "Bl")
			return p
		}, "1 agent (l) must have 2 readings; 1 item (A) can give them 1", "1 reading below the minimum of l"},
		{"a pin on a conflict", func() *Problem {
			p := panel(1, 1, 1, 1)
			forbid(p, "Al")
			p.Pinned = []Link{{"A", "l"}}
			return p
		}, "l is pinned to A, which is forbidden (same organisation)", "l not pinned to A"},
		{"more pins than readings", func() *Problem {
			p := panel(2, 1, 1, 1)
			p.Pinned = []Link{{"A", "l"}, {"B", "l"}}
			return p
		}, "2 pairs pinned to l, 1 at most", "1 reading more for l"},
		{"a group without enough members", func() *Problem {
			p := panel(2, 1, 1, 2)
			p.Agents[0].Groups = map[string][]string{"d": {"law"}}
			p.Rules = []Rule{{Name: "one lawyer", Family: "d", Group: "law", AtLeast: 1}}
			return p
		}, "one lawyer", `1 reading more for l|"one lawyer" broken by 1`},
		{"rules that exclude each other", func() *Problem {
			p := panel(1, 1, 1, 1)
			p.Agents[0].Groups = map[string][]string{"d": {"law"}}
			p.Rules = []Rule{{Name: "two lawyers", Family: "d", Group: "law", AtLeast: 2}}
			return p
		}, "2 readers wanted of the group, 1 possible (two lawyers)", ""},
		{"rules that cross, and exclude each other together", func() *Problem {
			p := panel(1, 2, 1, 1)
			p.Agents[0].Groups = map[string][]string{"d": {"law"}, "o": {"Caf"}}
			p.Agents[1].Groups = map[string][]string{"d": {"design"}, "o": {"Caf"}}
			p.Rules = []Rule{{Name: "a lawyer", Family: "d", Group: "law", AtLeast: 1}, {Name: "one of an organisation", Family: "o", AtMost: 1}}
			return p
		}, "one of an organisation", `"one of an organisation" broken by 1 on A`},
		{"a cap that leaves no chances", func() *Problem {
			p := panel(1, 1, 1)
			p.Draw = &Draw{Cap: 0.5}
			return p
		}, "no chances keep this cap", ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			r := mustSolve(t, c.problem())
			if r.Status != None || r.Infeasible == nil {
				t.Fatalf("%s, want infeasible", r.Status)
			}
			var clashes, ways []string
			for _, clash := range r.Infeasible.Clashes {
				clashes = append(clashes, clash.String())
			}
			for _, way := range r.Infeasible.Relax {
				ways = append(ways, way.String())
			}
			if !strings.Contains(strings.Join(clashes, "; "), c.clash) {
				t.Errorf("clashes %q, want %q", clashes, c.clash)
			}
			for way := range strings.SplitSeq(c.ways, "|") {
				if !strings.Contains(strings.Join(ways, "; "), way) {
					t.Errorf("ways out %q, want %q", ways, way)
				}
			}
		})
	}
}

// A relaxation that is offered works, and no smaller one does.
func TestRelaxationsAreTheSmallest(t *testing.T) {
	p := panel(4, 2, 2, 2, 2)
	forbid(p, "Al", "Bl")
	r := mustSolve(t, p)
	if r.Status != None {
		t.Fatal(r.Status)
	}
	for _, way := range r.Infeasible.Relax {
		if way.Kind != RelaxLoads && way.Kind != RelaxReaders {
			continue
		}
		for _, full := range []bool{true, false} {
			q := panel(4, 2, 2, 2, 2)
			forbid(q, "Al", "Bl")
			for k, c := range way.Changes {
				by := c.By
				if !full && k == 0 {
					by--
				}
				for i := range q.Items {
					if q.Items[i].ID == c.Item {
						q.Items[i].Min -= by
					}
				}
				for a := range q.Agents {
					if q.Agents[a].ID == c.Agent {
						q.Agents[a].Max += by
					}
				}
			}
			if found := mustSolve(t, q).Status.Found(); found != full {
				t.Errorf("%s (whole: %v): found %v", way, full, found)
			}
		}
	}
}

func TestHandEditsAreWarnedAbout(t *testing.T) {
	p := panel(2, 1, 1, 1)
	p.Items[0].Max, p.Agents[1].Min = 1, 1
	forbid(p, "Bl")
	p.Pinned = []Link{{"B", "m"}}
	p.Agents[0].Groups = map[string][]string{"o": {"Caf"}}
	p.Agents = append(p.Agents, Agent{ID: "n", Max: 5, Groups: p.Agents[0].Groups})
	p.Rules = []Rule{{Name: "one of an organisation", Family: "o", AtMost: 1}, {Name: "one of the Caf", Family: "o", Group: "Caf", AtLeast: 1}}
	account, err := Check(p, []Link{{"A", "l"}, {"A", "n"}, {"B", "l"}, {"B", "l"}, {"Z", "l"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range account.Warnings {
		got = append(got, strings.Join(strings.Fields(fmt.Sprint(w.Kind, " ", w.Item, " ", w.Agent, " ", w.Name)), " "))
	}
	want := []string{"at_most A one of an organisation", "conflict B l same organisation", "many_readers A", "overload l", "pin_missing B m", "twice B l", "underload m", "unknown Z l"}
	if !slices.Equal(got, want) {
		t.Errorf("warnings\n%q, want\n%q", got, want)
	}
	if account, _ = Check(p, []Link{{"B", "m"}}); len(account.Warnings) != 3 {
		t.Errorf("an item without readers: %+v", account.Warnings)
	}
}

// The example of the documentation, whole: who reads what, and why.
func TestExampleIsExplained(t *testing.T) {
	p := example(t)
	r := mustSolve(t, p)
	account, err := Explain(context.Background(), p, r.Pairs, true)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != Optimal || len(account.Warnings) > 0 || account.Prices == nil {
		t.Fatalf("%s %+v %+v", r.Status, account.Warnings, account.Prices)
	}
	if account.Worst != "A15" || r.Worst.Float() < 0.86 {
		t.Errorf("worst-off: %s with %s", account.Worst, r.Worst)
	}
	bounds := map[string]bool{}
	for _, pair := range account.Pairs {
		if pair.Rank < 1 || pair.Rank > pair.Eligible {
			t.Errorf("%s, %s: rank %d of %d", pair.Item, pair.Agent, pair.Rank, pair.Eligible)
		}
		for _, b := range pair.Better {
			bounds[b.Bound] = true
		}
		if pair.Next == nil {
			continue
		}
		if pair.Next.Moves[0].Item != pair.Item || pair.Next.Moves[0].From != pair.Agent || pair.Next.Agent != pair.Next.Moves[0].To {
			t.Errorf("the moves of %s without %s begin elsewhere: %+v", pair.Item, pair.Agent, pair.Next.Moves)
		}
	}
	if len(bounds) == 0 {
		t.Error("nobody is kept from a better item, in a tight problem")
	}
}

func example(t testing.TB) *Problem {
	t.Helper()
	p, err := Read(strings.NewReader(exampleText(t)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Levels raise the worst-off, then the next: no floor is below the one before it, and
// the total does not rise.
func TestLevelsRaiseOneAfterTheOther(t *testing.T) {
	p := crowd(40, 9, 3)
	p.Objective = Fair
	was := mustSolve(t, p)
	for _, levels := range []int{2, 5, 12} {
		p.Levels = levels
		r := mustSolve(t, p)
		if !r.Status.Found() || len(r.Floors) > levels || r.Worst != was.Worst || r.Total > was.Total {
			t.Errorf("%d levels: %s, %d floors, worst %s (was %s), total %s (was %s)", levels, r.Status, len(r.Floors), r.Worst, was.Worst, r.Total, was.Total)
		}
		for k := range r.Floors[1:] {
			if r.Floors[k+1].Value < r.Floors[k].Value || len(r.Floors[k].Frozen) == 0 {
				t.Errorf("floors %+v", r.Floors)
			}
		}
		was.Total = r.Total
	}
}

func TestBalanceNarrowsLoads(t *testing.T) {
	p := crowd(60, 10, 3)
	for r := range p.Agents {
		p.Agents[r].Max = 40
	}
	spread := func() int {
		r := mustSolve(t, p)
		account, err := Check(p, r.Pairs)
		if err != nil || r.Status != Optimal {
			t.Fatal(err, r.Status)
		}
		return account.Heaviest - account.Lightest
	}
	free := spread()
	p.Balance = 0.05
	soft := spread()
	p.Balance, p.Even = 0, true
	if even := spread(); even > 1 || soft >= free {
		t.Errorf("loads differ by %d freely, %d with a balance, %d when even", free, soft, even)
	}
}

// Over many seeds, pairs are drawn as often as their chances say, and every draw keeps
// loads, conflicts and rules.
func TestDrawsFollowTheChances(t *testing.T) {
	p := crowd(12, 6, 2)
	for r := range p.Agents {
		p.Agents[r].Groups = map[string][]string{"d": {fmt.Sprint("d", r%2)}}
	}
	p.Rules = []Rule{{Name: "one d0", Family: "d", Group: "d0", AtLeast: 1}}
	p.Draw = &Draw{Cap: 0.7, Spread: 0.6}
	const draws = 400
	drawn, chances := map[Link]int{}, map[Link]float64{}
	for seed := range uint64(draws) {
		p.Seed = 1000 + seed
		r := mustSolve(t, p)
		if account, err := Check(p, r.Pairs); err != nil || len(account.Warnings) > 0 || r.Status != Drawn {
			t.Fatal(r.Status, account.Warnings, err)
		}
		for _, l := range r.Pairs {
			drawn[l]++
		}
		for _, c := range r.Chances {
			if c.Of > 717 {
				t.Fatalf("%+v exceeds the cap", c)
			}
			chances[Link{c.Item, c.Agent}] += float64(c.Of) / sideScale / draws
		}
	}
	for l, want := range chances {
		if got := float64(drawn[l]) / draws; got < want-0.1 || got > want+0.1 { // four standard deviations
			t.Errorf("%v: drawn %.3f of the time, chances %.3f", l, got, want)
		}
	}
}

func TestStoppedResultsSayIt(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Nanosecond)
	defer stop()
	<-ctx.Done()
	p := crowd(600, 60, 3)
	p.Objective = Fair
	r, err := Solve(ctx, p)
	if err != nil || !r.Stopped || r.Status == Optimal {
		t.Errorf("%v: %+v", err, r.Status)
	}
}

func TestSeedDecidesBetweenEquals(t *testing.T) {
	p := panel(20, 3, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6)
	seen := map[string]bool{}
	for seed := range uint64(5) {
		p.Seed = seed
		first, _ := json.Marshal(mustSolve(t, p).Pairs)
		if again, _ := json.Marshal(mustSolve(t, p).Pairs); string(again) != string(first) {
			t.Error("the same seed gives two results")
		}
		seen[string(first)] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d results from 5 seeds", len(seen))
	}
}

// Sizes that no committee has end with words, not with the memory.
func TestAbsurdSizesAreRefused(t *testing.T) {
	p := &Problem{Version: Version, Items: make([]Item, 30_000), Agents: make([]Agent, 10_000)}
	for i := range p.Items {
		p.Items[i] = Item{ID: fmt.Sprint("I", i), Min: 1}
	}
	for r := range p.Agents {
		p.Agents[r] = Agent{ID: fmt.Sprint("R", r), Max: 1}
	}
	if _, err := Solve(context.Background(), p); err == nil {
		t.Error("300 million pairs are accepted")
	}
}
