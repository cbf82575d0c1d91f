package compose_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

func TestJudge(t *testing.T) {
	in := compose.Input{Version: compose.Version, Order: order.Order{Days: days[:1], Activities: []order.Activity{
		{ID: "coach", Kind: order.Coaching, From: 600, To: 690}, {ID: "meal", Kind: order.Meal, From: 690, To: 750},
	}}}
	for _, id := range []string{"ana", "bob", "cleo", "dan"} {
		in.People = append(in.People, compose.Person{ID: id, Role: compose.Expert})
	}
	in.People[0].Role, in.People[1].Role = compose.Team, compose.Team
	in.People[3].Away = []plan.Span{{From: 660, To: 700}}
	in.Projects = []compose.Project{{ID: "P", Team: []string{"ana"}}, {ID: "Q", Team: []string{"bob"}}}
	in.Never = []compose.Conflict{{Person: "cleo", Project: "Q"}}
	in.Places = []compose.Place{{ID: "one", Capacity: 2}, {ID: "two", Closed: []plan.Span{{From: 630, To: 660}}}}
	p := plan.Plan{Sittings: []plan.Sitting{
		{ID: "m", Activity: "coach", From: 600, To: 630, Room: "one", Project: "P", People: []string{"ana", "cleo"}},
		{ID: "n", Activity: "coach", From: 600, To: 630, Room: "two", Project: "Q", People: []string{"bob", "dan"}},
		{ID: "all", Activity: "meal", From: 690, To: 750, All: true},
	}}
	for _, c := range []struct {
		name   string
		change func(s *plan.Sitting)
		want   string
	}{
		{"to a time that is free", func(s *plan.Sitting) { s.From, s.To = 630, 660 }, "[]"},
		{"nothing", func(*plan.Sitting) {}, "[]"},
		{"into the room of another", func(s *plan.Sitting) { s.Room = "two" }, "[agenda.clash_room]"},
		{"into a room while it is closed", func(s *plan.Sitting) { s.From, s.To, s.Room = 630, 660, "two" }, "[agenda.clash_no_room]"},
		{"into a room that is not", func(s *plan.Sitting) { s.Room = "cave" }, "[agenda.clash_no_room]"},
		{"with somebody who is elsewhere", func(s *plan.Sitting) { s.People = []string{"ana", "dan"} }, "[agenda.clash_twice]"},
		{"with somebody who is away", func(s *plan.Sitting) { s.From, s.To, s.People = 660, 690, []string{"ana", "dan"} }, "[agenda.clash_away]"},
		{"with three in a room of two", func(s *plan.Sitting) { s.From, s.To, s.People = 630, 660, []string{"ana", "cleo", "dan"} }, "[agenda.clash_full]"},
		{"alone", func(s *plan.Sitting) { s.People = []string{"ana"} }, "[agenda.clash_alone]"},
		{"in the meal", func(s *plan.Sitting) { s.From, s.To = 680, 710 }, "[agenda.clash_outside agenda.clash_twice]"},
		{"for a project that she must not know", func(s *plan.Sitting) { s.From, s.To, s.Project, s.People = 630, 660, "Q", []string{"bob", "cleo"} }, "[agenda.clash_conflict]"},
		{"taken out", func(s *plan.Sitting) { s.To = s.From }, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := p.Clone().Sittings[0]
			c.change(&s)
			v := compose.Judge(&in, p, s)
			if keys := fmt.Sprint(said(v.Breaks)); keys != c.want || len(v.Mends) > 0 {
				t.Errorf("%s, mends %+v; want %s", keys, v.Mends, c.want)
			}
			if (c.name == "nothing") != (len(v.Told) == 0) {
				t.Errorf("told %q", v.Told)
			}
		})
	}
	broken := p.Clone()
	broken.Sittings[0].Room = "two"
	if v := compose.Judge(&in, broken, p.Sittings[0]); fmt.Sprint(said(v.Mends)) != "[agenda.clash_room]" || len(v.Breaks) > 0 {
		t.Errorf("%+v", v)
	}
	fresh := plan.Sitting{ID: "new", Activity: "coach", From: 600, To: 630, Project: "P", People: []string{"ana", "dan"}}
	if v := compose.Judge(&in, p, fresh); fmt.Sprint(said(v.Breaks)) != "[agenda.clash_twice agenda.clash_twice]" {
		t.Errorf("%+v", v)
	}
}

func said(list []plan.Clash) (keys []string) {
	for _, c := range list {
		keys = append(keys, c.Key)
	}
	slices.Sort(keys)
	return keys
}

// What is said of a move is what the judge of plans says of the whole plan after it, less
// what he said before.
func TestJudgeSaysWhatTheWholePlanWouldShow(t *testing.T) {
	seed := uint64(20270306)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 5))
	broke := 0
	for range 12 {
		in := drawn(draw)
		in.Never, in.Pairs = nil, nil
		p := made(t, in, nil).Plan
		before := plan.Check(p, in.Order, in.House())
		for range 30 {
			k := draw.IntN(len(p.Sittings))
			moved := p.Clone()
			s := &moved.Sittings[k]
			switch other := p.Sittings[draw.IntN(len(p.Sittings))]; draw.IntN(3) {
			case 0:
				s.Day, s.From, s.To = other.Day, other.From, other.To
			case 1:
				s.Room = other.Room
			default:
				s.People = other.People
			}
			after := plan.Check(moved, in.Order, in.House())
			v := compose.Judge(&in, p, *s)
			if len(v.Breaks)-len(v.Mends) != len(after)-len(before) {
				t.Fatalf("%+v\nbefore %+v\nafter %+v", v, before, after)
			}
			broke += len(v.Breaks)
		}
	}
	if broke == 0 {
		t.Error("nothing was broken")
	}
}
