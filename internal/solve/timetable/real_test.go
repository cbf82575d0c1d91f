package timetable

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The published schedules reach the reference of their instance, by the checker alone.
func TestPublishedSchedulesPassTheChecker(t *testing.T) {
	for _, name := range []string{"s13a", "s15a", "s15c", "s30a", "s60a"} {
		in, s := readReal(t, name)
		if list := Check(in, s, nil, nil); len(list) > 0 {
			t.Errorf("%s: %v", name, list[0])
		}
		if f := Measure(in, s); f.Weight != in.Reference.MaxWeight || f.Holes != *in.Reference.Holes || f.Lost != 0 {
			t.Errorf("%s: measured %+v, published %d and %d holes", name, f, in.Reference.MaxWeight, *in.Reference.Holes)
		}
	}
}

// The weight is the proved optimum, and the holes are no more than those of the
// reference, with the tries that a plan takes when nothing is said.
func TestRealInstancesReachTheReference(t *testing.T) {
	names := []string{"s13a", "s15a", "s15c", "s30a", "s60a"}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		in, _ := readReal(t, name)
		in.Seed = 1
		before := spent()
		p := mustSolve(t, in, Options{})
		took := spent() - before
		if p.Status != Optimal || p.Score.Weight != in.Reference.MaxWeight || p.Bound != p.Score.Weight {
			t.Errorf("%s: %s, weight %d ≤ %d, proved elsewhere %d", name, p.Status, p.Score.Weight, p.Bound, in.Reference.MaxWeight)
		}
		if p.Score.Holes > *in.Reference.Holes {
			t.Errorf("%s: %d holes, %d are known", name, p.Score.Holes, *in.Reference.Holes)
		}
		if list := Check(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
			t.Errorf("%s: %v", name, list[0])
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // what is there at once
		first := spent()
		quick, err := Solve(ctx, in, Options{})
		t.Logf("%s: weight %d, %d holes, %v of CPU; first plan (weight %d) %v", name, p.Score.Weight, p.Score.Holes, took.Round(1e6), quick.Score.Weight, (spent() - first).Round(1e5))
		if err != nil || !quick.Status.Feasible() {
			t.Errorf("%s: the first plan leaves out %d", name, quick.Score.Lost)
		}
	}
}

// A gathering of twenty projects over two days with twelve coaches.
func TestTwentyProjectsTwelveCoaches(t *testing.T) {
	for seed := range uint64(3) {
		in := twoDays(20, 12, seed)
		before := spent()
		p := mustSolve(t, in, Options{})
		t.Logf("seed %d: %s, %+v ≤ %d, %v of CPU", seed, p.Status, p.Score, p.Bound, (spent() - before).Round(1e6))
		if list := Check(in, p.Schedule, p.Rooms, nil); len(list) > 0 || !p.Status.Feasible() {
			t.Fatal(p.Status, list)
		}
		if p.Status != Optimal {
			t.Errorf("seed %d: weight %d, bound %d", seed, p.Score.Weight, p.Bound)
		}
	}
}

type example struct {
	Event   Event
	Optimum struct {
		Weight     int
		Lost       int `json:"mandatory_lost"`
		Disruption int
	}
}

// Repairs reach the weight that was proved the best, and change at most one meeting more
// than the fewest.
func TestRealRepairsReachTheProvedOptimum(t *testing.T) {
	cases := map[string][]example{}
	b, err := os.ReadFile(filepath.Join("testdata", "repair_examples.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	// Two more, whose optimum is published in a table: a slot of the second day is lost.
	more := func(name string, slot, now, weight, changes int) {
		x := example{Event: Event{ID: "lost", Kind: EventSlotLost, Slot: slot, Now: now}}
		x.Optimum.Weight, x.Optimum.Disruption = weight, changes
		cases[name] = append(cases[name], x)
	}
	more("s30a", 8, 7, 841, 22)
	more("s60a", 9, 8, 2022, 35)
	for _, name := range []string{"s13a", "s15a", "s30a", "s60a"} {
		in, running := readReal(t, name)
		in.Seed = 1
		for _, x := range cases[name] {
			before := spent()
			r, err := Mend(context.Background(), in, Running{Schedule: running}, &x.Event, Options{})
			if err != nil {
				t.Fatal(err)
			}
			best := r.Choices[0]
			t.Logf("%s %s: weight %d, %+v, proved %v, %d choices, %v of CPU", name, x.Event.ID, best.Score.Weight, best.Disruption, r.Proved, len(r.Choices), (spent() - before).Round(1e6))
			if best.Score.Lost != x.Optimum.Lost || best.Score.Weight != x.Optimum.Weight || best.Disruption.Total() > x.Optimum.Disruption+1 {
				t.Errorf("%s %s: weight %d, %+v; the optimum is %+v", name, x.Event.ID, best.Score.Weight, best.Disruption, x.Optimum)
			}
			if r.ChangesBound > x.Optimum.Disruption || r.WeightBound < x.Optimum.Weight {
				t.Errorf("%s %s: bounds %d and %d contradict the optimum %+v", name, x.Event.ID, r.WeightBound, r.ChangesBound, x.Optimum)
			}
			after, err := in.After(&x.Event)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Choices {
				if list := faults(after, c.Schedule, c.Rooms, running); len(list) > 0 {
					t.Errorf("%s %s: %v", name, x.Event.ID, list[0])
				}
			}
		}
	}
}

// The same gathering with everything that a real one has: named rooms that differ, in two
// buildings, double meetings, an order, pins, loads and wishes.
func TestGatheringWithEverything(t *testing.T) {
	in := twoDays(20, 12, 4)
	for k := range 12 {
		room := Room{ID: string(rune('A' + k)), Place: []string{"mill", "barn"}[k/8], Capacity: 2 + k%3}
		if k%3 == 0 {
			room.Equipment = []string{"screen"}
		}
		if k == 5 {
			room.Closed, room.Access = []int{7, 8, 9}, []string{"ramp"}
		}
		in.Rooms = append(in.Rooms, room)
	}
	in.RoomsPerSlot = 0
	in.Walks = []Walk{{"mill", "barn", 10}}
	for k := range in.People {
		if p := &in.People[k]; p.Role != Project {
			p.Place, p.Max = []string{"mill", "mill", "barn"}[k%3], 10
		}
	}
	for k := range in.Meetings {
		m := &in.Meetings[k]
		if k%8 == 1 {
			in.Precedence = append(in.Precedence, Precedence{in.Meetings[k-1].ID, m.ID, 600})
		}
		if !m.Mandatory && k%11 == 0 {
			m.Length = 2
		}
		if k%9 == 0 {
			m.Needs = []string{"screen"}
		}
	}
	in.Pinned = []Pin{{Meeting: in.Meetings[0].ID, Slot: 2}}
	in.Preferences = []Preference{{Person: in.People[3].ID, Slots: []int{0, 7}, Weight: -2}, {Person: in.People[25].ID, Slots: []int{1, 2, 3}, Weight: 3}}
	before := spent()
	p := mustSolve(t, in, Options{})
	t.Logf("%s, %+v ≤ %d, %v of CPU", p.Status, p.Score, p.Bound, (spent() - before).Round(1e6))
	if list := Check(in, p.Schedule, p.Rooms, nil); len(list) > 0 || !p.Status.Feasible() || len(p.Rooms) != len(p.Schedule) {
		t.Fatal(p.Status, list, p.Infeasible)
	}
	if p.Score.Weight*100 < p.Bound*92 { // the bound counts a double meeting as one
		t.Errorf("weight %d, bound %d", p.Score.Weight, p.Bound)
	}
	before = spent()
	e := &Event{Kind: EventRoomLost, Room: "A", FromSlot: 8, ToSlot: 13, Now: 7}
	r, err := Mend(context.Background(), in, Running{p.Schedule, p.Rooms}, e, Options{})
	if err != nil {
		t.Fatal(err)
	}
	after, _ := in.After(e)
	for _, c := range r.Choices {
		t.Logf("a room lost: %+v, %+v, proved %v, %v of CPU", c.Score, c.Disruption, r.Proved, (spent() - before).Round(1e6))
		if list := faults(after, c.Schedule, c.Rooms, p.Schedule); len(list) > 0 {
			t.Error(list)
		}
	}
}

// Whatever the seed, a lost slot is repaired at the greatest weight, with one change more
// than the fewest at most.
func TestLostSlotsWithOtherSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("eight repairs of four instances")
	}
	for _, x := range []struct {
		name                       string
		slot, now, weight, changes int
	}{{"s13a", 7, 6, 296, 18}, {"s15a", 7, 6, 403, 16}, {"s30a", 8, 7, 841, 22}, {"s60a", 9, 8, 2022, 35}} {
		in, running := readReal(t, x.name)
		var more []int
		for seed := range uint64(8) {
			in.Seed = seed
			r, err := Mend(context.Background(), in, Running{Schedule: running}, &Event{Kind: EventSlotLost, Slot: x.slot, Now: x.now}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := r.Choices[0]
			if more = append(more, c.Disruption.Total()-x.changes); c.Score.Weight != x.weight || more[seed] > 1 || more[seed] < 0 {
				t.Errorf("%s, seed %d: weight %d, %+v; the optimum is %d and %d", x.name, seed, c.Score.Weight, c.Disruption, x.weight, x.changes)
			}
		}
		t.Logf("%s: changes above the fewest %v", x.name, more)
	}
}
