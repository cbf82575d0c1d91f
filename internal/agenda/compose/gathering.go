package compose

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// gathering is an input made ready, and the plan as it grows.
type gathering struct {
	in      *Input
	person  map[string]Person
	project map[string]Project
	of      map[string]string   // by person: the project of her team
	never   map[[2]string]bool  // person, project
	apart   map[[2]string]bool  // two people, both ways
	leads   map[string][]string // by activity
	access  []string            // what everybody together needs

	plan    plan.Plan
	ids     map[string]bool
	busy    map[string][]plan.Span // by person
	held    map[string][]hold      // by room
	met     map[[2]string]bool     // two people who sit together, both ways
	refused []Refusal
	account Account
	now     Instant // what begins before is past
}

// Instant is a minute of a day.
type Instant struct {
	Day int          `json:"day"`
	At  order.Minute `json:"at"`
}

// begun says whether something begins before an instant.
func (i Instant) begun(s plan.Span) bool { return s.Day < i.Day || s.Day == i.Day && s.From < i.At }

// hold is a room that is taken, by which activity.
type hold struct {
	plan.Span
	activity string
}

func newGathering(in *Input) *gathering {
	g := &gathering{in: in, person: map[string]Person{}, project: map[string]Project{}, of: map[string]string{}, never: map[[2]string]bool{}, apart: map[[2]string]bool{},
		leads: map[string][]string{}, ids: map[string]bool{}, busy: map[string][]plan.Span{}, held: map[string][]hold{}, met: map[[2]string]bool{}}
	for _, p := range in.People {
		g.person[p.ID] = p
		g.access = append(g.access, p.Access...)
	}
	slices.Sort(g.access)
	g.access = slices.Compact(g.access)
	for _, p := range in.Projects {
		g.project[p.ID] = p
		for _, id := range p.Team {
			g.of[id] = p.ID
		}
	}
	for _, c := range in.Never {
		g.never[[2]string{c.Person, c.Project}] = true
	}
	for _, p := range in.Pairs {
		if p.Rule == MustNever {
			g.apart[[2]string{p.A, p.B}], g.apart[[2]string{p.B, p.A}] = true, true
		}
	}
	for _, a := range in.Order.Activities {
		g.leads[a.ID] = a.Leads
	}
	return g
}

// chance is a source for one part of the work: what is drawn in one changes nothing in
// another.
func (g *gathering) chance(part int) *rand.Rand {
	return rand.New(rand.NewPCG(g.in.Seed, uint64(part)))
}

// span is when an activity takes place.
func span(a order.Activity) plan.Span { return plan.Span{Day: a.Day, From: a.From, To: a.To} }

func spanOf(s plan.Sitting) plan.Span { return plan.Span{Day: s.Day, From: s.From, To: s.To} }

func slotSpan(s order.Slot) plan.Span { return plan.Span{Day: s.Day, From: s.From, To: s.To} }

func overlap(a, b plan.Span) bool { return a.Day == b.Day && a.From < b.To && b.From < a.To }

func within(list []plan.Span, s plan.Span) bool {
	return slices.ContainsFunc(list, func(o plan.Span) bool { return overlap(o, s) })
}

// there says whether somebody comes, and is there all that time.
func (g *gathering) there(id string, s plan.Span) bool {
	p, known := g.person[id]
	return known && !within(p.Away, s)
}

// free says whether somebody is there and has nothing else.
func (g *gathering) free(id string, s plan.Span) bool {
	return g.there(id, s) && !within(g.busy[id], s)
}

// team are those of a project who are there and have nothing else.
func (g *gathering) team(project string, s plan.Span) (list []string) {
	for _, id := range g.project[project].Team {
		if g.free(id, s) {
			list = append(list, id)
		}
	}
	return list
}

// barred says whether somebody must not come to a project: a conflict of interest, or
// somebody of the team whom she must never meet.
func (g *gathering) barred(person, project string) bool {
	return g.never[[2]string{person, project}] || slices.ContainsFunc(g.project[project].Team, func(id string) bool { return g.apart[[2]string{person, id}] })
}

// coaches says whether somebody gives coaching.
func (g *gathering) coaches(id string) bool {
	if g.of[id] != "" {
		return false
	}
	role := g.person[id].Role
	return role == Sponsor || role == Expert
}

// add puts a sitting in the plan: its people and its room are taken meanwhile.
func (g *gathering) add(s plan.Sitting) {
	for g.ids[s.ID] || s.ID == "" {
		s.ID += "+"
	}
	g.ids[s.ID] = true
	g.plan.Sittings = append(g.plan.Sittings, s)
	for i, id := range s.People {
		g.busy[id] = append(g.busy[id], spanOf(s))
		for _, other := range s.People[:i] {
			g.met[[2]string{id, other}], g.met[[2]string{other, id}] = true, true
		}
	}
	if s.Room != "" && !s.Remote {
		g.held[s.Room] = append(g.held[s.Room], hold{spanOf(s), s.Activity})
	}
}

func (g *gathering) refuse(r Refusal) { g.refused = append(g.refused, r) }

// fixed are the sittings of an activity that are in the plan already.
func (g *gathering) fixed(activity string) (list []plan.Sitting) {
	for _, s := range g.plan.Sittings {
		if s.Activity == activity {
			list = append(list, s)
		}
	}
	return list
}

// Compose makes a plan: activities for everybody in a room that holds them, the meetings of
// every coaching at once, tables that mix projects, rounds in which people visit projects,
// turns of a pitch. What is pinned, in the input or in the previous plan, stays; a meeting
// stays where the previous plan had it when nothing is lost by it. What cannot hold is left
// out and told. It is anytime, as the solvers are: when ctx ends, the best so far is given.
// An error is *timetable.Malformed.
func Compose(ctx context.Context, in Input, previous *plan.Plan) (Result, error) {
	if err := in.Check(); err != nil {
		return Result{}, err
	}
	in.Order.Activities = slices.Clone(in.Order.Activities)
	in.Order.Sort()
	g := newGathering(&in)
	if g.faulty(); len(g.refused) > 0 {
		return Result{Refused: g.refused}, nil
	}
	g.pin(previous)
	g.everybody()
	g.pitches()
	if err := g.coaching(ctx, previous); err != nil {
		return Result{}, err
	}
	g.collectives()
	if err := g.mixes(ctx); err != nil {
		return Result{}, err
	}
	return g.result(), nil
}

// result sorts the plan and counts.
func (g *gathering) result() Result {
	g.plan.Version = 1
	g.unmet()
	g.plan.Sort()
	g.count()
	return Result{Plan: g.plan, Account: g.account, Refused: g.refused}
}

// faulty tells what is wrong in the running order.
func (g *gathering) faulty() {
	w := order.Whole{Projects: len(g.in.Projects)}
	for _, p := range g.in.Places {
		w.Rooms = append(w.Rooms, p.ID)
	}
	for _, f := range order.Check(g.in.Order, w) {
		if !f.Remark {
			g.refuse(Refusal{Key: f.Key, Activity: f.Activity})
		}
	}
}

// pin keeps what was placed by hand, unless it cannot be.
func (g *gathering) pin(previous *plan.Plan) {
	list := slices.Clone(g.in.Pinned)
	if previous != nil {
		for _, s := range previous.Sittings {
			if s.Pinned && !slices.ContainsFunc(list, func(o plan.Sitting) bool { return o.ID == s.ID }) {
				list = append(list, s)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b plan.Sitting) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	kept, house := plan.Plan{}, g.in.House()
	for _, s := range list {
		s.Pinned, s.People = true, slices.Sorted(slices.Values(s.People))
		next := plan.Plan{Sittings: append(slices.Clone(kept.Sittings), s)}
		if clashes := plan.Check(next, g.in.Order, house); len(clashes) > 0 || g.shut(s) {
			g.refuse(Refusal{Key: RefusedPinned, Activity: s.Activity, People: s.People, Projects: some(s.Project), Rooms: some(s.Room)})
			continue
		}
		kept = next
		g.add(s)
	}
}

// some is a list of what is said.
func some(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// unmet tells who must meet and does not.
func (g *gathering) unmet() {
	for _, p := range g.in.Pairs {
		if p.Rule == MustMeet && !g.met[[2]string{p.A, p.B}] {
			g.refuse(Refusal{Key: RefusedMeet, People: []string{p.A, p.B}})
		}
	}
}
