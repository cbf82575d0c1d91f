package rotate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/solve/table"
)

// The sizes that are accepted: beyond, a mistake is likelier than a gathering.
const (
	maxPeople, maxTables, maxRounds = 1000, 500, 100
	maxRules                        = 200_000
	maxWeight                       = 100
)

// The units of the search, in millionths: obligations outweigh any sum of wishes.
const (
	unit   = Scale
	wrong  = 1_000_000 * unit // one obligation not kept
	absent = -1
)

// instance is a problem made ready: sorted by id, rules in dense tables.
type instance struct {
	p      *Problem
	people []Person
	tables []Table
	person map[string]int
	table  map[string]int

	n, t, rounds int
	repeat       int64
	here         [][]int // by round, who is present
	away         []bool  // by round*n + person
	low, high    []int   // by round*t + table
	fewest, most []int   // visits of a table over all rounds

	per   []int64 // by person*n + person: what each meeting costs
	must  []int64 // what it costs that they never meet
	value []int64 // by person*t + table: what a visit is worth
	want  []int64 // what it costs that there is none
	never []bool  // by person*t + table
	roles []role
}

// role is a quota and those who have its role.
type role struct {
	Quota
	has []bool
}

func fault(problem, value, field string, args ...any) error {
	if r := []rune(value); len(r) > 40 {
		value = string(r[:40]) + "…"
	}
	return &table.Fault{Field: fmt.Sprintf(field, args...), Value: value, Problem: problem}
}

// ready checks a problem and sorts it; its errors are *table.Fault.
func ready(p *Problem) (*instance, error) {
	in := &instance{p: p, person: map[string]int{}, table: map[string]int{}, repeat: unit}
	for _, step := range []func() error{in.readOptions, in.readPeople, in.readTables, in.readQuotas, in.readAffinities, in.readVisits, in.readPairs} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	in.keepApart()
	in.evenVisits()
	return in, nil
}

func (in *instance) readOptions() error {
	p := in.p
	switch {
	case p.Version != Version:
		return fault(table.Version, fmt.Sprint(p.Version), "version")
	case p.Mode != Circulate && p.Mode != Gather:
		return fault(table.Unknown, string(p.Mode), "mode")
	case p.Rounds < 1 || p.Rounds > maxRounds:
		return fault(table.OutOfRange, fmt.Sprint(p.Rounds), "rounds")
	case p.Work < 0 || p.Work > 1_000_000_000:
		return fault(table.OutOfRange, fmt.Sprint(p.Work), "work")
	case len(p.People) > maxPeople:
		return fault(table.TooMany, "", "people")
	case len(p.Tables) > maxTables:
		return fault(table.TooMany, "", "tables")
	case len(p.Affinities) > maxPeople*maxTables || len(p.Visits) > maxRules:
		return fault(table.TooMany, "", "visits")
	case len(p.Pairs) > maxRules:
		return fault(table.TooMany, "", "pairs")
	}
	in.rounds = p.Rounds
	if p.Repeat != nil {
		if !(*p.Repeat >= 0 && *p.Repeat <= maxWeight) {
			return fault(table.OutOfRange, fmt.Sprint(*p.Repeat), "repeat")
		}
		in.repeat = millionths(*p.Repeat)
	}
	return nil
}

// byID orders V2 before V10 when ids are written with the same letters.
func byID(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func (in *instance) readPeople() error {
	in.people = slices.Clone(in.p.People)
	in.n = len(in.people)
	for i, p := range in.people {
		if p.ID == "" {
			return fault(table.Empty, "", "people[%d].id", i)
		}
		for k, r := range p.Absent {
			if r < 1 || r > in.rounds {
				return fault(table.OutOfRange, fmt.Sprint(r), "people[%d].absent[%d]", i, k)
			}
		}
	}
	slices.SortFunc(in.people, func(a, b Person) int { return byID(a.ID, b.ID) })
	in.here, in.away = make([][]int, in.rounds), make([]bool, in.rounds*in.n)
	for i, p := range in.people {
		if _, twice := in.person[p.ID]; twice {
			return fault(table.Twice, p.ID, "people")
		}
		in.person[p.ID] = i
		for _, r := range p.Absent {
			in.away[(r-1)*in.n+i] = true
		}
		for r := range in.rounds {
			if !in.away[r*in.n+i] {
				in.here[r] = append(in.here[r], i)
			}
		}
	}
	return nil
}

func (in *instance) readTables() error {
	in.tables = slices.Clone(in.p.Tables)
	in.t = len(in.tables)
	if in.t == 0 {
		return fault(table.Empty, "", "tables")
	}
	for i, t := range in.tables {
		if t.ID == "" {
			return fault(table.Empty, "", "tables[%d].id", i)
		}
		if t.Min < 0 || t.Max < t.Min || t.Max > maxPeople {
			return fault(table.OutOfRange, fmt.Sprint(t.Max), "tables[%d].max", i)
		}
		for k, s := range t.Sizes {
			if s.Round < 1 || s.Round > in.rounds {
				return fault(table.OutOfRange, fmt.Sprint(s.Round), "tables[%d].sizes[%d].round", i, k)
			}
			if s.Min < 0 || s.Max < s.Min || s.Max > maxPeople {
				return fault(table.OutOfRange, fmt.Sprint(s.Max), "tables[%d].sizes[%d].max", i, k)
			}
		}
	}
	slices.SortFunc(in.tables, func(a, b Table) int { return byID(a.ID, b.ID) })
	for i, t := range in.tables {
		if _, twice := in.table[t.ID]; twice {
			return fault(table.Twice, t.ID, "tables")
		}
		in.table[t.ID] = i
	}
	for i, p := range in.people {
		if _, ok := in.table[p.Own]; p.Own != "" && !ok {
			return fault(table.Unknown, p.Own, "people[%d].own", i)
		}
	}
	in.low, in.high = make([]int, in.rounds*in.t), make([]int, in.rounds*in.t)
	for r := range in.rounds {
		in.capacities(r)
	}
	return nil
}

// capacities sets what each table takes in a round: what is said of it, or an even share
// of those whom the other tables leave.
func (in *instance) capacities(r int) {
	var even []int
	left := len(in.here[r])
	for i, t := range in.tables {
		at := r*in.t + i
		said := t.Max > 0
		in.low[at], in.high[at] = t.Min, t.Max
		for _, s := range t.Sizes {
			if s.Round == r+1 {
				in.low[at], in.high[at], said = s.Min, s.Max, true
			}
		}
		if said {
			left -= in.high[at]
		} else {
			even = append(even, at)
		}
	}
	for _, at := range even {
		in.low[at], in.high[at] = max(left, 0)/len(even), (max(left, 0)+len(even)-1)/len(even)
	}
}

func (in *instance) readQuotas() error {
	for i, q := range in.p.Quotas {
		if q.Min < 0 || q.Max < 0 || q.Visits < 0 || q.Max > 0 && q.Max < q.Min || max(q.Min, q.Max, q.Visits) > maxPeople*maxRounds {
			return fault(table.OutOfRange, q.Role, "quotas[%d]", i)
		}
		r := role{Quota: q, has: make([]bool, in.n)}
		for k, p := range in.people {
			r.has[k] = p.Role == q.Role
		}
		in.roles = append(in.roles, r)
	}
	slices.SortStableFunc(in.roles, func(a, b role) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), a.Min-b.Min, a.Max-b.Max, a.Visits-b.Visits)
	})
	return nil
}

func (in *instance) cell(person, place, field string) (int, error) {
	i, ok := in.person[person]
	if !ok {
		return 0, fault(table.Unknown, person, "%s.person", field)
	}
	t, ok := in.table[place]
	if !ok {
		return 0, fault(table.Unknown, place, "%s.table", field)
	}
	return i*in.t + t, nil
}

func (in *instance) readAffinities() error {
	in.value, in.want, in.never = make([]int64, in.n*in.t), make([]int64, in.n*in.t), make([]bool, in.n*in.t)
	seen := make([]bool, in.n*in.t)
	for i, a := range in.p.Affinities {
		field := fmt.Sprintf("affinities[%d]", i)
		c, err := in.cell(a.Person, a.Table, field)
		if err != nil {
			return err
		}
		if seen[c] {
			return fault(table.Twice, a.Person, "%s", field)
		}
		if !(a.Value >= 0 && a.Value <= 1) {
			return fault(table.OutOfRange, fmt.Sprint(a.Value), "%s.value", field)
		}
		seen[c], in.value[c] = true, millionths(a.Value)
	}
	return nil
}

func (in *instance) readVisits() error {
	for i, v := range in.p.Visits {
		field := fmt.Sprintf("visits[%d]", i)
		c, err := in.cell(v.Person, v.Table, field)
		if err != nil {
			return err
		}
		weight, err := in.weigh(v.Rule, v.Weight, field)
		if err != nil {
			return err
		}
		switch {
		case v.Rule == Never:
			in.never[c] = true
		case v.Rule == Avoid:
			in.value[c] -= weight
		case v.Weight == 0:
			in.want[c] = wrong
		default:
			in.want[c] = max(in.want[c], weight)
		}
	}
	for i, p := range in.people {
		if p.Own != "" {
			in.never[i*in.t+in.table[p.Own]] = true
		}
	}
	return nil
}

// weigh is the weight of a rule, in millionths.
func (in *instance) weigh(rule Rule, weight float64, field string) (int64, error) {
	if rule != Never && rule != Avoid && rule != Must {
		return 0, fault(table.Unknown, string(rule), "%s.rule", field)
	}
	if !(weight >= 0 && weight <= maxWeight) {
		return 0, fault(table.OutOfRange, fmt.Sprint(weight), "%s.weight", field)
	}
	if weight == 0 {
		weight = 1
	}
	return millionths(weight), nil
}

func (in *instance) readPairs() error {
	in.per, in.must = make([]int64, in.n*in.n), make([]int64, in.n*in.n)
	for i, r := range in.p.Pairs {
		field := fmt.Sprintf("pairs[%d]", i)
		weight, err := in.weigh(r.Rule, r.Weight, field)
		if err != nil {
			return err
		}
		a, okA := in.person[r.A]
		b, okB := in.person[r.B]
		switch {
		case !okA:
			return fault(table.Unknown, r.A, "%s.a", field)
		case !okB:
			return fault(table.Unknown, r.B, "%s.b", field)
		case a == b:
			return fault(table.Itself, r.A, "%s", field)
		}
		for _, c := range []int{a*in.n + b, b*in.n + a} {
			switch {
			case r.Rule == Never:
				in.per[c] = wrong
			case r.Rule == Must && r.Weight == 0:
				in.must[c] = wrong
			case r.Rule == Must:
				in.must[c] = max(in.must[c], weight)
			case in.per[c] < wrong:
				in.per[c] += weight
			}
		}
	}
	return nil
}

// keepApart has people of one organisation never sit together.
func (in *instance) keepApart() {
	if in.p.Together {
		return
	}
	for i, a := range in.people {
		for j, b := range in.people {
			if i != j && a.Organisation != "" && a.Organisation == b.Organisation {
				in.per[i*in.n+j] = wrong
			}
		}
	}
}

// evenVisits bounds the visits of each table over all rounds: when people circulate among
// tables of one capacity, each project receives as many visits as another, within one.
func (in *instance) evenVisits() {
	in.fewest, in.most = make([]int, in.t), make([]int, in.t)
	visits, same := 0, in.p.Mode == Circulate
	for r := range in.rounds {
		visits += len(in.here[r])
		for t := range in.t {
			in.fewest[t] += in.low[r*in.t+t]
			in.most[t] += in.high[r*in.t+t]
		}
	}
	for t := range in.t {
		same = same && in.fewest[t] == in.fewest[0] && in.most[t] == in.most[0]
	}
	for t := range in.t {
		if same {
			in.fewest[t], in.most[t] = max(in.fewest[t], visits/in.t), min(in.most[t], (visits+in.t-1)/in.t)
		}
	}
}

// uniform says whether everybody is there in every round, and tables never change.
func (in *instance) uniform() bool {
	for r := range in.rounds {
		if len(in.here[r]) != in.n || !slices.Equal(in.low[:in.t], in.low[r*in.t:(r+1)*in.t]) || !slices.Equal(in.high[:in.t], in.high[r*in.t:(r+1)*in.t]) {
			return false
		}
	}
	return true
}
