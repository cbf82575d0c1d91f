package compose

import (
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/rotate"
)

// count measures the plan by plain counting: nothing of it comes from the solvers but what
// is proved and the bounds.
func (g *gathering) count() {
	acc := &g.account
	kinds := map[string]order.Activity{}
	for _, a := range g.in.Order.Activities {
		kinds[a.ID] = a
	}
	meetings := map[string][]plan.Sitting{} // of coaching, by project
	visitors := map[string]map[string]bool{}
	for _, s := range g.plan.Sittings {
		switch kinds[s.Activity].Kind {
		case order.Coaching:
			meetings[s.Project] = append(meetings[s.Project], s)
		case order.Mix:
			if visitors[s.Project] == nil {
				visitors[s.Project] = map[string]bool{}
			}
			for _, id := range s.People {
				visitors[s.Project][id] = visitors[s.Project][id] || g.of[id] != s.Project
			}
		}
	}
	acc.Projects, acc.Coaches = []ProjectAccount{}, []CoachAccount{}
	for i, p := range g.in.Projects {
		one := g.asked(p, meetings[p.ID], kinds)
		for _, other := range visitors[p.ID] {
			one.Visitors += b2i(other)
		}
		n := len(meetings[p.ID])
		if i == 0 {
			acc.Fewest = n
		}
		acc.Fewest, acc.Most = min(acc.Fewest, n), max(acc.Most, n)
		acc.Projects = append(acc.Projects, one)
	}
	acc.Holes = 0
	slots := g.in.Order.Slots()
	for _, p := range g.in.People {
		if !g.coaches(p.ID) {
			continue
		}
		one := CoachAccount{Person: p.ID, Meetings: g.meetings(p.ID), Holes: holes(g.coachingOf(p.ID, kinds), slots)}
		acc.Holes += one.Holes
		acc.Coaches = append(acc.Coaches, one)
	}
	for _, m := range acc.Mixes {
		acc.Proved = acc.Proved && m.Status == rotate.Optimal && len(m.Dropped) == 0
	}
}

// asked counts what one project asked and gets.
func (g *gathering) asked(p Project, meetings []plan.Sitting, kinds map[string]order.Activity) ProjectAccount {
	one := ProjectAccount{Project: p.ID}
	for _, s := range meetings {
		if kinds[s.Activity].Sponsor && slices.ContainsFunc(p.Sponsors, s.Has) {
			one.Sponsor++
		}
	}
	seen := map[string]bool{}
	for _, w := range g.in.Wishes {
		if w.Project != p.ID || seen[w.Person] || g.of[w.Person] == p.ID {
			continue
		}
		seen[w.Person] = true
		one.Asked++
		if slices.ContainsFunc(meetings, func(s plan.Sitting) bool { return !kinds[s.Activity].Sponsor && s.Has(w.Person) }) {
			one.Held++
		} else {
			one.Missing = append(one.Missing, w.Person)
		}
	}
	slices.Sort(one.Missing)
	return one
}

func (g *gathering) coachingOf(person string, kinds map[string]order.Activity) (list []plan.Sitting) {
	for _, s := range g.plan.Sittings {
		if kinds[s.Activity].Kind == order.Coaching && s.Has(person) {
			list = append(list, s)
		}
	}
	return list
}

// holes counts idle slots between two meetings of a day.
func holes(list []plan.Sitting, slots []order.Slot) (n int) {
	last := -1
	for t, slot := range slots {
		if !slices.ContainsFunc(list, func(s plan.Sitting) bool { return overlap(spanOf(s), slotSpan(slot)) }) {
			continue
		}
		if last >= 0 && slots[last].Day == slot.Day {
			n += t - last - 1
		}
		last = t
	}
	return n
}
