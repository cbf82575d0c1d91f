package assign

import (
	"context"
	"slices"
	"strings"
)

// slack says which bounds an elastic network may break.
type slack uint8

const (
	slackReaders slack = 1 << iota
	slackMaximum
	slackMinimum
	slackRules
)

// elastic is the network with arcs that break bounds, each reading costing one: its best
// circulation is the smallest relaxation (elastic programming, Chinneck, Feasibility and
// Infeasibility in Optimization, 2008), and its residual graph shows the cut.
type elastic struct {
	*model
	arcs   []int32
	price  []int64
	change []Change
	ends   []int32 // by elastic arc: the node whose bound it breaks
	rules  []int32 // by elastic arc: the quota, or -1
}

func newElastic(in *instance, may slack) *elastic {
	m := &model{in: in, parts: 1, steps: 1, top: 1}
	m.build()
	e := &elastic{model: m}
	first := int32(1 + len(in.items))
	for i, it := range in.items {
		if may&slackReaders != 0 {
			e.stretch(int32(1+i), 0, it.Min, Change{What: "readers", Item: it.ID})
		}
	}
	for r, a := range in.agents {
		if may&slackMaximum != 0 {
			e.stretch(first+int32(r), 0, len(in.items), Change{What: "max_load", Agent: a.ID})
		}
		if may&slackMinimum != 0 {
			e.stretch(0, first+int32(r), m.lower[r], Change{What: "min_load", Agent: a.ID})
		}
	}
	if may&slackRules != 0 {
		for k, q := range m.quota {
			id, name := in.items[q.item].ID, in.rules[q.rule].name
			from := len(e.rules)
			e.stretch(q.node, q.above, q.least, Change{What: "at_least", Item: id, Rule: name})
			e.stretch(q.above, q.node, in.items[q.item].Max, Change{What: "at_most", Item: id, Rule: name})
			for ; from < len(e.rules); from++ {
				e.rules[from] = int32(k)
			}
		}
	}
	return e
}

// spread is the number of readings of one bound that cost a little more each, so that
// a relaxation is shared rather than borne by one.
const spread = 8

func (e *elastic) stretch(from, to int32, by int, c Change) {
	end := from
	if from == 0 {
		end = to
	}
	for k := range min(by, spread+1) {
		room := 1
		if k == spread {
			room = by - spread
		}
		e.arcs, e.price = append(e.arcs, e.net.Arc(from, to, 0, room)), append(e.price, int64(relaxCost+k))
		e.change, e.ends, e.rules = append(e.change, c), append(e.ends, end), append(e.rules, nobody)
	}
}

// relaxCost is the cost of a reading beyond a bound: more than all that spread adds
// along a cycle.
const relaxCost = 1 << 20

// solve finds the smallest relaxation; false when even that does not exist.
func (e *elastic) solve(ctx context.Context) bool {
	for k, a := range e.arcs {
		e.net.Cost[a] = e.price[k]
	}
	e.net.Start(int64(4*len(e.in.agents)+8) * relaxCost * 2)
	return e.net.Optimise(func() bool { return ctx.Err() != nil }) && e.net.Unmet() == 0
}

// broken lists the elastic arcs in use.
func (e *elastic) broken() (list []int) {
	for k, a := range e.arcs {
		if e.net.Flow[a] > 0 {
			list = append(list, k)
		}
	}
	return list
}

func (e *elastic) remedy(kind string, unpin []Change) (r Remedy) {
	r.Kind = kind
	for _, c := range unpin {
		r.add(c)
	}
	for _, k := range e.broken() {
		c := e.change[k]
		by := int(e.net.Flow[e.arcs[k]])
		if n := len(r.Changes) - 1; n >= 0 && r.Changes[n].same(c) {
			r.Changes[n].By += by
			r.Count += by
			continue
		}
		c.By = by
		r.add(c)
	}
	return r
}

// same says whether two changes are of the same bound.
func (c Change) same(d Change) bool {
	d.By = c.By
	return c == d
}

// clashes reads the cut around each bound that had to break. Cuts that meet are one: the
// union of two tight cuts is tight.
func (e *elastic) clashes() (list []Clash) {
	type side struct {
		kind    string
		reached []bool
	}
	var cuts []side
	quotas := map[int32]bool{}
	for _, k := range e.broken() {
		if q := e.rules[k]; q >= 0 {
			if !quotas[q] {
				list = append(list, e.quotaClash(k, e.quota[q]))
			}
			quotas[q] = true
			continue
		}
		kind := ClashShortage
		if e.change[k].What == "min_load" {
			kind = ClashMinimum
		}
		if slices.ContainsFunc(cuts, func(c side) bool { return c.kind == kind && c.reached[e.ends[k]] }) {
			continue
		}
		now := side{kind, e.cut(e.ends[k], kind)}
		cuts = slices.DeleteFunc(cuts, func(c side) bool {
			meets := false
			for v := range c.reached {
				meets = meets || c.reached[v] && now.reached[v]
			}
			if meets = meets && c.kind == kind; meets {
				for v := range c.reached {
					now.reached[v] = now.reached[v] || c.reached[v]
				}
			}
			return meets
		})
		cuts = append(cuts, now)
	}
	for _, c := range cuts {
		list = append(list, e.say(c.kind, c.reached))
	}
	return list
}

func (e *elastic) quotaClash(k int, q quota) Clash {
	missing := 0
	for j, a := range e.arcs {
		if e.rules[j] == e.rules[k] && e.change[j].same(e.change[k]) {
			missing += int(e.net.Flow[a])
		}
	}
	c := Clash{Kind: ClashQuota, Items: []string{e.in.items[q.item].ID}, Rules: []string{e.in.rules[q.rule].name}, Need: q.least, Have: q.least - missing}
	if e.change[k].What == "at_most" {
		c.Have, c.Need = q.most, q.most+missing
	}
	for _, r := range e.in.rules[q.rule].agents {
		if e.in.state[e.in.cell(q.item, r)]&forbidden == 0 {
			c.Agents = append(c.Agents, e.in.agents[r].ID)
		}
	}
	return c
}

// cut follows the residual arcs from a node that lacks readings (or, against them, from
// an agent that lacks some): what it reaches is the set that Hall's theorem speaks of.
func (e *elastic) cut(start int32, kind string) []bool {
	n := e.net
	forward := kind == ClashShortage
	reached := make([]bool, len(n.Supply))
	reached[start] = true
	for queue := []int32{start}; len(queue) > 0; {
		u := queue[0]
		queue = queue[1:]
		for a := range e.trueArcs() {
			v := nobody
			switch {
			case n.From[a] == u && (forward && n.Flow[a] < n.Room[a] || !forward && n.Flow[a] > 0):
				v = n.To[a]
			case n.To[a] == u && (forward && n.Flow[a] > 0 || !forward && n.Flow[a] < n.Room[a]):
				v = n.From[a]
			}
			if v > 0 && !reached[v] {
				reached[v] = true
				queue = append(queue, v)
			}
		}
	}
	return reached
}

// trueArcs is the number of arcs that are not elastic.
func (e *elastic) trueArcs() int32 {
	first := int32(e.net.Real())
	if len(e.arcs) > 0 {
		return min(first, e.arcs[0])
	}
	return first
}

// say names a cut, with everybody who is open to those it is about: the others who are
// open already give all they can.
func (e *elastic) say(kind string, reached []bool) Clash {
	c := Clash{Kind: kind}
	in, first := e.in, 1+len(e.in.items)
	items, agents := slices.Clone(reached[1:first]), slices.Clone(reached[first:first+len(in.agents)])
	for cell, s := range in.state {
		i, r := cell/len(in.agents), cell%len(in.agents)
		if s&forbidden != 0 || e.upper[r] == 0 || in.items[i].Max == 0 {
			continue
		}
		items[i] = items[i] || kind == ClashMinimum && reached[first+r]
		agents[r] = agents[r] || kind == ClashShortage && reached[1+i]
	}
	load := 0
	for i, it := range in.items {
		if items[i] {
			c.Items = append(c.Items, it.ID)
			c.Need += it.Min
		}
	}
	for r, a := range in.agents {
		if agents[r] {
			c.Agents = append(c.Agents, a.ID)
			load += e.lower[r]
		}
	}
	if kind == ClashMinimum {
		c.Need = load
	}
	c.Have = c.Need
	for _, k := range e.broken() {
		if q := e.rules[k]; q < 0 && reached[e.ends[k]] {
			c.Have -= int(e.net.Flow[e.arcs[k]])
		}
	}
	for _, q := range e.quota {
		if reached[q.above] != reached[q.node] {
			if name := e.in.rules[q.rule].name; !slices.Contains(c.Rules, name) {
				c.Rules = append(c.Rules, name)
			}
		}
	}
	slices.SortFunc(c.Rules, strings.Compare)
	return c
}
