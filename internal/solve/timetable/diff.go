package timetable

import (
	"cmp"
	"slices"
	"strconv"
)

// Diff is what changes between two plans, by person: only those for whom something
// changes are in it, sorted by id.
type Diff []PersonChange

// PersonChange is what changes for one person: her meetings that are not the same before
// and after.
type PersonChange struct {
	Person string        `json:"person"`
	Before []Appointment `json:"before"`
	After  []Appointment `json:"after"`
}

// Appointment is a meeting of a person: when, and where when it is known.
type Appointment struct {
	Meeting ID     `json:"meeting"`
	Slot    int    `json:"slot"`
	Room    string `json:"room,omitempty"`
}

// Compare lists what changes for whom from one plan to another. A room counts when both
// plans give one.
func Compare(in *Instance, before, after Running) Diff {
	changes := map[string]*PersonChange{}
	for _, x := range in.Meetings {
		t, had := before.Schedule[x.ID]
		u, has := after.Schedule[x.ID]
		r, s := before.Rooms[x.ID], after.Rooms[x.ID]
		if had == has && (!had || t == u && (r == s || r == "" || s == "")) {
			continue
		}
		for _, id := range append([]string{x.Project, x.Other}, x.With...) {
			c := changes[id]
			if c == nil {
				c = &PersonChange{Person: id, Before: []Appointment{}, After: []Appointment{}}
				changes[id] = c
			}
			if had {
				c.Before = append(c.Before, Appointment{x.ID, t, r})
			}
			if has {
				c.After = append(c.After, Appointment{x.ID, u, s})
			}
		}
	}
	d := Diff{}
	for _, c := range changes {
		for _, list := range [][]Appointment{c.Before, c.After} {
			slices.SortFunc(list, func(a, b Appointment) int { return cmp.Or(a.Slot-b.Slot, byID(a.Meeting, b.Meeting)) })
		}
		d = append(d, *c)
	}
	slices.SortFunc(d, func(a, b PersonChange) int { return cmp.Compare(a.Person, b.Person) })
	return d
}

// roomNumber is the number of a room by its name, or none.
func (m *model) roomNumber(name string) int32 {
	if len(m.in.Rooms) > 0 {
		if r, ok := m.room[name]; ok {
			return r
		}
		return none
	}
	if n, err := strconv.Atoi(name); err == nil && n > 0 && n <= maxMeetings {
		return int32(n - 1)
	}
	return none
}
