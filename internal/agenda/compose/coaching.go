package compose

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/timetable"
)

// The rests of a coaching (docs/solve.md): a project has at most two meetings in three
// slots that follow each other, and who coaches at most four in five.
var rests = timetable.Rules{Project: timetable.Rest{2, 3}, Sponsor: timetable.Rest{4, 5}, Expert: timetable.Rest{4, 5}}

// mustWeigh is what it is worth that two people meet who must: more than any one wish.
const mustWeigh = 10 * maxWeight

// wanted is a meeting between a project and somebody.
type wanted struct {
	id timetable.ID
	Pairing
	weight int // 0: with the sponsor, mandatory
}

// layer are coachings of which no two take place at once, and the problem they make.
type layer struct {
	slots    []order.Slot
	activity map[string]order.Activity
	wanted   map[timetable.ID]wanted
	in       *timetable.Instance
}

// wants lists the meetings that are to be held: with the sponsor in each coaching that says
// so, and those wished, once each.
func (g *gathering) wants() (list []wanted) {
	for _, a := range g.in.Order.Activities {
		for _, p := range g.in.Projects {
			if a.Kind != order.Coaching || !a.Sponsor || g.holds(a.ID, p.ID, p.Sponsors) {
				continue
			}
			who := g.sponsor(p, a)
			if who == "" {
				g.refuse(Refusal{Key: RefusedSponsor, Activity: a.ID, Projects: []string{p.ID}, People: p.Sponsors})
				continue
			}
			list = append(list, wanted{timetable.ID(a.ID + "." + p.ID), Pairing{a.ID, p.ID, who}, 0})
		}
	}
	worth := map[Pairing]int{}
	for _, w := range g.in.Wishes {
		worth[Pairing{Project: w.Project, Person: w.Person}] += w.Weight
	}
	for _, p := range g.in.Pairs {
		for _, ab := range [][2]string{{p.A, p.B}, {p.B, p.A}} {
			if p.Rule == MustMeet && g.of[ab[0]] != "" && g.coaches(ab[1]) {
				worth[Pairing{Project: g.of[ab[0]], Person: ab[1]}] += mustWeigh
			}
		}
	}
	for _, p := range g.in.Projects {
		for _, who := range g.in.People {
			pair := Pairing{Project: p.ID, Person: who.ID}
			if worth[pair] == 0 || g.of[who.ID] == p.ID || g.barred(who.ID, p.ID) || g.holds("", p.ID, []string{who.ID}) {
				continue
			}
			list = append(list, wanted{timetable.ID("c." + p.ID + "." + who.ID), pair, worth[pair]})
		}
	}
	return list
}

// sponsor is the first sponsor of a project who may meet it at a coaching.
func (g *gathering) sponsor(p Project, a order.Activity) string {
	slots := (order.Order{Activities: []order.Activity{a}}).Slots()
	for _, id := range p.Sponsors {
		if !g.barred(id, p.ID) && slices.ContainsFunc(slots, func(s order.Slot) bool { return g.free(id, slotSpan(s)) }) {
			return id
		}
	}
	return ""
}

// holds says whether a project meets one of some people in what is in the plan already: in
// one coaching, or in any that is not for sponsors.
func (g *gathering) holds(activity, project string, people []string) bool {
	return slices.ContainsFunc(g.plan.Sittings, func(s plan.Sitting) bool {
		a, _ := g.in.Order.Find(s.Activity)
		return a.Kind == order.Coaching && s.Project == project && (s.Activity == activity || activity == "" && !a.Sponsor) && slices.ContainsFunc(people, s.Has)
	})
}

// coachings splits the coachings so that none is at the same time as another of its layer.
func (g *gathering) coachings() (layers [][]order.Activity) {
next:
	for _, a := range g.in.Order.Activities {
		if a.Kind != order.Coaching {
			continue
		}
		for k := range layers {
			if !slices.ContainsFunc(layers[k], func(b order.Activity) bool { return overlap(span(a), span(b)) }) {
				layers[k] = append(layers[k], a)
				continue next
			}
		}
		layers = append(layers, []order.Activity{a})
	}
	return layers
}

// coaching places the meetings.
func (g *gathering) coaching(ctx context.Context, previous *plan.Plan) error {
	left, c := g.wants(), &coached{status: timetable.Optimal}
	for _, list := range g.coachings() {
		l := g.layer(list, left)
		g.remember(l, previous)
		p, err := timetable.Solve(ctx, l.in, timetable.Options{Tries: g.in.Tries})
		if err != nil {
			return err
		}
		g.account.Stopped = g.account.Stopped || p.Stopped
		c.take(p.Status, p.Score, p.Bound)
		g.explain(l, p.Infeasible)
		g.seatAll(l, p.Schedule, p.Rooms)
		left = slices.DeleteFunc(left, func(w wanted) bool { _, held := p.Schedule[w.id]; return held })
	}
	g.account.Proved, g.account.Bound = c.status == timetable.Optimal, c.bound
	g.account.Weight, g.account.Holes = c.score.Weight, c.score.Holes
	return nil
}

// take adds what is known of one layer.
func (c *coached) take(status timetable.Status, score timetable.Score, bound int) {
	if status != timetable.Optimal {
		c.status = status
	}
	c.score.Weight, c.score.Holes, c.bound = c.score.Weight+score.Weight, c.score.Holes+score.Holes, c.bound+bound
}

// layer makes the problem of some coachings and of the meetings that may take place in them.
func (g *gathering) layer(list []order.Activity, all []wanted) *layer {
	l := &layer{activity: map[string]order.Activity{}, wanted: map[timetable.ID]wanted{}}
	o := order.Order{Days: g.in.Order.Days}
	for _, a := range g.in.Order.Activities {
		if a.Kind != order.Coaching || slices.ContainsFunc(list, func(b order.Activity) bool { return b.ID == a.ID }) {
			o.Activities = append(o.Activities, a)
			l.activity[a.ID] = order.Usual(a)
		}
	}
	l.slots = o.Slots()
	l.in = &timetable.Instance{Version: timetable.Version, Seed: g.in.Seed, RoomsPerSlot: len(g.in.Places), Rules: rests}
	for i, s := range l.slots {
		late := int(s.From) / (24 * 60) // after midnight, a day later
		l.in.Slots = append(l.in.Slots, timetable.Slot{ID: i, Day: s.Day + late, Segment: strconv.Itoa(s.Segment), Start: s.From.Clock(), Minutes: int(s.To - s.From)})
		if g.now.begun(slotSpan(s)) {
			l.in.Now = i + 1
		}
	}
	for _, p := range smallest(g.in.Places) {
		l.in.Rooms = append(l.in.Rooms, g.roomOf(l, p))
	}
	ordinary := slices.ContainsFunc(list, func(a order.Activity) bool { return !a.Sponsor })
	for _, w := range all {
		g.meeting(l, w, ordinary)
	}
	g.people(l)
	return l
}

// smallest puts rooms in the order in which meetings of a few people take them: a hall is
// for those who are many.
func smallest(places []Place) []Place {
	size := func(p Place) int {
		if p.Capacity == 0 {
			return 1 << 30
		}
		return p.Capacity
	}
	return slices.SortedStableFunc(slices.Values(places), func(a, b Place) int { return size(a) - size(b) })
}

// roomOf is a room as the problem of the meetings knows it: closed while it is taken.
func (g *gathering) roomOf(l *layer, p Place) timetable.Room {
	r := timetable.Room{ID: p.ID, Capacity: p.Capacity, Access: p.Access, Equipment: p.Equipment}
	for t, s := range l.slots {
		if !g.open(p, ask{Span: slotSpan(s)}) {
			r.Closed = append(r.Closed, t)
		}
	}
	return r
}

// meeting adds a meeting to a problem, when it may take place in it. One that is held in the
// room that its coaching names takes no other.
func (g *gathering) meeting(l *layer, w wanted, ordinary bool) {
	if _, here := l.activity[w.Activity]; w.Activity != "" && !here {
		return
	}
	m := timetable.Meeting{ID: w.id, Project: "p." + w.Project, Other: g.unit(w.Person), Mandatory: w.weight == 0, Weight: w.weight, Seats: len(g.project[w.Project].Team) + 1, Remote: len(g.in.Places) > 0}
	for t, s := range l.slots {
		a := l.activity[s.Activity]
		if s.Activity != w.Activity && (w.Activity != "" || a.Sponsor && ordinary) {
			continue
		}
		if g.of[w.Person] != "" && !g.free(w.Person, slotSpan(s)) {
			continue // her project may be there without her
		}
		m.Allowed = append(m.Allowed, t)
		if a.Room != "" {
			continue
		}
		m.Remote = false
		for _, need := range a.Needs {
			if !slices.Contains(m.Needs, need) {
				m.Needs = append(m.Needs, need)
			}
		}
	}
	if len(m.Allowed) == 0 {
		return
	}
	l.in.Meetings = append(l.in.Meetings, m)
	l.wanted[w.id] = w
}

// unit is who somebody is in the problem: herself, or her project.
func (g *gathering) unit(person string) string {
	if p := g.of[person]; p != "" {
		return "p." + p
	}
	return "q." + person
}

// people adds to a problem those who meet in it.
func (g *gathering) people(l *layer) {
	in := map[string]bool{}
	for _, m := range l.in.Meetings {
		in[m.Project], in[m.Other] = true, true
	}
	for _, p := range g.in.Projects {
		if !in["p."+p.ID] {
			continue
		}
		who := timetable.Person{ID: "p." + p.ID, Role: timetable.Project, Access: g.accessOf(p.Team...)}
		for _, s := range l.slots {
			who.Available = append(who.Available, len(g.team(p.ID, slotSpan(s))) > 0)
		}
		l.in.People = append(l.in.People, who)
	}
	whole := len(g.coachings()) == 1
	for _, p := range g.in.People {
		if !in["q."+p.ID] {
			continue
		}
		who := timetable.Person{ID: "q." + p.ID, Role: timetable.Expert, Access: p.Access, Max: p.Most}
		if p.Role == Sponsor {
			who.Role = timetable.Sponsor
		}
		had := g.meetings(p.ID)
		full := p.Most > 0 && had >= p.Most
		if p.Most > 0 && !full {
			who.Max = p.Most - had
		}
		if whole {
			who.Min = max(p.Least-had, 0)
		}
		for _, s := range l.slots {
			who.Available = append(who.Available, !full && g.free(p.ID, slotSpan(s)))
		}
		l.in.People = append(l.in.People, who)
	}
}

// meetings counts those of coaching that somebody has.
func (g *gathering) meetings(person string) (n int) {
	for _, s := range g.plan.Sittings {
		if a, _ := g.in.Order.Find(s.Activity); a.Kind == order.Coaching && s.Has(person) {
			n++
		}
	}
	return n
}

// remember has meetings stay where a plan had them, when nothing is lost by it.
func (g *gathering) remember(l *layer, previous *plan.Plan) {
	if previous == nil {
		return
	}
	for _, s := range previous.Sittings {
		t := l.slot(s)
		if _, known := l.wanted[timetable.ID(s.ID)]; known && t >= 0 {
			l.in.Preferences = append(l.in.Preferences, timetable.Preference{Meeting: timetable.ID(s.ID), Slots: []int{t}, Weight: 1})
		}
	}
}

// slot is that of a sitting, or -1.
func (l *layer) slot(s plan.Sitting) int {
	return slices.IndexFunc(l.slots, func(t order.Slot) bool { return t.Activity == s.Activity && slotSpan(t) == spanOf(s) })
}

// explain tells which meetings cannot be held, and why.
func (g *gathering) explain(l *layer, why *timetable.Infeasible) {
	if why == nil {
		return
	}
	for _, c := range why.Clashes {
		r := Refusal{Key: "agenda.refused_meeting_" + c.Kind, Need: c.Need, Have: c.Have}
		for _, id := range c.People {
			if id[0] == 'p' {
				r.Projects = append(r.Projects, id[2:])
			} else {
				r.People = append(r.People, id[2:])
			}
		}
		activities := map[string]bool{}
		for _, id := range c.Meetings {
			activities[l.wanted[id].Activity] = true
			r.Activity = l.wanted[id].Activity
		}
		if len(activities) > 1 {
			r.Activity = ""
		}
		for _, id := range why.LeftOut {
			if len(c.Meetings) == 0 || slices.Contains(c.Meetings, id) {
				r.GiveUp = append(r.GiveUp, l.wanted[id].Pairing)
			}
		}
		g.refuse(r)
	}
}

// seatAll turns a schedule into sittings, those of the past left out.
func (g *gathering) seatAll(l *layer, schedule timetable.Schedule, rooms timetable.Rooms) {
	ids := make([]timetable.ID, 0, len(schedule))
	for id, t := range schedule {
		if t >= l.in.Now {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b timetable.ID) int { return cmp.Or(schedule[a]-schedule[b], cmp.Compare(a, b)) })
	var own []plan.Sitting // in the rooms that their coachings name, once the others have theirs
	for _, id := range ids {
		w, slot := l.wanted[id], l.slots[schedule[id]]
		s := plan.Sitting{ID: string(id), Activity: slot.Activity, N: slot.N, Day: slot.Day, From: slot.From, To: slot.To, Project: w.Project}
		s.People = append(g.team(w.Project, spanOf(s)), w.Person)
		slices.Sort(s.People)
		if len(g.in.Places) > 0 {
			s.Room = rooms[id]
		}
		if l.activity[s.Activity].Room != "" {
			s.Room = ""
			own = append(own, s)
			continue
		}
		g.add(s)
	}
	g.beside(l, own)
}

// beside gives tables to meetings in the room that their coaching names, until it is full;
// the others go elsewhere.
func (g *gathering) beside(l *layer, list []plan.Sitting) {
	left, tables := map[plan.Span]int{}, map[plan.Span]int{}
	for _, s := range list {
		a := l.activity[s.Activity]
		at, want := spanOf(s), askFor(a)
		want.Span, want.seats, want.access, want.shared = at, len(s.People), g.accessOf(s.People...), true
		p, _ := g.in.place(a.Room)
		if tables[at] == 0 {
			left[at] = p.Capacity
		}
		if g.suits(p, want) && (p.Capacity == 0 || left[at] >= want.seats) {
			s.Room = a.Room
			left[at] -= want.seats
			tables[at]++
			s.Table = tables[at]
		} else {
			want.named, want.shared = "", false
			if s.Room = g.room(want); s.Room == "" {
				g.refuse(Refusal{Key: RefusedRoom, Activity: a.ID, Projects: []string{s.Project}, Rooms: []string{a.Room}, Need: want.seats})
			}
		}
		g.add(s)
	}
}
