package compose

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// seating is a collective coaching as it is laid out: whole teams at tables, then those who
// coach, then the others.
type seating struct {
	*gathering
	activity order.Activity
	teams    [][]string // by team: who is there
	project  []string   // by team
	at       []int      // by team: its table
	seated   [][]string // by table
	share    map[[2]string]int
}

// collectives seats people in every collective coaching: as few projects as twice at one
// table over the whole gathering.
func (g *gathering) collectives() {
	share := map[[2]string]int{}
	for part, a := range g.in.Order.Activities {
		if a.Kind == order.Collective {
			g.collective(order.Usual(a), share, g.chance(part))
		}
	}
}

func (g *gathering) collective(a order.Activity, share map[[2]string]int, chance *rand.Rand) {
	s := &seating{gathering: g, activity: a, share: share}
	when := span(a)
	fixed := g.fixed(a.ID)
	for _, p := range g.in.Projects {
		if list := g.mayFor(a, g.team(p.ID, when)); len(list) > 0 {
			s.teams, s.project = append(s.teams, list), append(s.project, p.ID)
		}
	}
	var coaches, others []string
	for _, p := range g.in.People {
		switch {
		case g.of[p.ID] != "" || !g.free(p.ID, when) || slices.Contains(a.Leads, p.ID):
		case g.coaches(p.ID):
			coaches = append(coaches, p.ID)
		case p.Role == Peer:
			others = append(others, p.ID)
		}
	}
	people := len(coaches)
	for _, t := range s.teams {
		people += len(t)
	}
	if len(s.teams) == 0 {
		return
	}
	tables := max(1, min((people+a.Size/2)/a.Size, len(s.teams)/2))
	s.seated = make([][]string, tables)
	s.deal(chance)
	chance.Shuffle(len(coaches), func(i, j int) { coaches[i], coaches[j] = coaches[j], coaches[i] })
	s.coach(coaches)
	for _, id := range others {
		if t := s.table(id, nil); t >= 0 {
			s.seated[t] = append(s.seated[t], id)
		}
	}
	s.write(len(fixed))
}

// mayFor leaves out those who lead an activity.
func (g *gathering) mayFor(a order.Activity, people []string) []string {
	return slices.DeleteFunc(people, func(id string) bool { return slices.Contains(a.Leads, id) })
}

// cost is what a table is worth avoiding: people who must never meet, one project alone,
// projects that met already, more or fewer people than its share (in squares).
func (s *seating) cost(table, share int) (cost int) {
	size, count := 0, 0
	for i, t := range s.at {
		if t != table {
			continue
		}
		size, count = size+len(s.teams[i]), count+1
		for j := range i {
			if s.at[j] != table {
				continue
			}
			cost += 20 * s.share[[2]string{s.project[j], s.project[i]}]
			if s.clash(s.teams[i], s.teams[j]) {
				cost += 100_000
			}
		}
	}
	if count < 2 {
		cost += 1000
	}
	return cost + (size-share)*(size-share)
}

// clash says whether two of some people must never meet.
func (g *gathering) clash(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool { return g.apart[[2]string{x, y}] })
	})
}

// deal shares teams between tables: the largest first, to the smallest table, then
// exchanges until none helps.
func (s *seating) deal(chance *rand.Rand) {
	n, tables := len(s.teams), len(s.seated)
	s.at = make([]int, n)
	rank := chance.Perm(n)
	slices.SortStableFunc(rank, func(i, j int) int { return len(s.teams[j]) - len(s.teams[i]) })
	size, people := make([]int, tables), 0
	for _, i := range rank {
		t := 0
		for u := range size {
			if size[u] < size[t] {
				t = u
			}
		}
		s.at[i] = t
		size[t] += len(s.teams[i])
		people += len(s.teams[i])
	}
	share := (people + tables/2) / tables
	for pass := 0; pass < 20 && s.improve(share); pass++ {
	}
	for i, t := range s.at {
		for _, id := range s.teams[i] {
			if s.clash([]string{id}, s.others(t, i)) {
				s.refuse(Refusal{Key: RefusedApart, Activity: s.activity.ID, People: []string{id}})
				continue
			}
			s.seated[t] = append(s.seated[t], id)
		}
		for j := range i {
			if s.at[j] == t {
				s.share[[2]string{s.project[j], s.project[i]}]++
			}
		}
	}
}

// others are those who sit at a table already and are not of a team.
func (s *seating) others(table, team int) (list []string) {
	for _, id := range s.seated[table] {
		if s.of[id] != s.project[team] {
			list = append(list, id)
		}
	}
	return list
}

// improve moves a team, or exchanges two, wherever it helps.
func (s *seating) improve(share int) (better bool) {
	for i := range s.at {
		for t := range s.seated {
			u := s.at[i]
			if t == u {
				continue
			}
			before := s.cost(t, share) + s.cost(u, share)
			if s.at[i] = t; s.cost(t, share)+s.cost(u, share) < before {
				better = true
			} else {
				s.at[i] = u
			}
		}
		for j := range i {
			t, u := s.at[i], s.at[j]
			if t == u {
				continue
			}
			before := s.cost(t, share) + s.cost(u, share)
			if s.at[i], s.at[j] = u, t; s.cost(t, share)+s.cost(u, share) < before {
				better = true
			} else {
				s.at[i], s.at[j] = t, u
			}
		}
	}
	return better
}

// fits says whether somebody may sit at a table.
func (s *seating) fits(id string, table int) bool {
	for i, t := range s.at {
		if t == table && s.barred(id, s.project[i]) {
			return false
		}
	}
	return !s.clash([]string{id}, s.seated[table])
}

// table is where somebody had best sit: where fewest of those who count are, then fewest
// people; -1 when she may sit nowhere.
func (s *seating) table(id string, counts func(id string) bool) int {
	best, least := -1, [2]int{}
	for t, list := range s.seated {
		now := [2]int{0, len(list)}
		for _, other := range list {
			if counts != nil && counts(other) {
				now[0]++
			}
		}
		if s.fits(id, t) && (best < 0 || cmp.Or(now[0]-least[0], now[1]-least[1]) < 0) {
			best, least = t, now
		}
	}
	return best
}

// coach gives each table somebody to coach it, if possible the sponsor of a project that is
// there (augmenting paths), then spreads the others.
func (s *seating) coach(coaches []string) {
	holder, placed := make([]int, len(s.seated)), map[int]bool{}
	for t := range holder {
		holder[t] = -1
	}
	for t := range s.seated {
		seen := map[int]bool{}
		var find func(t int) bool
		find = func(t int) bool {
			for _, own := range []bool{true, false} {
				for c, id := range coaches {
					if seen[c] || own != s.sponsors(id, t) || !s.fits(id, t) {
						continue
					}
					seen[c] = true
					u := slices.Index(holder, c)
					if u < 0 || find(u) {
						holder[t] = c
						return true
					}
				}
			}
			return false
		}
		find(t)
	}
	for t, c := range holder {
		if c >= 0 {
			placed[c] = true
			s.seated[t] = append(s.seated[t], coaches[c])
		}
	}
	for c, id := range coaches {
		if placed[c] {
			continue
		}
		if t := s.table(id, s.coaches); t >= 0 {
			s.seated[t] = append(s.seated[t], id)
		}
	}
}

// sponsors says whether somebody sponsors a project of a table.
func (s *seating) sponsors(id string, table int) bool {
	for i, t := range s.at {
		if t == table && slices.Contains(s.gathering.project[s.project[i]].Sponsors, id) {
			return true
		}
	}
	return false
}

// write turns tables into sittings, numbered after those that are there already.
func (s *seating) write(first int) {
	a := s.activity
	var settings []setting
	all, without := 0, 0
	var everybody []string
	for _, list := range s.seated {
		settings = append(settings, setting{len(list), s.accessOf(list...)})
		all += len(list)
		everybody = append(everybody, list...)
		if !slices.ContainsFunc(list, s.coaches) {
			without++
		}
	}
	if len(everybody) == 1 {
		s.refuse(Refusal{Key: RefusedAlone, Activity: a.ID, People: everybody})
		return
	}
	if without > 0 {
		s.refuse(Refusal{Key: RefusedCoach, Activity: a.ID, Need: len(s.seated), Have: len(s.seated) - without})
	}
	rooms := s.spread(askFor(a), settings, setting{all, s.accessOf(everybody...)})
	for t, list := range s.seated {
		if len(list) < 2 {
			s.refuse(Refusal{Key: RefusedAlone, Activity: a.ID, People: list})
			continue
		}
		n := first + t + 1
		slices.Sort(list)
		s.add(plan.Sitting{ID: a.ID + ".t" + strconv.Itoa(n), Activity: a.ID, Day: a.Day, From: a.From, To: a.To, Room: rooms[t], Table: n, People: list})
	}
}
