package timetable

import (
	"math/bits"
	"slices"
	"strings"
)

// readHalls sorts meetings by the rooms that suit them, and lists the sets of rooms that
// may be too few: by Hall's theorem (1935) the meetings of a slot have rooms if and only
// if none of these sets is exceeded. Only sets whose rooms overlap are listed: the others
// follow from them.
func (m *model) readHalls() error {
	m.class = make([]int32, len(m.who))
	number := map[uint64]int32{}
	for i := range m.who {
		m.class[i] = none
		if m.in.Meetings[i].Remote {
			continue
		}
		rooms := m.suits(int32(i))
		c, ok := number[rooms]
		if !ok {
			c = int32(len(m.fits))
			number[rooms] = c
			m.fits = append(m.fits, rooms)
		}
		m.class[i] = c
	}
	m.openRooms()
	if len(m.walks) > 0 {
		if err := m.placed(); err != nil {
			return err
		}
	}
	if !m.unions() {
		return malformed("more than 200 combinations of needs for rooms", "rooms")
	}
	m.member = make([][]int32, len(m.fits))
	m.limit = make([]int32, m.slots()*len(m.halls))
	for h, x := range m.halls {
		for _, c := range x.classes {
			m.member[c] = append(m.member[c], int32(h))
		}
		for t := range m.slots() {
			most := int32(m.in.RoomsPerSlot)
			if len(m.in.Rooms) > 0 {
				if n := int32(bits.OnesCount64(x.rooms & m.open[t])); most == 0 || len(x.classes) < len(m.fits) || n < most {
					most = n
				}
			}
			m.limit[t*len(m.halls)+h] = most
		}
	}
	return nil
}

// openRooms takes out of the domain of each meeting the slots where no room that suits it
// is open until its end.
func (m *model) openRooms() {
	if len(m.in.Rooms) == 0 {
		return
	}
	for i, c := range m.class {
		if c < 0 || m.fits[c] == 0 {
			continue
		}
		m.dom[i] = slices.DeleteFunc(m.dom[i], func(t int32) bool {
			rooms := m.fits[c]
			for q := t; q < t+m.length[i]; q++ {
				rooms &= m.open[q]
			}
			if rooms == 0 {
				m.inDom[i*m.slots()+int(t)] = false
			}
			return rooms == 0
		})
	}
}

// unions lists the halls: from each class, what overlapping ones add to its rooms.
func (m *model) unions() bool {
	if len(m.in.Rooms) == 0 {
		if m.in.RoomsPerSlot > 0 && len(m.fits) > 0 {
			m.halls = []hall{{classes: []int32{0}}}
		}
		return true
	}
	seen := map[uint64]bool{}
	var queue []uint64
	add := func(rooms uint64) {
		if !seen[rooms] {
			seen[rooms] = true
			queue = append(queue, rooms)
		}
	}
	for _, rooms := range m.fits {
		add(rooms)
	}
	for k := 0; k < len(queue); k++ {
		if len(queue) > maxHalls {
			return false
		}
		for _, rooms := range m.fits {
			if rooms&queue[k] != 0 {
				add(rooms | queue[k])
			}
		}
	}
	if m.in.RoomsPerSlot > 0 && m.in.RoomsPerSlot < len(m.in.Rooms) {
		add(1<<len(m.in.Rooms) - 1)
	}
	for _, rooms := range queue {
		h := hall{rooms: rooms}
		for c, x := range m.fits {
			if x&^rooms == 0 {
				h.classes = append(h.classes, int32(c))
			}
		}
		m.halls = append(m.halls, h)
	}
	return true
}

// suits is the set of rooms that suit a meeting.
func (m *model) suits(i int32) (rooms uint64) {
	if len(m.in.Rooms) == 0 {
		return 0
	}
	for r := range m.in.Rooms {
		if m.in.lacks(&m.in.Meetings[i], &m.in.Rooms[r]) == "" {
			rooms |= 1 << r
		}
	}
	for _, p := range m.in.Pinned {
		if p.Meeting == m.in.Meetings[i].ID && p.Room != "" {
			rooms &= 1 << m.room[p.Room]
		}
	}
	return rooms
}

// lacks says what a room lacks for a meeting: "capacity", "place", the name of an
// equipment or of an access, or "" when it suits.
func (in *Instance) lacks(x *Meeting, r *Room) string {
	place, access := x.Place, []string(nil)
	for _, p := range in.People {
		if p.ID == x.Other && place == "" {
			place = p.Place
		}
		if p.ID == x.Project || p.ID == x.Other || slices.Contains(x.With, p.ID) {
			access = append(access, p.Access...)
		}
	}
	seats := x.Seats
	if seats == 0 {
		seats = 2 + len(x.With)
	}
	switch {
	case r.Capacity > 0 && r.Capacity < seats:
		return "capacity"
	case place != "" && r.Place != place:
		return "place"
	}
	for _, need := range x.Needs {
		if !slices.Contains(r.Equipment, need) {
			return need
		}
	}
	for _, need := range access {
		if !slices.Contains(r.Access, need) {
			return need
		}
	}
	return ""
}

// placed checks that the place of each meeting is known where walking counts.
func (m *model) placed() error {
	for i, x := range m.in.Meetings {
		if m.place[i] == none && !x.Remote && !m.spread(int32(i)) && m.fits[m.class[i]] != 0 {
			m.place[i] = m.placeOf(m.in.Rooms[bits.TrailingZeros64(m.fits[m.class[i]])].Place)
		}
		if m.place[i] == none && !x.Remote && strings.TrimSpace(x.Place) == "" && m.in.People[m.who[i][1]].Place == "" && m.spread(int32(i)) {
			return malformed("rooms are in several places, with a walk between them: say in which one", "meetings[%d].place", i)
		}
	}
	return nil
}

// spread says whether the rooms of a meeting are in several places.
func (m *model) spread(i int32) bool {
	first, seen := "", false
	for r, room := range m.in.Rooms {
		if m.fits[m.class[i]]>>r&1 == 0 {
			continue
		}
		if seen && room.Place != first {
			return true
		}
		first, seen = room.Place, true
	}
	return false
}
