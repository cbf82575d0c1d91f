package timetable

import (
	"cmp"
	"fmt"
	"slices"
)

// Violation is one rule that a plan breaks: which meetings, people, slot and room are
// concerned.
type Violation struct {
	Kind     string   `json:"kind"`
	Meetings []ID     `json:"meetings,omitempty"`
	People   []string `json:"people,omitempty"`
	Slot     int      `json:"slot"` // -1 when no slot is concerned
	Room     string   `json:"room,omitempty"`
	Need     int      `json:"need,omitempty"`
	Have     int      `json:"have,omitempty"`
}

// The kinds of violation.
const (
	BreakDouble     = "double"      // somebody has two meetings at once
	BreakAbsent     = "absent"      // somebody is not available
	BreakAllowed    = "allowed"     // not a slot of this meeting, or not enough slots in the segment
	BreakPast       = "past"        // the past is not what it was, or something is placed in it
	BreakRest       = "rest"        // too many meetings in a window (Need busy slots, Have allowed)
	BreakLoad       = "load"        // more or fewer meetings than a person takes
	BreakMandatory  = "mandatory"   // a mandatory or pinned meeting is not held
	BreakPinned     = "pinned"      // a pinned meeting is elsewhere
	BreakPrecedence = "precedence"  // a meeting starts too early after another
	BreakWalk       = "walk"        // no time to walk between two meetings
	BreakRooms      = "rooms"       // more meetings at once than rooms that suit them
	BreakRoomDouble = "room_double" // two meetings in a room
	BreakRoomClosed = "room_closed" // the room is closed
	BreakRoomUnfit  = "room_unfit"  // too small, or without what is needed
	BreakRoomNone   = "room_none"   // no room has this name
)

// Check lists what a plan breaks, without any of the code that makes plans. Rooms may be
// nil: it then says only whether there are enough. Past is the plan that was running,
// whose meetings before Now are kept as they were; nil when there is none.
func Check(in *Instance, s Schedule, rooms Rooms, past Schedule) []Violation {
	a := newAudit(in, s, rooms, past)
	var list []Violation
	for p := range in.People {
		list = append(list, a.personFaults(p)...)
	}
	for i := range in.Meetings {
		list = append(list, a.meetingFaults(i)...)
	}
	for q := range in.Slots {
		list = append(list, a.slotFaults(q)...)
	}
	return distinct(list)
}

// Measure computes the figures of a plan, without any of the code that makes plans.
func Measure(in *Instance, s Schedule) Score {
	a := newAudit(in, s, nil, nil)
	var f Score
	for i, x := range in.Meetings {
		f.add(a.meetingScore(i))
		if a.at[i] < 0 && a.wanted(x) {
			f.Lost++
		}
	}
	first := true
	for p, who := range in.People {
		n := len(a.held(p))
		f.Holes += a.idle(p)
		f.Lost += max(who.Min-n, 0)
		if who.Role == Project && (first || n < f.Fewest) {
			f.Fewest, first = n, false
		}
	}
	return f
}

func (f *Score) add(g Score) {
	f.Lost, f.Weight, f.Holes, f.Preferences = f.Lost+g.Lost, f.Weight+g.Weight, f.Holes+g.Holes, f.Preferences+g.Preferences
}

// audit is a plan laid out to be read by person, by meeting and by slot.
type audit struct {
	in      *Instance
	meeting map[ID]int
	person  map[string]int
	who, of [][]int // people by meeting, meetings by person
	at      []int   // by meeting; -1 when not held
	room    []string
	past    Schedule
	pinned  map[ID]Pin
	links   [][]Precedence
	wish    [][]Preference // by meeting
	walk    map[[2]string]int
	fit     [][]string // meeting × room: what it lacks
	rooms   map[string]int
	during  [][]int // by slot: the meetings
	named   bool
}

func newAudit(in *Instance, s Schedule, rooms Rooms, past Schedule) *audit {
	n := len(in.Meetings)
	a := &audit{in: in, meeting: map[ID]int{}, person: map[string]int{}, who: make([][]int, n), of: make([][]int, len(in.People)), at: make([]int, n), room: make([]string, n),
		past: past, pinned: map[ID]Pin{}, links: make([][]Precedence, n), wish: make([][]Preference, n), walk: map[[2]string]int{}, fit: make([][]string, n), rooms: map[string]int{}, during: make([][]int, len(in.Slots)), named: rooms != nil}
	for p, x := range in.People {
		a.person[x.ID] = p
	}
	for r, x := range in.Rooms {
		a.rooms[x.ID] = r
	}
	for i, x := range in.Meetings {
		a.meeting[x.ID] = i
		for _, id := range append([]string{x.Project, x.Other}, x.With...) {
			a.who[i] = append(a.who[i], a.person[id])
			a.of[a.person[id]] = append(a.of[a.person[id]], i)
		}
		for r := range in.Rooms {
			a.fit[i] = append(a.fit[i], in.lacks(&in.Meetings[i], &in.Rooms[r]))
		}
		a.at[i] = -1
		if t, ok := s[x.ID]; ok && t >= 0 && t < len(in.Slots) {
			a.place(i, t, rooms[x.ID])
		}
	}
	for _, p := range in.Pinned {
		a.pinned[p.Meeting] = p
	}
	for _, p := range in.Precedence {
		a.links[a.meeting[p.Before]] = append(a.links[a.meeting[p.Before]], p)
		a.links[a.meeting[p.After]] = append(a.links[a.meeting[p.After]], p)
	}
	for _, w := range in.Preferences {
		if w.Person == "" {
			a.wish[a.meeting[w.Meeting]] = append(a.wish[a.meeting[w.Meeting]], w)
			continue
		}
		for _, i := range a.of[a.person[w.Person]] {
			a.wish[i] = append(a.wish[i], w)
		}
	}
	for _, w := range in.Walks {
		a.walk[[2]string{w.From, w.To}], a.walk[[2]string{w.To, w.From}] = w.Minutes, w.Minutes
	}
	return a
}

// place moves a meeting, or takes it out when t is below 0.
func (a *audit) place(i, t int, room string) {
	if a.at[i] >= 0 {
		for _, q := range a.takes(i) {
			a.during[q] = slices.DeleteFunc(a.during[q], func(o int) bool { return o == i })
		}
	}
	a.at[i], a.room[i] = t, room
	if t >= 0 {
		for _, q := range a.takes(i) {
			a.during[q] = append(a.during[q], i)
		}
	}
}

// takes are the slots of a meeting that is held.
func (a *audit) takes(i int) (list []int) {
	for q := a.at[i]; q < min(a.at[i]+max(a.in.Meetings[i].Length, 1), len(a.in.Slots)); q++ {
		list = append(list, q)
	}
	return list
}

func (a *audit) wanted(x Meeting) bool {
	_, pinned := a.pinned[x.ID]
	return x.Mandatory || pinned
}

// held are the meetings of a person that are held, by time.
func (a *audit) held(p int) (list []int) {
	for _, i := range a.of[p] {
		if a.at[i] >= 0 {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(i, j int) int { return cmp.Or(a.at[i]-a.at[j], i-j) })
	return list
}

// frozen says whether a meeting is of the past that is kept.
func (a *audit) frozen(i int) bool {
	t, ok := a.past[a.in.Meetings[i].ID]
	return ok && t < a.in.Now && t == a.at[i]
}

// clock is the time of a slot, in minutes since the first day.
func (a *audit) clock(q int) (begin, end int) {
	var hour, minute int
	s := a.in.Slots[q]
	if len(s.Start) == 5 {
		hour, minute = 10*int(s.Start[0]-'0')+int(s.Start[1]-'0'), 10*int(s.Start[3]-'0')+int(s.Start[4]-'0')
	} else if _, err := fmt.Sscanf(s.Start, "%d:%d", &hour, &minute); err != nil {
		return 0, 0
	}
	begin = (s.Day*24+hour)*60 + minute
	return begin, begin + s.Minutes
}

// hours are when a meeting begins and ends.
func (a *audit) hours(i int) (begin, end int) {
	slots := a.takes(i)
	begin, _ = a.clock(slots[0])
	_, end = a.clock(slots[len(slots)-1])
	return begin, end
}

// meetingScore is what a meeting brings by itself.
func (a *audit) meetingScore(i int) (f Score) {
	if a.at[i] < 0 {
		return f
	}
	f.Weight = a.in.Meetings[i].Weight
	for _, w := range a.wish[i] {
		f.Preferences += w.Weight * count(w.Slots, a.at[i])
	}
	return f
}

func count(list []int, x int) (n int) {
	for _, y := range list {
		if y == x {
			n++
		}
	}
	return n
}

// idle counts the holes of a person.
func (a *audit) idle(p int) (n int) {
	if a.in.People[p].Role == Project {
		return 0
	}
	busy := make([]bool, len(a.in.Slots))
	for _, i := range a.of[p] {
		if a.at[i] >= 0 {
			for _, q := range a.takes(i) {
				busy[q] = true
			}
		}
	}
	last := -1
	for q, b := range busy {
		if !b {
			continue
		}
		if last >= 0 && a.in.Slots[last].Day == a.in.Slots[q].Day {
			n += q - last - 1
		}
		last = q
	}
	return n
}

// key identifies a violation.
func (v Violation) key() string {
	return fmt.Sprint(v.Kind, v.Meetings, v.People, v.Slot, v.Room)
}

// distinct drops what is said twice: a precedence is seen from both its ends.
func distinct(list []Violation) []Violation {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(v Violation) bool {
		k := v.key()
		twice := seen[k]
		seen[k] = true
		return twice
	})
}
