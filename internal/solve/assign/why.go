package assign

import (
	"cmp"
	"slices"
)

// explainer says why each pair of an assignment is there.
type explainer struct {
	*exchange
	exact   bool
	terms   map[int]*Pair  // by cell
	reasons map[int]string // by forbidden cell
}

func (in *instance) explainer(s *standing) *explainer {
	e := &explainer{terms: make(map[int]*Pair, len(in.p.Pairs)), reasons: make(map[int]string, len(in.p.Forbidden))}
	worth := in.worth
	if len(in.p.Previous) > 0 {
		bonus := in.p.Keep.Bonus
		if bonus == 0 {
			bonus = DefaultBonus
		}
		worth = in.bonus(int64(millionths(1, bonus)))
		if in.p.Keep.Fewest {
			worth = in.bonus(in.dominant())
		}
	}
	if in.p.Objective == Fair && len(in.items) > 0 {
		s.needs = in.needs(max(in.worst(s.plan, nil), 0))
	}
	e.exchange = newExchange(s, worth)
	e.exact = s.needs == nil && len(s.faulty()) == 0 && e.n <= mostChained && in.nest().whole() && e.settled()
	e.chains(e.exact)
	for k := range in.p.Pairs {
		pair := &in.p.Pairs[k]
		e.terms[in.cell(in.item[pair.Item], in.agent[pair.Agent])] = pair
	}
	for _, f := range in.p.Forbidden {
		c := in.cell(in.item[f.Item], in.agent[f.Agent])
		if was, ok := e.reasons[c]; !ok || f.Reason < was {
			e.reasons[c] = f.Reason
		}
	}
	return e
}

// whole says whether every rule is in the trees.
func (n nests) whole() bool {
	if n.one != nil {
		return len(n.one.left) == 0
	}
	return !slices.ContainsFunc(n.all, func(t *nested) bool { return len(t.left) > 0 })
}

func (e *explainer) pair(i, r int32) PairAccount {
	in, c := e.in, e.in.cell(i, r)
	out := PairAccount{Item: in.items[i].ID, Agent: in.agents[r].ID, Value: Affinity(in.value[c]), Rank: 1,
		Pinned: in.state[c]&pinned != 0, Kept: in.state[c]&previous != 0}
	if pair := e.terms[c]; pair != nil {
		for t, v := range pair.Values {
			out.Terms = append(out.Terms, millionths(in.p.Terms[t].Weight, v))
		}
	}
	first := in.cell(i, 0)
	var above []int32
	for b := range int32(len(in.agents)) {
		cell := first + int(b)
		better := in.value[cell] > in.value[c]
		if in.state[cell]&forbidden == 0 {
			out.Eligible++
			if better {
				out.Rank++
			}
		}
		if better && !e.has[cell] {
			above = append(above, b)
		}
	}
	out.Better = e.better(i, r, above)
	if !out.Pinned {
		out.Next = e.next(i, r)
	}
	return out
}

// better says what stands in the way of the best readers that the item does not have.
func (e *explainer) better(i, r int32, above []int32) (list []Better) {
	in := e.in
	slices.SortStableFunc(above, func(a, b int32) int {
		return int(min(max(in.value[in.cell(i, b)]-in.value[in.cell(i, a)], -1), 1))
	})
	for _, b := range above[:min(len(above), 3)] {
		c := in.cell(i, b)
		why := Better{Agent: in.agents[b].ID, Value: Affinity(in.value[c]), Bound: BoundTrade}
		switch {
		case in.state[c]&forbidden != 0:
			why.Bound, why.Name = BoundConflict, e.reasons[c]
		case !e.bears(i, r, b):
			why.Bound, why.Name = BoundRule, e.blocking(i, r, b)
		case e.load[b] >= e.upper[b]:
			why.Bound = BoundLoad
		}
		list = append(list, why)
	}
	return list
}

// blocking names the rule that forbids the trade of r for b.
func (e *explainer) blocking(i, r, b int32) string {
	for k := range e.in.rules {
		rule := &e.in.rules[k]
		n := e.count[i][k]
		if rule.has[r] {
			n--
		}
		if rule.has[b] {
			n++
		}
		if rule.binds(int(i)) && rule.breaks(n) > 0 {
			return rule.name
		}
	}
	return ""
}

// way is one way without a reader: the agent who comes instead, or the hub for nobody.
type way struct {
	by   int32
	cost int64
}

// next is the cheapest way without a reader that can be followed move by move.
func (e *explainer) next(i, r int32) *Next {
	ways := e.ways(i, r)
	for k, w := range ways[:min(len(ways), 12)] {
		moves := e.moves(i, r, w.by)
		if e.apply(moves) {
			for m := len(moves) - 1; m >= 0; m-- {
				e.make(trade{moves[m].item, moves[m].to, moves[m].from})
			}
			return e.say(moves, e.exact && w.cost == ways[0].cost)
		}
		if k == 0 && e.exact {
			return e.say(moves, true) // of equal cost to a chain that does not pass an item twice
		}
	}
	return nil
}

// ways lists who could come instead, the cheapest first.
func (e *explainer) ways(i, r int32) (list []way) {
	in, hub := e.in, int32(e.n-1)
	mine := e.worth[in.cell(i, r)]
	for b := range hub {
		c := in.cell(i, b)
		if e.has[c] || in.state[c]&forbidden != 0 {
			continue
		}
		if rest := e.far[int(b)*e.n+int(r)]; rest < never && e.bears(i, r, b) {
			list = append(list, way{b, mine - e.worth[c] + rest})
		}
	}
	if rest := e.far[int(hub)*e.n+int(r)]; len(e.plan[i]) > in.items[i].Min && rest < never && e.bears(i, r, nobody) {
		list = append(list, way{hub, mine + rest})
	}
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(a.cost, b.cost) })
	return list
}

// moves are the trades of one way: that of the item, then the chain that gives r
// another reading.
func (e *explainer) moves(i, r, by int32) []trade {
	first := trade{i, r, by}
	if int(by) == e.n-1 {
		first.to = nobody
	}
	return append([]trade{first}, e.chain(by, r)...)
}

func (e *explainer) say(moves []trade, exact bool) *Next {
	in, out := e.in, &Next{Exact: exact}
	if to := moves[0].to; to != nobody {
		out.Agent = in.agents[to].ID
	}
	for _, t := range moves {
		if t.item == nobody {
			continue
		}
		m := Move{Item: in.items[t.item].ID}
		if t.from != nobody {
			m.From = in.agents[t.from].ID
			out.Cost += Affinity(in.worth[in.cell(t.item, t.from)])
		}
		if t.to != nobody {
			m.To = in.agents[t.to].ID
			out.Cost -= Affinity(in.worth[in.cell(t.item, t.to)])
		}
		out.Moves = append(out.Moves, m)
	}
	return out
}
