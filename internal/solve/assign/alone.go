package assign

import (
	"cmp"
	"slices"
)

// aloneMost is how many groups of readers are tried for one item.
const aloneMost = 50_000

// handful is the search of the best readers that an item could have if it were the only
// one: it keeps its pins and rules, and bounds the floor that can be reached.
type handful struct {
	in     *instance
	item   int
	open   []int32 // free agents, the best first
	count  []int   // by rule
	best   int64
	tried  int
	ranked []int64 // ranked[k] is the sum of the k best open values
}

// aloneUnderRules is the score that an item would have with the best readers that its
// rules allow; never more than alone.
func (in *instance) aloneUnderRules(i int) int64 {
	most := in.alone(i)
	if len(in.rules) == 0 {
		return most
	}
	b := &handful{in: in, item: i, count: make([]int, len(in.rules)), best: -1}
	score, left := int64(0), in.items[i].Max
	for r, a := range in.agents {
		switch c := in.cell(int32(i), int32(r)); {
		case in.state[c]&pinned != 0:
			score, left = score+in.value[c], left-1
			b.add(int32(r), 1)
		case in.state[c]&forbidden == 0 && a.Max > 0:
			b.open = append(b.open, int32(r))
		}
	}
	value := func(r int32) int64 { return in.value[in.cell(int32(i), r)] }
	slices.SortStableFunc(b.open, func(r, s int32) int { return cmp.Compare(value(s), value(r)) })
	b.ranked = make([]int64, len(b.open)+1)
	for k, r := range b.open {
		b.ranked[k+1] = b.ranked[k] + value(r)
	}
	b.try(0, left, score)
	if b.tried > aloneMost || b.best < 0 {
		return most
	}
	return b.best
}

func (b *handful) add(r int32, by int) {
	for k := range b.in.rules {
		if rule := &b.in.rules[k]; rule.has[r] && rule.binds(b.item) {
			b.count[k] += by
		}
	}
}

// try completes a group of readers with those from a place on.
func (b *handful) try(from, left int, score int64) {
	if b.tried++; b.tried > aloneMost {
		return
	}
	short := 0
	for k := range b.in.rules {
		rule := &b.in.rules[k]
		if !rule.binds(b.item) {
			continue
		}
		if b.count[k] > rule.atMost {
			return
		}
		short = max(short, rule.atLeast-b.count[k])
	}
	if short > left {
		return
	}
	if short == 0 && score > b.best {
		b.best = score
	}
	for k := from; k < len(b.open) && left > 0; k++ {
		if score+b.ranked[min(k+left, len(b.open))]-b.ranked[k] <= b.best {
			return
		}
		r := b.open[k]
		b.add(r, 1)
		b.try(k+1, left-1, score+b.in.value[b.in.cell(int32(b.item), r)])
		b.add(r, -1)
	}
}
