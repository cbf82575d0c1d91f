package assign

import (
	"context"
	"slices"
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
