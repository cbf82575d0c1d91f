package assign

import "slices"

// nested is the tree of groups in which the readers of an item are counted inside the
// network: groups that are disjoint or one within the other. Lower and upper bounds on
// such a laminar family leave the circulation integral (Budish, Che, Kojima and
// Milgrom, "Designing random allocation mechanisms", AER 2013).
type nested struct {
	kept   []int32 // rules in the tree, the larger groups first
	above  []int   // by kept: the place in kept of the group it lies in, or -1
	least  []int   // by kept: the bounds, those of equal groups put together
	most   []int
	holder []int   // by agent: the place in kept of its smallest group, or -1
	left   []int32 // rules that cross the others
}

// nests are the trees of all items; most instances need only one.
type nests struct {
	one *nested
	all []*nested
}

func (n nests) of(item int32) *nested {
	if n.one != nil {
		return n.one
	}
	return n.all[item]
}

type relation uint8

const (
	disjoint relation = iota
	inside
	around
	same
	crossing
)

func relate(a, b *set) relation {
	shared := 0
	for _, r := range a.agents {
		if b.has[r] {
			shared++
		}
	}
	switch {
	case shared == len(a.agents) && shared == len(b.agents):
		return same
	case shared == 0:
		return disjoint
	case shared == len(a.agents):
		return inside
	case shared == len(b.agents):
		return around
	}
	return crossing
}

// nest chooses the trees: rules that ask for readers first, since pricing serves them
// less well than those that bound.
func (in *instance) nest() nests {
	rules := len(in.rules)
	between := make([][]relation, rules)
	for a := range in.rules {
		between[a] = make([]relation, rules)
		for b := range in.rules {
			between[a][b] = relate(&in.rules[a], &in.rules[b])
		}
	}
	order := make([]int32, 0, rules)
	for _, asks := range []bool{true, false} {
		for s := range in.rules {
			if (in.rules[s].atLeast > 0) == asks {
				order = append(order, int32(s))
			}
		}
	}
	if !slices.ContainsFunc(in.rules, func(s set) bool { return s.items != nil }) {
		return nests{one: in.tree(order, between)}
	}
	all := make([]*nested, len(in.items))
	var known []*nested
	var bound [][]int32
	for i := range in.items {
		mine := slices.DeleteFunc(slices.Clone(order), func(s int32) bool { return !in.rules[s].binds(i) })
		if k := slices.IndexFunc(bound, func(b []int32) bool { return slices.Equal(b, mine) }); k >= 0 {
			all[i] = known[k]
			continue
		}
		all[i] = in.tree(mine, between)
		known, bound = append(known, all[i]), append(bound, mine)
	}
	return nests{all: all}
}

// tree keeps the rules that nest, in this order of preference.
func (in *instance) tree(order []int32, between [][]relation) *nested {
	t := &nested{holder: make([]int, len(in.agents))}
	equal := map[int32][]int32{}
	for _, s := range order {
		twin := int32(-1)
		fits := true
		for _, k := range t.kept {
			switch between[s][k] {
			case same:
				twin = k
			case crossing:
				fits = false
			}
		}
		switch {
		case !fits:
			t.left = append(t.left, s)
		case twin >= 0:
			equal[twin] = append(equal[twin], s)
		default:
			t.kept = append(t.kept, s)
		}
	}
	slices.SortStableFunc(t.kept, func(a, b int32) int { return len(in.rules[b].agents) - len(in.rules[a].agents) })
	for r := range t.holder {
		t.holder[r] = -1
	}
	for k, s := range t.kept {
		above, least, most := -1, in.rules[s].atLeast, in.rules[s].atMost
		for j, larger := range t.kept[:k] {
			if between[s][larger] == inside {
				above = j
			}
		}
		for _, twin := range equal[s] {
			least, most = max(least, in.rules[twin].atLeast), min(most, in.rules[twin].atMost)
		}
		t.above, t.least, t.most = append(t.above, above), append(t.least, least), append(t.most, most)
		for _, r := range in.rules[s].agents {
			t.holder[r] = k
		}
	}
	return t
}
