// Package standing is what draws of uncertain qualities say of an order: who is above the line, and how surely.
package standing

// Zone is what can be said of a file beside the line.
type Zone string

// The three zones. They inform: none of them decides.
const (
	Accept Zone = "accept" // above the line with probability Sure at least
	Grey   Zone = "grey"   // undecidable from what was read
	Refuse Zone = "refuse" // above the line with probability 1−Sure at most
)

// Sure is the probability from which a place beside the line is called robust.
const Sure = 0.9

// ZoneOf is the zone of a probability to be above the line.
func ZoneOf(p float64) Zone {
	switch {
	case p >= Sure:
		return Accept
	case p <= 1-Sure:
		return Refuse
	}
	return Grey
}

// Standing is what the draws say of one file. Ranks start at 1, the best.
type Standing struct {
	PSelected    float64 // share of the draws in which it is among the selected
	ExpectedRank float64 // mean rank over the draws (Heyard et al. 2022)
	RankLow      int     // 90 % of the draws put it between this rank
	RankHigh     int     // and this one
	Zone         Zone
}
