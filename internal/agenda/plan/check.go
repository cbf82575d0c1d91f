package plan

import (
	"slices"

	"transformateur/internal/agenda/order"
)

// Place is a room, and what it holds.
type Place struct {
	ID        string
	Capacity  int // 0: enough for all
	Access    []string
	Equipment []string
	Closed    []Span // when it cannot be used
}

// Guest is what a plan must know of somebody: her parts of day, and what a room must
// offer her.
type Guest struct {
	ID     string
	Access []string
	Away   []Span // when she is not there
}

// Span is some time of a day.
type Span struct {
	Day  int          `json:"day"`
	From order.Minute `json:"from"`
	To   order.Minute `json:"to"`
}

// House is who comes, and where they may be.
type House struct {
	Places []Place
	Guests []Guest
}

// Clash is something that cannot be, of which sittings and of whom.
type Clash struct {
	Key      string
	Person   string // "" when it is about nobody in particular
	Sittings []string
}

// The clashes.
const (
	Twice    = "agenda.clash_twice"    // somebody is in two places
	Away     = "agenda.clash_away"     // somebody is not there
	Unknown  = "agenda.clash_unknown"  // somebody is not of the gathering
	Room     = "agenda.clash_room"     // a room is taken twice
	NoRoom   = "agenda.clash_no_room"  // a room is not there
	Full     = "agenda.clash_full"     // a room is too small
	Barred   = "agenda.clash_access"   // somebody cannot come in
	Lonely   = "agenda.clash_alone"    // somebody sits alone at what is done together
	Outside  = "agenda.clash_outside"  // it does not take place during its activity
	Stranded = "agenda.clash_activity" // its activity is not there
	Doubled  = "agenda.clash_doubled"  // two sittings bear one id
)

// Check finds what cannot be in a plan. It shares nothing with what makes plans: it is
// what they are judged by.
func Check(p Plan, o order.Order, h House) (list []Clash) {
	p = p.Clone()
	p.Sort()
	known := map[string]Guest{}
	for _, g := range h.Guests {
		known[g.ID] = g
	}
	seen := map[string]bool{}
	for i, s := range p.Sittings {
		if s.ID == "" || seen[s.ID] {
			list = append(list, Clash{Key: Doubled, Sittings: []string{s.ID}})
		}
		seen[s.ID] = true
		list = append(list, held(s, o)...)
		list = append(list, roomed(s, h)...)
		list = append(list, there(s, known)...)
		for _, other := range p.Sittings[i+1:] {
			if s.during(other) {
				list = append(list, between(s, other)...)
			}
		}
	}
	return list
}

// held checks a sitting against its activity.
func held(s Sitting, o order.Order) (list []Clash) {
	a, there := o.Find(s.Activity)
	switch {
	case !there:
		return []Clash{{Key: Stranded, Sittings: []string{s.ID}}}
	case s.Day != a.Day || s.From < a.From || s.To > a.To || s.To <= s.From:
		list = append(list, Clash{Key: Outside, Sittings: []string{s.ID}})
	}
	if !s.All && len(s.People) == 1 && (a.Kind.Together() || a.Kind == order.Coaching) {
		list = append(list, Clash{Key: Lonely, Person: s.People[0], Sittings: []string{s.ID}})
	}
	return list
}

// roomed checks a sitting against its room.
func roomed(s Sitting, h House) (list []Clash) {
	if s.Room == "" || s.Remote {
		return nil
	}
	i := slices.IndexFunc(h.Places, func(p Place) bool { return p.ID == s.Room })
	if i < 0 {
		return []Clash{{Key: NoRoom, Sittings: []string{s.ID}}}
	}
	if slices.ContainsFunc(h.Places[i].Closed, func(c Span) bool { return c.Day == s.Day && c.From < s.To && s.From < c.To }) {
		list = append(list, Clash{Key: NoRoom, Sittings: []string{s.ID}})
	}
	place, count := h.Places[i], len(s.People)
	if s.All {
		count = len(h.Guests)
	}
	if place.Capacity > 0 && count > place.Capacity {
		list = append(list, Clash{Key: Full, Sittings: []string{s.ID}})
	}
	for _, g := range h.Guests {
		for _, need := range g.Access {
			if s.Has(g.ID) && !slices.Contains(place.Access, need) {
				list = append(list, Clash{Key: Barred, Person: g.ID, Sittings: []string{s.ID}})
				break
			}
		}
	}
	return list
}

// there checks that the people of a sitting are of the gathering, and there. Nobody is
// asked to be at what is for everybody.
func there(s Sitting, known map[string]Guest) (list []Clash) {
	for _, person := range s.People {
		g, is := known[person]
		if !is {
			list = append(list, Clash{Key: Unknown, Person: person, Sittings: []string{s.ID}})
			continue
		}
		for _, away := range g.Away {
			if away.Day == s.Day && away.From < s.To && s.From < away.To {
				list = append(list, Clash{Key: Away, Person: person, Sittings: []string{s.ID}})
				break
			}
		}
	}
	return list
}

// between checks two sittings that share an instant.
func between(a, b Sitting) (list []Clash) {
	both := []string{a.ID, b.ID}
	if a.All || b.All {
		if a.Activity != b.Activity {
			list = append(list, Clash{Key: Twice, Sittings: both})
		}
	} else {
		for _, person := range a.People {
			if slices.Contains(b.People, person) {
				list = append(list, Clash{Key: Twice, Person: person, Sittings: both})
			}
		}
	}
	shared := a.Activity == b.Activity && a.Table > 0 && b.Table > 0 // tables of one round stand in one room
	if a.Room != "" && a.Room == b.Room && !a.Remote && !b.Remote && !shared {
		list = append(list, Clash{Key: Room, Sittings: both})
	}
	return list
}
