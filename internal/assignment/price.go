package assignment

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/solve/assign"
)

// The rules that may be dropped, to see what they cost. A recusal is not one of them.
const (
	PriceFair  = "fair"  // the worst-off file first
	PriceEven  = "even"  // loads within one reading
	PriceHouse = "house" // at most one reader of an organisation
	PriceNeed  = "need"  // at least one reader of a group
	PriceMost  = "most"  // the most that members read
	PriceLeast = "least" // the least that members read
	PricePins  = "pins"
	PriceBars  = "bars" // who was kept from a file by hand
	PriceAway  = "away" // who cannot read for now
)

// Price is what one rule costs: what the best assignment without it has more. A gain may
// be negative: raising the worst-off file may cost the sum, and the other way.
type Price struct {
	Kind     string
	Group    Group // of PriceNeed
	Total    assign.Affinity
	Worst    assign.Affinity
	Possible bool // there is an assignment without this rule
	Proved   bool // the two assignments compared are proved the best
}

// Prices are those of the rules in force, one dropped at a time, on the files seen.
type Prices struct {
	Board
	Best  *assign.Result // with every rule; draws and repairs left aside
	List  []Price
	Stops bool            // time ran out before the end
	Hand  assign.Affinity // what the best has more than the plan as it stands, in the sum
}

// The bounds of a comparison: it counts flows, so that a hard one says that it is not
// proved rather than last.
const (
	priceWork = 150
	priceable = 10 * time.Second
)

// Prices reckons what each rule costs. Nothing is kept and nothing changes. Errors: as Board.
func (s *Service) Prices(ctx context.Context, by account.User, id committee.SelectionID) (out Prices, err error) {
	v, err := s.look(ctx, s.db.Reader(), by, id)
	if err != nil {
		return out, err
	}
	out.Board = v.Board
	if out.Account, err = assign.Check(v.Problem, links(v.Plan.Pairs)); err != nil {
		return out, unsolvable(err)
	}
	if len(v.Problem.Items) == 0 || len(v.Problem.Agents) == 0 {
		return out, nil
	}
	limited, stop := context.WithTimeout(ctx, priceable)
	defer stop()
	if out.Best, err = v.without(limited, drop{}); err != nil {
		return out, err
	}
	out.Stops = out.Best.Stopped
	if out.Best.Status.Found() {
		out.Hand = out.Best.Total - out.Account.Total
	}
	for _, d := range v.drops() {
		r, err := v.without(limited, d)
		if err != nil {
			return out, err
		}
		if r.Stopped {
			out.Stops = true
			break
		}
		p := d.Price
		p.Possible = r.Status.Found()
		if p.Possible && out.Best.Status.Found() {
			p.Total, p.Worst = r.Total-out.Best.Total, r.Worst-out.Best.Worst
			p.Proved = r.Status == assign.Optimal && out.Best.Status == assign.Optimal
		}
		out.List = append(out.List, p)
	}
	return out, nil
}

// drop is a rule and how it is dropped.
type drop struct {
	Price
	settings func(*Settings)
	problem  func(*assign.Problem)
}

// without solves what is asked without one rule.
func (v view) without(ctx context.Context, d drop) (*assign.Result, error) {
	h := v.house
	if d.settings != nil {
		d.settings(&h.plan.Settings)
	}
	p := h.problem()
	if v.Partial {
		narrow(p, v.sees)
	}
	if d.problem != nil {
		d.problem(p)
	}
	p.Draw, p.Work = nil, priceWork
	r, err := assign.Solve(ctx, p)
	if err != nil {
		return nil, unsolvable(err)
	}
	return r, nil
}

// drops lists the rules in force, as far as the files that are seen tell.
func (v view) drops() (list []drop) {
	in := v.house.plan.Settings
	set := func(inForce bool, kind string, change func(*Settings)) {
		if inForce {
			list = append(list, drop{Price: Price{Kind: kind}, settings: change})
		}
	}
	set(in.Objective == assign.Fair, PriceFair, func(s *Settings) { s.Objective = assign.Total })
	set(in.OneOfAHouse, PriceHouse, func(s *Settings) { s.OneOfAHouse = false })
	for _, g := range in.Needs {
		list = append(list, drop{Price: Price{Kind: PriceNeed, Group: g}, settings: func(s *Settings) {
			s.Needs = slices.DeleteFunc(slices.Clone(s.Needs), func(x Group) bool { return x == g })
		}})
	}
	set(in.Even, PriceEven, func(s *Settings) { s.Even = false })
	bound := func(kind string, inForce func(assign.Agent) bool, change func(*assign.Agent, int)) {
		if slices.ContainsFunc(v.Problem.Agents, inForce) {
			list = append(list, drop{Price: Price{Kind: kind}, problem: func(p *assign.Problem) {
				for i := range p.Agents {
					change(&p.Agents[i], len(p.Items))
				}
			}})
		}
	}
	bound(PriceMost, func(a assign.Agent) bool { return a.Max < len(v.Files) }, func(a *assign.Agent, files int) { a.Max = files })
	bound(PriceLeast, func(a assign.Agent) bool { return a.Min > 0 }, func(a *assign.Agent, _ int) { a.Min = 0 })
	seen := func(list []Pair) bool { return slices.ContainsFunc(list, func(p Pair) bool { return v.open[p.File] }) }
	set(seen(in.Pinned), PricePins, func(s *Settings) { s.Pinned = nil })
	set(seen(in.Barred), PriceBars, func(s *Settings) { s.Barred = nil })
	set(len(in.Away) > 0, PriceAway, func(s *Settings) { s.Away = nil })
	return list
}
