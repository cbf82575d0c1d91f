// Package rotate seats people at tables round after round, so that they meet as many others, or visit as many projects, as can be.
package rotate

import "math"

// Version is the version of the JSON form of Problem and Result.
const Version = 1

// Scale is how many units make an affinity of 1: affinities and weights are whole numbers
// of millionths, so that the same input gives the same bytes on every machine.
const Scale = 1_000_000

// Problem is what is asked. Ids are free text, unique among people and among tables. The
// order of its lists never changes the result.
type Problem struct {
	Version int      `json:"version"`
	Mode    Mode     `json:"mode"`
	Rounds  int      `json:"rounds"`
	People  []Person `json:"people"`
	Tables  []Table  `json:"tables"`
	// Affinities are those of visits, from 0 to 1; a pair that is not listed is allowed,
	// with 0. Only read when people circulate.
	Affinities []Affinity `json:"affinities,omitempty"`
	// Visits are wishes and bans about who comes to which table; only read when people
	// circulate.
	Visits []VisitRule `json:"visits,omitempty"`
	// Pairs are wishes and bans about who meets whom.
	Pairs []PairRule `json:"pairs,omitempty"`
	// Quotas are how many people of a role a table has.
	Quotas []Quota `json:"quotas,omitempty"`
	// Together lets people of one organisation sit at one table; otherwise they never do.
	Together bool `json:"together,omitempty"`
	// Repeat is what one more meeting of two people costs, in affinity: 1 when nothing is
	// said; 0 ignores repeats.
	Repeat *float64 `json:"repeat,omitempty"`
	// Seed decides between equals. Work bounds the search in thousands of moves tried, 0
	// being a few seconds of them: it counts work, not time, so that the same input gives the same plan.
	Seed uint64 `json:"seed,omitempty"`
	Work int    `json:"work,omitempty"`
}

// Mode is who moves.
type Mode string

// The modes. Circulate: each table is a project with its host, visitors move, and nobody
// visits a project twice. Gather: everybody moves, a table is only a place (the social
// golfer problem).
const (
	Circulate Mode = "circulate"
	Gather    Mode = "gather"
)

// Person is somebody to seat in every round but those of Absent (the first is 1). Own is
// the table of her own project, which she never visits.
type Person struct {
	ID           string `json:"id"`
	Role         string `json:"role,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Own          string `json:"own,omitempty"`
	Absent       []int  `json:"absent,omitempty"`
}

// Table seats from Min to Max people in each round; when both are 0, as even a share as
// can be of those who are present. Sizes changes that for some rounds, a Max of 0 being a
// table that is closed.
type Table struct {
	ID    string `json:"id"`
	Min   int    `json:"min,omitempty"`
	Max   int    `json:"max,omitempty"`
	Sizes []Size `json:"sizes,omitempty"`
}

// Size is the capacity of a table in one round.
type Size struct {
	Round int `json:"round"`
	Min   int `json:"min,omitempty"`
	Max   int `json:"max"`
}

// Affinity is what the visit of a person to a table is worth, from 0 to 1.
type Affinity struct {
	Person string  `json:"person"`
	Table  string  `json:"table"`
	Value  float64 `json:"value"`
}

// Rule is what is said of a pair.
type Rule string

// The rules: it must not be; it had better not be, by its weight; it must be once, or had
// better be when a weight is given.
const (
	Never Rule = "never"
	Avoid Rule = "avoid"
	Must  Rule = "must"
)

// VisitRule is a rule about a person and a table. Must without weight is an obligation.
type VisitRule struct {
	Person string  `json:"person"`
	Table  string  `json:"table"`
	Rule   Rule    `json:"rule"`
	Weight float64 `json:"weight,omitempty"`
}

// PairRule is a rule about two people. Weights are in affinity (0 means 1): what each
// meeting of an avoided pair costs, or what a pair that must meet and never does costs.
type PairRule struct {
	A      string  `json:"a"`
	B      string  `json:"b"`
	Rule   Rule    `json:"rule"`
	Weight float64 `json:"weight,omitempty"`
}

// Quota asks that each open table has, in each round, from Min to Max people of a role
// (a Max of 0 being no bound), and at least Visits of them over all rounds.
type Quota struct {
	Role   string `json:"role"`
	Min    int    `json:"min,omitempty"`
	Max    int    `json:"max,omitempty"`
	Visits int    `json:"visits,omitempty"`
}

// Plan is who sits where: by round, then by table in the order of the result's Tables,
// the ids of those who sit there.
type Plan [][][]string

// Result is the answer to a problem.
type Result struct {
	Version int      `json:"version"`
	Status  Status   `json:"status"`
	Seed    uint64   `json:"seed"`
	Tables  []string `json:"tables"`
	Rounds  Plan     `json:"rounds"`
	Measure
	// AffinityBound is what no plan that keeps the rules on visits can exceed, whoever
	// meets whom; CostBound is what Cost cannot go below, and RoundsBound how many rounds
	// can pass before somebody must meet somebody again.
	AffinityBound float64 `json:"affinity_bound"`
	CostBound     int     `json:"cost_bound"`
	RoundsBound   int     `json:"rounds_bound"`
	// Method is where the plan comes from: "flow", "algebra", "cyclic", "search".
	Method string `json:"method"`
	// Breaches are the obligations that the plan does not keep, when Status is NotFound.
	Breaches []Breach `json:"breaches,omitempty"`
	// Clashes say why there is no plan, when Status is None.
	Clashes []Clash `json:"clashes,omitempty"`
	// Stopped says that time ran out, and so that another run may give another plan.
	Stopped bool `json:"stopped,omitempty"`
}

// Status is what is known of a result.
type Status string

// The states of a result: proved the best; every obligation kept, with bounds beside it;
// none found that keeps them all, the nearest is given; proved impossible.
const (
	Optimal  Status = "optimal"
	Bounded  Status = "bounded"
	NotFound Status = "not_found"
	None     Status = "infeasible"
)

// Found says whether there is a plan that keeps every obligation.
func (s Status) Found() bool { return s == Optimal || s == Bounded }

// millionths rounds a value to a whole number of millionths.
func millionths(value float64) int64 { return int64(math.Round(value * Scale)) }
