package timetable

import "slices"

// Infeasible explains why not everything mandatory is held.
type Infeasible struct {
	Clashes []Clash `json:"clashes"`
	// LeftOut are the mandatory meetings that the plan does not hold: giving these up is
	// the smallest way out that was found. Short are the people who have fewer meetings
	// than their least.
	LeftOut []ID     `json:"left_out"`
	Short   []string `json:"short,omitempty"`
	// Proved says that no plan holds everything mandatory.
	Proved bool `json:"proved"`
}

// Clash is a set of rules that cannot hold together: these meetings need Need places and
// these people, slots or rooms give Have.
type Clash struct {
	Kind     string   `json:"kind"`
	Meetings []ID     `json:"meetings,omitempty"`
	People   []string `json:"people,omitempty"`
	Slots    []int    `json:"slots,omitempty"`
	Need     int      `json:"need"`
	Have     int      `json:"have"`
}

// The kinds of clash, all of mandatory and pinned meetings.
const (
	ClashNoSlot   = "no_slot"  // a meeting has no slot where its people are there; People are those absent from some of them
	ClashNoRoom   = "no_room"  // no room suits a meeting
	ClashOverload = "overload" // meetings of a person have fewer slots than there are of them (Hall)
	ClashRest     = "rest"     // the rests of a person leave fewer slots than she has meetings
	ClashLoad     = "load"     // a person has more meetings than her most, or fewer than her least
	ClashRooms    = "rooms"    // meetings have fewer rooms, in the slots open to them, than there are of them (Hall)
	ClashCycle    = "cycle"    // each of these meetings must end before the next starts
	ClashOrder    = "order"    // the first must end before the last starts, in this order, and there is no time
	ClashTogether = "together" // several people's hours clash together: what is left out is all that is known
)

// diagnose explains what is not held. Clashes are found without the plan: they hold for
// any plan.
func (s *search) diagnose() *Infeasible {
	d := &Infeasible{Clashes: s.clashes(), LeftOut: []ID{}}
	for i := range s.at {
		if s.must[i] && s.at[i] < 0 {
			d.LeftOut = append(d.LeftOut, s.in.Meetings[i].ID)
		}
	}
	slices.SortFunc(d.LeftOut, byID)
	for p, x := range s.in.People {
		if s.load[p] < int32(x.Min) {
			d.Short = append(d.Short, x.ID)
		}
	}
	d.Proved = len(d.Clashes) > 0
	if !d.Proved {
		r := s.relax(nil, 0)
		d.Proved = r.ready && !r.solve(s.ctx) && r.net.Unmet() > 0 && s.ctx.Err() == nil
		d.Clashes = append(d.Clashes, Clash{Kind: ClashTogether, Meetings: d.LeftOut, People: s.people(d.LeftOut), Need: len(d.LeftOut)})
	}
	return d
}

// Clashes lists what cannot hold together in an instance, without looking for a plan. An
// empty list does not say that there is one. An error is *Malformed.
func Clashes(in *Instance) ([]Clash, error) {
	m, err := prepare(in)
	if err != nil {
		return nil, err
	}
	return m.clashes(), nil
}

func (m *model) clashes() (list []Clash) {
	list = []Clash{}
	var all []int32
	for i := range m.must {
		if !m.must[i] || m.frozen(int32(i)) {
			continue
		}
		switch {
		case len(m.dom[i]) == 0:
			list = append(list, Clash{Kind: ClashNoSlot, Meetings: m.ids(int32(i)), People: m.absent(int32(i)), Need: 1})
		case m.class[i] >= 0 && len(m.in.Rooms) > 0 && m.fits[m.class[i]] == 0:
			list = append(list, Clash{Kind: ClashNoRoom, Meetings: m.ids(int32(i)), Need: 1})
		default:
			all = append(all, int32(i))
		}
	}
	for p := range m.role {
		list = append(list, m.overload(int32(p), all)...)
	}
	for h := range m.halls {
		var inside []int32
		for _, i := range all {
			if c := m.class[i]; c >= 0 && slices.Contains(m.halls[h].classes, c) {
				inside = append(inside, i)
			}
		}
		limit := func(t int32) int { return int(m.limit[int(t)*len(m.halls)+h]) }
		if set, slots := m.hall(inside, limit); len(set) > 0 {
			have := 0
			for _, t := range slots {
				have += limit(t)
			}
			list = append(list, Clash{Kind: ClashRooms, Meetings: m.ids(set...), Slots: numbers(slots), Need: len(set), Have: have})
		}
	}
	return append(list, m.disorder(all)...)
}

// overload looks at what one person must hold.
func (m *model) overload(p int32, all []int32) (list []Clash) {
	var own []int32
	for _, i := range all {
		if slices.Contains(m.who[i], p) {
			own = append(own, i)
		}
	}
	who := m.in.People[p]
	if who.Max > 0 && len(own) > who.Max {
		list = append(list, Clash{Kind: ClashLoad, Meetings: m.ids(own...), People: []string{who.ID}, Need: len(own), Have: who.Max})
	}
	if len(m.mine[p]) < who.Min {
		list = append(list, Clash{Kind: ClashLoad, Meetings: m.ids(m.mine[p]...), People: []string{who.ID}, Need: who.Min, Have: len(m.mine[p])})
	}
	if set, slots := m.hall(own, func(int32) int { return 1 }); len(set) > 0 {
		return append(list, Clash{Kind: ClashOverload, Meetings: m.ids(set...), People: []string{who.ID}, Slots: numbers(slots), Need: len(set), Have: len(slots)})
	}
	// The rests of a segment leave so many places in it: a slot stands for its segment.
	room := func(t int32) int { return m.capacity(p, t) }
	if set, parts := m.hallOf(own, room, func(t int32) int32 { return m.segment[t] }); len(set) > 0 {
		have := 0
		for _, g := range parts {
			have += room(g)
		}
		list = append(list, Clash{Kind: ClashRest, Meetings: m.ids(set...), People: []string{who.ID}, Slots: numbers(parts), Need: len(set), Have: have})
	}
	return list
}

// hall looks for meetings that have, together, fewer places in their slots than there are
// of them: the set that a maximum matching leaves reachable (Hall, 1935; König, 1931).
func (m *model) hall(list []int32, room func(t int32) int) (set, slots []int32) {
	return m.hallOf(list, room, func(t int32) int32 { return t })
}

// hallOf is hall where slots are grouped.
func (m *model) hallOf(list []int32, room func(t int32) int, group func(t int32) int32) (set, slots []int32) {
	holds := map[int32][]int32{}
	for _, i := range list {
		set, slots = nil, nil
		var seat func(i int32) bool
		seat = func(i int32) bool {
			set = append(set, i)
			for _, t := range m.dom[i] {
				g := group(t)
				if slices.Contains(slots, g) {
					continue
				}
				slots = append(slots, g)
				if len(holds[g]) < room(g) {
					holds[g] = append(holds[g], i)
					return true
				}
				for k := range holds[g] {
					if seat(holds[g][k]) {
						holds[g][k] = i
						return true
					}
				}
			}
			return false
		}
		if !seat(i) {
			slices.Sort(slots)
			return set, slots
		}
	}
	return nil, nil
}

// absent are the people of a meeting who miss some of the slots that it may take.
func (m *model) absent(i int32) (list []string) {
	x := m.in.Meetings[i]
	for _, p := range m.who[i] {
		if slices.ContainsFunc(x.Allowed, func(t int) bool { return !m.in.People[p].Available[t] }) {
			list = append(list, m.in.People[p].ID)
		}
	}
	slices.Sort(list)
	return list
}

// disorder looks for precedences that cannot hold: a cycle, or a chain with no time for
// it. It pushes the earliest starts forward; what is pushed more often than there are
// meetings is on a cycle (Bellman, 1958).
func (m *model) disorder(all []int32) []Clash {
	early, from := map[int32]int32{}, map[int32]int32{}
	for _, i := range all {
		early[i], from[i] = m.dom[i][0], none
	}
	for range len(all) + 1 {
		changed := false
		for _, i := range all {
			for _, l := range m.links[i] {
				if _, ok := early[l.other]; !l.first || !ok {
					continue
				}
				end := m.end[early[i]+m.length[i]-1] + l.gap
				if m.begin[early[l.other]] >= end {
					continue
				}
				from[l.other], changed = i, true
				next := slices.IndexFunc(m.dom[l.other], func(t int32) bool { return m.begin[t] >= end })
				if next < 0 {
					return []Clash{m.chain(l.other, from)}
				}
				early[l.other] = m.dom[l.other][next]
			}
		}
		if !changed {
			break
		}
	}
	return nil
}

// chain follows what pushed a meeting, back to the first, or around a cycle.
func (m *model) chain(i int32, from map[int32]int32) Clash {
	list := []int32{i}
	for p := from[i]; p >= 0; p = from[p] {
		if k := slices.Index(list, p); k >= 0 {
			slices.Reverse(list[k:])
			return Clash{Kind: ClashCycle, Meetings: m.named(list[k:]), Need: len(list[k:])}
		}
		list = append(list, p)
	}
	slices.Reverse(list)
	return Clash{Kind: ClashOrder, Meetings: m.named(list), Need: len(list), Have: len(list) - 1}
}

func (m *model) named(list []int32) (ids []ID) {
	for _, i := range list {
		ids = append(ids, m.in.Meetings[i].ID)
	}
	return ids
}

// ids name meetings, sorted.
func (m *model) ids(list ...int32) []ID {
	ids := m.named(list)
	slices.SortFunc(ids, byID)
	return ids
}

// people are those of some meetings, sorted, each once.
func (m *model) people(ids []ID) (list []string) {
	for _, id := range ids {
		for _, p := range m.who[m.meeting[id]] {
			list = append(list, m.in.People[p].ID)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func numbers(slots []int32) (list []int) {
	for _, t := range slots {
		list = append(list, int(t))
	}
	return list
}
