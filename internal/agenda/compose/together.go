package compose

import (
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// everybody places what is for all, but for the mixes and pitches.
func (g *gathering) everybody() {
	for _, a := range g.in.Order.Activities {
		if !a.Kind.Everybody() || a.Kind == order.Mix || a.Kind == order.Pitch || len(g.fixed(a.ID)) > 0 {
			continue
		}
		g.add(g.forAll(a))
	}
}

// forAll is the sitting of an activity for everybody. A meal or an evening may be outside
// the house.
func (g *gathering) forAll(a order.Activity) plan.Sitting {
	want := askFor(a)
	want.seats, want.access = len(g.in.People), g.access
	room := g.settle(want, a.Kind != order.Meal && a.Kind != order.Evening)
	return plan.Sitting{ID: a.ID, Activity: a.ID, Day: a.Day, From: a.From, To: a.To, Room: room, All: true}
}

// pitches gives each project its turn.
func (g *gathering) pitches() {
	for part, a := range g.in.Order.Activities {
		if a.Kind != order.Pitch {
			continue
		}
		wanted := make([]string, 0, len(g.in.Projects))
		for _, p := range g.in.Projects {
			if !slices.ContainsFunc(g.fixed(a.ID), func(s plan.Sitting) bool { return s.Project == p.ID }) {
				wanted = append(wanted, p.ID)
			}
		}
		g.chance(part).Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
		g.pitch(a, wanted, "")
	}
}

// pitch gives turns to projects, in their order as far as somebody of them is there. The
// room is found when none is given.
func (g *gathering) pitch(a order.Activity, wanted []string, room string) {
	fixed := g.fixed(a.ID)
	var turns []order.Slot
	for _, t := range order.Turns(a, a.Minutes()) {
		if !g.now.begun(slotSpan(t)) && !slices.ContainsFunc(fixed, func(s plan.Sitting) bool { return overlap(spanOf(s), slotSpan(t)) }) {
			turns = append(turns, t)
		}
	}
	if room == "" && len(wanted) > 0 {
		want := askFor(a)
		want.seats, want.access, want.shared = len(g.in.People), g.access, true
		room = g.settle(want, true)
	}
	at := g.turns(wanted, turns[:min(len(turns), len(wanted))])
	if slices.Contains(at, -1) {
		at = g.turns(wanted, turns)
	}
	for i, id := range wanted {
		if at[i] < 0 {
			g.refuse(Refusal{Key: RefusedTurn, Activity: a.ID, Projects: []string{id}})
			continue
		}
		t := turns[at[i]]
		g.add(plan.Sitting{ID: a.ID + "." + id, Activity: a.ID, N: t.N, Day: t.Day, From: t.From, To: t.To, Room: room, Project: id, All: true})
	}
}

// turns matches projects with turns at which somebody of them is there (augmenting paths,
// Kuhn 1955), each as near to its place in the list as can be; -1 for none.
func (g *gathering) turns(wanted []string, turns []order.Slot) []int {
	holder, at := make([]int, len(turns)), make([]int, len(wanted))
	for t := range holder {
		holder[t] = -1
	}
	for i := range wanted {
		at[i] = -1
	}
	can := func(i, t int) bool { return len(g.team(wanted[i], slotSpan(turns[t]))) > 0 }
	for i := range wanted {
		seen := make([]bool, len(turns))
		var seat func(i int) bool
		seat = func(i int) bool {
			for k := range turns {
				t := (i + k) % len(turns)
				if seen[t] || !can(i, t) {
					continue
				}
				seen[t] = true
				if holder[t] < 0 || seat(holder[t]) {
					holder[t], at[i] = i, t
					return true
				}
			}
			return false
		}
		seat(i)
	}
	return at
}
