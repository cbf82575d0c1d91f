// Package pairwise ranks by comparisons: who was preferred to whom.
package pairwise

import "transformateur/internal/solve/standing"

// Vote is one comparison. When Equal, neither was preferred: it counts as half a win to
// each, as draws do in Elo's rating of players (1978); Davidson 1970, "On extending the
// Bradley–Terry model to accommodate ties", learns how often readers tie, for which a
// committee has too few votes.
type Vote struct {
	Reader string `json:"assessor"`
	Winner string `json:"winner"`
	Loser  string `json:"loser"`
	Equal  bool   `json:"equal,omitempty"`
}

// Prior is what is known of the qualities before the votes, in the unit of the
// scores: a Gaussian.
type Prior struct {
	Mean []float64   // one an item, in the order of Input.Items
	Cov  [][]float64 // covariance, symmetric and positive definite
}

// Input is what to rank and the votes.
type Input struct {
	Items       []string // every item; nil takes those that the votes name
	Votes       []Vote
	Untold      [][2]string // comparisons that were made and whose outcome is not told: they count as seen and narrow what is believed, without moving it
	Select      int         // how many stand above the line
	Seed        uint64      // of the draws
	Draws       int         // 0 takes 4,000
	Prior       *Prior      // nil takes independent qualities whose spread is learnt from the votes
	Scale       float64     // logits a unit of the prior; 0 learns it, which a hall that refits after each vote does now and then
	Reliability bool        // learn how reliable each reader is, for those with MinVotes votes
}

// MinVotes is the number of votes under which a reader's reliability is not learnt.
const MinVotes = 10

// Item is what the votes say of one item. Worth is in the unit of the prior when
// there is one, else in logits (1 logit: preferred 73 times in 100).
type Item struct {
	Item string
	N    int     // comparisons it was in
	Won  float64 // share of them that it won, a tie being half
	Worth, Low, High,
	Deviation float64 // posterior mean, 90 % interval, standard deviation
	Rank int // by Worth
	standing.Standing
}

// Reader is what the votes say of one voter.
type Reader struct {
	Reader      string  `json:"assessor"`
	N           int     `json:"n"`
	Agreement   float64 `json:"agreement"`   // share of her votes for the item that the whole ranks higher, a tie being half
	Reliability float64 `json:"reliability"` // η of Crowd-BT: probability that her vote follows the model; 1 when not learnt
}

// Ask is a question for the next pair.
type Ask struct {
	Reader   string
	Conflict func(item string) bool // what this reader may not judge; nil forbids nothing
	Busy     map[string]bool        // items that somebody is looking at now: nobody queues
	Hold     string                 // item that the reader has just seen, kept as one of the pair; "" for none
	Passed   [][2]string            // pairs that she was shown and could not judge: never shown to her again
}

// Pair is the next pair to judge.
type Pair struct {
	First, Second string
	Gain          float64 // expected information of the vote, in bits
}
