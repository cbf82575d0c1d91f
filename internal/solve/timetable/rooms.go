package timetable

import (
	"slices"
	"strconv"

	"transformateur/internal/solve/flow"
)

// What a room is worth keeping: the room announced before a repair, that of the person
// met at her meeting before, that of the project.
const (
	roomAnnounced = 100
	roomOther     = 10
	roomProject   = 1
	roomSteps     = 20_000 // of the exhaustive search for the rooms of one segment
)

// painter gives rooms to the meetings of a plan.
type painter struct {
	*state
	n     int     // rooms
	room  []int32 // by meeting
	last  []int32 // by person: her last room
	taken []int32 // slot × room: the meeting, or none
	steps int
}

// colour gives a room to each meeting that takes one: slot after slot, the matching that
// moves fewest people, by a minimum-cost flow; where meetings of several slots make this
// fail, an exhaustive search of the segment. It says false when no rooms were found.
func (s *state) colour() (Rooms, bool) {
	c := &painter{state: s, n: len(s.in.Rooms), room: make([]int32, len(s.who)), last: make([]int32, len(s.role))}
	if c.n == 0 {
		c.n = s.in.RoomsPerSlot
		for q := range s.there {
			c.n = max(c.n, len(s.there[q]))
		}
		for _, r := range s.roomWas {
			c.n = max(c.n, int(r)+1)
		}
	}
	for i := range c.room {
		c.room[i] = none
	}
	for p := range c.last {
		c.last[p] = none
	}
	c.taken = slices.Repeat([]int32{none}, s.slots()*c.n)
	for i := range c.room {
		if s.at[i] >= 0 && s.class[i] >= 0 && s.frozen(int32(i)) && s.roomWas[i] >= 0 {
			c.give(int32(i), s.roomWas[i])
		}
	}
	ok := true
	for q := 0; q < s.slots(); {
		next := q
		for next < s.slots() && s.segment[next] == s.segment[q] {
			next++
		}
		ok = c.segmentFrom(q, next) && ok
		q = next
	}
	return c.names(), ok
}

func (c *painter) names() Rooms {
	rooms := Rooms{}
	for i, r := range c.room {
		if r < 0 {
			continue
		}
		name := strconv.Itoa(int(r) + 1)
		if len(c.in.Rooms) > 0 {
			name = c.in.Rooms[r].ID
		}
		rooms[c.in.Meetings[i].ID] = name
	}
	return rooms
}

// segmentFrom gives rooms to the meetings that start from a slot until another.
func (c *painter) segmentFrom(from, until int) bool {
	var all []int32
	for q := from; q < until; q++ {
		var list []int32
		for _, i := range c.there[q] {
			if c.at[i] == int32(q) && c.room[i] < 0 {
				list = append(list, i)
			}
		}
		slices.Sort(list)
		all = append(all, list...)
	}
	for start := 0; start < len(all); {
		end := start
		for end < len(all) && c.at[all[end]] == c.at[all[start]] {
			end++
		}
		if !c.match(all[start:end]) {
			for _, i := range all {
				c.take(i)
			}
			c.steps = 0
			return c.exhaust(all)
		}
		start = end
	}
	return true
}

// can says whether a room is free and suits a meeting where it stands.
func (c *painter) can(i, r int32) bool {
	if len(c.in.Rooms) > 0 {
		if c.fits[c.class[i]]>>r&1 == 0 {
			return false
		}
	} else if c.in.RoomsPerSlot > 0 && int(r) >= c.in.RoomsPerSlot {
		return false
	}
	for q := c.at[i]; q < c.at[i]+c.length[i]; q++ {
		if c.taken[int(q)*c.n+int(r)] >= 0 || len(c.in.Rooms) > 0 && c.open[q]>>r&1 == 0 {
			return false
		}
	}
	return true
}

func (c *painter) give(i, r int32) {
	c.room[i] = r
	for q := c.at[i]; q < c.at[i]+c.length[i]; q++ {
		c.taken[int(q)*c.n+int(r)] = i
	}
	for _, p := range c.who[i] {
		c.last[p] = r
	}
}

func (c *painter) take(i int32) {
	if r := c.room[i]; r >= 0 {
		for q := c.at[i]; q < c.at[i]+c.length[i]; q++ {
			c.taken[int(q)*c.n+int(r)] = none
		}
	}
	c.room[i] = none
}

// price is less than 0 when a meeting had better be in that room.
func (c *painter) price(i, r int32) (cost int64) {
	if c.roomWas != nil && c.roomWas[i] == r {
		cost -= roomAnnounced
	}
	if c.last[c.who[i][1]] == r {
		cost -= roomOther
	}
	if c.last[c.who[i][0]] == r {
		cost -= roomProject
	}
	return cost
}

// match gives rooms to meetings that start together.
func (c *painter) match(list []int32) bool {
	net := flow.New(1, 0)
	rooms := make([]int32, c.n)
	for r := range rooms {
		rooms[r] = net.Node()
		net.Arc(rooms[r], 0, 0, 1)
	}
	type seat struct{ meeting, room, arc int32 }
	var seats []seat
	for _, i := range list {
		v := net.Node()
		net.Arc(0, v, 1, 1)
		for r := range int32(c.n) {
			if !c.can(i, r) {
				continue
			}
			a := net.Arc(v, rooms[r], 0, 1)
			net.Cost[a] = c.price(i, r)
			seats = append(seats, seat{i, r, a})
		}
	}
	net.Start(int64(roomAnnounced+roomOther+roomProject+1) * int64(len(list)+c.n+2))
	if !net.Optimise(func() bool { return false }) || net.Unmet() > 0 {
		return false
	}
	for _, x := range seats {
		if net.Flow[x.arc] > 0 {
			c.give(x.meeting, x.room)
		}
	}
	return true
}

// exhaust tries every room for each meeting of a segment.
func (c *painter) exhaust(list []int32) bool {
	if len(list) == 0 {
		return true
	}
	for r := range int32(c.n) {
		if c.steps++; c.steps > roomSteps {
			return false
		}
		if !c.can(list[0], r) {
			continue
		}
		c.give(list[0], r)
		if c.exhaust(list[1:]) {
			return true
		}
		c.take(list[0])
	}
	return false
}

// roomy has the search keep only plans whose meetings have rooms, where counting them is
// not enough: rooms that differ, and meetings of several slots.
func (s *search) roomy() {
	if len(s.in.Rooms) == 0 || slices.Max(append([]int32{1}, s.length...)) == 1 {
		return
	}
	s.keep = func(s *search) bool {
		_, ok := s.colour()
		return ok
	}
}

// frozen says whether a meeting is of the past.
func (m *model) frozen(i int32) bool { return m.held != nil && m.held[i] }
