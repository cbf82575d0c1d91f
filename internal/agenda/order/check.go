package order

import (
	"slices"
	"strconv"
	"time"
)

// Fault is something wrong in a running order, or worth a second look: of which activity,
// which field, and why, as a key with what goes into its sentence.
type Fault struct {
	Activity string // "" for the whole
	Field    string
	Key      string
	Args     []any
	Remark   bool // worth a look: nothing is refused for it
}

// Whole is what a running order is for.
type Whole struct {
	Projects int
	Rooms    []string
	Kits     func(id string) bool
}

// MaxTitle and MaxAbout bound what is written of an activity, in characters.
const (
	MaxTitle = 120
	MaxAbout = 2000
)

// Check tells what is wrong in a running order, then what is worth a look.
func Check(o Order, w Whole) (list []Fault) {
	o.Sort()
	c := checking{order: o, whole: w}
	c.days()
	seen := map[string]bool{}
	for _, a := range o.Activities {
		if a.ID == "" || seen[a.ID] {
			c.fault(a, "id", "agenda.id_twice")
		}
		seen[a.ID] = true
		c.times(a)
		c.measures(Usual(a))
		c.names(a)
	}
	if len(o.Activities) > MaxActivities {
		c.list = append(c.list, Fault{Key: "agenda.many_activities", Args: []any{MaxActivities}})
	}
	c.clashes()
	c.before()
	if len(c.list) == 0 {
		c.remarks()
	}
	return c.list
}

type checking struct {
	order Order
	whole Whole
	list  []Fault
}

func (c *checking) fault(a Activity, field, key string, args ...any) {
	c.list = append(c.list, Fault{Activity: a.ID, Field: field, Key: key, Args: args})
}

func (c *checking) days() {
	if len(c.order.Days) == 0 || len(c.order.Days) > MaxDays {
		c.list = append(c.list, Fault{Field: "days", Key: "agenda.days_count", Args: []any{MaxDays}})
	}
	for i, d := range c.order.Days {
		if _, err := time.Parse(time.DateOnly, d); err != nil || i > 0 && d <= c.order.Days[i-1] {
			c.list = append(c.list, Fault{Field: "days." + strconv.Itoa(i), Key: "agenda.day_wrong"})
		}
	}
}

func (c *checking) times(a Activity) {
	switch {
	case a.Day < 0 || a.Day >= len(c.order.Days):
		c.fault(a, "day", "agenda.day_missing")
	case a.From < 0 || a.From >= 24*60:
		c.fault(a, "from", "agenda.from_wrong")
	case a.To <= a.From:
		c.fault(a, "to", "agenda.ends_before")
	case a.To > Latest:
		c.fault(a, "to", "agenda.ends_late", Latest.Clock())
	}
}

func (c *checking) measures(a Activity) {
	for _, m := range []struct {
		field string
		value int
		most  int
	}{{"slot", a.Slot, 240}, {"pause", a.Pause, 60}, {"rounds", a.Rounds, 20}, {"size", a.Size, 30}, {"speak", a.Speak, 60}, {"ask", a.Ask, 60}} {
		if m.value < 0 || m.value > m.most {
			c.fault(a, m.field, "agenda.measure", m.most)
			return
		}
	}
	switch {
	case !slices.Contains(Kinds, a.Kind):
		c.fault(a, "kind", "agenda.kind_unknown")
	case a.Kind == Coaching && a.Slot > a.Minutes():
		c.fault(a, "slot", "agenda.slot_long", a.Slot, a.Minutes())
	case a.Kind == Mix && len(RoundsOf(a)) == 0:
		c.fault(a, "rounds", "agenda.rounds_long", a.Rounds)
	case (a.Kind == Mix || a.Kind == Collective) && a.Size < 2:
		c.fault(a, "size", "agenda.alone")
	case a.Kind == Pitch && len(Turns(a, c.whole.Projects)) < c.whole.Projects:
		c.fault(a, "to", "agenda.pitch_short", c.whole.Projects, c.whole.Projects*(a.Speak+a.Ask), a.Minutes())
	}
}

func (c *checking) names(a Activity) {
	switch {
	case len([]rune(a.Title)) > MaxTitle:
		c.fault(a, "title", "agenda.title_long", MaxTitle)
	case len([]rune(a.About)) > MaxAbout:
		c.fault(a, "about", "agenda.about_long", MaxAbout)
	case a.Room != "" && !slices.Contains(c.whole.Rooms, a.Room):
		c.fault(a, "room", "agenda.room_unknown")
	case a.Kit != "" && c.whole.Kits != nil && !c.whole.Kits(a.Kit):
		c.fault(a, "kit", "agenda.kit_unknown")
	}
}

// clashes finds what takes place while everybody is elsewhere, or in a room that is taken.
func (c *checking) clashes() {
	for i, a := range c.order.Activities {
		for _, b := range c.order.Activities[i+1:] {
			if a.Day != b.Day || a.To <= b.From || b.To <= a.From {
				continue
			}
			switch {
			case a.Kind.Everybody() || b.Kind.Everybody():
				c.fault(b, "from", "agenda.everybody", c.order.name(a), a.To.Clock())
			case a.Room != "" && a.Room == b.Room && a.Kind != Free && b.Kind != Free:
				c.fault(b, "room", "agenda.room_taken", c.order.name(a), a.To.Clock())
			}
		}
	}
}

// name is what an activity is called in a message: its title, or its kind for whoever
// puts it in words.
func (o Order) name(a Activity) any {
	if a.Title != "" {
		return a.Title
	}
	return a.Kind
}

// before checks that what builds on something else comes after it.
func (c *checking) before() {
	for _, a := range c.order.Activities {
		for _, id := range a.After {
			first, known := c.order.Find(id)
			switch {
			case !known || id == a.ID:
				c.fault(a, "after", "agenda.after_unknown")
			case first.Day > a.Day || first.Day == a.Day && first.To > a.From:
				c.fault(a, "from", "agenda.after", c.order.name(first), first.To.Clock())
			}
		}
	}
}

// The bounds past which a running order is worth a second look, in minutes.
const (
	LongWork  = 150 // without a rest
	LongAlone = 150 // one kind of work after the other
)

// remarks tells where a day is hard on people: no rest, no meal, the same kind of work for
// too long.
func (c *checking) remarks() {
	for day := range c.order.Days {
		var of []Activity
		for _, a := range c.order.Activities {
			if a.Day == day {
				of = append(of, a)
			}
		}
		if len(of) == 0 {
			c.list = append(c.list, Fault{Field: "days." + strconv.Itoa(day), Key: "agenda.day_empty", Remark: true})
			continue
		}
		c.rests(of)
		noon := of[0].From < 12*60 && of[len(of)-1].To > 14*60
		if noon && !slices.ContainsFunc(of, func(a Activity) bool { return a.Kind == Meal }) {
			c.remark(of[0], "agenda.no_meal", day+1)
		}
	}
}

func (c *checking) remark(a Activity, key string, args ...any) {
	c.list = append(c.list, Fault{Activity: a.ID, Key: key, Args: args, Remark: true})
}

// rests walks a day, and tells once where work lasts too long without a rest, or where one
// way of working lasts too long.
func (c *checking) rests(of []Activity) {
	worked, same := of[0].From, of[0].From
	var last Activity
	tired, bored := false, false
	for _, a := range of {
		rest := !a.Kind.Alone() && !a.Kind.Together()
		if last.ID == "" || a.From >= last.To+10 {
			worked, same, tired, bored = a.From, a.From, false, false
		}
		if rest {
			worked, same = a.To, a.To
		} else if last.ID != "" && a.Kind.Alone() != last.Kind.Alone() {
			same, bored = a.From, false
		}
		if !rest && !tired && a.To-worked > LongWork {
			c.remark(a, "agenda.no_rest", int(a.To-worked))
			tired = true
		}
		if !rest && !bored && a.To-same > LongAlone && a.Kind.Alone() {
			c.remark(a, "agenda.no_alternation", int(a.To-same))
			bored = true
		}
		last = a
	}
}
