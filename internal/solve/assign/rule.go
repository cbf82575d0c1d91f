package assign

import (
	"slices"
	"strings"
)

// readRules turns each rule into the sets of agents that it bounds.
func (in *instance) readRules() error {
	for i, r := range in.p.Rules {
		switch {
		case r.Family == "":
			return malformed("a family of groups is missing", "rules[%d].family", i)
		case r.AtLeast < 0 || r.AtLeast > maxReaders:
			return malformed("from 0 to 10,000", "rules[%d].at_least", i)
		case r.AtMost < 0 || r.AtMost > maxReaders:
			return malformed("from 0 to 10,000", "rules[%d].at_most", i)
		case r.AtLeast > 0 && r.Group == "":
			return malformed("at least so many of which group?", "rules[%d].group", i)
		case r.AtLeast == 0 && r.AtMost == 0 && !r.Never:
			return malformed("it bounds nothing: at_least, at_most or never", "rules[%d]", i)
		case r.Never && (r.AtLeast > 0 || r.AtMost > 0):
			return malformed("never stands alone", "rules[%d].never", i)
		}
		if err := in.readRule(i, r); err != nil {
			return err
		}
	}
	slices.SortStableFunc(in.rules, func(a, b set) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		if c := strings.Compare(a.group, b.group); c != 0 {
			return c
		}
		if c := slices.Compare(a.agents, b.agents); c != 0 {
			return c
		}
		return (a.atLeast - b.atLeast) + (a.atMost-b.atMost)*maxReaders
	})
	return nil
}

func (in *instance) readRule(at int, r Rule) error {
	var items []bool
	for j, id := range r.Items {
		it, ok := in.item[id]
		if !ok {
			return malformed("no item has this id: "+quoted(id), "rules[%d].items[%d]", at, j)
		}
		if items == nil {
			items = make([]bool, len(in.items))
		}
		items[it] = true
	}
	most := r.AtMost
	if most == 0 && !r.Never {
		most = maxReaders
	}
	groups := map[string][]int32{}
	for a, agent := range in.agents {
		for _, g := range agent.Groups[r.Family] {
			if (r.Group == "" || g == r.Group) && !slices.Contains(groups[g], int32(a)) {
				groups[g] = append(groups[g], int32(a))
			}
		}
	}
	if r.Group != "" && groups[r.Group] == nil {
		groups[r.Group] = []int32{}
	}
	for g, agents := range groups {
		if r.AtLeast == 0 && len(agents) <= most {
			continue // the bound cannot be exceeded
		}
		s := set{rule: at, name: r.Name, group: g, agents: agents, items: items, atLeast: r.AtLeast, atMost: most}
		s.has = make([]bool, len(in.agents))
		for _, a := range agents {
			s.has[a] = true
		}
		in.rules = append(in.rules, s)
	}
	return nil
}
