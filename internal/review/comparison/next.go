package comparison

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/solve/pairwise"
)

// usualScale is how well voters tell typical files apart before their answers say it, in
// logits: the best of two is preferred four times in five. It is the centre of the prior
// of solve/pairwise, kept still so that a pair costs one fit.
const usualScale = 1.5

// next is the pair to show to a member, and on which side. It is made of her own answers, of
// which pairs the others answered and never of what they answered, of files open to her
// alone, and of the seed: the same state gives the same pair. ok is false when nothing is left.
func next(round Round, member committee.MemberID, shown []Comparison, open map[application.ID]bool) (left, right application.ID, ok bool, err error) {
	names := alias{round: round, member: member, of: map[string]application.ID{}}
	ask := pairwise.Ask{Reader: "she"}
	in := pairwise.Input{Select: 1, Draws: 1, Scale: usualScale, Seed: round.Seed}
	known := map[string]bool{}
	turn := 1
	for _, c := range shown {
		if c.Member == member {
			turn = max(turn, c.Turn+1)
		}
		if !open[c.Left] || !open[c.Right] || !c.Choice.Given() {
			continue
		}
		winner, loser := c.winner()
		w, l := names.name(winner), names.name(loser)
		switch {
		case c.Member == member && c.Choice == Unsure:
			ask.Passed = append(ask.Passed, [2]string{w, l})
		case c.Member == member:
			in.Votes = append(in.Votes, pairwise.Vote{Reader: ask.Reader, Winner: w, Loser: l, Equal: c.Choice == Equal})
		case c.Choice.Told():
			in.Untold = append(in.Untold, [2]string{min(w, l), max(w, l)})
		default:
			continue
		}
		known[w], known[l] = true, true
	}
	slices.SortFunc(in.Untold, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	if in.Items = candidates(names, open, known); len(in.Items) < 2 {
		return "", "", false, nil
	}
	r, err := pairwise.Fit(in)
	if err != nil {
		return "", "", false, fmt.Errorf("choose the next pair of round %s: %w", round.ID, err)
	}
	pair, ok := r.Next(ask)
	if left, right = names.of[pair.First], names.of[pair.Second]; names.draw(fmt.Sprintf("turn %d", turn))[0]&1 == 1 {
		left, right = right, left
	}
	return left, right, ok, nil
}

// candidates are the files already compared, and two of the others: those that nobody
// compared yet are worth the same, so that the first two by name are what the whole list
// would give.
func candidates(names alias, open map[application.ID]bool, known map[string]bool) (items []string) {
	var fresh []string
	for id := range open {
		if name := names.name(id); known[name] {
			items = append(items, name)
		} else {
			fresh = append(fresh, name)
		}
	}
	slices.Sort(fresh)
	items = append(items, fresh[:min(2, len(fresh))]...)
	slices.Sort(items)
	return items
}

// alias gives files names drawn for each member, so that equal pairs are not settled alike
// for everybody.
type alias struct {
	round  Round
	member committee.MemberID
	of     map[string]application.ID
}

func (a alias) draw(what string) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d %s %s", a.round.Seed, a.member, what))
}

func (a alias) name(id application.ID) string {
	sum := a.draw("file " + string(id))
	name := hex.EncodeToString(sum[:16])
	a.of[name] = id
	return name
}
