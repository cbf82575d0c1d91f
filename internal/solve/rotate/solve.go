package rotate

import (
	"context"
	"slices"

	"transformateur/internal/solve/cooling"
)

// Solve finds who sits where. An impossible problem is a result with its explanation; an
// error is *table.Fault. The result depends on nothing but the problem, unless ctx ends
// first: the result then says that it was stopped.
func Solve(ctx context.Context, p *Problem) (*Result, error) {
	in, err := ready(p)
	if err != nil {
		return nil, err
	}
	s := &search{in: in, out: &Result{Version: Version, Seed: p.Seed, Tables: []string{}, Rounds: Plan{}}}
	for _, t := range in.tables {
		s.out.Tables = append(s.out.Tables, t.ID)
	}
	s.out.CostBound, s.out.RoundsBound = in.costBound(), in.roundsBound()
	if s.out.Clashes = in.contradictions(); len(s.out.Clashes) > 0 {
		s.out.Status = None
		return s.out, nil
	}
	s.annealer = &annealer{seating: newSeating(in), ctx: ctx, chance: cooling.New(p.Seed, 1), best: make([]int, in.rounds*in.n), value: unreached, left: in.work()}
	s.goal = in.repeat * int64(s.out.CostBound)
	for r := range in.rounds {
		if in.choices(r) {
			s.open = append(s.open, r)
		}
	}
	if p.Mode == Circulate {
		s.circulate()
	} else {
		s.gather()
	}
	if len(s.out.Clashes) == 0 {
		s.proved = s.value <= s.goal
		s.vary()
		s.finish()
	}
	return s.out, nil
}

// unreached is a cost that no plan reaches.
const unreached = int64(1) << 62

// search is one problem being solved.
type search struct {
	*annealer
	in     *instance
	out    *Result
	proved bool
}

// vary chooses, among plans whose cost is the least, one where people meet as many others
// as can be: repeats cannot be avoided, but two that fall on one pair leave more others.
// Nobody meets four times for that.
func (s *search) vary() {
	if !s.proved || s.in.p.Mode != Gather || s.in.repeat == 0 || s.out.CostBound == 0 || len(s.open) == 0 {
		return
	}
	s.again = s.in.repeat / int64(4*s.out.CostBound+4)
	s.load(slices.Clone(s.best))
	s.value, s.goal = s.cost, 0
	s.run(cooling.Schedule{Hot: s.in.repeat / 4, Cold: max(s.again/2, 1), Moves: 300_000})
}

// work is how many moves are tried.
func (in *instance) work() int {
	if in.p.Work > 0 {
		return in.p.Work * 1000
	}
	if in.p.Mode == Circulate {
		return 1_500_000
	}
	return 8_000_000
}

// choices says whether there is anything to choose in a round.
func (in *instance) choices(r int) bool {
	open := 0
	for t := range in.t {
		if in.high[r*in.t+t] > 0 {
			open++
		}
	}
	return open > 1 && len(in.here[r]) > 1
}

// keep offers the seating as it is, and says whether nothing can beat it.
func (s *search) keep(method string) bool {
	if s.cost < s.value {
		s.value = s.cost
		copy(s.best, s.seat)
		s.out.Method = method
	}
	return s.value <= s.goal
}

// anneal searches from the seating as it is, and says whether to stop.
func (s *search) anneal(method string, c cooling.Schedule) bool {
	if s.done() {
		return true
	}
	before := s.value
	s.run(c)
	if s.value < before {
		s.out.Method = method
	}
	return s.done()
}

func (s *search) done() bool {
	return s.value <= s.goal || s.left < cooling.Levels || len(s.open) == 0 || s.ctx.Err() != nil
}

// finish reads the best plan with the checker, and says what is known of it.
func (s *search) finish() {
	in, out := s.in, s.out
	out.Stopped = s.ctx.Err() != nil && !s.proved
	out.Rounds = in.plan(s.best)
	account := Check(in.p, out.Tables, out.Rounds)
	out.Measure = account.Measure
	switch {
	case len(account.Breaches) > 0:
		out.Status, out.Breaches = NotFound, account.Breaches
	case s.proved:
		out.Status = Optimal
	default:
		out.Status = Bounded
	}
}

// circulate seats visitors at projects: the best visits first, then their rounds, then
// exchanges between the two.
func (s *search) circulate() {
	in := s.in
	m := newMatching(in)
	feasible, done := m.solve(s.ctx)
	if done && !feasible {
		s.out.Status, s.out.Clashes = None, []Clash{in.starvation(m)}
		return
	}
	visits := m.visits()
	worth := in.worth(visits)
	if !done {
		worth = in.loose()
	}
	s.out.AffinityBound = float64(worth) / Scale
	s.goal -= worth
	if done && in.uniform() {
		s.load(in.colour(visits))
	} else {
		s.serve()
	}
	if s.keep("flow") {
		return
	}
	s.kempe = true
	start := s.copy()
	moves := 0
	for _, here := range in.here {
		moves += 1000 * len(here)
	}
	for round := 0; !s.done(); round++ {
		s.fixed = len(s.open) > 1
		s.anneal("search", cooling.Schedule{Hot: unit, Cold: unit / 10, Moves: min(moves, in.work()/8)})
		s.fixed = false
		if round%2 == 1 || s.value > wrong/2 {
			s.unlock(min(moves/2, in.work()/16))
		}
		s.anneal("search", cooling.Schedule{Hot: unit / 5, Cold: unit / 200, Moves: min(2*moves, in.work()/4)})
		s.load(start)
	}
}

// unlock searches at temperatures where obligations can be broken on the way.
func (s *search) unlock(moves int) {
	s.anneal("search", cooling.Schedule{Hot: wrong / 2, Cold: wrong / 20, Moves: moves})
}

// loose bounds the value of visits without a flow.
func (in *instance) loose() (sum int64) {
	for p, visits := range in.visitors() {
		row := slices.Clone(in.value[p*in.t : (p+1)*in.t])
		slices.Sort(row)
		for _, v := range row[max(len(row)-visits, 0):] {
			sum += max(v, 0)
		}
	}
	return sum
}

// serve seats one round after the other, each by the best visits that are still new.
func (s *search) serve() {
	in := s.in
	s.clear()
	for r := range in.rounds {
		m := s.roundMatching(r)
		if feasible, done := m.solve(s.ctx); feasible && done {
			for c, yes := range m.visits() {
				if yes {
					s.put(r, c/in.t, c%in.t)
				}
			}
		}
		s.scatterRound(r, s.random())
	}
}

// roundMatching is the matching of one round, as an instance of its own.
func (s *search) roundMatching(r int) *matching {
	in := s.in
	one := &instance{p: in.p, people: in.people, n: in.n, t: in.t, rounds: 1, here: in.here[r : r+1], away: in.away[r*in.n : (r+1)*in.n],
		fewest: in.low[r*in.t : (r+1)*in.t], most: in.high[r*in.t : (r+1)*in.t], high: in.high[r*in.t : (r+1)*in.t],
		value: in.value, want: make([]int64, in.n*in.t), never: slices.Clone(in.never)}
	for c, n := range s.visit {
		one.never[c] = one.never[c] || n > 0
		if n == 0 {
			one.want[c] = min(in.want[c], maxWeight*unit)
		}
	}
	for _, q := range in.roles {
		q.Visits = 0
		one.roles = append(one.roles, q)
	}
	return newMatching(one)
}
