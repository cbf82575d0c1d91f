package compose

import (
	"context"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/timetable"
)

// repairTries is what the repair of a coaching tries when nothing is said.
const repairTries = 200_000

// nobody has no meeting: her absence is what a repair is told when its instance already
// knows what happened.
const nobody = "n."

// meetAgain places the meetings, as the k-th choice of the mender has them.
func (m *mending) meetAgain(ctx context.Context, k int) error {
	left := slices.DeleteFunc(slices.Clone(m.wanted), func(w wanted) bool {
		if w.Activity != "" {
			a, _ := m.in.Order.Find(w.Activity)
			return m.holds(w.Activity, w.Project, m.project[w.Project].Sponsors) && a.Sponsor
		}
		return m.holds("", w.Project, []string{w.Person})
	})
	bound, known, proved := 0, true, true
	for n, list := range m.coachings() {
		l := m.layer(list, left)
		running := m.running(l)
		schedule, rooms := running.Schedule, running.Rooms
		if len(l.slots) > 0 && m.broken(l, running) {
			r := m.mended
			if n > 0 || r == nil {
				var err error
				if r, err = m.mend(ctx, l, running); err != nil {
					return err
				}
				if n == 0 {
					m.mended = r
				}
			}
			c := r.Choices[0]
			if n == 0 {
				c = r.Choices[k]
			}
			schedule, rooms = c.Schedule, c.Rooms
			m.account.Stopped = m.account.Stopped || r.Stopped
			bound, proved = bound+r.WeightBound, proved && r.Proved
		} else {
			known = false
		}
		m.seatAgain(l, schedule, rooms)
		for id := range schedule {
			m.account.Weight += l.wanted[id].weight
		}
		left = slices.DeleteFunc(left, func(w wanted) bool { _, held := schedule[w.id]; return held })
	}
	if m.lost(); known {
		m.account.Bound, m.account.Proved = bound, proved
	}
	return nil
}

// mend asks the mender of meetings.
func (m *mending) mend(ctx context.Context, l *layer, running timetable.Running) (*timetable.Repair, error) {
	absent := timetable.Person{ID: nobody, Role: timetable.Expert, Available: make([]bool, len(l.slots))}
	l.in.People = append(l.in.People, absent)
	tries := m.in.Tries
	if tries == 0 {
		tries = repairTries
	}
	return timetable.Mend(ctx, l.in, running, &timetable.Event{Kind: timetable.EventAbsence, Person: nobody, Now: l.in.Now}, timetable.Options{Tries: tries})
}

// running is the plan that is followed, as far as a layer knows it: a slot that moved with
// its coaching is the same slot.
func (m *mending) running(l *layer) timetable.Running {
	r := timetable.Running{Schedule: timetable.Schedule{}, Rooms: timetable.Rooms{}}
	for i := range l.in.Meetings {
		x := &l.in.Meetings[i]
		s, had := m.was[string(x.ID)]
		if _, meeting := m.meets(s); !had || !meeting {
			continue
		}
		t := slices.IndexFunc(l.slots, func(t order.Slot) bool { return t.Activity == s.Activity && t.N == s.N })
		if t < 0 {
			continue
		}
		r.Schedule[x.ID] = t
		x.Remote = x.Remote || s.Remote
		if s.Room != "" && !x.Remote {
			r.Rooms[x.ID] = s.Room
		}
	}
	return r
}

// broken says whether something of what is to come cannot be as it is, or a meeting has
// no slot any more.
func (m *mending) broken(l *layer, running timetable.Running) bool {
	for id, s := range m.was {
		_, meeting := m.meets(s)
		_, here := l.activity[s.Activity]
		_, left := m.in.Order.Find(s.Activity)
		_, held := running.Schedule[timetable.ID(id)]
		if meeting && !held && (here || !left) && !m.now.begun(spanOf(s)) && !m.ids[id] {
			return true
		}
	}
	rooms := running.Rooms
	if len(m.in.Places) == 0 {
		rooms = nil
	}
	return slices.ContainsFunc(timetable.Check(l.in, running.Schedule, rooms, running.Schedule), func(v timetable.Violation) bool {
		return v.Kind != timetable.BreakMandatory && v.Kind != timetable.BreakLoad && v.Kind != timetable.BreakRest
	})
}

// seatAgain writes a schedule: what has begun as it was, what stays with those of it who
// are there, the rest as a new plan has it.
func (m *mending) seatAgain(l *layer, schedule timetable.Schedule, rooms timetable.Rooms) {
	fresh := timetable.Schedule{}
	var begun, kept []plan.Sitting
	for id, t := range schedule {
		was, had := m.was[string(id)]
		slot := l.slots[t]
		if t < l.in.Now {
			begun = append(begun, m.ended(was))
			continue
		}
		if had && was.Activity == slot.Activity && was.N == slot.N && slices.Contains(was.People, l.wanted[id].Person) {
			was.Day, was.From, was.To = slot.Day, slot.From, slot.To
			if len(m.in.Places) > 0 && l.activity[slot.Activity].Room == "" && !was.Remote {
				was.Room = rooms[id]
			}
			kept = append(kept, was)
			continue
		}
		fresh[id] = t
	}
	for _, s := range byTime(begun) {
		m.add(s)
	}
	for _, s := range byTime(kept) {
		people := slices.DeleteFunc(slices.Clone(s.People), func(id string) bool { return !m.free(id, spanOf(s)) })
		if !slices.ContainsFunc(people, func(id string) bool { return m.of[id] == s.Project }) {
			people = append(people, m.team(s.Project, spanOf(s))...)
		}
		slices.Sort(people)
		s.People = slices.Compact(people)
		if a := l.activity[s.Activity]; a.Room != "" && s.Room != "" {
			if p, known := m.in.place(s.Room); known && !m.suits(p, m.asking(s, a)) {
				s.Table = 0
				s.Room = m.settle(m.asking(s, a), true)
			}
		}
		m.add(s)
	}
	m.seatAll(l, fresh, rooms)
}

// lost tells which meetings were planned and are held no more.
func (m *mending) lost() {
	r := Refusal{Key: RefusedLost}
	for _, id := range sorted(m.was) {
		s := m.was[id]
		if a, _ := m.before.Order.Find(s.Activity); a.Kind != order.Coaching || m.ids[id] || s.Pinned {
			continue
		}
		for _, who := range s.People {
			if m.of[who] != s.Project {
				r.GiveUp = append(r.GiveUp, Pairing{s.Activity, s.Project, who})
			}
		}
	}
	if len(r.GiveUp) > 0 {
		m.refuse(r)
	}
}
