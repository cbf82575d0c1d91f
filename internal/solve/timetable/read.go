package timetable

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Read reads an instance in JSON. Its errors are *Malformed.
func Read(r io.Reader) (*Instance, error) {
	var in Instance
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if _, err := prepare(&in); err != nil {
		return nil, err
	}
	return &in, nil
}

// ReadSchedule reads {"meeting id": slot} and checks that the instance has these meetings
// and slots; it does not check the rules, as Check does. Its errors are *Malformed.
func ReadSchedule(r io.Reader, in *Instance) (Schedule, error) {
	var s Schedule
	if err := decode(r, &s); err != nil {
		return nil, err
	}
	return s, in.holds(s)
}

// holds says whether the meetings of a schedule are in the instance, within its segments.
func (in *Instance) holds(s Schedule) error {
	length := map[ID]int{}
	for _, m := range in.Meetings {
		length[m.ID] = max(m.Length, 1)
	}
	for _, id := range s.ids() {
		n, ok := length[id]
		if !ok {
			return malformed("no meeting has this id", "schedule: %s", quoted(string(id)))
		}
		if t := s[id]; t < 0 || t+n > len(in.Slots) || !in.together(t, n) {
			return malformed("no slot, or not enough slots in this segment", "schedule: %s", quoted(string(id)))
		}
	}
	return nil
}

// ReadRooms reads {"meeting id": "room"}. Its errors are *Malformed.
func ReadRooms(r io.Reader, in *Instance) (Rooms, error) {
	var rooms Rooms
	if err := decode(r, &rooms); err != nil {
		return nil, err
	}
	known := map[ID]bool{}
	for _, m := range in.Meetings {
		known[m.ID] = true
	}
	for id := range rooms {
		if !known[id] {
			return nil, malformed("no meeting has this id", "rooms: %s", quoted(string(id)))
		}
	}
	return rooms, nil
}

// ids are the meetings of a schedule, sorted.
func (s Schedule) ids() []ID {
	list := make([]ID, 0, len(s))
	for id := range s {
		list = append(list, id)
	}
	slices.SortFunc(list, byID)
	return list
}

// byID sorts numbers as numbers, before the other ids.
func byID(a, b ID) int {
	x, errA := strconv.Atoi(string(a))
	y, errB := strconv.Atoi(string(b))
	switch {
	case errA == nil && errB == nil && x != y:
		return x - y
	case errA == nil && errB != nil:
		return -1
	case errA != nil && errB == nil:
		return 1
	}
	return strings.Compare(string(a), string(b))
}

// together says whether n slots from t are of one segment.
func (in *Instance) together(t, n int) bool {
	for q := t + 1; q < t+n; q++ {
		if q >= len(in.Slots) || in.Slots[q].Segment != in.Slots[t].Segment || in.Slots[q].Day != in.Slots[t].Day {
			return false
		}
	}
	return true
}

// ReadEvent reads what happened, for an instance. Its errors are *Malformed.
func ReadEvent(r io.Reader, in *Instance) (*Event, error) {
	var e Event
	if err := decode(r, &e); err != nil {
		return nil, err
	}
	return &e, e.check(in)
}

func decode(r io.Reader, into any) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	from := json.NewDecoder(strings.NewReader(string(text)))
	from.DisallowUnknownFields()
	err = from.Decode(into)
	if err == nil {
		if _, more := from.Token(); !errors.Is(more, io.EOF) {
			return &Malformed{Line: lineAt(text, from.InputOffset()), Why: "something follows the object"}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &Malformed{Line: lineAt(text, syntax.Offset), Why: err.Error()}
	case errors.As(err, &kind):
		return &Malformed{Line: lineAt(text, kind.Offset), Field: kind.Field, Why: "a " + kind.Value + " where a " + kind.Type.String() + " is expected"}
	}
	line := lineAt(text, from.InputOffset())
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &Malformed{Line: line, Field: strings.Trim(name, `"`), Why: "nobody knows this field"}
	}
	return &Malformed{Line: line, Why: err.Error()}
}

func lineAt(text []byte, offset int64) int {
	return 1 + strings.Count(string(text[:min(max(offset, 0), int64(len(text)))]), "\n")
}

// quoted shows an id that came from outside, short and on one line.
func quoted(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}
