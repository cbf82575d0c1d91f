package assign

import "slices"

// standing is an assignment being looked at or changed, with what it uses of each
// bound.
type standing struct {
	in    *instance
	plan  plan
	has   []bool  // by cell
	load  []int   // by agent
	score []int64 // by item: the sum of affinities, not weighted
	count [][]int // by item, then by rule
	needs []int64 // by item: the floor of its score; nil when there is none
	lower []int   // by agent
	upper []int
	rules [][]int32 // by agent: the rules whose group it is in
	holds [][]int32 // by agent: its items
}

func (in *instance) stand(p plan, needs []int64) *standing {
	s := &standing{in: in, plan: make(plan, len(p)), needs: needs, has: make([]bool, len(in.value)), load: make([]int, len(in.agents)), score: make([]int64, len(in.items))}
	s.lower, s.upper = in.bounds()
	s.rules, s.holds = make([][]int32, len(in.agents)), make([][]int32, len(in.agents))
	for k := range in.rules {
		for _, r := range in.rules[k].agents {
			s.rules[r] = append(s.rules[r], int32(k))
		}
	}
	s.count = make([][]int, len(in.items))
	for i, readers := range p {
		s.count[i] = make([]int, len(in.rules))
		for _, r := range readers {
			s.add(int32(i), r)
		}
	}
	return s
}

func (s *standing) add(i, r int32) {
	c := s.in.cell(i, r)
	s.plan[i] = append(s.plan[i], r)
	s.has[c] = true
	s.holds[r] = append(s.holds[r], i)
	s.load[r]++
	s.score[i] += s.in.value[c]
	for _, k := range s.rules[r] {
		s.count[i][k]++
	}
}

func (s *standing) drop(i, r int32) {
	c := s.in.cell(i, r)
	at := slices.Index(s.plan[i], r)
	s.plan[i] = slices.Delete(s.plan[i], at, at+1)
	s.has[c] = false
	at = slices.Index(s.holds[r], i)
	s.holds[r] = slices.Delete(s.holds[r], at, at+1)
	s.load[r]--
	s.score[i] -= s.in.value[c]
	for _, k := range s.rules[r] {
		s.count[i][k]--
	}
}

// sorted is a copy of the plan, readers in order.
func (s *standing) sorted() plan {
	out := make(plan, len(s.plan))
	for i, readers := range s.plan {
		out[i] = slices.Clone(readers)
		slices.Sort(out[i])
	}
	return out
}

// breaks is how far n readers of a rule's group are from its bounds.
func (s *set) breaks(n int) int { return max(s.atLeast-n, n-s.atMost, 0) }

// fault is how far an item is from its rules, in readers, and from its floor, in score.
func (s *standing) fault(i int32) (readers int, score int64) {
	for k := range s.in.rules {
		if rule := &s.in.rules[k]; rule.binds(int(i)) {
			readers += rule.breaks(s.count[i][k])
		}
	}
	if s.needs != nil {
		score = max(s.needs[i]-s.score[i], 0)
	}
	return readers, score
}

// faulty lists the items that break a rule or lie under their floor.
func (s *standing) faulty() (list []int32) {
	for i := range int32(len(s.plan)) {
		if readers, score := s.fault(i); readers > 0 || score > 0 {
			list = append(list, i)
		}
	}
	return list
}

// bears says whether item i may trade agent a for agent b (nobody for either: one
// reader fewer or more) without going further from any rule or from its floor.
func (s *standing) bears(i, a, b int32) bool {
	if a >= 0 {
		for _, k := range s.rules[a] {
			rule := &s.in.rules[k]
			if (b >= 0 && rule.has[b]) || !rule.binds(int(i)) {
				continue
			}
			if n := s.count[i][k]; n-1 < rule.atLeast {
				return false
			}
		}
	}
	if b >= 0 {
		for _, k := range s.rules[b] {
			rule := &s.in.rules[k]
			if (a >= 0 && rule.has[a]) || !rule.binds(int(i)) {
				continue
			}
			if n := s.count[i][k]; n+1 > rule.atMost {
				return false
			}
		}
	}
	if s.needs == nil || s.needs[i] == 0 {
		return true
	}
	change := int64(0)
	if a >= 0 {
		change -= s.in.value[s.in.cell(i, a)]
	}
	if b >= 0 {
		change += s.in.value[s.in.cell(i, b)]
	}
	return change >= 0 || s.score[i]+change >= s.needs[i]
}

// free says whether an agent may be taken away from an item, or given to it.
func (s *standing) free(i, r int32) bool { return s.in.state[s.in.cell(i, r)]&(forbidden|pinned) == 0 }

// objective is what a plan is worth, less what the balance of loads takes.
func (in *instance) objective(p plan, worth []int64) int64 {
	total := in.sum(p, worth)
	step := int64(millionths(1, in.p.Balance))
	if step == 0 {
		return total
	}
	load := make([]int64, len(in.agents))
	for _, readers := range p {
		for _, r := range readers {
			total -= step * load[r]
			load[r]++
		}
	}
	return total
}
