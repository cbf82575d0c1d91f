package rotate

import (
	"math/rand/v2"
	"slices"
)

// margin is what one more meeting, or one more visit, adds to the cost, and what one
// fewer takes from it.
type margin struct{ add, drop int64 }

// seating is a plan being searched: who sits where, with the price of each change.
type seating struct {
	in    *instance
	seat  []int   // by round*n + person: table, or absent
	slot  []int   // by round*n + person: place in the list of the table
	lists [][]int // by round*t + table: who sits there
	meet  []int   // by person*n + person
	pair  []margin
	visit []int // by person*t + table; nil when tables are only places
	call  []margin
	count []int // by role, then round*t + table
	roles []int // by role, then table: visits of the role
	total []int // by table: visits
	cost  int64
	again int64 // what is added when two people meet again, see renew
}

func newSeating(in *instance) *seating {
	s := &seating{in: in, seat: make([]int, in.rounds*in.n), slot: make([]int, in.rounds*in.n), lists: make([][]int, in.rounds*in.t),
		meet: make([]int, in.n*in.n), pair: make([]margin, in.n*in.n), total: make([]int, in.t),
		count: make([]int, len(in.roles)*in.rounds*in.t), roles: make([]int, len(in.roles)*in.t)}
	if in.p.Mode == Circulate {
		s.visit, s.call = make([]int, in.n*in.t), make([]margin, in.n*in.t)
	}
	s.clear()
	return s
}

// clear empties every table.
func (s *seating) clear() {
	in := s.in
	s.cost = 0
	for i := range s.seat {
		s.seat[i] = absent
	}
	for i := range s.lists {
		s.lists[i] = s.lists[i][:0]
	}
	clear(s.meet)
	clear(s.visit)
	clear(s.total)
	clear(s.count)
	clear(s.roles)
	for c := range s.pair {
		s.reprice(c)
		if c/in.n < c%in.n {
			s.cost += in.must[c]
		}
	}
	for c := range s.call {
		s.recall(c)
		s.cost += in.want[c]
	}
	for k := range in.roles {
		for at := range in.rounds * in.t {
			s.cost += s.lack(k, at, 0)
		}
		for t := range in.t {
			s.cost += s.wanting(k, t, 0)
		}
	}
	for t := range in.t {
		s.cost += s.outside(t, 0)
	}
}

func (s *seating) reprice(c int) {
	in, m := s.in, int64(s.meet[c])
	at := margin{in.repeat*m + in.per[c], in.repeat*(m-1) + in.per[c]}
	switch m {
	case 0:
		at.add -= in.must[c]
	case 1:
		at.drop -= in.must[c]
	}
	if s.again > 0 {
		at.add, at.drop = at.add+s.renew(m), at.drop+s.renew(m-1)
	}
	s.pair[c] = at
}

// renew is what is added for one more meeting after m others, when the number of
// repeats counts too: the fourth is refused, so that no pair is kept together to spare others.
func (s *seating) renew(m int64) int64 {
	switch {
	case m <= 0:
		return 0
	case m >= 3:
		return s.in.repeat
	}
	return s.again
}

func (s *seating) recall(c int) {
	in, m := s.in, int64(s.visit[c])
	at := margin{wrong*m - in.value[c], wrong*(m-1) - in.value[c]}
	if in.never[c] {
		at.add, at.drop = at.add+wrong, at.drop+wrong
	}
	switch m {
	case 0:
		at.add -= in.want[c]
	case 1:
		at.drop -= in.want[c]
	}
	s.call[c] = at
}

// lack is the cost of a table where that many people of a role sit.
func (s *seating) lack(k, at, people int) int64 {
	q := &s.in.roles[k]
	if s.in.high[at] == 0 {
		return 0
	}
	short := max(q.Min-people, 0)
	if q.Max > 0 {
		short += max(people-q.Max, 0)
	}
	return int64(short) * wrong
}

func (s *seating) wanting(k, _ int, visits int) int64 {
	return int64(max(s.in.roles[k].Visits-visits, 0)) * wrong
}

// outside is the cost of a table that has that many visits over all rounds.
func (s *seating) outside(t, visits int) int64 {
	return int64(max(s.in.fewest[t]-visits, visits-s.in.most[t], 0)) * wrong
}

// put seats somebody who has no seat in that round.
func (s *seating) put(r, p, t int) {
	in, at := s.in, r*s.in.t+t
	for _, q := range s.lists[at] {
		c, d := p*in.n+q, q*in.n+p
		s.cost += s.pair[c].add
		s.meet[c]++
		s.meet[d]++
		s.reprice(c)
		s.reprice(d)
	}
	s.tally(r, p, t, 1)
	s.seat[r*in.n+p], s.slot[r*in.n+p] = t, len(s.lists[at])
	s.lists[at] = append(s.lists[at], p)
}

// take has somebody leave her seat.
func (s *seating) take(r, p int) {
	in := s.in
	t := s.seat[r*in.n+p]
	at := r*in.t + t
	list := s.lists[at]
	last := list[len(list)-1]
	list[s.slot[r*in.n+p]] = last
	s.slot[r*in.n+last] = s.slot[r*in.n+p]
	s.lists[at] = list[:len(list)-1]
	s.seat[r*in.n+p] = absent
	for _, q := range s.lists[at] {
		c, d := p*in.n+q, q*in.n+p
		s.cost -= s.pair[c].drop
		s.meet[c]--
		s.meet[d]--
		s.reprice(c)
		s.reprice(d)
	}
	s.tally(r, p, t, -1)
}

// tally counts a visit in, or out.
func (s *seating) tally(r, p, t, by int) {
	in := s.in
	if s.visit != nil {
		c := p*in.t + t
		if by > 0 {
			s.cost += s.call[c].add
		} else {
			s.cost -= s.call[c].drop
		}
		s.visit[c] += by
		s.recall(c)
	}
	for k := range in.roles {
		if !in.roles[k].has[p] {
			continue
		}
		at, all := k*in.rounds*in.t+r*in.t+t, k*in.t+t
		s.cost += s.lack(k, r*in.t+t, s.count[at]+by) - s.lack(k, r*in.t+t, s.count[at])
		s.cost += s.wanting(k, t, s.roles[all]+by) - s.wanting(k, t, s.roles[all])
		s.count[at] += by
		s.roles[all] += by
	}
	s.cost += s.outside(t, s.total[t]+by) - s.outside(t, s.total[t])
	s.total[t] += by
}

// exchange is what it would cost that two people exchange their seats of a round.
func (s *seating) exchange(r, p, q int) (delta int64) {
	in := s.in
	a, b := s.seat[r*in.n+p], s.seat[r*in.n+q]
	ps, qs := s.pair[p*in.n:(p+1)*in.n], s.pair[q*in.n:(q+1)*in.n]
	for _, x := range s.lists[r*in.t+a] {
		if x != p {
			delta += qs[x].add - ps[x].drop
		}
	}
	for _, x := range s.lists[r*in.t+b] {
		if x != q {
			delta += ps[x].add - qs[x].drop
		}
	}
	if s.visit != nil {
		delta += s.call[p*in.t+b].add - s.call[p*in.t+a].drop + s.call[q*in.t+a].add - s.call[q*in.t+b].drop
	}
	for k := range in.roles {
		has := in.roles[k].has
		switch {
		case has[p] && !has[q]:
			delta += s.shift(k, r, a, b)
		case has[q] && !has[p]:
			delta += s.shift(k, r, b, a)
		}
	}
	return delta
}

// shift is what it would cost that somebody of a role goes from a table to another.
func (s *seating) shift(k, r, from, to int) int64 {
	in := s.in
	base, all := k*in.rounds*in.t+r*in.t, k*in.t
	return s.lack(k, r*in.t+from, s.count[base+from]-1) - s.lack(k, r*in.t+from, s.count[base+from]) +
		s.lack(k, r*in.t+to, s.count[base+to]+1) - s.lack(k, r*in.t+to, s.count[base+to]) +
		s.wanting(k, from, s.roles[all+from]-1) - s.wanting(k, from, s.roles[all+from]) +
		s.wanting(k, to, s.roles[all+to]+1) - s.wanting(k, to, s.roles[all+to])
}

// swap exchanges the seats of two people in a round.
func (s *seating) swap(r, p, q int) {
	a, b := s.seat[r*s.in.n+p], s.seat[r*s.in.n+q]
	s.take(r, p)
	s.take(r, q)
	s.put(r, p, b)
	s.put(r, q, a)
}

// move takes somebody to another table.
func (s *seating) move(r, p, t int) {
	s.take(r, p)
	s.put(r, p, t)
}

// room says whether somebody may leave a table for another without breaking capacities.
func (s *seating) room(r, from, to int) bool {
	in := s.in
	return len(s.lists[r*in.t+from]) > in.low[r*in.t+from] && len(s.lists[r*in.t+to]) < in.high[r*in.t+to]
}

// load seats people as a copy of seat says.
func (s *seating) load(seat []int) {
	s.clear()
	for r := range s.in.rounds {
		for _, p := range s.in.here[r] {
			s.put(r, p, seat[r*s.in.n+p])
		}
	}
}

// scatter seats everybody by chance.
func (s *seating) scatter(chance *rand.Rand) {
	s.clear()
	for r := range s.in.rounds {
		s.scatterRound(r, chance)
	}
}

// scatterRound seats by chance those of a round who have no seat.
func (s *seating) scatterRound(r int, chance *rand.Rand) {
	in := s.in
	var waiting []int
	for _, p := range in.here[r] {
		if s.seat[r*in.n+p] == absent {
			waiting = append(waiting, p)
		}
	}
	chance.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
	for _, p := range waiting {
		s.put(r, p, s.freest(r))
	}
}

// freest is the table that lacks most people: below its minimum first, then the one
// nearest to its minimum.
func (s *seating) freest(r int) int {
	in, best := s.in, -1
	for t := range in.t {
		at := r*in.t + t
		if len(s.lists[at]) >= in.high[at] {
			continue
		}
		if best < 0 || s.spare(r, t) < s.spare(r, best) {
			best = t
		}
	}
	return best
}

// spare orders tables by how far above their minimum they are, then by how much room they
// have left.
func (s *seating) spare(r, t int) int {
	at := r*s.in.t + t
	over := len(s.lists[at]) - s.in.low[at]
	if over < 0 {
		return over - maxPeople
	}
	if s.visit != nil {
		return (over*maxPeople*maxRounds + s.total[t])
	}
	return over
}

func (s *seating) copy() []int { return slices.Clone(s.seat) }

// plan writes the seating in the form of results.
func (in *instance) plan(seat []int) Plan {
	plan := make(Plan, in.rounds)
	for r := range plan {
		plan[r] = make([][]string, in.t)
		for t := range plan[r] {
			plan[r][t] = []string{}
		}
		for _, p := range in.here[r] {
			t := seat[r*in.n+p]
			plan[r][t] = append(plan[r][t], in.people[p].ID)
		}
	}
	return plan
}
