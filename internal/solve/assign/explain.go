package assign

import (
	"cmp"
	"context"
	"slices"
)

// Check says what is wrong in an assignment, and what it gives to everybody, without
// saying why each pair is there: quick enough for each change made by hand.
func Check(p *Problem, links []Link) (*Account, error) {
	in, err := ready(p)
	if err != nil {
		return nil, err
	}
	account, _ := in.account(links)
	return account, nil
}

// Explain says why each agent reads each item, in an assignment that Solve made or that
// somebody edited: the terms, the rank, the bounds that kept better readers away, and
// the cheapest way without this reader, as the objective of the problem sees it: the
// affinities, and the bonus of kept pairs; a fair problem holds every item at the floor
// that the assignment has. With prices, it also solves the problem
// without its rules, without fairness and without what is kept.
func Explain(ctx context.Context, p *Problem, links []Link, prices bool) (*Account, error) {
	in, err := ready(p)
	if err != nil {
		return nil, err
	}
	account, s := in.account(links)
	e := in.explainer(s)
	for i, readers := range s.sorted() {
		for _, r := range readers {
			account.Pairs = append(account.Pairs, e.pair(int32(i), r))
		}
	}
	if prices {
		account.Prices, err = pricesOf(ctx, p, account.Total)
	}
	return account, err
}

// account reads the pairs and counts.
func (in *instance) account(links []Link) (*Account, *standing) {
	a := &Account{Version: Version, Pairs: []PairAccount{}, Items: []ItemAccount{}, Agents: []AgentAccount{}}
	s := in.stand(make(plan, len(in.items)), nil)
	for _, l := range links {
		i, known := in.item[l.Item]
		r, member := in.agent[l.Agent]
		switch {
		case !known || !member:
			a.Warnings = append(a.Warnings, Warning{Kind: WarnUnknown, Item: l.Item, Agent: l.Agent})
		case s.has[in.cell(i, r)]:
			a.Warnings = append(a.Warnings, Warning{Kind: WarnTwice, Item: l.Item, Agent: l.Agent})
		default:
			s.add(i, r)
		}
	}
	a.Total = Affinity(in.sum(s.plan, in.worth))
	in.accountItems(a, s)
	in.accountAgents(a, s)
	in.warnPairs(a, s)
	slices.SortStableFunc(a.Warnings, func(v, w Warning) int {
		return cmp.Or(cmp.Compare(v.Kind, w.Kind), cmp.Compare(v.Item, w.Item), cmp.Compare(v.Agent, w.Agent), cmp.Compare(v.Name, w.Name))
	})
	return a, s
}

func (in *instance) accountItems(a *Account, s *standing) {
	var scores []int64
	lowest := noLevel
	for i, it := range in.items {
		readers := len(s.plan[i])
		item := ItemAccount{Item: it.ID, Readers: readers, Score: Affinity(s.score[i])}
		if readers < it.Min {
			a.Warnings = append(a.Warnings, Warning{Kind: WarnFewReaders, Item: it.ID, Count: readers, Bound: it.Min})
		}
		if readers > it.Max {
			a.Warnings = append(a.Warnings, Warning{Kind: WarnManyReaders, Item: it.ID, Count: readers, Bound: it.Max})
		}
		for k := range in.rules {
			rule := &in.rules[k]
			if !rule.binds(i) {
				continue
			}
			n := s.count[i][k]
			q := Quota{Rule: rule.name, Group: rule.group, Count: n, AtLeast: rule.atLeast, Kept: rule.breaks(n) == 0, Tight: n <= rule.atLeast || n >= rule.atMost}
			if rule.atMost < maxReaders {
				q.AtMost = rule.atMost
			}
			if n > 0 || rule.atLeast > 0 {
				item.Quotas = append(item.Quotas, q)
			}
			if n < rule.atLeast {
				a.Warnings = append(a.Warnings, Warning{Kind: WarnAtLeast, Item: it.ID, Name: rule.name, Count: n, Bound: rule.atLeast})
			}
			if n > rule.atMost {
				a.Warnings = append(a.Warnings, Warning{Kind: WarnAtMost, Item: it.ID, Name: rule.name, Count: n, Bound: rule.atMost})
			}
		}
		a.Items = append(a.Items, item)
		scores = append(scores, s.score[i])
		if level := in.level(i, s.score[i]); level < lowest {
			lowest, a.Worst = level, it.ID
		}
	}
	if slices.Sort(scores); len(scores) > 0 {
		a.Tenth = Affinity(scores[(len(scores)+9)/10-1])
	}
}

func (in *instance) accountAgents(a *Account, s *standing) {
	sums := make([]int64, len(in.agents))
	for i, readers := range s.plan {
		for _, r := range readers {
			sums[r] += in.value[in.cell(int32(i), r)]
		}
	}
	lowest := noLevel
	for r, agent := range in.agents {
		n := s.load[r]
		out := AgentAccount{Agent: agent.ID, Load: n, Min: s.lower[r], Max: s.upper[r], Full: n >= s.upper[r]}
		if n > 0 {
			if mean := sums[r] / int64(n); mean < lowest {
				lowest, a.WorstAgent = mean, agent.ID
			}
			out.Mean = Affinity(sums[r] / int64(n))
		}
		if n > s.upper[r] {
			a.Warnings = append(a.Warnings, Warning{Kind: WarnOverload, Agent: agent.ID, Count: n, Bound: s.upper[r]})
		}
		if n < s.lower[r] {
			a.Warnings = append(a.Warnings, Warning{Kind: WarnUnderload, Agent: agent.ID, Count: n, Bound: s.lower[r]})
		}
		if r == 0 || n < a.Lightest {
			a.Lightest = n
		}
		a.Heaviest = max(a.Heaviest, n)
		a.Agents = append(a.Agents, out)
	}
}

func (in *instance) warnPairs(a *Account, s *standing) {
	for c, state := range in.state {
		i, r := int32(c/len(in.agents)), int32(c%len(in.agents))
		switch {
		case s.has[c] && state&forbidden != 0:
			for _, reason := range in.reasons(i, r) {
				a.Warnings = append(a.Warnings, Warning{Kind: WarnConflict, Item: in.items[i].ID, Agent: in.agents[r].ID, Name: reason})
			}
		case !s.has[c] && state&pinned != 0:
			a.Warnings = append(a.Warnings, Warning{Kind: WarnPin, Item: in.items[i].ID, Agent: in.agents[r].ID})
		}
	}
}

// pricesOf compares totals with and without what is named.
func pricesOf(ctx context.Context, p *Problem, total Affinity) (*Prices, error) {
	without := *p
	without.Draw, without.Keep, without.Previous = nil, Keep{}, nil
	totals := map[string]Affinity{}
	for _, step := range []string{"fair", "rules", "free"} {
		switch step {
		case "rules":
			without.Objective = Total
		case "free":
			without.Rules = nil
		}
		r, err := Solve(ctx, &without)
		if err != nil {
			return nil, err
		}
		if !r.Status.Found() || r.Stopped || step != "fair" && r.Status != Optimal {
			return nil, nil
		}
		totals[step] = r.Total
		if step == "fair" && p.Objective != Fair {
			totals["rules"] = r.Total
		}
	}
	return &Prices{Rules: totals["free"] - totals["rules"], Fairness: totals["rules"] - totals["fair"], Stability: totals["fair"] - total}, nil
}
