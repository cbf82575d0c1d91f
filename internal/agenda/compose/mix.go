package compose

import (
	"context"
	"slices"
	"strconv"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/rotate"
)

// mixWork bounds the search of one mix, in thousands of moves tried.
const mixWork = 150

// mixing is a mix as it is prepared: who keeps which table in each round, who goes round.
type mixing struct {
	*gathering
	activity order.Activity
	rounds   []order.Slot
	keepers  [][][]string // by round, then project
	open     [][]bool     // by round, then project
	visitors [][]string   // by round
	rooms    []string     // by project
	visited  map[[2]string]bool
}

// mixes has people go round the projects in each mix, to others than in the mixes before.
func (g *gathering) mixes(ctx context.Context) error {
	visited := map[[2]string]bool{}
	for _, a := range g.in.Order.Activities {
		if a.Kind != order.Mix {
			continue
		}
		m := &mixing{gathering: g, activity: order.Usual(a), rounds: order.RoundsOf(a), visited: visited}
		m.prepare()
		if err := m.solve(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare says who keeps tables and who visits. When there are fewer visitors than tables,
// some tables are closed, in turn, and those who kept them visit.
func (m *mixing) prepare() {
	fixed := m.fixed(m.activity.ID)
	for r, round := range m.rounds {
		keepers, open := make([][]string, len(m.in.Projects)), make([]bool, len(m.in.Projects))
		keeps, tables := map[string]bool{}, 0
		for k, p := range m.in.Projects {
			keepers[k] = m.keep(p, round)
			open[k] = len(keepers[k]) > 0 && !slices.ContainsFunc(fixed, func(s plan.Sitting) bool {
				return s.Project == p.ID && overlap(spanOf(s), slotSpan(round))
			})
			if open[k] {
				tables++
				for _, id := range keepers[k] {
					keeps[id] = true
				}
			}
		}
		visitors := 0
		for _, p := range m.in.People {
			if m.visits(p) && m.free(p.ID, slotSpan(round)) && !keeps[p.ID] {
				visitors++
			}
		}
		for j := 0; visitors < tables && j < len(open); j++ {
			if k := (r*(tables/2+1) + j) % len(open); open[k] {
				open[k] = false
				tables--
				visitors += len(keepers[k])
				for _, id := range keepers[k] {
					delete(keeps, id)
				}
			}
		}
		var list []string
		for _, p := range m.in.People {
			if m.visits(p) && m.free(p.ID, slotSpan(round)) && !keeps[p.ID] {
				list = append(list, p.ID)
			}
		}
		m.keepers, m.open, m.visitors = append(m.keepers, keepers), append(m.open, open), append(m.visitors, list)
	}
}

// visits says whether somebody goes round at a mix, unless she keeps a table.
func (m *mixing) visits(p Person) bool {
	return (p.Role != Facilitator || m.of[p.ID] != "") && !slices.Contains(m.activity.Leads, p.ID)
}

// keep are those who keep the table of a project in a round.
func (m *mixing) keep(p Project, round order.Slot) (list []string) {
	team := m.mayFor(m.activity, m.team(p.ID, slotSpan(round)))
	for _, id := range p.Hosts {
		if slices.Contains(team, id) {
			list = append(list, id)
		}
	}
	if len(list) == 0 && len(team) > 0 {
		list = team[:1]
	}
	return list
}

// place finds where tables stand, each in one room for the whole of the mix.
func (m *mixing) place() {
	var settings []setting
	most := 0
	var all []string
	for k := range m.in.Projects {
		t := setting{}
		for r := range m.rounds {
			if !m.open[r][k] {
				continue
			}
			tables := 0
			for _, open := range m.open[r] {
				tables += b2i(open)
			}
			t.seats = max(t.seats, len(m.keepers[r][k])+(len(m.visitors[r])+tables-1)/tables)
			t.access = append(t.access, m.accessOf(m.keepers[r][k]...)...)
			all = append(all, m.keepers[r][k]...)
		}
		settings = append(settings, t)
	}
	for r, list := range m.visitors {
		here := len(list)
		for k := range m.in.Projects {
			if m.open[r][k] {
				here += len(m.keepers[r][k])
			}
		}
		most = max(most, here)
		all = append(all, list...)
	}
	m.rooms = m.spread(askFor(m.activity), settings, setting{most, m.accessOf(all...)})
}

// solve seats the rounds: it gives rules up one after the other when not all of them can
// hold, then rounds, and tells which.
func (m *mixing) solve(ctx context.Context) error {
	if m.idle() {
		return nil
	}
	m.place()
	var first *rotate.Result
	var dropped []string
	for _, step := range m.ladder() {
		if step.word != "" {
			dropped = append(dropped, step.word)
		}
		p := m.problem(step)
		r, err := rotate.Solve(ctx, p)
		if err != nil {
			return err
		}
		if first == nil {
			first = r
		}
		if r.Status.Found() || r.Status == rotate.NotFound && step.last && m.bearable(r) {
			m.write(r, step, dropped)
			if len(dropped) > 0 || !r.Status.Found() {
				m.tell(first)
			}
			if step.rounds < len(m.rounds) {
				m.refuse(Refusal{Key: RefusedRounds, Activity: m.activity.ID, Need: len(m.rounds), Have: step.rounds})
			}
			return nil
		}
	}
	m.tell(first)
	m.refuse(Refusal{Key: RefusedRounds, Activity: m.activity.ID, Need: len(m.rounds)})
	if len(m.fixed(m.activity.ID)) == 0 {
		m.add(m.forAll(m.activity))
	}
	return nil
}

// idle says whether there is nobody to seat.
func (m *mixing) idle() bool {
	for r := range m.rounds {
		if slices.Contains(m.open[r], true) && len(m.visitors[r]) > 0 {
			return false
		}
	}
	if len(m.fixed(m.activity.ID)) == 0 {
		m.refuse(Refusal{Key: RefusedAlone, Activity: m.activity.ID})
		m.add(m.forAll(m.activity))
	}
	return true
}

// relaxed is how much of what is asked a problem of tables asks.
type relaxed struct {
	word   string
	quotas bool // each project has its share of experts
	musts  bool // meetings that must be are obligations
	apart  bool // people of one organisation never share a table
	rounds int
	last   bool // a plan that breaks what can be borne is taken
}

// ladder is what is given up, in this order.
func (m *mixing) ladder() []relaxed {
	n := len(m.rounds)
	list := []relaxed{
		{"", true, true, true, n, false}, {"quotas", false, true, true, n, false}, {"musts", false, false, true, n, false}, {"organisations", false, false, false, n, true},
	}
	for k := n - 1; k >= 1; k-- {
		list = append(list, relaxed{"rounds", false, false, false, k, true})
	}
	return list
}

// bearable says whether what a plan breaks is no more than what it would have been better
// to keep.
func (m *mixing) bearable(r *rotate.Result) bool {
	hard := []string{rotate.BreachRounds, rotate.BreachUnknown, rotate.BreachTwice, rotate.BreachMissing, rotate.BreachAbsent, rotate.BreachVisit, rotate.BreachPair}
	return len(r.Rounds) > 0 && !slices.ContainsFunc(r.Breaches, func(b rotate.Breach) bool { return slices.Contains(hard, b.Kind) })
}

// tell says why not everything could hold.
func (m *mixing) tell(r *rotate.Result) {
	for _, c := range r.Clashes {
		m.refuse(Refusal{Key: "agenda.refused_table_" + c.Kind, Activity: m.activity.ID, People: c.People, Projects: c.Tables, Need: c.Need, Have: c.Have})
	}
	for _, b := range r.Breaches {
		m.refuse(Refusal{Key: "agenda.refused_table_" + b.Kind, Activity: m.activity.ID, People: b.People, Projects: b.Tables, Need: b.Need, Have: b.Have})
	}
}

// write turns rounds into sittings.
func (m *mixing) write(r *rotate.Result, step relaxed, dropped []string) {
	a := m.activity
	m.account.Mixes = append(m.account.Mixes, MixAccount{Activity: a.ID, Status: r.Status, Rounds: step.rounds, Visits: r.Measure, Bound: r.AffinityBound, Dropped: dropped, Breaches: r.Breaches})
	m.account.Stopped = m.account.Stopped || r.Stopped
	for n, tables := range r.Rounds {
		for t, people := range tables {
			k := slices.IndexFunc(m.in.Projects, func(p Project) bool { return p.ID == r.Tables[t] })
			if !m.open[n][k] {
				continue
			}
			id := m.in.Projects[k].ID
			list := append(slices.Clone(people), m.keepers[n][k]...)
			if len(list) < 2 {
				m.refuse(Refusal{Key: RefusedAlone, Activity: a.ID, People: list, Projects: []string{id}})
				continue
			}
			for _, who := range people {
				m.visited[[2]string{who, id}] = true
			}
			slices.Sort(list)
			s := m.rounds[n]
			m.add(plan.Sitting{ID: a.ID + "." + strconv.Itoa(n+1) + "." + id, Activity: a.ID, N: n, Day: s.Day, From: s.From, To: s.To, Room: m.rooms[k], Table: k + 1, Project: id, People: list})
		}
	}
}
