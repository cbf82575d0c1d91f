package assign

// Result is the answer to a problem.
type Result struct {
	Version int    `json:"version"`
	Status  Status `json:"status"`
	Seed    uint64 `json:"seed"`
	Pairs   []Link `json:"pairs"` // by item, then by agent
	// Total is the sum of affinities, weighted by item when items have weights; TotalBound
	// is what no assignment that keeps the floors can exceed: they are equal when Status
	// is Optimal.
	Total      Affinity `json:"total"`
	TotalBound Affinity `json:"total_bound"`
	// Worst is the score of the worst-off item: the sum of the affinities of its readers,
	// for as many readers as the item that wants most of them; WorstBound is what no
	// assignment can exceed. Only sought by the fair objective.
	Worst      Affinity `json:"worst"`
	WorstBound Affinity `json:"worst_bound"`
	Floors     []Floor  `json:"floors,omitempty"`
	Repair     *Repair  `json:"repair,omitempty"`
	// Chances are those of a draw, and Expected its mean total.
	Chances  []Chance `json:"chances,omitempty"`
	Expected Affinity `json:"expected,omitzero"`
	// Flows is how many flows were solved, Pivots how many steps they took.
	Flows  int `json:"flows"`
	Pivots int `json:"pivots"`
	// Stopped says that time ran out, and so that another run may give another result.
	Stopped    bool        `json:"stopped,omitempty"`
	Infeasible *Infeasible `json:"infeasible,omitempty"`
}

// Status is what is known of a result.
type Status string

// The states of a result: proved the best; valid, with a bound beside it; drawn at
// random; or impossible, proved or not.
const (
	Optimal  Status = "optimal"
	Bounded  Status = "bounded"
	Drawn    Status = "drawn"
	NotFound Status = "not_found"  // none found: no proof that there is none
	None     Status = "infeasible" // proved: there is none
)

// Found says whether there is an assignment.
func (s Status) Found() bool { return s == Optimal || s == Bounded || s == Drawn }

// Floor is one level of the fair objective: no item but those of Frozen (below) scores
// less than Value; no assignment has more than Bound for all of them at once.
type Floor struct {
	Value  Affinity `json:"value"`
	Bound  Affinity `json:"bound"`
	Proved bool     `json:"proved"`
	// Frozen are the items held at this floor when the next one is sought.
	Frozen []string `json:"frozen,omitempty"`
}

// Repair compares the result with the previous assignment.
type Repair struct {
	Kept    int    `json:"kept"`
	Removed []Link `json:"removed"`
	Added   []Link `json:"added"`
	// Fewest is the least number of pairs that can be removed, whatever the total.
	Fewest int `json:"fewest"`
	// Best is the greatest total when nothing is kept on purpose.
	Best  Affinity `json:"best"`
	Curve []Point  `json:"curve,omitempty"`
}

// Point is one point of the curve of a repair: with this bonus for a kept pair, that
// total and that many pairs removed. The last point is the one of fewest removals.
type Point struct {
	Bonus   float64  `json:"bonus"`
	Fewest  bool     `json:"fewest,omitempty"`
	Total   Affinity `json:"total"`
	Removed int      `json:"removed"`
}

// Chance is the probability with which a pair could be drawn, in 1/1024.
type Chance struct {
	Item  string `json:"item"`
	Agent string `json:"agent"`
	Of    int    `json:"of_1024"`
}

// Infeasible explains why there is no assignment, and what would make one possible.
type Infeasible struct {
	Clashes []Clash  `json:"clashes"`
	Relax   []Remedy `json:"relax"`
}

// Clash is a set of items, of agents and of rules that cannot hold together: the items
// need Need readings of these agents, who can give Have under those rules.
type Clash struct {
	Kind   string   `json:"kind"` // ClashShortage, ClashMinimum, ClashPin, ClashQuota
	Items  []string `json:"items,omitempty"`
	Agents []string `json:"agents,omitempty"`
	Rules  []string `json:"rules,omitempty"`
	Need   int      `json:"need"`
	Have   int      `json:"have"`
}

// The kinds of clash.
const (
	ClashShortage = "shortage" // items need more readings than the agents open to them can give (Hall)
	ClashMinimum  = "minimum"  // agents must read more than the items open to them want
	ClashPin      = "pin"      // a pinned pair breaks a rule, a load or a conflict
	ClashDraw     = "draw"     // no chances keep the cap of a draw, or rules on crossing groups were asked of it
	ClashQuota    = "quota"    // rules ask more readers of an item than it may have, or there are
)

// Remedy is one way out: the fewest changes of one kind, or of all kinds together,
// that make an assignment possible.
type Remedy struct {
	Kind    string   `json:"kind"` // RelaxAny, RelaxReaders, RelaxLoads, RelaxRules
	Changes []Change `json:"changes"`
	Count   int      `json:"count"`
}

// The kinds of remedy.
const (
	RelaxAny     = "any"     // the fewest changes of all kinds
	RelaxReaders = "readers" // fewer readers for some items
	RelaxLoads   = "loads"   // more, or fewer, readings for some agents
	RelaxRules   = "rules"   // a rule not kept by some items
)

// Change is one bound to move, by By: an item that takes that many readers fewer, an
// agent that takes that many readings more (or fewer than its minimum), a rule that an
// item breaks by that many readers, a pair to unpin.
type Change struct {
	What  string `json:"what"` // "readers", "max_load", "min_load", "at_least", "at_most", "unpin"
	Item  string `json:"item,omitempty"`
	Agent string `json:"agent,omitempty"`
	Rule  string `json:"rule,omitempty"`
	By    int    `json:"by"`
}
