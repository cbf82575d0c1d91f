package compose

import (
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// tables are the sittings of one moment: a collective coaching, a round of a mix.
type tables struct {
	*mending
	activity order.Activity
	list     []plan.Sitting
	came     []string // who comes too, or lost her table
}

// ahead are the tables of an activity that have not begun.
func (m *mending) ahead(a order.Activity) (list []plan.Sitting) {
	for _, s := range m.current.Sittings {
		if s.Activity == a.ID && !s.All && !s.Pinned && !m.now.begun(spanOf(s)) {
			s.People = slices.Clone(s.People)
			list = append(list, s)
		}
	}
	return byTime(list)
}

// tablesAgain mends the tables of a collective coaching.
func (m *mending) tablesAgain(a order.Activity) {
	t := &tables{mending: m, activity: a, list: m.ahead(a)}
	if len(t.list) == 0 {
		return
	}
	for i := range t.list {
		t.list[i].Day, t.list[i].From, t.list[i].To = a.Day, a.From, a.To
	}
	t.leave()
	t.join()
	t.company(m.coaches)
	m.standing(a, t.list)
}

// roundsAgain mends the rounds of a mix that are to come.
func (m *mending) roundsAgain(a order.Activity) {
	begun := m.now.begun(span(a))
	was, _ := m.before.Order.Find(a.ID)
	rounds := map[int][]plan.Sitting{}
	var numbers []int
	for _, s := range m.ahead(a) {
		if !begun && span(was) != span(a) {
			fresh := order.RoundsOf(a)
			if s.N >= len(fresh) {
				continue
			}
			s.Day, s.From, s.To = a.Day, fresh[s.N].From, fresh[s.N].To
		}
		if s.To > a.To {
			continue // no time is left for this round
		}
		if len(rounds[s.N]) == 0 {
			numbers = append(numbers, s.N)
		}
		rounds[s.N] = append(rounds[s.N], s)
	}
	slices.Sort(numbers)
	var all []plan.Sitting
	for _, n := range numbers {
		t := &tables{mending: m, activity: a, list: rounds[n]}
		t.leave()
		t.host()
		t.join()
		t.company(nil)
		all = append(all, t.list...)
		for _, s := range t.list {
			m.seen(s)
		}
	}
	m.standing(a, all)
}

// seen notes who has been with whom, for the rounds that follow.
func (m *mending) seen(s plan.Sitting) {
	for i, id := range s.People {
		for _, other := range s.People[:i] {
			m.met[[2]string{id, other}], m.met[[2]string{other, id}] = true, true
		}
	}
}

// leave takes out those who are not there, and finds those who come too.
func (t *tables) leave() {
	when := spanOf(t.list[0])
	for i := range t.list {
		t.list[i].People = slices.DeleteFunc(t.list[i].People, func(id string) bool { return !t.free(id, when) })
	}
	for _, p := range t.in.People {
		fresh := !slices.ContainsFunc(t.before.People, func(o Person) bool { return o.ID == p.ID })
		if fresh && t.sitsAt(p) && t.free(p.ID, when) && !slices.Contains(t.activity.Leads, p.ID) {
			t.came = append(t.came, p.ID)
		}
	}
}

// sitsAt says whether somebody sits at the tables of an activity.
func (t *tables) sitsAt(p Person) bool {
	switch {
	case t.of[p.ID] != "" || t.coaches(p.ID) || p.Role == Peer:
		return true
	case t.activity.Kind == order.Mix:
		return p.Role != Facilitator
	}
	return false
}

// host has somebody keep each table: one of the team who visits another, or else the table
// is closed and its people go elsewhere.
func (t *tables) host() {
	closed := map[string]bool{}
	for i := range t.list {
		s := t.list[i]
		if s.Project == "" || slices.ContainsFunc(s.People, func(id string) bool { return t.of[id] == s.Project }) {
			continue
		}
		team := t.mayFor(t.activity, t.team(s.Project, spanOf(s)))
		if len(team) == 0 {
			closed[s.ID] = true
			continue
		}
		t.take(team[0])
		t.list[i].People = append(t.list[i].People, team[0])
	}
	var open []plan.Sitting
	for _, s := range t.list {
		if closed[s.ID] {
			t.came = append(t.came, s.People...)
			continue
		}
		open = append(open, s)
	}
	t.list = open
}

// take takes somebody from where she sits.
func (t *tables) take(id string) {
	is := func(other string) bool { return other == id }
	t.came = slices.DeleteFunc(t.came, is)
	for i := range t.list {
		t.list[i].People = slices.DeleteFunc(t.list[i].People, is)
	}
}

// join seats those who came.
func (t *tables) join() {
	for _, id := range t.came {
		if k := t.best(id, func(plan.Sitting) bool { return true }); k >= 0 {
			t.list[k].People = append(t.list[k].People, id)
		}
	}
	t.came = nil
}

// best is the table where somebody had best sit: where she may, with her team or at a
// project that she has not visited, among people whom she has not met, where fewest are.
func (t *tables) best(id string, open func(plan.Sitting) bool) int {
	best, least := -1, 0
	for k, s := range t.list {
		if !open(s) || !t.welcome(id, s) {
			continue
		}
		cost := 10 * len(s.People)
		for _, other := range s.People {
			if t.met[[2]string{id, other}] && t.activity.Kind == order.Mix {
				cost += 5
			}
			if t.of[id] != "" && t.of[other] == t.of[id] && t.activity.Kind == order.Collective {
				cost -= 10_000
			}
		}
		if best < 0 || cost < least {
			best, least = k, cost
		}
	}
	return best
}

// welcome says whether somebody may sit at a table.
func (t *tables) welcome(id string, s plan.Sitting) bool {
	if t.clash([]string{id}, s.People) {
		return false
	}
	if t.activity.Kind == order.Collective {
		return !slices.ContainsFunc(s.People, func(other string) bool {
			return t.of[other] != "" && t.of[other] != t.of[id] && t.barred(id, t.of[other])
		})
	}
	kin := t.person[id].Organisation
	switch {
	case s.Project == t.of[id] && s.Project != "", s.Project != "" && t.barred(id, s.Project):
		return false
	case kin != "" && slices.ContainsFunc(t.project[s.Project].Team, func(other string) bool { return t.person[other].Organisation == kin }):
		return false
	}
	for _, other := range append(slices.Clone(t.plan.Sittings), t.current.Sittings...) {
		if other.Activity == t.activity.ID && other.Project == s.Project && other.N != s.N && slices.Contains(other.People, id) {
			return false // she visits it in another round
		}
	}
	return true
}

// company has nobody sit alone, and somebody who counts at each table where one can be
// spared elsewhere: one moves from the table that has most.
func (t *tables) company(counts func(id string) bool) {
	for i := range t.list {
		lacks := func() bool {
			return len(t.list[i].People) < 2 || counts != nil && !slices.ContainsFunc(t.list[i].People, counts)
		}
		if !lacks() {
			continue
		}
		if from, id := t.spare(i, counts); id != "" {
			t.list[from].People = slices.DeleteFunc(t.list[from].People, func(other string) bool { return other == id })
			t.list[i].People = append(t.list[i].People, id)
		}
	}
	var left []plan.Sitting
	var lonely []string
	for _, s := range t.list {
		if len(s.People) < 2 {
			lonely = append(lonely, s.People...)
			continue
		}
		left = append(left, s)
	}
	t.list, t.came = left, lonely
	t.join()
}

// spare is somebody who may leave her table for another: of those who count when some do,
// from where most people are.
func (t *tables) spare(to int, counts func(id string) bool) (from int, who string) {
	most := 2
	for k, s := range t.list {
		if k == to || len(s.People) <= most {
			continue
		}
		if counts != nil {
			n := 0
			for _, id := range s.People {
				n += b2i(counts(id))
			}
			if n < 2 {
				continue
			}
		}
		for _, id := range s.People {
			visitor := t.of[id] == "" || t.activity.Kind == order.Mix && t.of[id] != s.Project
			if visitor && (counts == nil || counts(id)) && t.welcome(id, t.list[to]) {
				from, who, most = k, id, len(s.People)
				break
			}
		}
	}
	return from, who
}

// standing puts tables in the plan, each in its room as long as that suits it.
func (m *mending) standing(a order.Activity, list []plan.Sitting) {
	var moved []int
	for i := range list {
		slices.Sort(list[i].People)
		want := m.asking(list[i], a)
		want.shared = true
		if p, known := m.in.place(list[i].Room); known && !list[i].Remote && !m.suits(p, want) {
			moved = append(moved, i)
		}
	}
	by := map[int]*setting{} // by table: one room for all its rounds
	whole := setting{}
	here := map[int]int{}
	for _, i := range moved {
		s := list[i]
		if by[s.Table] == nil {
			by[s.Table] = &setting{}
		}
		by[s.Table].seats = max(by[s.Table].seats, len(s.People))
		by[s.Table].access = append(by[s.Table].access, m.accessOf(s.People...)...)
		here[s.N] += len(s.People)
		whole.seats = max(whole.seats, here[s.N])
		whole.access = append(whole.access, m.accessOf(s.People...)...)
	}
	var numbers []int
	var settings []setting
	for n := range by {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		settings = append(settings, *by[n])
	}
	rooms := m.spread(askFor(a), settings, whole)
	for _, i := range moved {
		list[i].Room = rooms[slices.Index(numbers, list[i].Table)]
	}
	for _, s := range list {
		m.add(s)
	}
}
