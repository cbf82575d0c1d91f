package compose

import (
	"slices"

	"transformateur/internal/agenda/plan"
)

// Conflicted is a clash that only those who compose know: a person at a project whom she
// must not come to, or beside somebody whom she must never meet. The others are those of
// package plan.
const Conflicted = "agenda.clash_conflict"

// Verdict is what one change by hand breaks and mends, and whose day it changes.
type Verdict struct {
	Breaks []plan.Clash `json:"breaks"`
	Mends  []plan.Clash `json:"mends"`
	Told   []string     `json:"told"`
}

// Judge says what would be wrong, and what would no more be, if a sitting became what is
// given: at another time, in another room, with other people. A sitting that the plan does
// not hold is a new one; one that ends as it begins is taken out. It looks only at what
// takes place at the same time.
func Judge(in *Input, p plan.Plan, moved plan.Sitting) Verdict {
	i := slices.IndexFunc(p.Sittings, func(s plan.Sitting) bool { return s.ID == moved.ID })
	var was, is []plan.Sitting
	if i >= 0 {
		was = []plan.Sitting{p.Sittings[i]}
	}
	if moved.From != moved.To {
		is = []plan.Sitting{moved}
	}
	j := judging{in: in, house: in.House(), p: p}
	before, after := j.around(was), j.around(is)
	v := Verdict{Breaks: lacking(after, before), Mends: lacking(before, after), Told: []string{}}
	for person := range plan.Differ(plan.Plan{Sittings: was}, plan.Plan{Sittings: is}) {
		v.Told = append(v.Told, person)
	}
	slices.Sort(v.Told)
	return v
}

type judging struct {
	in    *Input
	house plan.House
	p     plan.Plan
}

// around lists what is wrong with a sitting among those of its time.
func (j *judging) around(one []plan.Sitting) (list []plan.Clash) {
	if len(one) == 0 {
		return nil
	}
	s := one[0]
	beside := []plan.Sitting{s}
	for _, o := range j.p.Sittings {
		if o.ID != s.ID && overlap(spanOf(o), spanOf(s)) {
			beside = append(beside, o)
		}
	}
	for _, c := range plan.Check(plan.Plan{Sittings: beside}, j.in.Order, j.house) {
		if slices.Contains(c.Sittings, s.ID) {
			list = append(list, c)
		}
	}
	g := newGathering(j.in)
	for k, id := range s.People {
		if s.Project != "" && g.of[id] != s.Project && g.barred(id, s.Project) || g.clash([]string{id}, s.People[:k]) {
			list = append(list, plan.Clash{Key: Conflicted, Person: id, Sittings: []string{s.ID}})
		}
	}
	return list
}

// lacking are the clashes of a list that another does not hold.
func lacking(list, other []plan.Clash) []plan.Clash {
	out := []plan.Clash{}
	for _, c := range list {
		if !slices.ContainsFunc(other, func(o plan.Clash) bool {
			return o.Key == c.Key && o.Person == c.Person && slices.Equal(slices.Sorted(slices.Values(o.Sittings)), slices.Sorted(slices.Values(c.Sittings)))
		}) {
			out = append(out, c)
		}
	}
	return out
}
