// Package assign decides an assignment: which agents read which items, under loads, conflicts and rules, for the best total affinity or for the worst-off item.
package assign

import "fmt"

// Version is the version of the JSON form of Problem and Result.
const Version = 1

// Scale is how many units of the integer costs make an affinity of 1. Affinities are
// whole numbers of millionths, so that the same input gives the same bytes on every
// machine.
const Scale = 1_000_000

// Affinity is a number of millionths.
type Affinity int64

// Float is the affinity as people read it.
func (a Affinity) Float() float64 { return float64(a) / Scale }

// MarshalJSON writes the affinity as a decimal number with six places at most.
func (a Affinity) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalJSON reads a decimal number and rounds it to a millionth.
func (a *Affinity) UnmarshalJSON(text []byte) error {
	var f float64
	if _, err := fmt.Sscanf(string(text), "%g", &f); err != nil {
		return fmt.Errorf("not a number: %q", text)
	}
	if !(f > -1e12 && f < 1e12) {
		return fmt.Errorf("out of range: %q", text)
	}
	*a = millionths(1, f)
	return nil
}

// String is the affinity in decimals, without useless zeros: "949.25".
func (a Affinity) String() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	digits := fmt.Sprintf("%d.%06d", a/Scale, a%Scale)
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if digits[len(digits)-1] == '.' {
		digits = digits[:len(digits)-1]
	}
	return sign + digits
}

// Problem is what is asked. Ids are free text, unique among items and among agents.
// The order of its lists never changes the result.
type Problem struct {
	Version int     `json:"version"`
	Items   []Item  `json:"items"`
	Agents  []Agent `json:"agents"`
	// Terms name what makes an affinity, with the weight of each.
	Terms []Term `json:"terms,omitempty"`
	// Pairs give the values of the terms. A pair that is not listed is allowed, with an
	// affinity of zero; what must not be is in Forbidden.
	Pairs     []Pair      `json:"pairs,omitempty"`
	Forbidden []Forbidden `json:"forbidden,omitempty"`
	// Pinned pairs are kept whatever they cost: somebody decided them.
	Pinned []Link `json:"pinned,omitempty"`
	// Previous is the assignment to repair, under Keep.
	Previous []Link `json:"previous,omitempty"`
	Keep     Keep   `json:"keep,omitzero"`
	Rules    []Rule `json:"rules,omitempty"`
	// Objective is Total when empty.
	Objective Objective `json:"objective,omitempty"`
	// Levels is how many times the fair objective raises a floor: 1 (or 0) raises the
	// worst-off item, then takes the best total at that floor; 2 then raises the worst
	// of the items that can still rise; and so on. Only read when Objective is Fair.
	Levels int `json:"levels,omitempty"`
	// Even asks that the loads of agents differ by one reading at most, as far as
	// their own limits allow; Balance is the affinity that a reading is worth less for
	// each one that its agent already has (a convex cost of loads).
	Even    bool    `json:"even,omitempty"`
	Balance float64 `json:"balance,omitempty"`
	// Draw asks for a drawn assignment instead of the best one.
	Draw *Draw `json:"draw,omitempty"`
	// Seed decides between equal assignments, and drives the draw.
	Seed uint64 `json:"seed,omitempty"`
	// Work bounds the number of flows solved where the problem is hard (floors, rules
	// that overlap): 0 is as many as a few seconds hold, by the size of the problem, 3,000 at
	// most. It counts work, not time: same input, same result.
	Work int `json:"work,omitempty"`
}

// Objective is what is sought first.
type Objective string

// The objectives: the greatest sum of affinities; or the greatest score of the
// worst-off item first (lexicographic max-min), then the sum.
const (
	Total Objective = "total"
	Fair  Objective = "fair"
)

// Item is what is read: a file, a project. It wants from Min to Max readers; Max 0
// means Min. Weight multiplies its affinities in the total (0 means 1); scores and
// floors are not weighted.
type Item struct {
	ID     string  `json:"id"`
	Label  string  `json:"label,omitempty"`
	Min    int     `json:"min"`
	Max    int     `json:"max,omitempty"`
	Weight float64 `json:"weight,omitempty"`
}

// Agent is who reads: from Min to Max readings. Groups are its groups in each family:
// {"discipline": ["law"], "organisation": ["Caf 14"]}.
type Agent struct {
	ID     string              `json:"id"`
	Label  string              `json:"label,omitempty"`
	Min    int                 `json:"min,omitempty"`
	Max    int                 `json:"max"`
	Groups map[string][]string `json:"groups,omitempty"`
}

// Term is one reason of affinity (competence, text, bid…), with a weight ≥ 0.
type Term struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"`
}

// Pair gives the value of each term, from 0 to 1, in the order of Problem.Terms;
// those left out at the end are 0.
type Pair struct {
	Item   string    `json:"item"`
	Agent  string    `json:"agent"`
	Values []float64 `json:"values"`
}

// Forbidden is a pair that must not be, with the reason as it will be said
// ("same organisation", "refusal"). Several reasons may be given for one pair.
type Forbidden struct {
	Item   string `json:"item"`
	Agent  string `json:"agent"`
	Reason string `json:"reason,omitempty"`
}

// Link is one pair of an assignment.
type Link struct {
	Item  string `json:"item"`
	Agent string `json:"agent"`
}

// Keep says how the pairs of Problem.Previous are kept: each is worth Bonus more in
// affinity; or, with Fewest, as many as possible are kept, then the total is the best.
type Keep struct {
	Bonus  float64 `json:"bonus,omitempty"`
	Fewest bool    `json:"fewest,omitempty"`
	// Curve asks for the sweep of bonuses: affinity against pairs changed.
	Curve bool `json:"curve,omitempty"`
}

// DefaultBonus is the bonus of a kept pair when nothing is said: on bidding data of
// conferences it keeps the best total with four to six times fewer changes.
const DefaultBonus = 0.05

// Rule bounds, for each item, its readers of a group. With Group, the rule is on that
// group of the family; without, on each group of the family in turn ("at most one of
// any organisation"). AtLeast needs a Group. AtMost 0 means no bound unless Never.
type Rule struct {
	Name    string `json:"name"`
	Family  string `json:"family"`
	Group   string `json:"group,omitempty"`
	AtLeast int    `json:"at_least,omitempty"`
	AtMost  int    `json:"at_most,omitempty"`
	Never   bool   `json:"never,omitempty"`
	// Items restricts the rule to these items; all of them when empty.
	Items []string `json:"items,omitempty"`
}

// Draw asks for an assignment drawn at random, so that nobody is sure to read what she
// wanted to: no pair has more than Cap chances (0 < Cap ≤ 1), and Spread (0 to 1)
// flattens the chances further. Method: perturbed maximisation, Xu, Zhang, Li, Fang
// and Shah, "A one-size-fits-all approach to improving randomness in paper
// assignment", NeurIPS 2023, with f(x) = x − Spread·x²/2; Spread 0 is the method of
// Jecmen et al., NeurIPS 2020.
type Draw struct {
	Cap    float64 `json:"cap"`
	Spread float64 `json:"spread,omitempty"`
}

// Malformed says which part of a problem cannot be read, and why.
type Malformed struct {
	Line  int    // of the text that was read; 0 when only the field is known
	Field string // "pairs[12].values[0]", the column of a table
	Why   string // in English, for the command line
}

// Where is the line and the field in words.
func (m *Malformed) Where() string {
	switch {
	case m.Line > 0 && m.Field != "":
		return fmt.Sprintf("line %d, %s", m.Line, m.Field)
	case m.Line > 0:
		return fmt.Sprintf("line %d", m.Line)
	}
	return m.Field
}

// Error is one sentence for logs and command lines.
func (m *Malformed) Error() string { return m.Where() + ": " + m.Why }

func malformed(why string, field string, args ...any) error {
	return &Malformed{Field: fmt.Sprintf(field, args...), Why: why}
}
