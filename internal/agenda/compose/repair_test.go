package compose_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

func repaired(t testing.TB, in compose.Input, p plan.Plan, e compose.Event, now compose.Instant) *compose.Repaired {
	t.Helper()
	r, err := compose.Repair(context.Background(), in, p, e, now)
	if err != nil {
		t.Fatalf("%v\n%+v", err, e)
	}
	return r
}

func begun(s plan.Sitting, now compose.Instant) bool {
	return s.Day < now.Day || s.Day == now.Day && s.From < now.At
}

// event is something that happens by chance.
func event(draw *rand.Rand, in compose.Input, now compose.Instant) compose.Event {
	kinds := []compose.EventKind{compose.Absent, compose.Absent, compose.Late, compose.RoomLost, compose.ActivityLost, compose.Shortened, compose.Overrun, compose.PersonAdded}
	e := compose.Event{Kind: kinds[draw.IntN(len(kinds))], From: now, Minutes: 5 + draw.IntN(60)}
	e.Person = in.People[draw.IntN(len(in.People))].ID
	e.Activity = in.Order.Activities[draw.IntN(len(in.Order.Activities))].ID
	switch e.Kind {
	case compose.RoomLost:
		if len(in.Places) == 0 {
			e.Kind = compose.Absent
			break
		}
		e.Place = in.Places[draw.IntN(len(in.Places))].ID
	case compose.Late:
		e.To = compose.Instant{Day: now.Day, At: now.At + order.Minute(1+draw.IntN(200))}
	case compose.PersonAdded:
		e.Added = &compose.Person{ID: "new", Role: compose.Expert}
		if draw.IntN(2) == 0 {
			e.Added.Role, e.Project = compose.Team, in.Projects[draw.IntN(len(in.Projects))].ID
		}
	}
	return e
}

// Whatever happens and when, what is over is as it was, what is to come is right in the
// house as it now is, and those whose day changes are those who are told.
func TestEveryRepairIsRight(t *testing.T) {
	seed := uint64(20270305)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 4))
	choices, local := 0, 0
	for range 120 {
		in := drawn(draw)
		p := made(t, in, nil).Plan
		for range 4 {
			now := compose.Instant{Day: draw.IntN(len(in.Order.Days)), At: order.Minute(500 + draw.IntN(600))}
			e := event(draw, in, now)
			r := repaired(t, in, p, e, now)
			for _, c := range r.Choices {
				choices++
				goesOn(t, in, p, r.After, c, now)
				if c.Local {
					local++
					near(t, p, e, c, now)
				}
			}
		}
	}
	t.Logf("%d choices, of which %d local", choices, local)
	if choices < 480 || local < 100 {
		t.Error("too little was tried")
	}
}

// goesOn holds what a choice may not break.
func goesOn(t *testing.T, in compose.Input, was plan.Plan, after compose.Input, c compose.Choice, now compose.Instant) {
	t.Helper()
	over := map[string]bool{}
	for _, s := range was.Sittings {
		if !begun(s, now) {
			continue
		}
		over[s.ID] = true
		i := slices.IndexFunc(c.Plan.Sittings, func(o plan.Sitting) bool { return o.ID == s.ID })
		if i < 0 {
			t.Fatalf("%+v had begun", s)
		}
		is := c.Plan.Sittings[i]
		if s.Day == now.Day && s.To > now.At {
			is.To = s.To // it may end with its activity
		}
		if !reflect.DeepEqual(s, is) {
			t.Fatalf("the past changed: %+v, was %+v", is, s)
		}
	}
	for _, clash := range plan.Check(c.Plan, after.Order, after.House()) {
		if slices.ContainsFunc(clash.Sittings, func(id string) bool { return !over[id] }) {
			t.Fatalf("%+v\n%s\n%s", clash, c.Plan.Encode(), after.Encode())
		}
	}
	ahead(t, after, c.Plan, now)
	own := func(list []plan.Sitting) []plan.Sitting {
		return append([]plan.Sitting{}, slices.DeleteFunc(list, func(s plan.Sitting) bool { return s.All })...)
	}
	for _, who := range in.People {
		if !reflect.DeepEqual(own(was.Of(who.ID)), own(c.Plan.Of(who.ID))) != (len(c.Changes[who.ID]) > 0) {
			t.Fatalf("%s is told %+v", who.ID, c.Changes[who.ID])
		}
	}
}

// near holds that a choice which says so concerns nobody but those who were to be with
// whoever is away, or late.
func near(t *testing.T, was plan.Plan, e compose.Event, c compose.Choice, now compose.Instant) {
	t.Helper()
	if e.Kind != compose.Absent && e.Kind != compose.Late {
		return
	}
	for who := range c.Changes {
		if who != "" && who != e.Person && !slices.ContainsFunc(was.Of(e.Person), func(s plan.Sitting) bool { return !begun(s, now) && slices.Contains(s.People, who) }) {
			t.Fatalf("%s is told, who was never to be with %s", who, e.Person)
		}
	}
}

// When nothing that was planned is touched, nothing changes.
func TestWhatTouchesNobodyChangesNothing(t *testing.T) {
	in := gathering(8, 8, 2)
	in.Tries = 20_000
	in.People = append(in.People, compose.Person{ID: "zoe", Role: compose.Facilitator})
	p := made(t, in, nil).Plan
	r := repaired(t, in, p, compose.Event{Kind: compose.Absent, Person: "zoe"}, compose.Instant{At: 600})
	if c := r.Choices[0]; len(r.Choices) != 1 || c.Cost != (compose.Cost{}) || len(c.Changes) > 0 || !c.Local {
		t.Errorf("%+v", c.Cost)
	}
}

func TestRepairs(t *testing.T) {
	in := gathering(8, 8, 2)
	in.Tries = 50_000
	p := made(t, in, nil).Plan
	for _, c := range []struct {
		name  string
		e     compose.Event
		now   compose.Instant
		check func(r *compose.Repaired) string
	}{
		{"an expert leaves for the second day", compose.Event{Kind: compose.Absent, Person: "c02", From: compose.Instant{Day: 1}}, compose.Instant{At: 17 * 60}, func(r *compose.Repaired) string {
			if c := r.Choices[len(r.Choices)-1]; c.Cost.Lost > 0 || !c.Local {
				return "the last choice only cancels, and loses no sponsor"
			}
			return ""
		}},
		{"a team member is late at the mix", compose.Event{Kind: compose.Late, Person: "t00a", To: compose.Instant{Day: 1, At: 600}}, compose.Instant{Day: 1, At: 550}, func(r *compose.Repaired) string {
			for _, s := range r.Choices[0].Plan.Sittings {
				if a, _ := in.Order.Find(s.Activity); a.Kind == order.Mix && s.Project == "P00" && len(s.People) < 2 {
					return "nobody keeps the table of P00"
				}
			}
			return ""
		}},
		{"the amphitheatre is lost", compose.Event{Kind: compose.RoomLost, Place: "amphi"}, compose.Instant{Day: 1, At: 9 * 60}, func(r *compose.Repaired) string {
			c := r.Choices[0]
			for _, s := range c.Plan.Sittings {
				if s.Day == 1 && s.Room == "amphi" {
					return s.ID + " is in it"
				}
			}
			if c.Cost.Cancelled > 0 {
				return "another room would do"
			}
			return ""
		}},
		{"the mix runs over by half an hour", compose.Event{Kind: compose.Overrun, Activity: "a14", Minutes: 30}, compose.Instant{Day: 1, At: 10 * 60}, func(r *compose.Repaired) string {
			for _, a := range r.After.Order.Activities {
				if a.Day == 1 && a.Kind == order.Coaching && a.From < 11*60+10+30 {
					return "the coaching begins too early"
				}
			}
			return ""
		}},
		{"a coaching is lost", compose.Event{Kind: compose.ActivityLost, Activity: "a16"}, compose.Instant{Day: 1, At: 10 * 60}, func(r *compose.Repaired) string {
			f := r.Choices[0].Refused
			if !slices.ContainsFunc(f, func(f compose.Refusal) bool { return f.Key == compose.RefusedLost && len(f.GiveUp) > 0 }) {
				return "nobody is told what is lost"
			}
			return ""
		}},
		{"an expert comes too", compose.Event{Kind: compose.PersonAdded, Added: &compose.Person{ID: "new", Role: compose.Expert}}, compose.Instant{At: 8 * 60}, func(r *compose.Repaired) string {
			rounds := 0
			for _, s := range r.Choices[0].Plan.Of("new") {
				if a, _ := in.Order.Find(s.Activity); a.Kind == order.Mix {
					rounds++
				}
			}
			if rounds != 5 {
				return "she does not go round"
			}
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := repaired(t, in, p, c.e, c.now)
			for _, choice := range r.Choices {
				goesOn(t, in, p, r.After, choice, c.now)
			}
			if why := c.check(r); why != "" {
				t.Errorf("%s: %+v, refused %+v", why, r.Choices[0].Cost, r.Choices[0].Refused)
			}
		})
	}
}

func TestEventsThatCannotBe(t *testing.T) {
	in := gathering(3, 3, 1)
	in.Tries = 1000
	p := made(t, in, nil).Plan
	for _, e := range []compose.Event{
		{Kind: "war"}, {Kind: compose.Absent, Person: "zoe"}, {Kind: compose.Late, Person: "c00"}, {Kind: compose.RoomLost, Place: "cave"}, {Kind: compose.ActivityLost, Activity: "a99"},
		{Kind: compose.Shortened, Activity: "a1"}, {Kind: compose.Overrun, Activity: "a1"}, {Kind: compose.Overrun, Activity: "a1", Minutes: 2000}, {Kind: compose.PersonAdded},
		{Kind: compose.PersonAdded, Added: &compose.Person{ID: "c00", Role: compose.Guest}}, {Kind: compose.PersonAdded, Added: &compose.Person{ID: "new", Role: compose.Team}, Project: "P99"},
	} {
		if _, err := compose.Repair(context.Background(), in, p, e, compose.Instant{At: 600}); err == nil {
			t.Errorf("%+v is taken", e)
		}
	}
	for _, now := range []compose.Instant{{Day: -1}, {Day: 1}, {At: -1}, {At: 2000}} {
		if _, err := compose.Repair(context.Background(), in, p, compose.Event{Kind: compose.Absent, Person: "c00"}, now); err == nil {
			t.Errorf("%+v is taken", now)
		}
	}
}
