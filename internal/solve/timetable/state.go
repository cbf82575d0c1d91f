package timetable

import (
	"math/bits"
	"slices"
)

// state is a plan being changed: where each meeting is, what each person does, and the
// figures of the plan, kept up to date by set.
type state struct {
	*model
	at    []int32  // by meeting: its first slot, or none
	occ   []int32  // person × slot: the meeting, or none
	busy  []uint64 // person × day
	load  []int32  // by person
	used  []int32  // slot × hall
	there [][]int32
	idle  []int32 // person × day: holes
	was   []int32 // by meeting: where it was before, for a repair; nil otherwise
	score figures
	trail []step // what set has changed since mark
	price prices
	fair  int32 // the meetings of a project, at the mean, when all are held
}

// step is a change that can be undone.
type step struct{ meeting, from int32 }

// figures are the aims of a plan, the first the most important. All are sought small.
type figures struct {
	lost       int32 // mandatory meetings not held, and meetings short of the least of a person
	missing    int32 // weight of the meetings not held
	changed    int32 // moved, cancelled and added meetings
	holes      int32 // idle slots of sponsors and experts, between two meetings of a day
	uneven     int64 // the sum over projects of the cube of what each lacks of the mean
	displeased int32 // −(preferences)
}

// less says whether a plan is better than another, by the order of aims.
func (a *figures) less(b *figures) bool {
	switch {
	case a.lost != b.lost:
		return a.lost < b.lost
	case a.missing != b.missing:
		return a.missing < b.missing
	case a.changed != b.changed:
		return a.changed < b.changed
	case a.holes != b.holes:
		return a.holes < b.holes
	case a.uneven != b.uneven:
		return a.uneven < b.uneven
	}
	return a.displeased < b.displeased
}

// prices turn figures into one number, for the annealer.
type prices struct{ lost, missing, changed, holes, uneven, displeased int64 }

func (s *state) cost() int64 {
	f := &s.score
	return int64(f.lost)*s.price.lost + int64(f.missing)*s.price.missing + int64(f.changed)*s.price.changed +
		int64(f.holes)*s.price.holes + int64(f.displeased)*s.price.displeased + f.uneven*s.price.uneven
}

func newState(m *model, was []int32) *state {
	T, P := m.slots(), len(m.role)
	s := &state{model: m, at: make([]int32, len(m.who)), occ: make([]int32, P*T), busy: make([]uint64, P*m.days), load: make([]int32, P),
		used: make([]int32, T*len(m.halls)), there: make([][]int32, T), idle: make([]int32, P*m.days), was: was}
	if n := len(m.projects); n > 0 {
		s.fair = int32((len(m.who) + n - 1) / n)
	}
	for i := range s.at {
		s.at[i] = none
		s.score.missing += m.worth[i]
		if m.must[i] {
			s.score.lost++
		}
		if was != nil && was[i] >= 0 {
			s.score.changed++
		}
	}
	for i := range s.occ {
		s.occ[i] = none
	}
	for p, x := range m.in.People {
		s.score.lost += int32(x.Min)
		if m.role[p] == 0 {
			s.score.uneven += s.uneven(0)
		}
	}
	return s
}

// uneven is what a project with n meetings adds to the unfairness of a plan.
func (s *state) uneven(n int32) int64 {
	x := int64(max(s.fair-n, 0))
	return x * x * x
}

// set puts a meeting at a slot, or nowhere, whatever stands there, and notes it.
func (s *state) set(i, t int32) {
	from := s.at[i]
	if from == t {
		return
	}
	s.trail = append(s.trail, step{i, from})
	s.put(i, from, t)
}

func (s *state) put(i, from, t int32) {
	if from >= 0 {
		s.mark(i, from, none)
	}
	s.at[i] = t
	if t >= 0 {
		s.mark(i, t, i)
	}
	if s.was != nil {
		w := s.was[i]
		s.score.changed += differs(w, t) - differs(w, from)
	}
	if (from >= 0) == (t >= 0) {
		return
	}
	sign := int32(1) // one meeting more
	if t < 0 {
		sign = -1
	}
	s.score.missing -= sign * s.worth[i]
	if s.must[i] {
		s.score.lost -= sign
	}
}

// differs is 1 when a meeting is not where it was.
func differs(was, at int32) int32 {
	if was == at {
		return 0
	}
	return 1
}

// mark writes a meeting, or none, in the slots that it takes from t.
func (s *state) mark(i, t, as int32) {
	T := int32(s.slots())
	d := s.day[t]
	span := s.span(i, t)
	sign := int32(-1)
	if as >= 0 {
		sign = 1
	}
	s.score.displeased -= sign * s.pref[i*T+t]
	for _, p := range s.who[i] {
		for q := t; q < t+s.length[i]; q++ {
			s.occ[p*T+q] = as
		}
		k := int(p)*s.days + int(d)
		if sign > 0 {
			s.busy[k] |= span
		} else {
			s.busy[k] &^= span
		}
		if s.holes[p] {
			s.score.holes -= s.idle[k]
			s.idle[k] = gaps(s.busy[k])
			s.score.holes += s.idle[k]
		}
		least := int32(s.in.People[p].Min)
		s.score.lost -= max(least-s.load[p], 0)
		if s.role[p] == 0 {
			s.score.uneven += s.uneven(s.load[p]+sign) - s.uneven(s.load[p])
		}
		s.load[p] += sign
		s.score.lost += max(least-s.load[p], 0)
	}
	c := s.class[i]
	if c < 0 {
		return
	}
	H := int32(len(s.halls))
	for q := t; q < t+s.length[i]; q++ {
		for _, h := range s.member[c] {
			s.used[q*H+h] += sign
		}
		if sign > 0 {
			s.there[q] = append(s.there[q], i)
		} else {
			k := slices.Index(s.there[q], i)
			last := len(s.there[q]) - 1
			s.there[q][k] = s.there[q][last]
			s.there[q] = s.there[q][:last]
		}
	}
}

// gaps is how many idle slots stand between the first and the last busy one of a day.
func gaps(busy uint64) int32 {
	if busy == 0 {
		return 0
	}
	return int32(bits.Len64(busy) - bits.TrailingZeros64(busy) - bits.OnesCount64(busy))
}

// undo goes back to where the trail had that length.
func (s *state) undo(length int) {
	for k := len(s.trail) - 1; k >= length; k-- {
		x := s.trail[k]
		s.put(x.meeting, s.at[x.meeting], x.from)
	}
	s.trail = s.trail[:length]
}

// fit says whether a meeting that is not held can start at a slot of its domain without
// anything else changing.
func (s *state) fit(i, t int32) bool {
	span, d := s.span(i, t), int(s.day[t])
	for _, p := range s.who[i] {
		if s.busy[int(p)*s.days+d]&span != 0 {
			return false
		}
	}
	for _, p := range s.who[i] {
		busy := s.busy[int(p)*s.days+d] | span
		for q := t; q < t+s.length[i]; q++ {
			for _, w := range s.windows[s.role[p]][q] {
				if int32(bits.OnesCount64(busy&w.mask)) > w.most {
					return false
				}
			}
		}
		if most := int32(s.in.People[p].Max); most > 0 && s.load[p] >= most {
			return false
		}
	}
	if c := s.class[i]; c >= 0 {
		H := int32(len(s.halls))
		for q := t; q < t+s.length[i]; q++ {
			for _, h := range s.member[c] {
				if s.used[q*H+h] >= s.limit[q*H+h] {
					return false
				}
			}
		}
	}
	for _, l := range s.links[i] {
		if s.at[l.other] >= 0 && !s.ordered(i, t, l) {
			return false
		}
	}
	return len(s.walks) == 0 || s.stroller(i, t) == none
}

// ordered says whether a precedence holds with a meeting at t.
func (s *state) ordered(i, t int32, l link) bool {
	u := s.at[l.other]
	if l.first {
		return s.end[t+s.length[i]-1]+l.gap <= s.begin[u]
	}
	return s.end[u+s.length[l.other]-1]+l.gap <= s.begin[t]
}

// stroller is a meeting of somebody of this one that is too far to walk to or from, or
// none.
func (s *state) stroller(i, t int32) int32 {
	if s.place[i] < 0 {
		return none
	}
	T := int32(s.slots())
	begin, end := s.begin[t], s.end[t+s.length[i]-1]
	for _, p := range s.who[i] {
		for q := t - 1; q >= 0 && s.day[q] == s.day[t]; q-- {
			if o := s.occ[p*T+q]; o >= 0 && o != i && s.place[o] >= 0 && s.end[q]+s.walks[[2]int32{s.place[o], s.place[i]}] > begin {
				return o
			}
		}
		for q := t + s.length[i]; q < T && s.day[q] == s.day[t]; q++ {
			if o := s.occ[p*T+q]; o >= 0 && o != i && s.place[o] >= 0 && end+s.walks[[2]int32{s.place[i], s.place[o]}] > s.begin[q] {
				return o
			}
		}
	}
	return none
}
