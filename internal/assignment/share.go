package assignment

import (
	"slices"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/solve/assign"
)

// index finds in a board, at once, what a page asks thousands of times.
type index struct {
	values  map[Pair]int // places in Problem.Pairs
	sources map[Pair]string
	readers map[application.ID][]committee.MemberID
	load    map[committee.MemberID]int
	chances map[Pair]int // in 1/1024, of the last draw
}

func (b Board) indexed() index {
	x := index{make(map[Pair]int, len(b.Problem.Pairs)), sources(b.Plan.Pairs), map[application.ID][]committee.MemberID{}, map[committee.MemberID]int{}, map[Pair]int{}}
	for i, p := range b.Problem.Pairs {
		x.values[Pair{application.ID(p.Item), committee.MemberID(p.Agent)}] = i
	}
	for _, g := range b.Plan.Pairs {
		x.readers[g.File] = append(x.readers[g.File], g.Member)
		x.load[g.Member]++
	}
	if b.Run != nil {
		for _, c := range b.Run.Result.Chances {
			x.chances[Pair{application.ID(c.Item), committee.MemberID(c.Agent)}] = c.Of
		}
	}
	return x
}

// sources are where pairs come from.
func sources(list []Given) map[Pair]string {
	out := make(map[Pair]string, len(list))
	for _, g := range list {
		out[g.Pair] = g.Source
	}
	return out
}

// Barred says whether a conflict keeps a member from a file.
func (b Board) Barred(p Pair) bool { return b.barred[p] }

// Reads says whether a member reads a file in the plan.
func (b Board) Reads(p Pair) bool {
	_, reads := b.sources[p]
	return reads
}

// Source is where a pair of the plan comes from; "" for a pair that is not in it.
func (b Board) Source(p Pair) string { return b.sources[p] }

// Load is how many of the files of the board a member reads in the plan.
func (b Board) Load(m committee.MemberID) int { return b.load[m] }

// Readers are those of a file in the plan.
func (b Board) Readers(file application.ID) []committee.MemberID { return b.readers[file] }

// Wish is what a member said of a file.
func (b Board) Wish(p Pair) Wish { return b.wishes[p.Member][p.File] }

// Chance is the probability, from 0 to 1, with which the last draw could give a pair;
// drawn is false when nothing was drawn, or when it is not all told to this person.
func (b Board) Chance(p Pair) (chance float64, drawn bool) {
	return float64(b.chances[p]) / 1024, len(b.chances) > 0
}

// Value is the affinity of a pair and the contribution of each term.
func (b Board) Value(p Pair) (total assign.Affinity, terms []assign.Affinity) {
	terms = make([]assign.Affinity, len(b.Problem.Terms))
	i, listed := b.values[p]
	if !listed {
		return 0, terms
	}
	for t, v := range b.Problem.Pairs[i].Values {
		terms[t] = assign.Affinity(b.Problem.Terms[t].Weight*v*assign.Scale + 0.5)
		total += terms[t]
	}
	return total, terms
}

// The bound that is active for a member: what she has stands at it, or beyond it.
const (
	BoundNone  = ""
	BoundMost  = "most"  // she reads as many files as she may
	BoundLeast = "least" // she reads no more than she must
	BoundOver  = "over"
	BoundUnder = "under"
	BoundEven  = "even" // her own bounds would let her load differ, but loads are shared out evenly
	BoundAway  = "away" // she cannot read for now
)

// Share is what one member gets in the plan, on the files of the board.
type Share struct {
	committee.Member
	assign.AgentAccount // Min and Max are her own bounds, whether loads are even or not
	Bound               string
	Worst               bool         // nobody's readings have a lower mean affinity
	Said                map[Wish]int // of the files of the board, by what she said
	Served              map[Wish]int // of those she reads
}

// Shares are those of all members, in the order of the board.
func (b Board) Shares() (list []Share) {
	own := map[string]assign.Agent{}
	for _, a := range b.Problem.Agents {
		own[a.ID] = a
	}
	for _, m := range b.Members {
		s := Share{Member: m, Said: map[Wish]int{}, Served: map[Wish]int{}, Worst: b.Account.WorstAgent == string(m.ID)}
		i, seated := slices.BinarySearchFunc(b.Account.Agents, string(m.ID), func(a assign.AgentAccount, id string) int {
			switch {
			case a.Agent < id:
				return -1
			case a.Agent > id:
				return 1
			}
			return 0
		})
		if seated {
			s.AgentAccount = b.Account.Agents[i]
		}
		held := s.AgentAccount
		s.Load, s.AgentAccount.Min, s.Max = b.load[m.ID], own[string(m.ID)].Min, own[string(m.ID)].Max
		if s.Bound = bound(s, seated); s.Bound == BoundNone && seated && b.Problem.Even && s.Load > 0 && (s.Load == held.Min || s.Load == held.Max) {
			s.Bound = BoundEven
		}
		for _, f := range b.Files {
			p := Pair{f.ID, m.ID}
			if b.barred[p] {
				continue
			}
			s.Said[b.Wish(p)]++
			if b.Reads(p) {
				s.Served[b.Wish(p)]++
			}
		}
		list = append(list, s)
	}
	return list
}

func bound(s Share, seated bool) string {
	switch {
	case !seated:
		return BoundAway
	case s.Load > s.Max:
		return BoundOver
	case s.Load < s.AgentAccount.Min:
		return BoundUnder
	case s.Load == s.Max:
		return BoundMost
	case s.Load == s.AgentAccount.Min && s.Load > 0:
		return BoundLeast
	}
	return BoundNone
}
