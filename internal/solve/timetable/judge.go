package timetable

import "slices"

// Board is a plan that somebody changes by hand.
type Board struct {
	a       *audit
	current Schedule
}

// Move is one change by hand: a meeting to a slot and, when rooms are named, to a room.
// Slot -1 takes it out; Room "" leaves it where it is, or with none.
type Move struct {
	Meeting ID     `json:"meeting"`
	Slot    int    `json:"slot"`
	Room    string `json:"room,omitempty"`
}

// Verdict is what a move breaks and mends, and what it changes in the figures (after
// less before).
type Verdict struct {
	Breaks []Violation `json:"breaks"`
	Mends  []Violation `json:"mends"`
	Change Score       `json:"change"`
	// Told are the people whose meetings change.
	Told []string `json:"told"`
}

// NewBoard lays out a plan, valid or not. Past is the plan that was running, whose
// meetings before Now do not move; nil when there is none. An error is *Malformed.
func NewBoard(in *Instance, s Schedule, rooms Rooms, past Schedule) (*Board, error) {
	if _, err := prepare(in); err != nil {
		return nil, err
	}
	if err := in.holds(s); err != nil {
		return nil, err
	}
	b := &Board{a: newAudit(in, s, rooms, past), current: Schedule{}}
	for id, t := range s {
		b.current[id] = t
	}
	return b, nil
}

// Judge says what a move would break, mend and cost. It looks only at the people and the
// slots that the move concerns. The board does not change. An error is *Malformed.
func (b *Board) Judge(v Move) (*Verdict, error) {
	i, err := b.find(v)
	if err != nil {
		return nil, err
	}
	a := b.a
	was, room := a.at[i], a.room[i]
	if v.Room == "" {
		v.Room = room
	}
	before, score := b.around(i, was, v.Slot)
	a.place(i, v.Slot, v.Room)
	after, next := b.around(i, was, v.Slot)
	a.place(i, was, room)
	out := &Verdict{Breaks: without(after, before), Mends: without(before, after), Told: []string{}}
	out.Change = Score{Lost: next.Lost - score.Lost, Weight: next.Weight - score.Weight, Holes: next.Holes - score.Holes, Fewest: next.Fewest - score.Fewest, Preferences: next.Preferences - score.Preferences}
	if was != v.Slot || room != v.Room {
		for _, p := range a.who[i] {
			out.Told = append(out.Told, a.in.People[p].ID)
		}
	}
	return out, nil
}

// Play makes a move, whatever it breaks.
func (b *Board) Play(v Move) error {
	i, err := b.find(v)
	if err != nil {
		return err
	}
	if v.Room == "" {
		v.Room = b.a.room[i]
	}
	b.a.place(i, v.Slot, v.Room)
	b.current[v.Meeting] = v.Slot
	if v.Slot < 0 {
		delete(b.current, v.Meeting)
	}
	return nil
}

// Schedule is the plan as it stands.
func (b *Board) Schedule() Schedule {
	s := Schedule{}
	for id, t := range b.current {
		s[id] = t
	}
	return s
}

func (b *Board) find(v Move) (int, error) {
	i, ok := b.a.meeting[v.Meeting]
	switch {
	case !ok:
		return 0, malformed("no meeting has this id", "meeting")
	case v.Slot < -1 || v.Slot >= len(b.a.in.Slots):
		return 0, malformed("no slot has this number", "slot")
	}
	return i, nil
}

// around lists what is wrong near a meeting, and the part of the figures that its place
// decides.
func (b *Board) around(i, t, u int) (list []Violation, f Score) {
	a := b.a
	f.add(a.meetingScore(i))
	if a.at[i] < 0 && a.wanted(a.in.Meetings[i]) {
		f.Lost++
	}
	for _, p := range a.who[i] {
		list = append(list, a.personFaults(p)...)
		f.Holes += a.idle(p)
		f.Lost += max(a.in.People[p].Min-len(a.held(p)), 0)
	}
	list = append(list, a.meetingFaults(i)...)
	var slots []int
	for _, first := range [2]int{t, u} {
		for q := max(first, 0); first >= 0 && q < min(first+max(a.in.Meetings[i].Length, 1), len(a.in.Slots)); q++ {
			if !slices.Contains(slots, q) {
				slots = append(slots, q)
				list = append(list, a.slotFaults(q)...)
			}
		}
	}
	f.Fewest = a.fewest()
	return distinct(list), f
}

// fewest is the meetings of the project that has fewest.
func (a *audit) fewest() (least int) {
	first := true
	for p, who := range a.in.People {
		if who.Role != Project {
			continue
		}
		n := 0
		for _, i := range a.of[p] {
			if a.at[i] >= 0 {
				n++
			}
		}
		if first || n < least {
			least, first = n, false
		}
	}
	return least
}

// without are the violations of a list that are not in another.
func without(list, other []Violation) []Violation {
	out := []Violation{}
	for _, v := range list {
		if !slices.ContainsFunc(other, func(o Violation) bool { return o.key() == v.key() && o.Need == v.Need }) {
			out = append(out, v)
		}
	}
	return out
}
