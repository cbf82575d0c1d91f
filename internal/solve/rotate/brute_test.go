package rotate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

// drawn is a small problem with rules of every kind, most of them possible.
func drawn(chance *rand.Rand) *Problem {
	mode := []Mode{Circulate, Gather}[chance.IntN(2)]
	people, tables, rounds := 2+chance.IntN(4), 2+chance.IntN(2), 1+chance.IntN(2)
	p := gathering(mode, people, tables, rounds)
	any := func() string { return p.People[chance.IntN(people)].ID }
	place := func() string { return p.Tables[chance.IntN(tables)].ID }
	rules := []Rule{Never, Avoid, Must}
	for i := range p.People {
		if chance.IntN(3) == 0 {
			p.People[i].Role = "expert"
		}
		p.People[i].Organisation = []string{"", "", "Caf", "Mairie"}[chance.IntN(4)]
		if chance.IntN(5) == 0 {
			p.People[i].Absent = []int{1 + chance.IntN(rounds)}
		}
		if mode == Circulate && chance.IntN(4) == 0 {
			p.People[i].Own = place()
		}
		for _, t := range p.Tables {
			p.Affinities = append(p.Affinities, Affinity{p.People[i].ID, t.ID, float64(chance.IntN(100)) / 100})
		}
	}
	for range chance.IntN(3) {
		if a, b := any(), any(); a != b {
			p.Pairs = append(p.Pairs, PairRule{A: a, B: b, Rule: rules[chance.IntN(3)], Weight: float64(chance.IntN(3)) / 2})
		}
		p.Visits = append(p.Visits, VisitRule{Person: any(), Table: place(), Rule: rules[chance.IntN(3)], Weight: float64(chance.IntN(3)) / 2})
	}
	if chance.IntN(3) == 0 {
		p.Quotas = []Quota{{Role: "expert", Max: 1 + chance.IntN(2), Visits: chance.IntN(2)}}
	}
	if chance.IntN(4) == 0 {
		p.Tables[0].Min, p.Tables[0].Max = 0, 1+chance.IntN(people)
	}
	p.Seed, p.Work = chance.Uint64(), 60
	return p
}

// exhaust tries every plan, and keeps the cheapest of those that keep every obligation.
func exhaust(in *instance) (best int64) {
	s := newSeating(in)
	best = unreached
	var seats []change
	for r := range in.rounds {
		for _, p := range in.here[r] {
			seats = append(seats, change{r: r, p: p})
		}
	}
	var next func(i int)
	next = func(i int) {
		if i == len(seats) {
			for at := range s.lists {
				if len(s.lists[at]) < in.low[at] || len(s.lists[at]) > in.high[at] {
					return
				}
			}
			best = min(best, s.cost)
			return
		}
		for t := range in.t {
			s.put(seats[i].r, seats[i].p, t)
			next(i + 1)
			s.take(seats[i].r, seats[i].p)
		}
	}
	next(0)
	return best
}

// price is the cost of a plan as the checker counts it, in millionths: nothing of the
// search is used.
func price(p *Problem, r *Result) int64 {
	account := Check(p, r.Tables, r.Rounds)
	cost := int64(account.Cost) * unit
	if p.Mode == Circulate {
		cost -= millionths(account.Affinity)
	}
	for _, rule := range p.Pairs {
		met := int64(0)
		for _, round := range r.Rounds {
			for _, list := range round {
				both := 0
				for _, id := range list {
					if id == rule.A || id == rule.B {
						both++
					}
				}
				if both == 2 {
					met++
				}
			}
		}
		switch {
		case rule.Rule == Avoid:
			cost += met * millionths(weight(rule.Weight))
		case rule.Rule == Must && rule.Weight > 0 && met == 0:
			cost += millionths(rule.Weight)
		}
	}
	return cost
}

// distinct says whether no wish is written twice: then the checker, which reads the lists,
// and the search, which keeps the strongest, count alike.
func distinct(p *Problem) bool {
	seen := map[string]bool{}
	for _, v := range p.Visits {
		key := fmt.Sprint(v.Person, v.Table, v.Rule)
		if seen[key] {
			return false
		}
		seen[key] = true
	}
	for _, r := range p.Pairs {
		key := fmt.Sprint(couple(r.A, r.B), r.Rule)
		if seen[key] {
			return false
		}
		seen[key] = true
	}
	return true
}

// Small problems are solved as well as by trying every plan, and what is said to be
// impossible is.
func TestSmallProblemsAgainstEveryPlan(t *testing.T) {
	const seed = 20270404
	chance := rand.New(rand.NewPCG(seed, 1))
	found, none, proved := 0, 0, 0
	for k := range 250 {
		p := drawn(chance)
		in, err := ready(p)
		if err != nil {
			t.Fatal(err)
		}
		seats := 1.0
		for r := range in.rounds {
			for range in.here[r] {
				seats *= float64(in.t)
			}
		}
		if seats > 7_000 || !distinct(p) {
			continue
		}
		best := exhaust(in)
		r, err := Solve(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(p)
		if possible := best < wrong/2; r.Status.Found() != possible {
			t.Fatalf("seed %d, problem %d: %s, but a plan is possible: %v\n%s", seed, k, r.Status, possible, text)
		}
		if !r.Status.Found() {
			none++
			continue
		}
		found++
		if cost := price(p, r); cost != best {
			t.Fatalf("seed %d, problem %d: %s, cost %d, the best is %d\n%s", seed, k, r.Status, cost, best, text)
		}
		if r.Status == Optimal {
			proved++
		}
	}
	t.Logf("%d with a plan, %d of them proved, %d without", found, proved, none)
	if found < 60 || none < 20 || proved < 20 {
		t.Error("the problems drawn are too much alike")
	}
}

// Any plan given keeps every obligation; the same problem and seed give the same bytes,
// whatever the order of the lists.
func TestPlansKeepObligationsAndRepeatThemselves(t *testing.T) {
	const seed = 20270405
	chance := rand.New(rand.NewPCG(seed, 1))
	for k := range 60 {
		p := drawn(chance)
		p.Work = 20
		if k%3 == 0 {
			p = visitors(chance.Uint64(), 10+chance.IntN(20), 6, 2+chance.IntN(3))
			p.Work = 20
		}
		r, err := Solve(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != None {
			account := Check(p, r.Tables, r.Rounds)
			if account.Measure != r.Measure || (len(account.Breaches) == 0) != r.Status.Found() {
				t.Fatalf("seed %d, problem %d: %s, %v", seed, k, r.Status, account.Breaches)
			}
			for _, b := range account.Breaches {
				if b.Kind == BreachTwice || b.Kind == BreachMissing || b.Kind == BreachAbsent || b.Kind == BreachCapacity || b.Kind == BreachUnknown {
					t.Fatalf("seed %d, problem %d: %s", seed, k, b)
				}
			}
			if r.Cost < r.CostBound || r.Status.Found() && r.Affinity > r.AffinityBound+1e-9 {
				t.Fatalf("seed %d, problem %d: %+v under %d, %v", seed, k, r.Measure, r.CostBound, r.AffinityBound)
			}
		}

		mixed := *p
		for _, shuffle := range []func(){
			func() { mixed.People = shuffled(chance, p.People) }, func() { mixed.Tables = shuffled(chance, p.Tables) },
			func() { mixed.Affinities = shuffled(chance, p.Affinities) }, func() { mixed.Visits = shuffled(chance, p.Visits) }, func() { mixed.Pairs = shuffled(chance, p.Pairs) },
		} {
			shuffle()
		}
		again, err := Solve(context.Background(), &mixed)
		if err != nil {
			t.Fatal(err)
		}
		// Breaches are listed in the order of the rules.
		r.Breaches, again.Breaches = nil, nil
		was, _ := json.Marshal(r)
		if is, _ := json.Marshal(again); string(is) != string(was) {
			t.Fatalf("seed %d, problem %d: another order gives another plan\n%s\n%s", seed, k, was, is)
		}
	}
}

func shuffled[T any](chance *rand.Rand, list []T) []T {
	out := append([]T{}, list...)
	chance.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// A search that is stopped gives the best it has, and says so.
func TestStoppedSearchSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, p := range []*Problem{golfers(t, 8, 4, 10, 0), visitors(3, 60, 15, 5)} {
		r, err := Solve(ctx, p)
		if err != nil || !r.Stopped || len(r.Rounds) != p.Rounds {
			t.Fatalf("%+v %v", r, err)
		}
	}
}

// What the seating keeps up to date is what it would count from nothing.
func TestSeatingCountsRight(t *testing.T) {
	const seed = 20270406
	chance := rand.New(rand.NewPCG(seed, 1))
	for range 60 {
		p := drawn(chance)
		in, err := ready(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.contradictions()) > 0 {
			continue
		}
		s := newSeating(in)
		s.scatter(chance)
		for range 50 {
			r := chance.IntN(in.rounds)
			if len(in.here[r]) < 2 {
				continue
			}
			a, b := in.here[r][chance.IntN(len(in.here[r]))], in.here[r][chance.IntN(len(in.here[r]))]
			if s.seat[r*in.n+a] != s.seat[r*in.n+b] {
				want := s.cost + s.exchange(r, a, b)
				if s.swap(r, a, b); s.cost != want {
					t.Fatalf("seed %d: an exchange costs %d, was said to cost %d", seed, s.cost, want)
				}
			}
		}
		was := s.cost
		s.load(s.copy())
		if s.cost != was {
			t.Fatalf("seed %d: counted %d, kept %d", seed, s.cost, was)
		}
	}
}
