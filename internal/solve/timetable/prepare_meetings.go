package timetable

import "slices"

func (m *model) readMeetings() error {
	in := m.in
	if len(in.Meetings) > maxMeetings || len(in.Meetings)*len(in.Slots) > 2_000_000 {
		return malformed("more than 20,000 meetings, or 2,000,000 places for them", "meetings")
	}
	n := len(in.Meetings)
	m.who, m.dom, m.links = make([][]int32, n), make([][]int32, n), make([][]link, n)
	m.inDom, m.pref = make([]bool, n*len(in.Slots)), make([]int32, n*len(in.Slots))
	for i := range in.Meetings {
		if err := m.readMeeting(i); err != nil {
			return err
		}
	}
	return nil
}

func (m *model) readMeeting(i int) error {
	x := &m.in.Meetings[i]
	_, twice := m.meeting[x.ID]
	switch {
	case x.ID == "":
		return malformed("an id is missing", "meetings[%d].id", i)
	case twice:
		return malformed("two meetings have this id", "meetings[%d].id", i)
	case x.Weight < 0 || x.Weight > maxPoints:
		return malformed("from 0 to 1,000,000", "meetings[%d].weight", i)
	case x.Length < 0 || x.Length > maxPerDay:
		return malformed("from 0 to 64 slots", "meetings[%d].length", i)
	case x.Seats < 0 || x.Seats > maxPoints:
		return malformed("from 0 to 1,000,000", "meetings[%d].seats", i)
	}
	m.meeting[x.ID] = int32(i)
	for k, id := range append([]string{x.Project, x.Other}, x.With...) {
		p, ok := m.person[id]
		field := "with"
		if k < 2 {
			field = [2]string{"project", "other"}[k]
		}
		if !ok {
			return malformed("nobody has this id: "+quoted(id), "meetings[%d].%s", i, field)
		}
		if slices.Contains(m.who[i], p) {
			return malformed("twice the same person: "+quoted(id), "meetings[%d].%s", i, field)
		}
		m.who[i] = append(m.who[i], p)
		m.mine[p] = append(m.mine[p], int32(i))
	}
	m.length = append(m.length, int32(max(x.Length, 1)))
	m.worth, m.must = append(m.worth, int32(x.Weight)), append(m.must, x.Mandatory)
	m.fixed = append(m.fixed, false)
	place := x.Place
	if place == "" {
		place = m.in.People[m.who[i][1]].Place
	}
	m.place = append(m.place, m.placeOf(place))
	for k, t := range x.Allowed {
		if t < 0 || t >= len(m.in.Slots) {
			return malformed("no slot has this number", "meetings[%d].allowed[%d]", i, k)
		}
		if t >= m.in.Now && m.possible(int32(i), t) && !m.inDom[i*len(m.in.Slots)+t] {
			m.inDom[i*len(m.in.Slots)+t] = true
			m.dom[i] = append(m.dom[i], int32(t))
		}
	}
	slices.Sort(m.dom[i])
	return nil
}

// possible says whether the segment is long enough from a slot, and everybody there.
func (m *model) possible(i int32, t int) bool {
	if !m.in.together(t, int(m.length[i])) || t+int(m.length[i]) > len(m.in.Slots) {
		return false
	}
	span := m.span(i, int32(t))
	for _, p := range m.who[i] {
		if m.free[int(p)*m.days+int(m.day[t])]&span != span {
			return false
		}
	}
	return true
}

// span is the mask, in its day, of the slots of a meeting that starts at t.
func (m *model) span(i, t int32) uint64 { return (1<<m.length[i] - 1) << m.bit[t] }

func (m *model) slots() int { return len(m.in.Slots) }

// readPins leaves a pinned meeting one slot only.
func (m *model) readPins() error {
	for k, p := range m.in.Pinned {
		i, ok := m.meeting[p.Meeting]
		switch {
		case !ok:
			return malformed("no meeting has this id", "pinned[%d].meeting", k)
		case p.Slot < 0 || p.Slot >= m.slots():
			return malformed("no slot has this number", "pinned[%d].slot", k)
		case m.fixed[i]:
			return malformed("pinned twice", "pinned[%d]", k)
		}
		if _, ok := m.room[p.Room]; p.Room != "" && !ok {
			return malformed("no room has this id", "pinned[%d].room", k)
		}
		m.fixed[i], m.must[i] = true, true
		m.only(i, int32(p.Slot))
	}
	return nil
}

// only leaves a meeting one slot, if it was open to it.
func (m *model) only(i, t int32) {
	row := m.inDom[int(i)*m.slots() : int(i+1)*m.slots()]
	ok := row[t]
	clear(row)
	m.dom[i] = m.dom[i][:0]
	if ok {
		row[t], m.dom[i] = true, append(m.dom[i], t)
	}
}

func (m *model) readWishes() error {
	for k, w := range m.in.Preferences {
		p, isPerson := m.person[w.Person]
		i, isMeeting := m.meeting[w.Meeting]
		switch {
		case w.Person != "" && !isPerson:
			return malformed("nobody has this id", "preferences[%d].person", k)
		case w.Meeting != "" && !isMeeting:
			return malformed("no meeting has this id", "preferences[%d].meeting", k)
		case isPerson == isMeeting:
			return malformed("a person, or a meeting", "preferences[%d]", k)
		case w.Weight < -1000 || w.Weight > 1000:
			return malformed("from -1,000 to 1,000", "preferences[%d].weight", k)
		}
		list := []int32{i}
		if isPerson {
			list = m.mine[p]
		}
		for j, t := range w.Slots {
			if t < 0 || t >= m.slots() {
				return malformed("no slot has this number", "preferences[%d].slots[%d]", k, j)
			}
			for _, x := range list {
				m.pref[int(x)*m.slots()+t] += int32(w.Weight)
			}
		}
	}
	return nil
}

func (m *model) readOrder() error {
	for k, p := range m.in.Precedence {
		a, okA := m.meeting[p.Before]
		b, okB := m.meeting[p.After]
		switch {
		case !okA:
			return malformed("no meeting has this id", "precedence[%d].before", k)
		case !okB:
			return malformed("no meeting has this id", "precedence[%d].after", k)
		case a == b:
			return malformed("a meeting before itself", "precedence[%d]", k)
		case p.Gap < 0 || p.Gap > 100*24*60:
			return malformed("from 0 minutes to 100 days", "precedence[%d].gap_minutes", k)
		}
		m.links[a] = append(m.links[a], link{b, int32(p.Gap), true})
		m.links[b] = append(m.links[b], link{a, int32(p.Gap), false})
	}
	return nil
}
