package compose

import (
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// Event is what happened during a gathering.
type Event struct {
	Kind     EventKind `json:"kind"`
	Person   string    `json:"person,omitempty"`
	Place    string    `json:"place,omitempty"`
	Activity string    `json:"activity,omitempty"`
	From     Instant   `json:"from,omitzero"`
	To       Instant   `json:"to,omitzero"`
	Minutes  int       `json:"minutes,omitempty"`
	Added    *Person   `json:"added,omitempty"`
	Project  string    `json:"project,omitempty"`
}

// EventKind is what an event is.
type EventKind string

// The kinds of event. Nothing of what has begun is undone by any.
const (
	Absent       EventKind = "absent"        // Person is away from From to the end
	Late         EventKind = "late"          // Person is there from To only
	RoomLost     EventKind = "room_lost"     // Place is closed from From to To, or to the end
	ActivityLost EventKind = "activity_lost" // Activity does not take place, or stops now
	Shortened    EventKind = "shortened"     // Activity ends so many Minutes earlier
	Overrun      EventKind = "overrun"       // Activity ends so many Minutes later: what follows begins then
	PersonAdded  EventKind = "person_added"  // Added comes too, of the team of Project when one is given
)

// shortest is the least that is left of an activity that another runs into, in minutes.
const shortest = 5

// after is the input as an event leaves it. Nothing of the input changes.
func (in Input) after(e Event, now Instant) (Input, error) {
	steps := map[EventKind]func(Event, Instant) (Input, error){Absent: in.away, Late: in.away, RoomLost: in.closed, ActivityLost: in.cut, Shortened: in.cut, Overrun: in.overrun, PersonAdded: in.joined}
	step, known := steps[e.Kind]
	switch {
	case !known:
		return in, malformed(`"absent", "late", "room_lost", "activity_lost", "shortened", "overrun" or "person_added"`, "kind")
	case now.Day < 0 || now.Day >= len(in.Order.Days) || now.At < 0 || now.At > order.Latest:
		return in, malformed("an instant of the gathering", "now")
	}
	out, err := step(e, now)
	if err != nil {
		return in, err
	}
	out.Order.Sort()
	return out, out.Check()
}

// spans is the time between two instants, day by day; a To of zero is the end.
func (in Input) spans(from, to Instant) (list []plan.Span) {
	if to == (Instant{}) {
		to = Instant{len(in.Order.Days) - 1, order.Latest}
	}
	for day := from.Day; day <= min(to.Day, len(in.Order.Days)-1); day++ {
		s := plan.Span{Day: day, To: order.Latest}
		if day == from.Day {
			s.From = from.At
		}
		if day == to.Day {
			s.To = to.At
		}
		if s.From < s.To {
			list = append(list, s)
		}
	}
	return list
}

// later is the later of two instants.
func later(a, b Instant) Instant {
	if a.Day < b.Day || a.Day == b.Day && a.At < b.At {
		return b
	}
	return a
}

func (in Input) away(e Event, now Instant) (Input, error) {
	i := slices.IndexFunc(in.People, func(p Person) bool { return p.ID == e.Person })
	if i < 0 {
		return in, malformed("nobody has this id", "person")
	}
	from, to := later(e.From, now), Instant{}
	if e.Kind == Late {
		from, to = now, e.To
		if to == (Instant{}) {
			return in, malformed("an instant", "to")
		}
	}
	in.People = slices.Clone(in.People)
	in.People[i].Away = append(slices.Clone(in.People[i].Away), in.spans(from, to)...)
	return in, nil
}

func (in Input) closed(e Event, now Instant) (Input, error) {
	i := slices.IndexFunc(in.Places, func(p Place) bool { return p.ID == e.Place })
	if i < 0 {
		return in, malformed("no place has this id", "place")
	}
	in.Places = slices.Clone(in.Places)
	in.Places[i].Closed = append(slices.Clone(in.Places[i].Closed), in.spans(later(e.From, now), e.To)...)
	return in, nil
}

func (in Input) joined(e Event, _ Instant) (Input, error) {
	if e.Added == nil {
		return in, malformed("somebody", "added")
	}
	in.People = append(slices.Clone(in.People), *e.Added)
	if e.Project == "" {
		return in, nil
	}
	i := slices.IndexFunc(in.Projects, func(p Project) bool { return p.ID == e.Project })
	if i < 0 {
		return in, malformed("no project has this id", "project")
	}
	in.Projects = slices.Clone(in.Projects)
	in.Projects[i].Team = append(slices.Clone(in.Projects[i].Team), e.Added.ID)
	return in, nil
}

// cut ends an activity earlier, now at the earliest when it has begun; what would have
// nothing left is taken out.
func (in Input) cut(e Event, now Instant) (Input, error) {
	i, err := in.activity(e)
	if err != nil {
		return in, err
	}
	a := &in.Order.Activities[i]
	to := a.From
	if e.Kind == Shortened {
		if e.Minutes < 1 {
			return in, malformed("1 or more", "minutes")
		}
		to = a.To - order.Minute(e.Minutes)
	}
	if now.begun(span(*a)) {
		if a.Day == now.Day {
			a.To = min(a.To, max(to, now.At))
		}
		return in, nil
	}
	if a.To = to; to < a.From+shortest {
		in.drop(a.ID)
	}
	return in, nil
}

// activity finds that of an event, in a running order that may be changed.
func (in *Input) activity(e Event) (int, error) {
	in.Order.Activities = slices.Clone(in.Order.Activities)
	i := slices.IndexFunc(in.Order.Activities, func(a order.Activity) bool { return a.ID == e.Activity })
	if i < 0 {
		return 0, malformed("no activity has this id", "activity")
	}
	return i, nil
}

// drop takes an activity out.
func (in *Input) drop(id string) {
	in.Order.Activities = slices.DeleteFunc(in.Order.Activities, func(a order.Activity) bool { return a.ID == id })
	for i := range in.Order.Activities {
		a := &in.Order.Activities[i]
		a.After = slices.DeleteFunc(slices.Clone(a.After), func(after string) bool { return after == id })
	}
}

// overrun ends an activity later; what cannot be at the same time begins when it ends.
func (in Input) overrun(e Event, now Instant) (Input, error) {
	i, err := in.activity(e)
	switch {
	case err != nil:
		return in, err
	case e.Minutes < 1 || in.Order.Activities[i].To+order.Minute(e.Minutes) > order.Latest:
		return in, malformed("1 or more, until three in the morning at the latest", "minutes")
	}
	a := &in.Order.Activities[i]
	old := a.To
	a.To += order.Minute(e.Minutes)
	first := *a
	var gone []string
	for k := range in.Order.Activities {
		b := &in.Order.Activities[k]
		if k == i || b.Day != first.Day || b.From < old || b.From >= first.To || now.begun(span(*b)) || !first.Kind.Everybody() && !b.Kind.Everybody() {
			continue
		}
		if b.From = first.To; b.To < b.From+shortest {
			gone = append(gone, b.ID)
		}
	}
	for _, id := range gone {
		in.drop(id)
	}
	return in, nil
}
