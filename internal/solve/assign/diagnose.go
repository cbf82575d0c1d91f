package assign

import (
	"context"
	"slices"
	"strings"
)

// contradictions are the clashes that are seen without solving anything: pins on
// conflicts, rules whose bounds exclude each other.
func (in *instance) contradictions() (list []Clash) {
	for c, s := range in.state {
		if s&pinned != 0 && s&forbidden != 0 {
			i, r := c/len(in.agents), c%len(in.agents)
			list = append(list, Clash{Kind: ClashPin, Items: []string{in.items[i].ID}, Agents: []string{in.agents[r].ID}, Rules: in.reasons(int32(i), int32(r)), Need: 1})
		}
	}
	list = append(list, in.overpinned()...)
	trees := in.nest()
	for i, it := range in.items {
		tree := trees.of(int32(i))
		for k, s := range tree.kept {
			if least, most := tree.least[k], min(tree.most[k], it.Max); least > most {
				list = append(list, Clash{Kind: ClashQuota, Items: []string{it.ID}, Rules: []string{in.rules[s].name}, Need: least, Have: most})
			}
		}
	}
	return list
}

// overpinned are the items and the agents that have more pins than they may have pairs.
func (in *instance) overpinned() (list []Clash) {
	items, agents := make([]int, len(in.items)), make([]int, len(in.agents))
	for c, s := range in.state {
		if s&pinned != 0 {
			items[c/len(in.agents)]++
			agents[c%len(in.agents)]++
		}
	}
	for i, n := range items {
		if n > in.items[i].Max {
			list = append(list, Clash{Kind: ClashPin, Items: []string{in.items[i].ID}, Need: n, Have: in.items[i].Max})
		}
	}
	_, upper := in.bounds()
	for r, n := range agents {
		if n > upper[r] {
			list = append(list, Clash{Kind: ClashPin, Agents: []string{in.agents[r].ID}, Need: n, Have: upper[r]})
		}
	}
	return list
}

// reasons are why a pair is forbidden, sorted, each once.
func (in *instance) reasons(i, r int32) (list []string) {
	item, agent := in.items[i].ID, in.agents[r].ID
	for _, f := range in.p.Forbidden {
		if f.Item == item && f.Agent == agent {
			list = append(list, f.Reason)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// diagnose explains why there is no assignment: what clashes, then the ways out.
func (in *instance) diagnose(ctx context.Context, clashes []Clash) *Infeasible {
	out := &Infeasible{Clashes: clashes, Relax: []Remedy{}}
	var unpin []Change
	for _, c := range clashes {
		if c.Kind == ClashPin && len(c.Items) == 1 && len(c.Agents) == 1 {
			unpin = append(unpin, Change{What: "unpin", Item: c.Items[0], Agent: c.Agents[0], By: 1})
		}
	}
	if e := newElastic(in, slackReaders|slackMinimum|slackRules); e.solve(ctx) {
		out.Clashes = append(out.Clashes, e.clashes()...)
	}
	for _, way := range []struct {
		kind  string
		slack slack
	}{{RelaxAny, slackReaders | slackMaximum | slackMinimum | slackRules}, {RelaxReaders, slackReaders}, {RelaxLoads, slackMaximum | slackMinimum}, {RelaxRules, slackRules}} {
		if e := newElastic(in, way.slack); e.solve(ctx) {
			if r := e.remedy(way.kind, unpin); r.Count > 0 {
				out.Relax = append(out.Relax, r)
			}
		}
	}
	if len(out.Clashes) == 0 && len(out.Relax) == 0 && ctx.Err() == nil {
		in.crossingRules(ctx, out)
	}
	return out
}

// crossingRules names the rules outside the network when they alone stand in the way,
// with the items that a search could not reconcile with them: a way out that works,
// not proved the smallest.
func (in *instance) crossingRules(ctx context.Context, out *Infeasible) {
	m := newModel(in)
	m.seek(in.worth, 1)
	if feasible, done := m.solve(ctx); !feasible || !done {
		return
	}
	s := in.stand(m.plan(), nil)
	newExchange(s, in.worth).mend()
	r := Remedy{Kind: RelaxRules}
	clash := Clash{Kind: ClashQuota}
	for _, i := range s.faulty() {
		clash.Items = append(clash.Items, in.items[i].ID)
		for k := range in.rules {
			rule := &in.rules[k]
			by := rule.breaks(s.count[i][k])
			if by == 0 || !rule.binds(int(i)) {
				continue
			}
			what := "at_least"
			if s.count[i][k] > rule.atMost {
				what = "at_most"
			}
			r.add(Change{What: what, Item: in.items[i].ID, Rule: rule.name, By: by})
			if !slices.Contains(clash.Rules, rule.name) {
				clash.Rules = append(clash.Rules, rule.name)
			}
		}
	}
	if clash.Rules == nil {
		clash.Rules = in.crossed(m)
	}
	out.Clashes = append(out.Clashes, clash)
	if r.Count > 0 {
		out.Relax = append(out.Relax, r)
	}
}

func (r *Remedy) add(c Change) {
	r.Changes = append(r.Changes, c)
	r.Count += c.By
}

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
		e.arcs, e.price = append(e.arcs, e.net.arc(from, to, 0, room)), append(e.price, int64(relaxCost+k))
		e.change, e.ends, e.rules = append(e.change, c), append(e.ends, end), append(e.rules, nobody)
	}
}

// relaxCost is the cost of a reading beyond a bound: more than all that spread adds
// along a cycle.
const relaxCost = 1 << 20

// solve finds the smallest relaxation; false when even that does not exist.
func (e *elastic) solve(ctx context.Context) bool {
	for k, a := range e.arcs {
		e.net.cost[a] = e.price[k]
	}
	e.net.start(int64(4*len(e.in.agents)+8) * relaxCost * 2)
	return e.net.optimise(func() bool { return ctx.Err() != nil }) && e.net.unmet() == 0
}

// broken lists the elastic arcs in use.
func (e *elastic) broken() (list []int) {
	for k, a := range e.arcs {
		if e.net.flow[a] > 0 {
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
		by := int(e.net.flow[e.arcs[k]])
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
			missing += int(e.net.flow[a])
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
	reached := make([]bool, len(n.supply))
	reached[start] = true
	for queue := []int32{start}; len(queue) > 0; {
		u := queue[0]
		queue = queue[1:]
		for a := range e.trueArcs() {
			v := nobody
			switch {
			case n.from[a] == u && (forward && n.flow[a] < n.room[a] || !forward && n.flow[a] > 0):
				v = n.to[a]
			case n.to[a] == u && (forward && n.flow[a] > 0 || !forward && n.flow[a] < n.room[a]):
				v = n.from[a]
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
	first := int32(e.net.real)
	if len(e.arcs) > 0 {
		return min(first, e.arcs[0])
	}
	return first
}

func (e *elastic) say(kind string, reached []bool) Clash {
	c := Clash{Kind: kind}
	for i, it := range e.in.items {
		if reached[1+i] {
			c.Items = append(c.Items, it.ID)
			c.Need += it.Min
		}
	}
	load := 0
	for r, a := range e.in.agents {
		if reached[1+len(e.in.items)+r] {
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
			c.Have -= int(e.net.flow[e.arcs[k]])
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
