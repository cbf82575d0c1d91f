package assign

// Account is what is said of an assignment, whoever made it: why each reader, what each
// item and each agent gets, and what is wrong with it.
type Account struct {
	Version  int            `json:"version"`
	Pairs    []PairAccount  `json:"pairs"`
	Items    []ItemAccount  `json:"items"`
	Agents   []AgentAccount `json:"agents"`
	Warnings []Warning      `json:"warnings,omitempty"`

	Total Affinity `json:"total"`
	// Worst is the worst-off item, WorstAgent the agent whose readings have the lowest
	// mean affinity.
	Worst      string `json:"worst,omitempty"`
	WorstAgent string `json:"worst_agent,omitempty"`
	// Tenth is the score that nine items in ten reach (the 10 % quantile, nearest rank).
	Tenth Affinity `json:"tenth"`
	// Lightest and Heaviest are the extreme loads of agents.
	Lightest int `json:"lightest"`
	Heaviest int `json:"heaviest"`
	// Prices are what was given up in total affinity; absent when they were not asked for,
	// or when a total to compare with could not be proved.
	Prices *Prices `json:"prices,omitempty"`
}

// Prices are the totals given up, each against the best assignment without what is
// named: the rules on groups, the fairness, the pairs kept and pinned.
type Prices struct {
	Rules     Affinity `json:"rules"`
	Fairness  Affinity `json:"fairness"`
	Stability Affinity `json:"stability"`
}

// PairAccount says why an agent reads an item.
type PairAccount struct {
	Item  string   `json:"item"`
	Agent string   `json:"agent"`
	Value Affinity `json:"value"`
	// Terms are the contributions, in the order of Problem.Terms: they add up to Value.
	Terms []Affinity `json:"terms,omitempty"`
	// Rank is the place of the agent among the Eligible ones by affinity, 1 for the
	// best; equals share the better place.
	Rank     int  `json:"rank"`
	Eligible int  `json:"eligible"`
	Pinned   bool `json:"pinned,omitempty"`
	Kept     bool `json:"kept,omitempty"`
	// Better are the agents ranked above who do not read the item, three at most, with
	// what stands in the way.
	Better []Better `json:"better,omitempty"`
	// Next is what happens without this reader; absent when no way without her was found.
	Next *Next `json:"next,omitempty"`
}

// Better is an agent of greater affinity who does not read the item.
type Better struct {
	Agent string   `json:"agent"`
	Value Affinity `json:"value"`
	// Bound is what was active: BoundLoad (all her readings are better spent), BoundRule
	// (Name says which), BoundTrade (giving her this item would cost the others more) or
	// BoundConflict (Name is its reason).
	Bound string `json:"bound"`
	Name  string `json:"name,omitempty"`
}

// The bounds that keep a better reader away.
const (
	BoundLoad     = "load"
	BoundRule     = "rule"
	BoundConflict = "conflict"
	BoundTrade    = "trade"
)

// Next is the next best: who would read the item instead, what the total would lose
// (never less than zero when the assignment has the best total; it may be when pairs are
// kept for stability), and the moves it takes, the first being that of the item itself.
// Exact says that no other way costs less.
type Next struct {
	Agent string   `json:"agent"`
	Cost  Affinity `json:"cost"`
	Moves []Move   `json:"moves"`
	Exact bool     `json:"exact"`
}

// Move gives an item from one agent to another; an empty From is one reader more, an
// empty To one fewer.
type Move struct {
	Item string `json:"item"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// ItemAccount is what an item gets.
type ItemAccount struct {
	Item    string   `json:"item"`
	Readers int      `json:"readers"`
	Score   Affinity `json:"score"`
	Quotas  []Quota  `json:"quotas,omitempty"`
}

// Quota is the state of a rule for an item: how many readers of the group it has.
type Quota struct {
	Rule    string `json:"rule"`
	Group   string `json:"group"`
	Count   int    `json:"count"`
	AtLeast int    `json:"at_least,omitempty"`
	AtMost  int    `json:"at_most,omitempty"`
	Kept    bool   `json:"kept"`
	Tight   bool   `json:"tight"` // the bound is reached
}

// AgentAccount is what an agent gets.
type AgentAccount struct {
	Agent string   `json:"agent"`
	Load  int      `json:"load"`
	Min   int      `json:"min"`
	Max   int      `json:"max"`
	Mean  Affinity `json:"mean"` // of her readings; 0 when she has none
	Full  bool     `json:"full"`
}

// Warning is one thing wrong in an assignment edited by hand. Kind is one of the Warn
// constants, Name the reason of the conflict or the name of the rule.
type Warning struct {
	Kind  string `json:"kind"`
	Item  string `json:"item,omitempty"`
	Agent string `json:"agent,omitempty"`
	Name  string `json:"name,omitempty"`
	Count int    `json:"count"`
	Bound int    `json:"bound"`
}

// What can be wrong: a forbidden pair; too few or too many readers; too many readings
// or too few; a rule not kept; a pinned pair that is missing; a pair given twice; an
// item or an agent that nobody knows.
const (
	WarnConflict    = "conflict"
	WarnFewReaders  = "few_readers"
	WarnManyReaders = "many_readers"
	WarnOverload    = "overload"
	WarnUnderload   = "underload"
	WarnAtLeast     = "at_least"
	WarnAtMost      = "at_most"
	WarnPin         = "pin_missing"
	WarnTwice       = "twice"
	WarnUnknown     = "unknown"
)
