package timetable

import (
	"context"
	"slices"
)

// Status is what is known of a plan.
type Status string

// The states of a plan: its weight proved the greatest; valid, with a bound beside it;
// or without some mandatory meetings, proved necessary or not.
const (
	Optimal  Status = "optimal"
	Bounded  Status = "bounded"
	NotFound Status = "not_found"  // mandatory meetings are left out: no proof that they must
	None     Status = "infeasible" // proved: they cannot all be held
)

// Feasible says whether everything mandatory is held.
func (s Status) Feasible() bool { return s == Optimal || s == Bounded }

// Score is what a plan is worth, aim by aim, the first the most important.
type Score struct {
	Lost        int `json:"mandatory_lost"` // mandatory meetings not held, and meetings short of the least of a person
	Weight      int `json:"weight"`
	Holes       int `json:"holes"`  // idle slots of sponsors and experts between two meetings of a day
	Fewest      int `json:"fewest"` // meetings of the project that has fewest
	Preferences int `json:"preferences"`
}

// Plan is who meets when, and where.
type Plan struct {
	Status   Status   `json:"status"`
	Schedule Schedule `json:"schedule"`
	Rooms    Rooms    `json:"rooms,omitempty"`
	Score    Score    `json:"score"`
	// Bound is a weight that no plan exceeds; the plan's own when Status is Optimal.
	Bound int    `json:"bound"`
	Seed  uint64 `json:"seed"`
	Tries int    `json:"tries"` // changes that were tried: the work done, the same for the same seed
	// Stopped says that time ran out, and so that another run may give another plan.
	Stopped    bool        `json:"stopped,omitempty"`
	Infeasible *Infeasible `json:"infeasible,omitempty"`
}

// Options bound a search. Tries 0 is what a second or two hold, by the size of the
// instance.
type Options struct {
	Tries int
}

// Solve finds a plan: everything mandatory, then the greatest weight, then the fewest
// holes, then fairness between projects, then preferences. It is anytime: when ctx ends
// the best plan so far is returned. Otherwise the same instance gives the same plan. An
// error is *Malformed.
//
// The model is that of the B2B meeting problem (Bofill, Coll, Garcia, Giráldez-Cru, Pesant,
// Suy and Villaret, JAIR 2022) with optional meetings, windows and rests.
func Solve(ctx context.Context, in *Instance, o Options) (*Plan, error) {
	m, err := prepare(in)
	if err != nil {
		return nil, err
	}
	s := newSearch(ctx, newState(m, nil), in.Seed)
	s.roomy()
	r := m.relax(nil, 0)
	r.tighten(ctx, 0, 1)
	s.price = m.prices()
	s.construct()
	s.anneal(o.Tries, r)
	s.restore(s.best)
	return s.plan(r.weight()), nil
}

// scale is how many units of cost the price of a meeting of mean weight is cut in.
const scale = 1000

// prices are those of the annealer: a hole is worth an eighth of a meeting of mean
// weight, a mandatory meeting fifteen of them.
func (m *model) prices() prices {
	sum, n, wish := int64(0), int64(0), int64(1)
	for _, w := range m.worth {
		if w > 0 {
			sum, n = sum+int64(w), n+1
		}
	}
	for _, p := range m.pref {
		wish = max(wish, int64(p), -int64(p))
	}
	p := prices{lost: 1200 * scale, holes: 10 * scale, uneven: scale / 2, displeased: scale / wish}
	if sum > 0 {
		p.missing = max(80*scale*n/sum, 1)
	}
	return p
}

// construct places the meetings one after the other: those that must be held first, the
// ones with fewest slots before the others, then by weight.
func (s *search) construct() {
	s.note() // nothing held: when no better plan has rooms
	order := make([]int32, len(s.who))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case s.must[a] != s.must[b] && s.must[a]:
			return -1
		case s.must[a] != s.must[b]:
			return 1
		case s.must[a] && len(s.dom[a]) != len(s.dom[b]):
			return len(s.dom[a]) - len(s.dom[b])
		}
		return int(s.worth[b]) - int(s.worth[a])
	})
	for _, i := range order {
		if s.at[i] >= 0 || len(s.dom[i]) == 0 {
			continue
		}
		s.reinsert(i)
		for try := 0; s.must[i] && s.at[i] < 0 && try < 50; try++ {
			s.trail = s.trail[:0]
			before := s.score.lost
			t := s.dom[i][s.rand.below(len(s.dom[i]))]
			if !s.eject(i, t) || s.score.lost >= before && try < 49 {
				s.undo(0)
			}
		}
	}
	s.trail = s.trail[:0]
	s.note()
}

// anneal runs cycles of cooling, each from the best plan. Between them the bound is
// tightened when the weight has not met it.
func (s *search) anneal(tries int, r *relaxation) {
	if tries == 0 {
		tries = min(1_000_000+3000*len(s.who), 10_000_000)
	}
	done := func(f *figures) bool {
		return f.lost == 0 && int(f.missing) <= s.total()-r.weight() && f.holes == 0 && f.uneven == 0 && s.displeasing() == f.displeased
	}
	cycles := []float64{60, 30, 30}
	for _, hot := range cycles {
		s.cool(tries/len(cycles), hot*scale, 1.5*scale, done)
		if s.stopped {
			return
		}
		s.restore(s.best)
		if weight := s.total() - int(s.top.missing); s.top.lost == 0 && weight < r.weight() {
			r.tighten(s.ctx, weight, 20)
		}
	}
}

// displeasing is the least that −(preferences) can be, whatever the plan.
func (m *model) displeasing() (sum int32) {
	for i, dom := range m.dom {
		best := int32(0)
		for _, t := range dom {
			best = max(best, m.pref[i*m.slots()+int(t)])
		}
		sum -= best
	}
	return sum
}

// total is the weight of all meetings.
func (m *model) total() (sum int) {
	for _, w := range m.worth {
		sum += int(w)
	}
	return sum
}

// plan writes the state as a plan.
func (s *search) plan(bound int) *Plan {
	p := &Plan{Seed: s.in.Seed, Tries: s.tries, Stopped: s.stopped, Bound: bound, Schedule: s.schedule(), Score: s.state.figures()}
	p.Rooms, _ = s.colour()
	switch {
	case s.score.lost > 0:
		p.Status = NotFound
		p.Infeasible = s.diagnose()
		if p.Infeasible.Proved {
			p.Status = None
		}
	case p.Score.Weight >= bound:
		p.Status = Optimal
	default:
		p.Status = Bounded
	}
	return p
}

func (s *state) schedule() Schedule {
	list := Schedule{}
	for i, t := range s.at {
		if t >= 0 {
			list[s.in.Meetings[i].ID] = int(t)
		}
	}
	return list
}

func (s *state) figures() Score {
	fewest := 0
	for k, p := range s.projects {
		if k == 0 || int(s.load[p]) < fewest {
			fewest = int(s.load[p])
		}
	}
	return Score{Lost: int(s.score.lost), Weight: s.total() - int(s.score.missing), Holes: int(s.score.holes), Fewest: fewest, Preferences: -int(s.score.displeased)}
}
