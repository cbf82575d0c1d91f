package rotate

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Measure is what a plan gives.
type Measure struct {
	// Affinity is the sum over visits, less what avoided visits and unmet wishes of
	// visits cost.
	Affinity float64 `json:"affinity"`
	// Meetings count two people at one table, as often as they are; Pairs count them once;
	// Repeats are the difference.
	Meetings int `json:"meetings"`
	Pairs    int `json:"pairs"`
	Repeats  int `json:"repeats"`
	// Cost is the sum over pairs of C(meetings, 2): a third meeting costs more than a
	// second one. Often is the most times that two people meet.
	Cost  int `json:"cost"`
	Often int `json:"often"`
	// Avoided counts the meetings and visits that had better not be; Unmet the wishes of
	// meetings and visits that are not.
	Avoided int `json:"avoided,omitempty"`
	Unmet   int `json:"unmet,omitempty"`
}

// Breach is an obligation that a plan does not keep: its kind, and what it is about.
// Round counts from 1, 0 being all of them.
type Breach struct {
	Kind   string   `json:"kind"`
	Round  int      `json:"round,omitempty"`
	People []string `json:"people,omitempty"`
	Tables []string `json:"tables,omitempty"`
	Role   string   `json:"role,omitempty"`
	Need   int      `json:"need,omitempty"`
	Have   int      `json:"have,omitempty"`
}

// The kinds of breach.
const (
	BreachRounds       = "rounds"       // not as many rounds as asked
	BreachUnknown      = "unknown"      // somebody, or a table, that the problem does not name
	BreachTwice        = "twice"        // somebody at two tables in one round
	BreachMissing      = "missing"      // somebody who is there and sits nowhere
	BreachAbsent       = "absent"       // somebody seated who is not there
	BreachCapacity     = "capacity"     // too many, or too few, at a table
	BreachVisit        = "visit"        // a visit that must not be: conflict of interest, own project
	BreachRevisit      = "revisit"      // somebody visits a project twice
	BreachPair         = "pair"         // two people who must not sit together
	BreachOrganisation = "organisation" // two people of one organisation at a table
	BreachRole         = "role"         // a table without its people of a role, or with too many
	BreachRoleVisits   = "role_visits"  // a project that people of a role do not visit enough
	BreachMustVisit    = "must_visit"   // a visit that had to be
	BreachMustMeet     = "must_meet"    // a meeting that had to be
	BreachVisits       = "visits"       // a project with more visits than another, beyond one
)

// Account is what can be said of a plan.
type Account struct {
	Measure
	Breaches []Breach `json:"breaches"`
}

// Check reads a plan against a problem, by plain counting: it shares nothing with the
// search. Tables gives the order of the tables in each round of the plan.
func Check(p *Problem, tables []string, plan Plan) Account {
	c := &checker{p: p, names: tables, plan: plan, people: map[string]Person{}, places: map[string]Table{}, meetings: map[[2]string]int{}, visits: map[[2]string]int{}}
	for _, x := range p.People {
		c.people[x.ID] = x
	}
	for _, t := range p.Tables {
		c.places[t.ID] = t
	}
	if len(plan) != p.Rounds {
		c.breach(Breach{Kind: BreachRounds, Need: p.Rounds, Have: len(plan)})
	}
	for r, round := range plan {
		c.round(r+1, round)
	}
	c.pairs()
	if p.Mode == Circulate {
		c.circulation()
		c.evenness()
	}
	c.overall()
	if c.out.Breaches == nil {
		c.out.Breaches = []Breach{}
	}
	return c.out
}

type checker struct {
	p        *Problem
	names    []string
	plan     Plan
	people   map[string]Person
	places   map[string]Table
	meetings map[[2]string]int
	visits   map[[2]string]int
	out      Account
}

func (c *checker) breach(b Breach) { c.out.Breaches = append(c.out.Breaches, b) }

func couple(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

func (c *checker) round(r int, round [][]string) {
	seated := map[string]bool{}
	sizes := map[string]int{}
	for k, list := range round {
		name := ""
		if k < len(c.names) {
			name = c.names[k]
		}
		if _, ok := c.places[name]; !ok {
			c.breach(Breach{Kind: BreachUnknown, Round: r, Tables: []string{name}})
			continue
		}
		sizes[name] += len(list)
		for i, id := range list {
			person, ok := c.people[id]
			switch {
			case !ok:
				c.breach(Breach{Kind: BreachUnknown, Round: r, People: []string{id}})
				continue
			case seated[id]:
				c.breach(Breach{Kind: BreachTwice, Round: r, People: []string{id}, Tables: []string{name}})
			case slices.Contains(person.Absent, r):
				c.breach(Breach{Kind: BreachAbsent, Round: r, People: []string{id}, Tables: []string{name}})
			}
			seated[id] = true
			c.visits[[2]string{id, name}]++
			for _, other := range list[:i] {
				c.together(r, name, person, c.people[other])
			}
		}
		c.quotas(r, name, list)
	}
	c.seats(r, seated, sizes)
}

// together counts a meeting.
func (c *checker) together(r int, name string, a, b Person) {
	c.meetings[couple(a.ID, b.ID)]++
	if !c.p.Together && a.Organisation != "" && a.Organisation == b.Organisation {
		c.breach(Breach{Kind: BreachOrganisation, Round: r, People: []string{b.ID, a.ID}, Tables: []string{name}})
	}
}

// quotas counts roles at one table.
func (c *checker) quotas(r int, name string, list []string) {
	if _, most := c.capacity(r, c.places[name]); most == 0 {
		return
	}
	for _, q := range c.p.Quotas {
		have := 0
		for _, id := range list {
			if c.people[id].Role == q.Role {
				have++
			}
		}
		if have < q.Min || q.Max > 0 && have > q.Max {
			c.breach(Breach{Kind: BreachRole, Round: r, Tables: []string{name}, Role: q.Role, Need: q.Min, Have: have})
		}
	}
}

// seats looks for who sits nowhere, and for tables out of their capacity.
func (c *checker) seats(r int, seated map[string]bool, sizes map[string]int) {
	for _, x := range c.p.People {
		if !seated[x.ID] && !slices.Contains(x.Absent, r) {
			c.breach(Breach{Kind: BreachMissing, Round: r, People: []string{x.ID}})
		}
	}
	for _, t := range c.p.Tables {
		least, most := c.capacity(r, t)
		if have := sizes[t.ID]; have < least || have > most {
			need := most
			if have < least {
				need = least
			}
			c.breach(Breach{Kind: BreachCapacity, Round: r, Tables: []string{t.ID}, Need: need, Have: have})
		}
	}
}

// capacity is what a table takes in a round.
func (c *checker) capacity(r int, t Table) (least, most int) {
	said := func(t Table) (int, int, bool) {
		for i := len(t.Sizes) - 1; i >= 0; i-- {
			if t.Sizes[i].Round == r {
				return t.Sizes[i].Min, t.Sizes[i].Max, true
			}
		}
		return t.Min, t.Max, t.Max > 0
	}
	if least, most, ok := said(t); ok {
		return least, most
	}
	people, open := 0, 0
	for _, x := range c.p.People {
		if !slices.Contains(x.Absent, r) {
			people++
		}
	}
	for _, other := range c.p.Tables {
		if _, full, ok := said(other); ok {
			people -= full
		} else {
			open++
		}
	}
	people = max(people, 0)
	return people / open, int(math.Ceil(float64(people) / float64(open)))
}

// pairs measures meetings, and reads the rules on them.
func (c *checker) pairs() {
	for _, m := range c.meetings {
		c.out.Meetings += m
		c.out.Pairs++
		c.out.Cost += m * (m - 1) / 2
		c.out.Often = max(c.out.Often, m)
	}
	c.out.Repeats = c.out.Meetings - c.out.Pairs
	for _, rule := range c.p.Pairs {
		m := c.meetings[couple(rule.A, rule.B)]
		switch {
		case rule.Rule == Never && m > 0:
			c.breach(Breach{Kind: BreachPair, People: []string{rule.A, rule.B}, Have: m})
		case rule.Rule == Avoid:
			c.out.Avoided += m
		case rule.Rule == Must && m == 0 && rule.Weight == 0:
			c.breach(Breach{Kind: BreachMustMeet, People: []string{rule.A, rule.B}})
		case rule.Rule == Must && m == 0:
			c.out.Unmet++
		}
	}
}

// circulation reads the rules on visits.
func (c *checker) circulation() {
	worth := 0.0
	for _, a := range c.p.Affinities {
		worth += a.Value * float64(c.visits[[2]string{a.Person, a.Table}])
	}
	for _, rule := range c.p.Visits {
		m := c.visits[[2]string{rule.Person, rule.Table}]
		at := Breach{People: []string{rule.Person}, Tables: []string{rule.Table}}
		switch {
		case rule.Rule == Never && m > 0:
			at.Kind = BreachVisit
			c.breach(at)
		case rule.Rule == Avoid:
			worth -= float64(m) * weight(rule.Weight)
			c.out.Avoided += m
		case rule.Rule == Must && m == 0 && rule.Weight == 0:
			at.Kind = BreachMustVisit
			c.breach(at)
		case rule.Rule == Must && m == 0:
			worth -= rule.Weight
			c.out.Unmet++
		}
	}
	for _, x := range c.p.People {
		for _, t := range c.p.Tables {
			m := c.visits[[2]string{x.ID, t.ID}]
			at := Breach{People: []string{x.ID}, Tables: []string{t.ID}, Have: m}
			if m > 1 {
				at.Kind = BreachRevisit
				c.breach(at)
			}
			if m > 0 && x.Own == t.ID {
				at.Kind = BreachVisit
				c.breach(at)
			}
		}
	}
	c.out.Affinity = math.Round(worth*Scale) / Scale
}

func weight(w float64) float64 {
	if w == 0 {
		return 1
	}
	return w
}

// evenness holds only among tables that can take the same.
func (c *checker) evenness() {
	total := map[string]int{}
	visits := 0
	bounds := map[string]bool{}
	for _, t := range c.p.Tables {
		for _, x := range c.p.People {
			total[t.ID] += c.visits[[2]string{x.ID, t.ID}]
		}
		visits += total[t.ID]
		low, high := 0, 0
		for r := range c.p.Rounds {
			least, most := c.capacity(r+1, t)
			low, high = low+least, high+most
		}
		bounds[fmt.Sprint(low, high)] = true
	}
	if len(bounds) != 1 {
		return
	}
	for _, t := range c.p.Tables {
		if n := total[t.ID]; n < visits/len(c.p.Tables) || n*len(c.p.Tables) >= visits+len(c.p.Tables) {
			c.breach(Breach{Kind: BreachVisits, Tables: []string{t.ID}, Need: visits / len(c.p.Tables), Have: n})
		}
	}
}

// overall reads the quotas over all rounds.
func (c *checker) overall() {
	for _, q := range c.p.Quotas {
		for _, t := range c.p.Tables {
			have := 0
			for _, x := range c.p.People {
				if x.Role == q.Role {
					have += c.visits[[2]string{x.ID, t.ID}]
				}
			}
			if have < q.Visits {
				c.breach(Breach{Kind: BreachRoleVisits, Tables: []string{t.ID}, Role: q.Role, Need: q.Visits, Have: have})
			}
		}
	}
}

// String says a breach in a few English words, for the command line.
func (b Breach) String() string {
	text := strings.ReplaceAll(b.Kind, "_", " ") + ":"
	if b.Role != "" {
		text += " " + b.Role
	}
	for _, list := range [][]string{b.People, b.Tables} {
		if len(list) > 0 {
			text += " " + strings.Join(list, ", ")
		}
	}
	if b.Round > 0 {
		text += fmt.Sprintf(" in round %d", b.Round)
	}
	if b.Need+b.Have > 0 {
		text += fmt.Sprintf(" (%d for %d)", b.Have, b.Need)
	}
	return text
}
