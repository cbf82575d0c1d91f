package rotate

import (
	"fmt"
	"slices"
	"strings"
)

// Clash is why there is no plan: people, tables and what they would need. Round counts
// from 1, 0 being all of them. Kinds are keys that callers turn into sentences.
type Clash struct {
	Kind         string   `json:"kind"`
	Round        int      `json:"round,omitempty"`
	People       []string `json:"people,omitempty"`
	Tables       []string `json:"tables,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	Role         string   `json:"role,omitempty"`
	Need         int      `json:"need"`
	Have         int      `json:"have"`
}

// The kinds of clash.
const (
	ClashPlaces       = "places"       // more people than places in a round
	ClashEmpty        = "empty"        // fewer people than the tables of a round want
	ClashOrganisation = "organisation" // more people of one organisation than tables
	ClashApart        = "apart"        // more people who must never meet, each other, than tables
	ClashMeet         = "meet"         // a meeting that must be and cannot, or more of them than places beside somebody
	ClashVisit        = "visit"        // a visit that must be and must not
	ClashVisits       = "visits"       // people have more visits to make than the projects open to them can take
	ClashShare        = "share"        // projects need more visits than the people who may come can make
	ClashRole         = "role"         // a role with too few people for the tables of a round, or too many
)

// contradictions are the clashes that counting shows; there may be others.
func (in *instance) contradictions() (all []Clash) {
	for r := range in.rounds {
		all = append(all, in.crowded(r)...)
		all = append(all, in.apart(r)...)
		all = append(all, in.roleless(r)...)
	}
	all = append(all, in.unmeetable()...)
	if in.p.Mode == Circulate {
		all = append(all, in.unvisitable()...)
	}
	return all
}

func (in *instance) named(people []int) (ids []string) {
	for _, p := range people {
		ids = append(ids, in.people[p].ID)
	}
	return ids
}

// opened are the ids of the tables that are open in a round.
func (in *instance) opened(r int) (ids []string) {
	for t, table := range in.tables {
		if in.high[r*in.t+t] > 0 {
			ids = append(ids, table.ID)
		}
	}
	return ids
}

func (in *instance) crowded(r int) []Clash {
	low, high := 0, 0
	for t := range in.t {
		low, high = low+in.low[r*in.t+t], high+in.high[r*in.t+t]
	}
	c := Clash{Round: r + 1, People: in.named(in.here[r]), Tables: in.opened(r), Need: len(in.here[r]), Have: high}
	switch n := len(in.here[r]); {
	case n > high:
		c.Kind = ClashPlaces
	case n < low:
		c.Kind, c.Need, c.Have = ClashEmpty, low, n
	default:
		return nil
	}
	return []Clash{c}
}

// apart looks for more people who must never meet than there are tables: those of one
// organisation, then cliques found by taking people of most bans first.
func (in *instance) apart(r int) (all []Clash) {
	tables := in.opened(r)
	byName := map[string][]int{}
	var names []string
	for _, p := range in.here[r] {
		if name := in.people[p].Organisation; name != "" && !in.p.Together {
			if byName[name] == nil {
				names = append(names, name)
			}
			byName[name] = append(byName[name], p)
		}
	}
	for _, name := range names {
		if people := byName[name]; len(people) > len(tables) {
			all = append(all, Clash{Kind: ClashOrganisation, Round: r + 1, People: in.named(people), Tables: tables, Organisation: name, Need: len(people), Have: len(tables)})
		}
	}
	if len(all) > 0 {
		return all
	}
	if clique := in.clique(r); len(clique) > len(tables) {
		all = append(all, Clash{Kind: ClashApart, Round: r + 1, People: in.named(clique), Tables: tables, Need: len(clique), Have: len(tables)})
	}
	return all
}

// clique is a set of people none of whom may meet another, as large as greed finds.
func (in *instance) clique(r int) (best []int) {
	bans := make([]int, in.n)
	for _, p := range in.here[r] {
		for _, q := range in.here[r] {
			if in.per[p*in.n+q] >= wrong {
				bans[p]++
			}
		}
	}
	order := slices.Clone(in.here[r])
	slices.SortStableFunc(order, func(p, q int) int { return bans[q] - bans[p] })
	for _, first := range order {
		if bans[first] < len(best) {
			continue
		}
		clique := []int{first}
		for _, p := range order {
			if p != first && !slices.ContainsFunc(clique, func(q int) bool { return in.per[p*in.n+q] < wrong }) {
				clique = append(clique, p)
			}
		}
		if len(clique) > len(best) {
			best = clique
		}
	}
	slices.Sort(best)
	return best
}

func (in *instance) roleless(r int) (all []Clash) {
	tables := in.opened(r)
	for _, q := range in.roles {
		var people []int
		for _, p := range in.here[r] {
			if q.has[p] {
				people = append(people, p)
			}
		}
		c := Clash{Kind: ClashRole, Round: r + 1, People: in.named(people), Tables: tables, Role: q.Role, Have: len(people)}
		if c.Need = q.Min * len(tables); len(people) < c.Need {
			all = append(all, c)
		}
		if c.Need = q.Max * len(tables); q.Max > 0 && len(people) > c.Need {
			all = append(all, c)
		}
	}
	return all
}

// unmeetable looks for meetings that must be and cannot.
func (in *instance) unmeetable() (all []Clash) {
	for p := range in.n {
		var wanted []int
		for q := range in.n {
			if in.must[p*in.n+q] < wrong {
				continue
			}
			wanted = append(wanted, q)
			if q < p && (in.per[p*in.n+q] >= wrong || !in.coincide(p, q)) {
				all = append(all, Clash{Kind: ClashMeet, People: in.named([]int{q, p}), Need: 1})
			}
		}
		places := 0
		for r := range in.rounds {
			if !in.away[r*in.n+p] {
				places += max(slices.Max(in.high[r*in.t:(r+1)*in.t])-1, 0)
			}
		}
		if len(wanted) > places {
			all = append(all, Clash{Kind: ClashMeet, People: in.named(append([]int{p}, wanted...)), Need: len(wanted), Have: places})
		}
	}
	return all
}

func (in *instance) coincide(p, q int) bool {
	for r := range in.rounds {
		if !in.away[r*in.n+p] && !in.away[r*in.n+q] {
			return true
		}
	}
	return false
}

// unvisitable looks for visits that must be and must not, and for people or projects with
// more obligations than rounds.
func (in *instance) unvisitable() (all []Clash) {
	for t, table := range in.tables {
		var obliged []int
		for p := range in.n {
			if in.want[p*in.t+t] >= wrong {
				obliged = append(obliged, p)
			}
		}
		if len(obliged) > in.most[t] {
			all = append(all, Clash{Kind: ClashVisit, People: in.named(obliged), Tables: []string{table.ID}, Need: len(obliged), Have: in.most[t]})
		}
	}
	for p, there := range in.visitors() {
		var open, obliged []string
		for t, table := range in.tables {
			c := p*in.t + t
			if in.want[c] >= wrong {
				obliged = append(obliged, table.ID)
				if in.never[c] {
					all = append(all, Clash{Kind: ClashVisit, People: in.named([]int{p}), Tables: []string{table.ID}, Need: 1})
				}
			}
			if !in.never[c] && in.most[t] > 0 {
				open = append(open, table.ID)
			}
		}
		switch {
		case len(obliged) > there:
			all = append(all, Clash{Kind: ClashVisit, People: in.named([]int{p}), Tables: obliged, Need: len(obliged), Have: there})
		case len(open) < there:
			all = append(all, Clash{Kind: ClashVisits, People: in.named([]int{p}), Tables: open, Need: there, Have: len(open)})
		}
	}
	return all
}

// starvation explains a matching that cannot be: the people of a cut with the tables open
// to them, or the tables that do not receive enough with the people who may come;
// whichever names fewer.
func (in *instance) starvation(m *matching) Clash {
	visits, share := in.surplus(m), in.deficit(m)
	names := func(c Clash) int { return len(c.People) + len(c.Tables) }
	if share.Need == 0 || visits.Need > 0 && names(visits) < names(share) {
		return visits
	}
	return share
}

func (in *instance) surplus(m *matching) Clash {
	c := Clash{Kind: ClashVisits}
	reached, short := m.residual(true)
	there := in.visitors()
	open := make([]bool, in.t)
	for p, person := range in.people {
		if !reached[1+p] {
			continue
		}
		c.People = append(c.People, person.ID)
		c.Need += there[p]
		for t := range in.t {
			open[t] = open[t] || !in.never[p*in.t+t]
		}
	}
	for t, table := range in.tables {
		if _, full := m.wanting(reached, m.doors[t]); open[t] || c.People == nil && full {
			c.Tables = append(c.Tables, table.ID)
		}
	}
	c.Need = max(c.Need, short)
	c.Have = c.Need - short
	return c
}

func (in *instance) deficit(m *matching) Clash {
	c := Clash{Kind: ClashShare}
	reached, short := m.residual(false)
	may := make([]bool, in.n)
	for t, door := range m.doors {
		name, ok := m.wanting(reached, door)
		if !ok {
			continue
		}
		low := in.fewest[t]
		for k := range in.roles {
			if name != "" && in.roles[k].Role == name {
				low, _ = in.roleVisits(k, t)
				break
			}
		}
		c.Tables, c.Role, c.Need = append(c.Tables, in.tables[t].ID), name, c.Need+low
		for p, person := range in.people {
			may[p] = may[p] || !in.never[p*in.t+t] && (name == "" || person.Role == name)
		}
	}
	for p, yes := range may {
		if yes {
			c.People = append(c.People, in.people[p].ID)
		}
	}
	c.Have = c.Need - short
	return c
}

// wanting says whether a table of a cut lacks visits, and of which role ("" for any).
func (m *matching) wanting(reached []bool, door int32) (role string, ok bool) {
	if reached[door] {
		return "", true
	}
	for a := range m.net.Real() {
		if v := m.net.From[a]; m.net.To[a] == door && m.role[v] != "" && reached[v] {
			return m.role[v], true
		}
	}
	return "", false
}

// String says a clash in one English sentence, for the command line.
func (c Clash) String() string {
	at := "over all rounds"
	if c.Round > 0 {
		at = fmt.Sprintf("in round %d", c.Round)
	}
	people, tables := count(c.People, "person", "people"), count(c.Tables, "table", "tables")
	switch c.Kind {
	case ClashPlaces:
		return fmt.Sprintf("%s: %d people for %d places", at, c.Need, c.Have)
	case ClashEmpty:
		return fmt.Sprintf("%s: the tables want %d people, there are %d", at, c.Need, c.Have)
	case ClashOrganisation:
		return fmt.Sprintf("%s: %s of %s for %s", at, people, c.Organisation, tables)
	case ClashApart:
		return fmt.Sprintf("%s: %s who must never meet for %s", at, people, tables)
	case ClashMeet:
		return fmt.Sprintf("%s must meet (%d), and cannot (%d)", people, c.Need, c.Have)
	case ClashVisit:
		return fmt.Sprintf("%s must visit %s (%d), and cannot (%d)", people, tables, c.Need, c.Have)
	case ClashVisits:
		return fmt.Sprintf("%s with %d visits to make; %s can take %d", people, c.Need, tables, c.Have)
	case ClashShare:
		return fmt.Sprintf("%s need %d visits%s; %s can make %d", tables, c.Need, of(c.Role), people, c.Have)
	}
	return fmt.Sprintf("%s: %d%s for %s, which want %d", at, c.Have, of(c.Role), tables, c.Need)
}

func of(role string) string {
	if role == "" {
		return ""
	}
	return fmt.Sprintf(" of the role %q", role)
}

// count names up to five of a list.
func count(list []string, one, many string) string {
	what := many
	if len(list) < 2 {
		what = one
	}
	if len(list) == 0 {
		return "no " + what
	}
	shown := strings.Join(list[:min(len(list), 5)], ", ")
	if len(list) > 5 {
		shown += "…"
	}
	return fmt.Sprintf("%d %s (%s)", len(list), what, shown)
}
