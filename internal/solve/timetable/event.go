package timetable

import "slices"

// Event is what happened during a gathering. Slots before Now are past.
type Event struct {
	ID   string `json:"id,omitempty"`
	Kind string `json:"kind"`
	Now  int    `json:"now"`
	// Person is who is absent or late, from FromSlot to ToSlot included. For an overrun
	// People are those held (all of them when empty). For a room lost, Room is closed for
	// these slots.
	Person   string   `json:"person,omitempty"`
	People   []string `json:"people,omitempty"`
	FromSlot int      `json:"from_slot,omitempty"`
	ToSlot   int      `json:"to_slot,omitempty"`
	Slot     int      `json:"slot,omitempty"`  // lost for all
	Rooms    int      `json:"rooms,omitempty"` // how many are left from Now on
	Room     string   `json:"room,omitempty"`
}

// The kinds of event.
const (
	EventAbsence  = "absence"
	EventLate     = "late"
	EventOverrun  = "overrun"   // a block overruns: slots lost for some people
	EventSlotLost = "slot_lost" // a slot is lost for everybody
	EventRooms    = "rooms"     // fewer rooms, whichever
	EventRoomLost = "room_lost"
)

// check says whether an event is of an instance; its errors are *Malformed.
func (e *Event) check(in *Instance) error {
	has := func(id string) bool {
		return slices.ContainsFunc(in.People, func(p Person) bool { return p.ID == id })
	}
	n := len(in.Slots)
	if e.Now < 0 || e.Now > n {
		return malformed("a slot, or one more than the last", "now")
	}
	switch e.Kind {
	case EventAbsence, EventLate:
		if !has(e.Person) {
			return malformed("nobody has this id", "person")
		}
	case EventOverrun:
		for k, id := range e.People {
			if !has(id) {
				return malformed("nobody has this id", "people[%d]", k)
			}
		}
	case EventSlotLost:
		if e.Slot < 0 || e.Slot >= n {
			return malformed("no slot has this number", "slot")
		}
		return nil
	case EventRooms:
		if e.Rooms < 1 || e.Rooms > maxMeetings {
			return malformed("from 1 to 20,000 (a slot without rooms is lost)", "rooms")
		}
		return nil
	case EventRoomLost:
		if !slices.ContainsFunc(in.Rooms, func(r Room) bool { return r.ID == e.Room }) {
			return malformed("no room has this id", "room")
		}
	default:
		return malformed(`"absence", "late", "overrun", "slot_lost", "rooms" or "room_lost"`, "kind")
	}
	if e.FromSlot < 0 || e.FromSlot >= n {
		return malformed("no slot has this number", "from_slot")
	}
	if e.ToSlot < e.FromSlot || e.ToSlot >= n {
		return malformed("a slot, from_slot or later", "to_slot")
	}
	return nil
}

// After is the instance as an event leaves it: what was true of the past stays, Now is
// the event's, and nothing of in is changed.
func (in *Instance) After(e *Event) (*Instance, error) {
	if err := e.check(in); err != nil {
		return nil, err
	}
	out := *in
	out.Now = max(e.Now, in.Now)
	from, to := max(e.FromSlot, out.Now), e.ToSlot
	concerned := func(id string) bool { return id == e.Person }
	switch e.Kind {
	case EventSlotLost:
		from, to = max(e.Slot, out.Now), e.Slot
		concerned = func(string) bool { return true }
	case EventOverrun:
		concerned = func(id string) bool { return len(e.People) == 0 || slices.Contains(e.People, id) }
	case EventRooms:
		if out.RoomsPerSlot == 0 || e.Rooms < out.RoomsPerSlot {
			out.RoomsPerSlot = e.Rooms
		}
		return &out, nil
	case EventRoomLost:
		out.Rooms = slices.Clone(in.Rooms)
		for k := range out.Rooms {
			if r := &out.Rooms[k]; r.ID == e.Room {
				r.Closed = slices.Clone(r.Closed)
				for q := from; q <= to; q++ {
					r.Closed = append(r.Closed, q)
				}
			}
		}
		return &out, nil
	}
	out.People = slices.Clone(in.People)
	for k := range out.People {
		if p := &out.People[k]; concerned(p.ID) {
			p.Available = slices.Clone(p.Available)
			for q := from; q <= to; q++ {
				p.Available[q] = false
			}
		}
	}
	return &out, nil
}
