package rotate

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"transformateur/internal/solve/cooling"
	"transformateur/internal/solve/design"
)

func (s *search) random() *rand.Rand { return rand.New(s.chance) }

// plain says whether nothing but repeats is to be avoided.
func (in *instance) plain() bool {
	for c := range in.per {
		if in.per[c] != 0 || in.must[c] != 0 {
			return false
		}
	}
	return len(in.roles) == 0
}

// gather seats people who all move: from a design when there is one, from base rounds that
// are developed, then by search from chance.
func (s *search) gather() {
	in := s.in
	s.labels = !in.plain()
	if in.repeat > 0 && s.algebra() || s.draw(500_000) || s.cyclic() {
		return
	}
	for !s.draw(2_000_000) {
	}
}

// draw searches from seats given by chance.
func (s *search) draw(moves int) bool {
	if s.done() {
		return true
	}
	s.scatter(s.random())
	if s.keep("search") {
		return true
	}
	if s.value > wrong/2 {
		s.unlock(moves / 4)
	}
	return s.anneal("search", cooling.Schedule{Hot: unit, Cold: unit / 8, Moves: moves})
}

// algebra starts from the design of the size of the tables.
func (s *search) algebra() bool {
	in := s.in
	sizes := in.evenest(0)
	groups := len(in.occupied(0))
	size := slices.Max(sizes)
	if size*groups > 2*in.n+groups {
		return false
	}
	plan := design.Rounds(groups, size, in.rounds)
	if len(plan) == 0 {
		return false
	}
	s.develop(plan)
	return s.polish("algebra", len(plan))
}

// occupied are the tables of a round where people sit, the largest first.
func (in *instance) occupied(r int) (tables []int) {
	sizes := in.evenest(r)
	for t, size := range sizes {
		if size > 0 {
			tables = append(tables, t)
		}
	}
	slices.SortStableFunc(tables, func(a, b int) int { return sizes[b] - sizes[a] })
	return tables
}

// polish improves a start whose first rounds are known to be good: the other rounds first.
func (s *search) polish(method string, known int) bool {
	if s.keep(method) {
		return true
	}
	all := s.open
	if s.open = slices.DeleteFunc(slices.Clone(all), func(r int) bool { return r < known }); len(s.open) > 0 && len(s.open) < len(all) {
		s.anneal(method, cooling.Schedule{Hot: unit, Cold: unit / 8, Moves: 100_000})
		s.load(s.best)
	}
	s.open = all
	return s.done() || s.anneal(method, cooling.Schedule{Hot: unit / 4, Cold: unit / 8, Moves: 100_000})
}

// develop seats people as a plan of points says. People of the roles that are bounded come
// first, so that they share the first level, which has one point in each group; then those
// of one organisation follow each other, since the points of a level do not meet.
func (s *search) develop(plan [][]int) {
	in := s.in
	order := make([]int, in.n)
	bounded := make([]bool, in.n)
	for p := range order {
		order[p] = p
		for _, q := range in.roles {
			bounded[p] = bounded[p] || q.has[p]
		}
	}
	rank := func(p int) int {
		if bounded[p] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(p, q int) int {
		a, b := in.people[p], in.people[q]
		return cmp.Or(rank(p)-rank(q), strings.Compare(a.Organisation, b.Organisation), p-q)
	})
	s.clear()
	for r := range min(len(plan), in.rounds) {
		s.settle(r, plan[r], order)
	}
	for r := range in.rounds {
		s.scatterRound(r, s.random())
	}
}

// settle seats a round as groups of points say, within what tables take.
func (s *search) settle(r int, groups, order []int) {
	in := s.in
	tables := in.occupied(r)
	if len(tables) == 0 {
		return
	}
	count := make([]int, slices.Max(groups)+1)
	for i, p := range order {
		if i < len(groups) && !in.away[r*in.n+p] {
			count[groups[i]]++
		}
	}
	ranks := make([]int, len(count))
	for g := range ranks {
		ranks[g] = g
	}
	slices.SortStableFunc(ranks, func(a, b int) int { return count[b] - count[a] })
	table := make([]int, len(count))
	for k, g := range ranks {
		table[g] = tables[min(k, len(tables)-1)]
	}
	sizes := in.evenest(r)
	for i, p := range order {
		if i >= len(groups) || in.away[r*in.n+p] {
			continue
		}
		if t := table[groups[i]]; len(s.lists[r*in.t+t]) < sizes[t] {
			s.put(r, p, t)
		}
	}
}

// cyclic tries base rounds that are developed; everybody is there, tables keep their sizes.
func (s *search) cyclic() bool {
	in := s.in
	if !in.uniform() || in.n > 400 || in.rounds < 3 || s.out.CostBound > 0 {
		return false
	}
	sizes := in.evenest(0)
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	sizes = slices.DeleteFunc(sizes, func(n int) bool { return n == 0 })
	tries := design.Symmetries(in.n, in.rounds, sizes)
	least, nearest := 0, [][]int(nil)
	for round := range 8 {
		for _, sy := range tries {
			c := design.NewCyclic(sy, sizes)
			moves := min(30_000<<(round/2), s.left/4)
			s.left -= moves
			if c.Search(s.ctx, s.chance, moves) {
				s.develop(c.Develop(in.rounds))
				return s.polish("cyclic", in.rounds)
			}
			if nearest == nil || c.Cost < least {
				least, nearest = c.Cost, c.Develop(in.rounds)
			}
			if s.done() {
				return true
			}
		}
	}
	if int64(least)*in.repeat >= s.value || nearest == nil {
		return false
	}
	s.develop(nearest)
	return s.polish("cyclic", in.rounds)
}
