package timetable

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Whatever the instance, a plan breaks nothing, its figures are those that the checker
// measures, and the same seed gives the same plan.
func TestEveryPlanPassesTheChecker(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 20270305))
	for n := range 60 {
		in := tiny(chance, 12)
		p := mustSolve(t, in, Options{Tries: 3000})
		if list := faults(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
			t.Fatalf("case %d: %v\n%s", n, list, text(t, in))
		}
		if f := Measure(in, p.Schedule); f != p.Score {
			t.Fatalf("case %d: %+v, measured %+v", n, p.Score, f)
		}
		if again := mustSolve(t, in, Options{Tries: 3000}); text(t, again) != text(t, p) {
			t.Fatalf("case %d: another plan for the same seed", n)
		}
		if p.Score.Lost == 0 && p.Bound < p.Score.Weight {
			t.Fatalf("case %d: weight %d above its bound %d", n, p.Score.Weight, p.Bound)
		}
	}
}

// Whatever happens, the past stays as it was, and the same seed gives the same repair.
func TestRepairLeavesThePastAsItWas(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 20270305))
	for n := range 30 {
		in := tiny(chance, 12)
		p := mustSolve(t, in, Options{Tries: 2000})
		now := chance.IntN(len(in.Slots))
		e := &Event{Kind: EventOverrun, Now: now, FromSlot: now, ToSlot: now}
		r, err := Mend(context.Background(), in, Running{p.Schedule, p.Rooms}, e, Options{Tries: 3000})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Choices {
			for _, m := range in.Meetings {
				was, had := p.Schedule[m.ID]
				at, has := c.Schedule[m.ID]
				if had && was < now && (at != was || p.Rooms[m.ID] != c.Rooms[m.ID]) || has && at < now && at != was {
					t.Fatalf("case %d: %s was at %d %s, is at %d %s; now %d", n, m.ID, was, p.Rooms[m.ID], at, c.Rooms[m.ID], now)
				}
			}
			if d := Compare(in, Running{p.Schedule, p.Rooms}, Running{c.Schedule, c.Rooms}); !reflect.DeepEqual(d, c.Diff) {
				t.Fatalf("case %d: %v %v", n, d, c.Diff)
			}
		}
		again, _ := Mend(context.Background(), in, Running{p.Schedule, p.Rooms}, e, Options{Tries: 3000})
		if text(t, again) != text(t, r) {
			t.Fatalf("case %d: another repair for the same seed", n)
		}
	}
}

// duo is two projects, a sponsor and an expert, for one day of four slots.
func duo(change func(in *Instance)) *Instance {
	in := &Instance{Slots: days(1, 2, 2), People: []Person{
		{ID: "Ada", Role: Project, Available: always(4)}, {ID: "Bo", Role: Project, Available: always(4)},
		{ID: "Sam", Role: Sponsor, Available: always(4)}, {ID: "Eve", Role: Expert, Available: always(4)}},
		Meetings: []Meeting{
			{ID: "1", Project: "Ada", Other: "Sam", Mandatory: true, Allowed: []int{0, 1, 2, 3}},
			{ID: "2", Project: "Bo", Other: "Sam", Mandatory: true, Allowed: []int{0, 1, 2, 3}},
			{ID: "3", Project: "Ada", Other: "Eve", Weight: 3, Allowed: []int{0, 1, 2, 3}},
			{ID: "4", Project: "Bo", Other: "Eve", Weight: 2, Allowed: []int{0, 1, 2, 3}}}}
	change(in)
	return in
}

func TestWhatCannotHoldIsNamed(t *testing.T) {
	for _, c := range []struct {
		situation string
		change    func(in *Instance)
		kind      string
		meetings  []ID
		people    []string
		need      int
		have      int
		leftOut   int
	}{
		{"a sponsor who comes for one slot", func(in *Instance) { in.People[2].Available = []bool{true, false, false, false} }, ClashOverload, []ID{"1", "2"}, []string{"Sam"}, 2, 1, 1},
		{"a project that never meets its sponsor", func(in *Instance) {
			in.People[2].Available = []bool{true, true, false, false}
			in.People[0].Available = []bool{false, false, true, true}
		}, ClashNoSlot, []ID{"1"}, []string{"Ada", "Sam"}, 1, 0, 1},
		{"a rest too long for two meetings", func(in *Instance) {
			in.Rules.Sponsor = Rest{1, 2}
			in.People[2].Available = []bool{true, true, false, false}
		}, ClashRest, []ID{"1", "2"}, []string{"Sam"}, 2, 1, 1},
		{"a sponsor who takes one meeting", func(in *Instance) { in.People[2].Max = 1 }, ClashLoad, []ID{"1", "2"}, []string{"Sam"}, 2, 1, 1},
		{"an expert who wants three meetings", func(in *Instance) { in.People[3].Min = 3 }, ClashLoad, []ID{"3", "4"}, []string{"Eve"}, 3, 2, 0},
		{"no room with a ramp", func(in *Instance) {
			in.People[0].Access = []string{"ramp"}
			in.Rooms = []Room{{ID: "A"}, {ID: "B"}}
		}, ClashNoRoom, []ID{"1"}, nil, 1, 0, 1},
		{"no room large enough", func(in *Instance) {
			in.Meetings[0].Seats = 9
			in.Rooms = []Room{{ID: "A", Capacity: 8}}
		}, ClashNoRoom, []ID{"1"}, nil, 1, 0, 1},
		{"one room for three at once", func(in *Instance) {
			in.RoomsPerSlot = 1
			in.Meetings[3].Mandatory, in.Meetings[3].Allowed = true, []int{0, 1}
			in.Meetings[0].Allowed, in.Meetings[1].Allowed = []int{0, 1}, []int{0, 1}
		}, ClashRooms, []ID{"1", "2", "4"}, nil, 3, 2, 1},
		{"each before the other", func(in *Instance) { in.Precedence = []Precedence{{"1", "2", 0}, {"2", "1", 0}} }, ClashCycle, []ID{"1", "2"}, nil, 2, 0, 1},
		{"a day is too short for the gap", func(in *Instance) { in.Precedence = []Precedence{{"1", "2", 600}} }, ClashOrder, []ID{"1", "2"}, nil, 2, 1, 1},
		{"pinned where somebody is absent", func(in *Instance) {
			in.People[0].Available[2] = false
			in.Pinned = []Pin{{Meeting: "1", Slot: 2}}
		}, ClashNoSlot, []ID{"1"}, []string{"Ada"}, 1, 0, 1},
	} {
		t.Run(c.situation, func(t *testing.T) {
			in := duo(c.change)
			p := mustSolve(t, in, Options{Tries: 2000})
			if p.Status != None || p.Infeasible == nil || !p.Infeasible.Proved || len(p.Infeasible.LeftOut) != c.leftOut {
				t.Fatalf("%s %+v", p.Status, p.Infeasible)
			}
			found := p.Infeasible.Clashes[0]
			slices.Sort(found.Meetings)
			if found.Kind != c.kind || !slices.Equal(found.Meetings, c.meetings) || !slices.Equal(found.People, c.people) || found.Need != c.need || found.Have != c.have {
				t.Errorf("%+v", found)
			}
			if list := faults(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
				t.Error(list)
			}
		})
	}
}

func TestOneMoveIsJudged(t *testing.T) {
	in := duo(func(in *Instance) {
		in.Rooms = []Room{{ID: "A"}, {ID: "B", Closed: []int{3}}}
		in.Preferences = []Preference{{Person: "Bo", Slots: []int{3}, Weight: 5}}
		in.People[3].Available[3] = false
		in.Now = 1
	})
	s, rooms := Schedule{"1": 1, "2": 2, "3": 2, "4": 1}, Rooms{"1": "A", "2": "A", "3": "B", "4": "B"}
	b, err := NewBoard(in, s, rooms, nil)
	if err != nil {
		t.Fatal(err)
	}
	if list := Check(in, s, rooms, nil); len(list) > 0 {
		t.Fatal(list)
	}
	for _, c := range []struct {
		situation string
		move      Move
		breaks    []string
		change    Score
		told      string
	}{
		{"free, and wished for", Move{"2", 3, ""}, nil, Score{Holes: 1, Preferences: 5}, "Bo Sam"},
		{"somebody is busy", Move{"1", 2, ""}, []string{BreakDouble, BreakDouble, BreakRoomDouble}, Score{}, "Ada Sam"},
		{"a mandatory meeting taken out", Move{"1", -1, ""}, []string{BreakMandatory}, Score{Lost: 1, Fewest: -1}, "Ada Sam"},
		{"an optional meeting taken out", Move{"3", -1, ""}, nil, Score{Weight: -3, Fewest: -1}, "Ada Eve"},
		{"the expert has left, and the room is closed", Move{"3", 3, ""}, []string{BreakAbsent, BreakRoomClosed}, Score{Holes: 1}, "Ada Eve"},
		{"into the past", Move{"1", 0, ""}, []string{BreakPast}, Score{Holes: 1}, "Ada Sam"},
		{"the room is taken", Move{"3", 2, "A"}, []string{BreakRoomDouble}, Score{}, "Ada Eve"},
		{"where it is", Move{"3", 2, ""}, nil, Score{}, ""},
	} {
		v, err := b.Judge(c.move)
		if err != nil {
			t.Fatal(c.situation, err)
		}
		var kinds []string
		for _, x := range v.Breaks {
			kinds = append(kinds, x.Kind)
		}
		slices.Sort(kinds)
		if !slices.Equal(kinds, c.breaks) || v.Change != c.change || strings.Join(v.Told, " ") != c.told {
			t.Errorf("%s: breaks %v, change %+v, told %v", c.situation, kinds, v.Change, v.Told)
		}
	}
	if _, err := b.Judge(Move{Meeting: "9"}); err == nil {
		t.Error("a meeting that does not exist is judged")
	}
}

// A move judged says what the checker and the measure say of the plans before and after.
func TestJudgementIsTheDifferenceOfTwoChecks(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 20270305))
	for n := range 40 {
		in := tiny(chance, 10)
		p := mustSolve(t, in, Options{Tries: 500})
		b, err := NewBoard(in, p.Schedule, p.Rooms, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 12 {
			m := in.Meetings[chance.IntN(len(in.Meetings))]
			move := Move{Meeting: m.ID, Slot: chance.IntN(len(in.Slots)+1) - 1}
			if move.Slot >= 0 && !in.together(move.Slot, max(m.Length, 1)) {
				continue
			}
			if len(in.Rooms) > 0 {
				move.Room = in.Rooms[chance.IntN(2)].ID
			}
			v, err := b.Judge(move)
			if err != nil {
				t.Fatal(err)
			}
			rooms := func() Rooms {
				list := Rooms{}
				for i, x := range in.Meetings {
					list[x.ID] = b.a.room[i]
				}
				return list
			}
			before, first := Check(in, b.Schedule(), rooms(), nil), Measure(in, b.Schedule())
			if err := b.Play(move); err != nil {
				t.Fatal(err)
			}
			after, second := Check(in, b.Schedule(), rooms(), nil), Measure(in, b.Schedule())
			if got, want := len(v.Breaks)-len(v.Mends), len(after)-len(before); got != want {
				t.Fatalf("case %d: %+v: %v and %v, checked before %v, after %v\n%s", n, move, v.Breaks, v.Mends, before, after, text(t, in))
			}
			if v.Change.Weight != second.Weight-first.Weight || v.Change.Holes != second.Holes-first.Holes || v.Change.Lost != second.Lost-first.Lost || v.Change.Preferences != second.Preferences-first.Preferences {
				t.Fatalf("case %d: %+v: %+v, measured %+v then %+v", n, move, v.Change, first, second)
			}
		}
	}
}

// A search that is stopped returns a plan that breaks nothing, and says so.
func TestStoppedSearchReturnsAPlan(t *testing.T) {
	in, running := readReal(t, "s13a")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, err := Solve(ctx, in, Options{})
	if err != nil || !p.Stopped || !p.Status.Feasible() {
		t.Fatal(p.Status, p.Stopped, err)
	}
	if list := Check(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
		t.Error(list)
	}
	e := &Event{Kind: EventSlotLost, Slot: 7, Now: 6}
	r, err := Mend(ctx, in, Running{Schedule: running}, e, Options{})
	if err != nil || !r.Stopped || len(r.Choices) == 0 {
		t.Fatal(err)
	}
	after, _ := in.After(e)
	if list := faults(after, r.Choices[0].Schedule, nil, running); len(list) > 0 {
		t.Error(list)
	}
}

// Somebody who is met keeps her room, when nothing forbids it.
func TestRoomsAreStable(t *testing.T) {
	in, _ := readReal(t, "s13a")
	p := mustSolve(t, in, Options{Tries: 20_000})
	meetings, changes := 0, 0
	for _, who := range in.People {
		last := ""
		for q := range in.Slots {
			for _, m := range in.Meetings {
				if at, ok := p.Schedule[m.ID]; !ok || at != q || m.Other != who.ID {
					continue
				}
				if meetings++; last != "" && p.Rooms[m.ID] != last {
					changes++
				}
				last = p.Rooms[m.ID]
			}
		}
	}
	if changes*4 > meetings {
		t.Errorf("%d changes of room in %d meetings", changes, meetings)
	}
}
