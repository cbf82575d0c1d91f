package timetable

import "time"

// The sizes that are accepted: beyond, a mistake is likelier than a gathering.
const (
	maxSlots, maxPerDay = 400, 64
	maxPeople           = 5000
	maxMeetings         = 20_000
	maxRooms            = 64
	maxHalls            = 200
	maxPoints           = 1_000_000
)

// none stands for no slot, no person, no meeting.
const none = int32(-1)

// model is an instance made ready: ids are places in lists, days are bit masks.
type model struct {
	in      *Instance
	meeting map[ID]int32
	person  map[string]int32
	room    map[string]int32

	// by slot
	day, bit   []int32 // the day, from 0, and the place in the day
	begin, end []int32 // minutes since the first day
	segment    []int32
	windows    [3][][]window // by role, then by slot: the windows that hold it
	days       int
	dayMask    []uint64 // by day: all its slots

	// by person
	role  []int8
	free  []uint64 // by person × day: the slots where she is available
	holes []bool   // her holes are counted

	// by meeting
	who      [][]int32
	length   []int32
	dom      [][]int32 // where it may start
	inDom    []bool    // meeting × slot
	pref     []int32   // meeting × slot
	worth    []int32   // weight
	must     []bool
	fixed    []bool // pinned: it may not be moved by anything
	class    []int32
	place    []int32 // none: anywhere
	links    [][]link
	mine     [][]int32 // by person: her meetings
	projects []int32   // the people who are projects

	held    []bool  // of the past: it stays as it was; nil when there is none
	roomWas []int32 // its room before a repair, or none; nil when there was none

	walks  map[[2]int32]int32
	halls  []hall
	member [][]int32 // by class: the halls that count it
	limit  []int32   // slot × hall
	fits   []uint64  // by class: its rooms
	open   []uint64  // by slot: the rooms that are open
}

// window is a run of slots of one segment, where a person is busy at most most times.
type window struct {
	mask uint64
	most int32
}

// link is a precedence seen from one meeting.
type link struct {
	other int32
	gap   int32
	first bool // this one ends before the other starts
}

// hall is a set of classes of meetings whose rooms are few: Hall's condition.
type hall struct {
	classes []int32
	rooms   uint64
}

func roleOf(r Role) int8 {
	switch r {
	case Project:
		return 0
	case Sponsor:
		return 1
	}
	return 2
}

// prepare checks an instance and indexes it; its errors are *Malformed.
func prepare(in *Instance) (*model, error) {
	m := &model{in: in, meeting: map[ID]int32{}, person: map[string]int32{}, room: map[string]int32{}, walks: map[[2]int32]int32{}}
	for _, step := range []func() error{m.readSlots, m.readRules, m.readPeople, m.readRooms, m.readPlaces, m.readMeetings, m.readPins, m.readWishes, m.readOrder, m.readHalls} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *model) readSlots() error {
	in := m.in
	switch {
	case in.Version != 0 && in.Version != Version:
		return malformed("this program reads version 1", "version")
	case len(in.Slots) > maxSlots:
		return malformed("more than 400 slots", "slots")
	case in.Now < 0 || in.Now > len(in.Slots):
		return malformed("a slot, or one more than the last", "now")
	case in.RoomsPerSlot < 0 || in.RoomsPerSlot > maxMeetings:
		return malformed("from 0 to 20,000 rooms", "rooms_per_slot")
	}
	for i, s := range in.Slots {
		start, err := time.Parse("15:04", s.Start)
		switch {
		case s.ID != i:
			return malformed("slots are numbered from 0, in the order of the list", "slots[%d].id", i)
		case err != nil:
			return malformed(`a time such as "09:30"`, "slots[%d].start", i)
		case s.Minutes < 1 || s.Minutes > 24*60:
			return malformed("from 1 to 1,440 minutes", "slots[%d].minutes", i)
		case s.Day < 0 || s.Day > 1000:
			return malformed("from 0 to 1,000", "slots[%d].day", i)
		}
		begin := int32(s.Day*24*60 + start.Hour()*60 + start.Minute())
		fresh := i == 0 || in.Slots[i-1].Day != s.Day
		switch {
		case i > 0 && begin < m.end[i-1]:
			return malformed("it starts before the end of the slot above", "slots[%d].start", i)
		case fresh:
			m.days++
			m.dayMask = append(m.dayMask, 0)
		}
		m.day = append(m.day, int32(m.days-1))
		if fresh {
			m.bit = append(m.bit, 0)
		} else {
			m.bit = append(m.bit, m.bit[i-1]+1)
		}
		if m.bit[i] >= maxPerDay {
			return malformed("more than 64 slots in a day", "slots[%d]", i)
		}
		m.dayMask[m.days-1] |= 1 << m.bit[i]
		m.begin, m.end = append(m.begin, begin), append(m.end, begin+int32(s.Minutes))
		if i > 0 && in.together(i-1, 2) {
			m.segment = append(m.segment, m.segment[i-1])
		} else {
			m.segment = append(m.segment, int32(i))
		}
	}
	return nil
}

// readRules lists, for each role and slot, the windows that hold the slot. A window is
// cut at the ends of its segment.
func (m *model) readRules() error {
	for k, r := range []struct {
		rest Rest
		name string
	}{{m.in.Rules.Project, "project"}, {m.in.Rules.Sponsor, "sponsor"}, {m.in.Rules.Expert, "expert"}} {
		m.windows[k] = make([][]window, len(m.in.Slots))
		if r.rest == nil {
			continue
		}
		if len(r.rest) != 2 || r.rest[0] < 0 || r.rest[1] < 1 || r.rest[1] > maxPerDay {
			return malformed("two numbers: at most N busy slots, in W consecutive ones (64 at most)", "rules.%s_max_in_window", r.name)
		}
		for t := range m.in.Slots {
			var w window
			size := 0
			for q := t; q < len(m.in.Slots) && size < r.rest[1] && m.segment[q] == m.segment[t]; q++ {
				w.mask |= 1 << m.bit[q]
				size++
			}
			if cut := size < r.rest[1]; cut && t > 0 && m.segment[t-1] == m.segment[t] || size <= r.rest[0] {
				continue // another window holds this one, or it cannot be too full
			}
			w.most = int32(r.rest[0])
			for q := t; q < t+size; q++ {
				m.windows[k][q] = append(m.windows[k][q], w)
			}
		}
	}
	return nil
}

func (m *model) readPeople() error {
	in := m.in
	if len(in.People) > maxPeople {
		return malformed("more than 5,000 people", "people")
	}
	m.free = make([]uint64, len(in.People)*m.days)
	m.mine = make([][]int32, len(in.People))
	for i, p := range in.People {
		_, twice := m.person[p.ID]
		switch {
		case p.ID == "":
			return malformed("an id is missing", "people[%d].id", i)
		case twice:
			return malformed("two people have this id", "people[%d].id", i)
		case p.Role != Project && p.Role != Sponsor && p.Role != Expert:
			return malformed(`"project", "sponsor" or "expert"`, "people[%d].role", i)
		case len(p.Available) != len(in.Slots):
			return malformed("one value for each slot", "people[%d].available", i)
		case p.Min < 0 || p.Min > maxMeetings:
			return malformed("from 0 to 20,000", "people[%d].min", i)
		case p.Max < 0 || p.Max > maxMeetings || p.Max != 0 && p.Max < p.Min:
			return malformed("from the minimum to 20,000, or 0", "people[%d].max", i)
		}
		m.person[p.ID] = int32(i)
		m.role = append(m.role, roleOf(p.Role))
		m.holes = append(m.holes, p.Role != Project)
		if p.Role == Project {
			m.projects = append(m.projects, int32(i))
		}
		for t, yes := range p.Available {
			if yes {
				m.free[i*m.days+int(m.day[t])] |= 1 << m.bit[t]
			}
		}
	}
	return nil
}

func (m *model) readRooms() error {
	if len(m.in.Rooms) > maxRooms {
		return malformed("more than 64 rooms", "rooms")
	}
	m.open = make([]uint64, len(m.in.Slots))
	for i, r := range m.in.Rooms {
		_, twice := m.room[r.ID]
		switch {
		case r.ID == "":
			return malformed("an id is missing", "rooms[%d].id", i)
		case twice:
			return malformed("two rooms have this id", "rooms[%d].id", i)
		case r.Capacity < 0 || r.Capacity > maxPoints:
			return malformed("from 0 to 1,000,000", "rooms[%d].capacity", i)
		}
		m.room[r.ID] = int32(i)
		for t := range m.open {
			m.open[t] |= 1 << i
		}
		for k, t := range r.Closed {
			if t < 0 || t >= len(m.in.Slots) {
				return malformed("no slot has this number", "rooms[%d].closed[%d]", i, k)
			}
			m.open[t] &^= 1 << i
		}
	}
	return nil
}

// readPlaces numbers the places and keeps the minutes between them.
func (m *model) readPlaces() error {
	for i, w := range m.in.Walks {
		switch {
		case w.From == "" || w.To == "" || w.From == w.To:
			return malformed("two places", "walks[%d]", i)
		case w.Minutes < 0 || w.Minutes > 24*60:
			return malformed("from 0 to 1,440 minutes", "walks[%d].minutes", i)
		}
		a, b := m.placeOf(w.From), m.placeOf(w.To)
		m.walks[[2]int32{a, b}], m.walks[[2]int32{b, a}] = int32(w.Minutes), int32(w.Minutes)
	}
	return nil
}

// placeOf is the number of a place: the first walk that names it, in the order of the list.
func (m *model) placeOf(name string) int32 {
	n := int32(0)
	for _, w := range m.in.Walks {
		if w.From == name {
			return n
		}
		if w.To == name {
			return n + 1
		}
		n += 2
	}
	return none
}
