package assign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// outcome is an assignment found by trying them all.
type outcome struct {
	total, worst int64
	kept         int
}

// every tries all the assignments of a small problem, and reads its bounds from the
// problem itself: it shares nothing with the search.
func every(p *Problem) (all []outcome) {
	value := map[Link]int64{}
	for _, pair := range p.Pairs {
		for t, v := range pair.Values {
			value[Link{pair.Item, pair.Agent}] += int64(millionths(p.Terms[t].Weight, v))
		}
	}
	load := make([]int, len(p.Agents))
	most := 1
	for _, it := range p.Items {
		most = max(most, it.Min)
	}
	var next func(i int, so outcome)
	next = func(i int, so outcome) {
		if i == len(p.Items) {
			for r, a := range p.Agents {
				if load[r] < a.Min {
					return
				}
			}
			all = append(all, so)
			return
		}
		it := p.Items[i]
		for set := range 1 << len(p.Agents) {
			then, ok := bundle(p, it, set, value)
			if !ok {
				continue
			}
			fits := true
			for r, a := range p.Agents {
				load[r] += set >> r & 1
				fits = fits && load[r] <= a.Max
			}
			if fits {
				worst := so.worst
				if it.Min > 0 {
					worst = min(worst, then.total*int64(most)/int64(it.Min))
				}
				next(i+1, outcome{so.total + then.total, worst, so.kept + then.kept})
			}
			for r := range p.Agents {
				load[r] -= set >> r & 1
			}
		}
	}
	next(0, outcome{worst: noLevel})
	return all
}

func bundle(p *Problem, it Item, set int, value map[Link]int64) (o outcome, ok bool) {
	readers := []Agent{}
	for r, a := range p.Agents {
		link := Link{it.ID, a.ID}
		if set>>r&1 == 0 {
			if slices.Contains(p.Pinned, link) {
				return o, false
			}
			continue
		}
		if slices.ContainsFunc(p.Forbidden, func(f Forbidden) bool { return f.Item == it.ID && f.Agent == a.ID }) {
			return o, false
		}
		readers = append(readers, a)
		o.total += value[link]
		if slices.Contains(p.Previous, link) {
			o.kept++
		}
	}
	if len(readers) < it.Min || len(readers) > max(it.Min, it.Max) {
		return o, false
	}
	for _, rule := range p.Rules {
		if len(rule.Items) > 0 && !slices.Contains(rule.Items, it.ID) {
			continue
		}
		count := map[string]int{}
		for _, a := range readers {
			for _, g := range a.Groups[rule.Family] {
				if rule.Group == "" || rule.Group == g {
					count[g]++
				}
			}
		}
		if count[rule.Group] < rule.AtLeast {
			return o, false
		}
		for _, n := range count {
			if (rule.AtMost > 0 || rule.Never) && n > rule.AtMost {
				return o, false
			}
		}
	}
	return o, true
}

func best(all []outcome, by func(a, b outcome) int) outcome { return slices.MaxFunc(all, by) }

// small draws a problem that can be tried whole.
func small(t *rapid.T) *Problem {
	p := &Problem{Version: Version, Terms: []Term{{"themes", 1}, {"bid", 0.5}}}
	items, agents := rapid.IntRange(1, 4).Draw(t, "items"), rapid.IntRange(2, 5).Draw(t, "agents")
	for i := range items {
		low := rapid.IntRange(0, 2).Draw(t, "min")
		p.Items = append(p.Items, Item{ID: fmt.Sprint("I", i), Min: low, Max: low + rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "more")})
	}
	for r := range agents {
		low := rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "least")
		p.Agents = append(p.Agents, Agent{ID: fmt.Sprint("R", r), Min: low, Max: low + rapid.IntRange(1, 4).Draw(t, "load"), Groups: map[string][]string{
			"d": {fmt.Sprint("d", rapid.IntRange(0, 1).Draw(t, "d"))},
			"o": {fmt.Sprint("o", rapid.IntRange(0, 2).Draw(t, "o"))},
		}})
	}
	link := func(i, r int) Link { return Link{p.Items[i].ID, p.Agents[r].ID} }
	for i := range items {
		for r := range agents {
			l := link(i, r)
			switch rapid.IntRange(0, 17).Draw(t, "pair") {
			case 0, 17:
				p.Forbidden = append(p.Forbidden, Forbidden{l.Item, l.Agent, "refusal"})
				continue
			case 2:
				p.Pinned = append(p.Pinned, l)
			case 3, 4, 5:
				p.Previous = append(p.Previous, l)
			}
			p.Pairs = append(p.Pairs, Pair{l.Item, l.Agent, []float64{float64(rapid.IntRange(0, 8).Draw(t, "themes")) / 8, float64(rapid.IntRange(0, 2).Draw(t, "bid")) / 2}})
		}
	}
	return p
}

func withRules(t *rapid.T, p *Problem) {
	for range rapid.IntRange(0, 3).Draw(t, "rules") {
		switch rapid.IntRange(0, 3).Draw(t, "rule") {
		case 0:
			p.Rules = append(p.Rules, Rule{Name: "one d0", Family: "d", Group: "d0", AtLeast: 1, Items: []string{"I0"}})
		case 1:
			p.Rules = append(p.Rules, Rule{Name: "organisations", Family: "o", AtMost: 1})
		case 2:
			p.Rules = append(p.Rules, Rule{Name: "one d1 at most", Family: "d", Group: "d1", AtMost: 1})
		case 3:
			p.Rules = append(p.Rules, Rule{Name: "no o2", Family: "o", Group: "o2", Never: true, Items: []string{"I0"}})
		}
	}
}

func solved(t *rapid.T, p *Problem) *Result {
	r, err := Solve(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Status.Found() {
		if r.Infeasible == nil || len(r.Infeasible.Clashes) == 0 {
			t.Fatalf("%s without explanation", r.Status)
		}
		return r
	}
	account, err := Check(p, r.Pairs)
	if err != nil || len(account.Warnings) > 0 {
		t.Fatal("an assignment that breaks something: ", account.Warnings, err)
	}
	if account.Total != r.Total {
		t.Fatalf("total %s, counted again %s", r.Total, account.Total)
	}
	return r
}

func TestTotalIsTheBestOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Previous = nil
		withRules(t, p)
		all, r := every(p), solved(t, p)
		if len(all) == 0 {
			if r.Status.Found() {
				t.Fatal("an assignment where there is none")
			}
			return
		}
		want := best(all, func(a, b outcome) int { return cmp.Compare(a.total, b.total) })
		if r.Status == None || r.Status.Found() && int64(r.TotalBound) < want.total || r.Status == Optimal && int64(r.Total) != want.total {
			t.Fatalf("%s %s ≤ %s, the best is %s", r.Status, r.Total, r.TotalBound, Affinity(want.total))
		}
		if len(p.Rules) < 2 && r.Status != Optimal {
			t.Fatalf("%s: one rule is always in the network", r.Status)
		}
	})
}

func TestFairRaisesTheWorstOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Previous, p.Objective = nil, Fair
		if rapid.Bool().Draw(t, "with rules") {
			withRules(t, p)
		}
		all, r := every(p), solved(t, p)
		if len(all) == 0 || !slices.ContainsFunc(p.Items, func(it Item) bool { return it.Min > 0 }) {
			return
		}
		want := best(all, func(a, b outcome) int { return cmp.Or(cmp.Compare(a.worst, b.worst), cmp.Compare(a.total, b.total)) })
		if !r.Status.Found() || int64(r.WorstBound) < want.worst || int64(r.Worst) > want.worst && r.Status == Bounded || r.Status == Optimal && (int64(r.Worst) < want.worst || int64(r.Total) != want.total) {
			t.Fatalf("%s worst %s ≤ %s, total %s; the best is worst %s, total %s", r.Status, r.Worst, r.WorstBound, r.Total, Affinity(want.worst), Affinity(want.total))
		}
		p.Objective = Total
		if plain := solved(t, p); r.Worst < plain.Worst || r.Total > plain.Total {
			t.Fatalf("fair: worst %s, total %s; total: worst %s, total %s", r.Worst, r.Total, plain.Worst, plain.Total)
		}
	})
}

func TestRepairKeepsAsManyAsCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Keep = Keep{Fewest: rapid.Bool().Draw(t, "fewest"), Bonus: float64(rapid.IntRange(0, 40).Draw(t, "bonus")) / 100, Curve: true}
		all, r := every(p), solved(t, p)
		if len(all) == 0 || len(p.Previous) == 0 {
			return
		}
		bonus := int64(millionths(1, p.Keep.Bonus))
		if bonus == 0 {
			bonus = int64(millionths(1, DefaultBonus))
		}
		kept := best(all, func(a, b outcome) int { return cmp.Or(cmp.Compare(a.kept, b.kept), cmp.Compare(a.total, b.total)) })
		worth := func(o outcome) int64 { return o.total + bonus*int64(o.kept) }
		want := best(all, func(a, b outcome) int { return cmp.Compare(worth(a), worth(b)) })
		got := outcome{total: int64(r.Total), kept: r.Repair.Kept}
		if r.Repair.Fewest != len(p.Previous)-kept.kept || r.Repair.Kept+len(r.Repair.Removed) != len(p.Previous) {
			t.Fatalf("fewest %d removed, %d in truth; %d kept, %d removed", r.Repair.Fewest, len(p.Previous)-kept.kept, r.Repair.Kept, len(r.Repair.Removed))
		}
		if p.Keep.Fewest && (got.kept != kept.kept || got.total != kept.total) || !p.Keep.Fewest && worth(got) != worth(want) {
			t.Fatalf("kept %d, total %s; the best: kept %d, total %s (fewest: kept %d, total %s)", got.kept, r.Total, want.kept, Affinity(want.total), kept.kept, Affinity(kept.total))
		}
	})
}

func TestOrderOfTheInputIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		withRules(t, p)
		p.Objective = rapid.SampledFrom([]Objective{Total, Fair}).Draw(t, "objective")
		p.Seed = rapid.Uint64().Draw(t, "seed")
		if rapid.Bool().Draw(t, "drawn") {
			p.Draw = &Draw{Cap: 0.9, Spread: 0.5}
		}
		first, _ := json.Marshal(solved(t, p))
		shuffled := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1))
		mix(shuffled, p.Items)
		mix(shuffled, p.Agents)
		mix(shuffled, p.Pairs)
		mix(shuffled, p.Forbidden)
		mix(shuffled, p.Previous)
		mix(shuffled, p.Rules)
		if second, _ := json.Marshal(solved(t, p)); string(first) != string(second) {
			t.Fatalf("%s\nthen, shuffled,\n%s", first, second)
		}
	})
}

func mix[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// What Explain says that a change costs is what it costs: the best assignment without
// the pair is solved again.
func TestNextBestCostsWhatIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Previous = nil
		if rapid.Bool().Draw(t, "rule") {
			p.Rules = append(p.Rules, Rule{Name: "organisations", Family: "o", AtMost: 1})
		}
		r := solved(t, p)
		if !r.Status.Found() {
			return
		}
		account, err := Explain(context.Background(), p, r.Pairs, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range account.Pairs {
			sum := Affinity(0)
			for _, c := range pair.Terms {
				sum += c
			}
			if sum != pair.Value {
				t.Fatalf("%s and %s: terms add up to %s, not %s", pair.Item, pair.Agent, sum, pair.Value)
			}
			if pair.Pinned {
				continue
			}
			without := *p
			without.Forbidden = append(slices.Clone(p.Forbidden), Forbidden{pair.Item, pair.Agent, "tried"})
			again := solved(t, &without)
			switch {
			case again.Status.Found() && pair.Next == nil:
				t.Fatalf("%s without %s: nothing is said, %s can be had", pair.Item, pair.Agent, again.Total)
			case pair.Next != nil && (!pair.Next.Exact || !again.Status.Found() || r.Total-again.Total != pair.Next.Cost):
				t.Fatalf("%s without %s: said to cost %s (exact %v), costs %s", pair.Item, pair.Agent, pair.Next.Cost, pair.Next.Exact, r.Total-again.Total)
			}
		}
		if free := account.Prices; free == nil || free.Fairness != 0 || free.Stability != 0 || free.Rules < 0 {
			t.Fatalf("prices %+v", free)
		}
	})
}
