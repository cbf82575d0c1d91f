package compose_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

var days = []string{"2027-03-04", "2027-03-05", "2027-03-06"}

// gathering is the proposed order for some projects of three with coaches, of whom two in
// three are sponsors, in enough rooms.
func gathering(projects, coaches, of int) compose.Input {
	in := compose.Input{Version: compose.Version, Order: order.Propose(days[:of], projects), Seed: 1}
	var sponsors []string
	for c := range coaches {
		who := compose.Person{ID: fmt.Sprintf("c%02d", c), Role: compose.Sponsor}
		if c%3 == 2 {
			who.Role = compose.Expert
		} else {
			sponsors = append(sponsors, who.ID)
		}
		in.People = append(in.People, who)
	}
	for p := range projects {
		project := compose.Project{ID: fmt.Sprintf("P%02d", p)}
		for k := range 3 {
			id := fmt.Sprintf("t%02d%c", p, 'a'+k)
			in.People, project.Team = append(in.People, compose.Person{ID: id, Role: compose.Team}), append(project.Team, id)
		}
		if coaches > 0 {
			project.Sponsors = []string{sponsors[p%len(sponsors)]}
		}
		in.Projects = append(in.Projects, project)
		for k := range min(4, coaches) {
			in.Wishes = append(in.Wishes, compose.Wish{Project: project.ID, Person: fmt.Sprintf("c%02d", (p*5+k*3)%coaches), Weight: 2 + 3*((p+k)%3)})
		}
	}
	in.Places = append(in.Places, compose.Place{ID: "amphi", Capacity: 120, Access: []string{"step_free"}}, compose.Place{ID: "hall", Access: []string{"step_free"}})
	for r := range max(2, projects*2/3) {
		in.Places = append(in.Places, compose.Place{ID: fmt.Sprintf("r%02d", r), Capacity: 8})
	}
	in.Places[2].Access = []string{"step_free"}
	return in
}

// drawn is a gathering by chance: teams of one to four, absences, needs, bans, few rooms.
func drawn(draw *rand.Rand) compose.Input {
	projects, coaches := 1+draw.IntN(9), draw.IntN(9)
	in := gathering(projects, coaches, 1+draw.IntN(3))
	in.Seed, in.Tries = draw.Uint64(), 2000
	in.Places = in.Places[:draw.IntN(len(in.Places)+1)]
	if draw.IntN(3) == 0 {
		in.Order = crowded(draw, in)
	}
	for i := range in.Projects {
		p := &in.Projects[i]
		p.Team = p.Team[:1+draw.IntN(3)]
		if draw.IntN(4) == 0 {
			p.Sponsors = nil
		}
		if draw.IntN(3) == 0 {
			p.Hosts = p.Team
		}
	}
	in.People = slices.DeleteFunc(in.People, func(p compose.Person) bool {
		return p.Role == compose.Team && !slices.ContainsFunc(in.Projects, func(o compose.Project) bool { return slices.Contains(o.Team, p.ID) })
	})
	for _, role := range []compose.Role{compose.Peer, compose.Guest, compose.Facilitator} {
		for k := range draw.IntN(4) {
			in.People = append(in.People, compose.Person{ID: fmt.Sprintf("%s%d", role, k), Role: role})
		}
	}
	for i := range in.People {
		p := &in.People[i]
		if draw.IntN(4) == 0 {
			p.Organisation = fmt.Sprint("org", draw.IntN(4))
		}
		if draw.IntN(12) == 0 {
			p.Access = []string{"step_free"}
		}
		if draw.IntN(6) == 0 {
			from := order.Minute(540 + draw.IntN(500))
			p.Away = []plan.Span{{Day: draw.IntN(len(in.Order.Days)), From: from, To: from + order.Minute(20+draw.IntN(500))}}
		}
		if draw.IntN(8) == 0 {
			p.Most = 1 + draw.IntN(3)
		}
	}
	person := func() string { return in.People[draw.IntN(len(in.People))].ID }
	project := func() string { return in.Projects[draw.IntN(projects)].ID }
	for range draw.IntN(6) {
		in.Never = append(in.Never, compose.Conflict{Person: person(), Project: project()})
		if a, b := person(), person(); a != b {
			in.Pairs = append(in.Pairs, compose.Pair{A: a, B: b, Rule: []compose.Rule{compose.MustMeet, compose.MustNever}[draw.IntN(2)]})
		}
	}
	return in
}

// crowded is an order where things take place at once, in rooms that are named or not, with
// somebody who leads, on past midnight.
func crowded(draw *rand.Rand, in compose.Input) order.Order {
	room := func() string {
		if len(in.Places) == 0 || draw.IntN(2) == 0 {
			return ""
		}
		return in.Places[draw.IntN(len(in.Places))].ID
	}
	lead := []string{in.People[draw.IntN(len(in.People))].ID}
	shared := room()
	other := room()
	if other == shared {
		other = ""
	}
	return order.Order{Version: 1, Days: days[:1], Activities: []order.Activity{
		{ID: "one", Kind: order.Coaching, From: 540, To: 640, Pause: draw.IntN(8), Room: shared},
		{ID: "two", Kind: order.Coaching, From: 570, To: 660, Room: other, Sponsor: draw.IntN(2) == 0},
		{ID: "three", Kind: order.Collective, From: 600, To: 650, Leads: lead, Size: 2 + draw.IntN(5)},
		{ID: "four", Kind: order.Mix, From: 660, To: 760, Rounds: 1 + draw.IntN(6), Pause: 2, Leads: lead, Room: room()},
		{ID: "five", Kind: order.Pitch, From: 760, To: 900, Room: room()},
		{ID: "six", Kind: order.Collective, From: 900, To: 960},
		{ID: "seven", Kind: order.Free, From: 900, To: 960},
		{ID: "eight", Kind: order.Mix, From: 960, To: 1100, Rounds: 3},
		{ID: "nine", Kind: order.Coaching, From: 23 * 60, To: 25 * 60, Slot: 20},
	}}
}

func made(t testing.TB, in compose.Input, previous *plan.Plan) compose.Result {
	t.Helper()
	r, err := compose.Compose(context.Background(), in, previous)
	if err != nil {
		t.Fatalf("%v\n%s", err, in.Encode())
	}
	return r
}

// right holds what no plan may break: the judge of plans finds nothing, no conflict of
// interest, no room that is closed, nobody of a forbidden pair beside the other.
func right(t testing.TB, in compose.Input, p plan.Plan) {
	t.Helper()
	if clashes := plan.Check(p, in.Order, in.House()); len(clashes) > 0 {
		t.Fatalf("%+v\n%s\n%s", clashes, p.Encode(), in.Encode())
	}
	ahead(t, in, p, compose.Instant{})
}

// ahead holds the same, of conflicts, closed rooms and pairs, from an instant on.
func ahead(t testing.TB, in compose.Input, p plan.Plan, now compose.Instant) {
	t.Helper()
	for _, s := range p.Sittings {
		if s.Day < now.Day || s.Day == now.Day && s.From < now.At || s.Pinned {
			continue
		}
		a, _ := in.Order.Find(s.Activity)
		for _, c := range in.Never {
			if a.Kind != order.Pitch && s.Project == c.Project && slices.Contains(s.People, c.Person) && !of(in, c.Person, c.Project) {
				t.Fatalf("%s at %s, whom she must not know", c.Person, s.ID)
			}
		}
		for _, c := range in.Pairs {
			if c.Rule == compose.MustNever && slices.Contains(s.People, c.A) && slices.Contains(s.People, c.B) && !sameTeam(in, c.A, c.B) {
				t.Fatalf("%s and %s at %s\n%s", c.A, c.B, s.ID, in.Encode())
			}
		}
		for _, place := range in.Places {
			for _, shut := range place.Closed {
				if s.Room == place.ID && shut.Day == s.Day && shut.From < s.To && s.From < shut.To {
					t.Fatalf("%s in %s, which is closed", s.ID, place.ID)
				}
			}
		}
	}
}

func of(in compose.Input, person, project string) bool {
	return slices.ContainsFunc(in.Projects, func(p compose.Project) bool { return p.ID == project && slices.Contains(p.Team, person) })
}

func sameTeam(in compose.Input, a, b string) bool {
	return slices.ContainsFunc(in.Projects, func(p compose.Project) bool { return slices.Contains(p.Team, a) && slices.Contains(p.Team, b) })
}
