package assign

import (
	"context"
	"slices"
)

// Solve finds the best assignment of a problem. An impossible problem is a result with
// its explanation; an error is *Malformed. The result depends on nothing but the
// problem, unless ctx ends first: the result then says that it was stopped.
func Solve(ctx context.Context, p *Problem) (*Result, error) {
	in, err := ready(p)
	if err != nil {
		return nil, err
	}
	s := &search{ctx: ctx, in: in, work: &work{left: p.Work}, out: &Result{Version: Version, Seed: p.Seed}}
	if s.work.left == 0 {
		s.work.left = min(max(20_000_000/(len(in.value)+1), 60), 3000)
	}
	s.run()
	return s.out, nil
}

// search is one problem being solved.
type search struct {
	ctx  context.Context
	in   *instance
	m    *model
	work *work
	out  *Result
}

func (s *search) run() {
	in, out := s.in, s.out
	if clashes := in.contradictions(); len(clashes) > 0 {
		out.Status, out.Infeasible = None, in.diagnose(s.ctx, clashes)
		return
	}
	s.m = newModel(in)
	defer func() { out.Flows, out.Pivots = s.m.flows, s.m.net.Pivots }()
	s.m.seek(in.worth, 1)
	feasible, done := s.m.solve(s.ctx)
	switch {
	case !done:
		out.Stopped, out.Status = true, NotFound
		return
	case !feasible:
		out.Status, out.Infeasible = None, in.diagnose(s.ctx, nil)
		return
	}
	free := s.m.plan()
	worth := s.kept(free)
	if in.p.Draw != nil {
		s.draw()
		return
	}
	s.decide(free, worth)
}

// kept is the objective: the affinities, and what the previous pairs are worth more.
func (s *search) kept(free plan) []int64 {
	in, keep := s.in, s.in.p.Keep
	if len(in.p.Previous) == 0 {
		return in.worth
	}
	s.out.Repair = &Repair{Best: Affinity(in.sum(free, in.worth))}
	bonus := int64(millionths(1, keep.Bonus))
	if keep.Bonus == 0 {
		bonus = int64(millionths(1, DefaultBonus))
	}
	if keep.Fewest {
		bonus = in.dominant()
	}
	return in.bonus(bonus)
}

// dominant is a bonus that no affinity can outweigh: two assignments differ by cycles
// that pass each agent once, so that a cycle that keeps one pair fewer gains less.
func (in *instance) dominant() int64 {
	most := int64(millionths(1, in.p.Balance)) * int64(len(in.items)+1)
	for _, w := range in.worth {
		most = max(most, w)
	}
	return int64(2*len(in.agents)+4)*most + 1
}

func (in *instance) bonus(bonus int64) []int64 {
	worth := slices.Clone(in.worth)
	for c, s := range in.state {
		if s&previous != 0 {
			worth[c] += bonus
		}
	}
	return worth
}

// decide seeks the floors, then the best of the objective at those floors.
func (s *search) decide(free plan, worth []int64) {
	in := s.in
	d := newSide(s.m, worth, nil, s.work)
	if s.crossing() {
		if !d.decide(s.ctx, false) {
			s.out.Status, s.out.Infeasible = None, in.diagnose(s.ctx, nil)
			return
		}
		if d.value == noValue {
			s.out.Status, s.out.Stopped = NotFound, s.work.stopped
			s.out.Infeasible = in.diagnose(s.ctx, nil)
			return
		}
	} else {
		if len(in.p.Previous) > 0 {
			s.m.seek(worth, 1)
			_, done := s.m.solve(s.ctx)
			s.work.stopped = !done
			free = s.m.plan()
		}
		d.best, d.value = free, in.objective(free, worth)
		d.bound = d.value
		if s.work.stopped {
			d.bound = d.loose()
		}
	}
	if in.p.Objective == Fair && len(in.items) > 0 {
		d = s.fair(d, worth)
	}
	s.finish(d)
}

// crossing says whether some rule is not in the network.
func (s *search) crossing() bool {
	return slices.ContainsFunc(s.m.left, func(l []int32) bool { return len(l) > 0 })
}

// loose bounds the objective without a flow: the best readers of each item.
func (d *side) loose() (sum int64) {
	for i, it := range d.in.items {
		row := slices.Clone(d.worth[i*len(d.in.agents) : (i+1)*len(d.in.agents)])
		slices.Sort(row)
		for _, w := range row[max(len(row)-it.Max, 0):] {
			sum += w
		}
	}
	return sum
}

// fair raises the floors one after the other, then seeks the best objective above them.
func (s *search) fair(d *side, worth []int64) *side {
	f := newFairness(s.m, worth, d.best, s.work)
	for level := range max(s.in.p.Levels, 1) {
		if level > 0 {
			f.freeze(int64(f.floors[level-1].Value))
		}
		if !slices.Contains(f.frozen, false) || s.work.left <= 0 {
			break
		}
		f.raise(s.ctx)
	}
	s.out.Floors = append(s.out.Floors, f.floors...)
	above := newSide(s.m, worth, f.needs, s.work)
	above.bound = d.bound
	above.offer(s.in.stand(d.best, f.needs))
	above.offer(s.in.stand(f.best, f.needs))
	if !above.proved() {
		x := newExchange(s.in.stand(f.best, f.needs), worth)
		x.improve(x.rounds())
		above.offer(x.standing)
		above.decide(s.ctx, false)
	}
	return above
}

// finish writes the result of a search.
func (s *search) finish(d *side) {
	in, out := s.in, s.out
	out.Pairs = in.links(d.best)
	out.Total = Affinity(in.sum(d.best, in.worth))
	out.TotalBound = out.Total + Affinity(max(d.bound-d.value, 0))
	if worst := in.worst(d.best, nil); worst < noLevel {
		out.Worst = Affinity(worst)
	}
	out.Status, out.Stopped = Optimal, s.work.stopped
	for k, f := range out.Floors {
		if k == 0 {
			out.WorstBound = max(f.Bound, out.Worst)
		}
		if !f.Proved {
			out.Status = Bounded
		}
	}
	if !d.proved() {
		out.Status = Bounded
	}
	if out.Repair != nil {
		s.repair(d)
	}
}

// links names the pairs of a plan.
func (in *instance) links(p plan) []Link {
	list := []Link{}
	for i, readers := range p {
		for _, r := range readers {
			list = append(list, Link{in.items[i].ID, in.agents[r].ID})
		}
	}
	return list
}
