package timetable

import "slices"

func (a *audit) personFaults(p int) (list []Violation) {
	who := a.in.People[p]
	held := a.held(p)
	for k, i := range held {
		for _, j := range held[k+1:] {
			switch {
			case a.at[j] < a.at[i]+max(a.in.Meetings[i].Length, 1):
				list = append(list, Violation{Kind: BreakDouble, Meetings: a.ids(i, j), People: []string{who.ID}, Slot: a.at[j]})
			case !a.frozen(j) && a.far(i, j):
				list = append(list, Violation{Kind: BreakWalk, Meetings: a.ids(i, j), People: []string{who.ID}, Slot: a.at[j]})
			}
		}
		for _, q := range a.takes(i) {
			if !who.Available[q] && !a.frozen(i) {
				list = append(list, Violation{Kind: BreakAbsent, Meetings: a.ids(i), People: []string{who.ID}, Slot: q})
			}
		}
	}
	if n := len(held); who.Max > 0 && n > who.Max {
		list = append(list, Violation{Kind: BreakLoad, People: []string{who.ID}, Slot: -1, Need: n, Have: who.Max})
	} else if n < who.Min {
		list = append(list, Violation{Kind: BreakLoad, People: []string{who.ID}, Slot: -1, Need: who.Min, Have: n})
	}
	return append(list, a.restFaults(p, held)...)
}

// far says whether there is no time to walk from a meeting to a later one.
func (a *audit) far(i, j int) bool {
	if a.in.Slots[a.at[i]].Day != a.in.Slots[a.at[j]].Day {
		return false
	}
	_, end := a.hours(i)
	begin, _ := a.hours(j)
	return end+a.walk[[2]string{a.where(i), a.where(j)}] > begin
}

// where is the place of a meeting: its room's, or its own.
func (a *audit) where(i int) string {
	if r, ok := a.rooms[a.room[i]]; ok {
		return a.in.Rooms[r].Place
	}
	x := a.in.Meetings[i]
	if x.Place != "" {
		return x.Place
	}
	return a.in.People[a.person[x.Other]].Place
}

// restFaults looks at each window of a person, cut at the ends of segments.
func (a *audit) restFaults(p int, held []int) (list []Violation) {
	rest := map[Role]Rest{Project: a.in.Rules.Project, Sponsor: a.in.Rules.Sponsor, Expert: a.in.Rules.Expert}[a.in.People[p].Role]
	if len(rest) != 2 {
		return nil
	}
	busy := map[int]int{}
	for _, i := range held {
		for _, q := range a.takes(i) {
			busy[q] = i
		}
	}
	for t := range a.in.Slots {
		var in []int
		late := false // something in the window can still be changed
		for q := t; q < len(a.in.Slots) && q < t+rest[1] && a.in.Slots[q].Segment == a.in.Slots[t].Segment && a.in.Slots[q].Day == a.in.Slots[t].Day; q++ {
			if i, ok := busy[q]; ok {
				in = append(in, i)
				late = late || !a.frozen(i)
			}
		}
		if len(in) > rest[0] && late {
			list = append(list, Violation{Kind: BreakRest, Meetings: a.ids(in...), People: []string{a.in.People[p].ID}, Slot: t, Need: len(in), Have: rest[0]})
		}
	}
	return list
}

// ids name meetings, sorted, each once.
func (a *audit) ids(list ...int) (out []ID) {
	for _, i := range list {
		out = append(out, a.in.Meetings[i].ID)
	}
	slices.SortFunc(out, byID)
	return slices.Compact(out)
}

func (a *audit) meetingFaults(i int) (list []Violation) {
	x := a.in.Meetings[i]
	t := a.at[i]
	add := func(kind string) {
		list = append(list, Violation{Kind: kind, Meetings: a.ids(i), Slot: t, Room: a.room[i]})
	}
	was, had := a.past[x.ID]
	if had && was < a.in.Now && t != was || t >= 0 && t < a.in.Now && !a.frozen(i) {
		add(BreakPast)
	}
	if pin, ok := a.pinned[x.ID]; ok && t >= 0 && (t != pin.Slot || a.named && pin.Room != "" && a.room[i] != pin.Room) {
		add(BreakPinned)
	}
	if t < 0 {
		if a.wanted(x) {
			add(BreakMandatory)
		}
		return list
	}
	if !a.frozen(i) {
		if !slices.Contains(x.Allowed, t) || !a.in.together(t, max(x.Length, 1)) {
			add(BreakAllowed)
		}
		if kind := a.roomFault(i); kind != "" {
			add(kind)
		}
	}
	for _, l := range a.links[i] {
		b, c := a.meeting[l.Before], a.meeting[l.After]
		if a.at[b] < 0 || a.at[c] < 0 || a.frozen(b) && a.frozen(c) {
			continue
		}
		_, end := a.hours(b)
		if begin, _ := a.hours(c); end+l.Gap > begin {
			list = append(list, Violation{Kind: BreakPrecedence, Meetings: a.ids(b, c), Slot: a.at[c]})
		}
	}
	return list
}

// roomFault is what is wrong with the room of a meeting by itself.
func (a *audit) roomFault(i int) string {
	if !a.named || len(a.in.Rooms) == 0 || a.in.Meetings[i].Remote {
		return ""
	}
	r, ok := a.rooms[a.room[i]]
	if !ok {
		return BreakRoomNone
	}
	for _, q := range a.takes(i) {
		if slices.Contains(a.in.Rooms[r].Closed, q) {
			return BreakRoomClosed
		}
	}
	if a.fit[i][r] != "" {
		return BreakRoomUnfit
	}
	return ""
}

// slotFaults looks at the rooms of a slot.
func (a *audit) slotFaults(q int) (list []Violation) {
	var all []int
	late := false
	for _, i := range a.during[q] {
		if !a.in.Meetings[i].Remote {
			all = append(all, i)
			late = late || !a.frozen(i)
		}
	}
	if !late {
		return nil
	}
	if a.in.RoomsPerSlot > 0 && len(all) > a.in.RoomsPerSlot {
		list = append(list, Violation{Kind: BreakRooms, Meetings: a.ids(all...), Slot: q, Need: len(all), Have: a.in.RoomsPerSlot})
	}
	if a.named {
		for k, i := range all {
			for _, j := range all[k+1:] {
				if a.room[i] == a.room[j] && a.room[i] != "" {
					list = append(list, Violation{Kind: BreakRoomDouble, Meetings: a.ids(i, j), Slot: q, Room: a.room[i]})
				}
			}
		}
		return list
	}
	if len(a.in.Rooms) > 0 {
		if short := a.roomless(all, q); len(short) > 0 {
			list = append(list, Violation{Kind: BreakRooms, Meetings: a.ids(short...), Slot: q, Need: len(short), Have: len(short) - 1})
		}
	}
	return list
}

// roomless matches the meetings of a slot with rooms by augmenting paths, and returns a
// set of meetings that have one room too few among them, or nothing.
func (a *audit) roomless(all []int, q int) []int {
	holder := map[int]int{}
	for _, i := range all {
		seen := map[int]bool{}
		set := []int{}
		var seat func(i int) bool
		seat = func(i int) bool {
			set = append(set, i)
			for r, lack := range a.fit[i] {
				if lack != "" || seen[r] || slices.Contains(a.in.Rooms[r].Closed, q) {
					continue
				}
				seen[r] = true
				if other, taken := holder[r]; !taken || seat(other) {
					holder[r] = i
					return true
				}
			}
			return false
		}
		if !seat(i) {
			return set
		}
	}
	return nil
}
