package timetable

import (
	"context"
	"math/rand/v2"
	"testing"
)

// every calls f with each plan of an instance that breaks nothing, what is not held left
// aside. Meetings before now stay as they were.
func every(in *Instance, past Schedule, f func(s Schedule)) {
	s := Schedule{}
	var try func(k int)
	try = func(k int) {
		if k == len(in.Meetings) {
			if len(faults(in, s, nil, past)) > 0 {
				return
			}
			if _, ok := roomsByHand(in, s); ok {
				f(s)
			}
			return
		}
		x := &in.Meetings[k]
		if t, ok := past[x.ID]; ok && t < in.Now {
			s[x.ID] = t
			try(k + 1)
			delete(s, x.ID)
			return
		}
		try(k + 1)
		for _, t := range x.Allowed {
			if t >= in.Now && in.together(t, max(x.Length, 1)) && t+max(x.Length, 1) <= len(in.Slots) {
				s[x.ID] = t
				try(k + 1)
				delete(s, x.ID)
			}
		}
	}
	try(0)
}

// roomsByHand tries every room for every meeting.
func roomsByHand(in *Instance, s Schedule) (Rooms, bool) {
	if len(in.Rooms) == 0 {
		return nil, true
	}
	rooms := Rooms{}
	ids := s.ids()
	var try func(k int) bool
	try = func(k int) bool {
		if k == len(ids) {
			for _, v := range Check(in, s, rooms, nil) {
				switch v.Kind {
				case BreakRoomDouble, BreakRoomClosed, BreakRoomUnfit, BreakRoomNone:
					return false
				}
			}
			return true
		}
		for _, r := range in.Rooms {
			rooms[ids[k]] = r.ID
			if try(k + 1) {
				return true
			}
		}
		return false
	}
	return rooms, try(0)
}

func better(a, b [4]int) bool {
	for k := range a {
		if a[k] != b[k] {
			return a[k] < b[k]
		}
	}
	return false
}

// On small instances the plan is the best of all: mandatory, weight, holes.
func TestPlanIsTheBestOfAll(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 20270305))
	for n := range 60 {
		in := tiny(chance, 4)
		best := [4]int{1 << 30}
		every(in, nil, func(s Schedule) {
			f := Measure(in, s)
			if x := [4]int{f.Lost, -f.Weight, f.Holes}; better(x, best) {
				best = x
			}
		})
		p := mustSolve(t, in, Options{Tries: 6000})
		if list := faults(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
			t.Fatalf("case %d: %v\n%s", n, list, text(t, in))
		}
		if got := [4]int{p.Score.Lost, -p.Score.Weight, p.Score.Holes}; got != best {
			t.Errorf("case %d: %v, the best of all is %v\n%s", n, got, best, text(t, in))
		}
		if best[0] == 0 && p.Bound < -best[1] {
			t.Errorf("case %d: the bound %d is under the best weight %d", n, p.Bound, -best[1])
		}
		if p.Status == None && best[0] == 0 {
			t.Errorf("case %d: said impossible", n)
		}
		if clashes, err := Clashes(in); err != nil || len(clashes) > 0 && best[0] == 0 {
			t.Errorf("case %d: clashes where there is a plan: %v %v\n%s", n, clashes, err, text(t, in))
		}
	}
}

// On small instances a repair is the best of all: mandatory, weight, fewest changes,
// holes; and the past is as it was.
func TestRepairIsTheBestOfAll(t *testing.T) {
	chance := rand.New(rand.NewPCG(2, 20270305))
	for n := range 60 {
		in := tiny(chance, 4)
		p := mustSolve(t, in, Options{Tries: 2000})
		now := chance.IntN(4)
		e := &Event{Kind: []string{EventAbsence, EventLate, EventOverrun, EventSlotLost}[chance.IntN(4)], Person: in.People[chance.IntN(5)].ID, Now: now, Slot: now, FromSlot: now, ToSlot: now + chance.IntN(5-now)}
		switch {
		case len(in.Rooms) > 0 && chance.IntN(2) == 0:
			e.Kind, e.Room = EventRoomLost, "A"
		case in.RoomsPerSlot > 0 && chance.IntN(2) == 0:
			e.Kind, e.Rooms = EventRooms, 1
		}
		after, err := in.After(e)
		if err != nil {
			t.Fatal(err)
		}
		best := [4]int{1 << 30}
		every(after, p.Schedule, func(s Schedule) {
			f := Measure(after, s)
			if x := [4]int{f.Lost, -f.Weight, changed(in, p.Schedule, s), f.Holes}; better(x, best) {
				best = x
			}
		})
		r, err := Mend(context.Background(), in, Running{p.Schedule, p.Rooms}, e, Options{Tries: 16_000})
		if err != nil {
			t.Fatal(err)
		}
		c := r.Choices[0]
		if got := [4]int{c.Score.Lost, -c.Score.Weight, c.Disruption.Total(), c.Score.Holes}; got[0] != best[0] || got[1] != best[1] || got[2] != best[2] {
			t.Errorf("case %d: %v, the best of all is %v\nevent %s\nbefore %s\nafter %s\n%s", n, got, best, text(t, e), text(t, p.Schedule), text(t, c.Schedule), text(t, in))
		}
		for _, c := range r.Choices {
			if list := faults(after, c.Schedule, c.Rooms, p.Schedule); len(list) > 0 {
				t.Errorf("case %d: %v\n%s", n, list, text(t, in))
			}
			if d := changed(in, p.Schedule, c.Schedule); d != c.Disruption.Total() {
				t.Errorf("case %d: %d changes, %+v", n, d, c.Disruption)
			}
		}
		if r.Proved && (r.WeightBound < -best[1] || r.ChangesBound > best[2] && c.Score.Weight == -best[1]) {
			t.Errorf("case %d: bounds %d and %d, the best of all is %v", n, r.WeightBound, r.ChangesBound, best)
		}
	}
}

// changed counts the meetings that are not where they were.
func changed(in *Instance, before, after Schedule) (n int) {
	for _, m := range in.Meetings {
		t, had := before[m.ID]
		u, has := after[m.ID]
		if had != has || had && t != u {
			n++
		}
	}
	return n
}
