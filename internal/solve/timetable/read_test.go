package timetable

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small is an instance with something of each kind, in JSON.
const small = `{"version": 1, "name": "small",
 "slots": [{"id": 0, "day": 1, "segment": "a", "start": "09:00", "minutes": 30}, {"id": 1, "day": 1, "segment": "a", "start": "09:30", "minutes": 30}],
 "people": [{"id": "P", "role": "project", "available": [true, true]}, {"id": "E", "role": "expert", "available": [true, true], "max": 2, "place": "hall"}],
 "meetings": [{"id": 1, "project": "P", "other": "E", "mandatory": true, "weight": 0, "allowed": [0, 1]}, {"id": "b", "project": "P", "other": "E", "mandatory": false, "weight": 2, "allowed": [0, 1], "needs": ["screen"]}],
 "rooms": [{"id": "A", "capacity": 4, "equipment": ["screen"], "place": "hall"}],
 "rules": {"expert_max_in_window": [4, 5]}, "walks": [{"from": "hall", "to": "barn", "minutes": 5}],
 "precedence": [{"before": 1, "after": "b", "gap_minutes": 0}], "preferences": [{"person": "E", "slots": [1], "weight": 1}], "pinned": [{"meeting": 1, "slot": 0, "room": "A"}]}`

func TestInstanceWithSomethingOfEachKind(t *testing.T) {
	in, err := Read(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	p := mustSolve(t, in, Options{Tries: 200})
	if p.Status != Optimal || text(t, p.Schedule) != `{"1":0,"b":1}` || p.Rooms["b"] != "A" || p.Score.Preferences != 1 || p.Score.Weight != 2 {
		t.Errorf("%+v", p)
	}
	if !strings.Contains(text(t, in), `"meetings":[{"id":1,`) || !strings.Contains(text(t, in), `{"id":"b",`) {
		t.Error("ids are not written as they were read: ", text(t, in.Meetings))
	}
}

func TestInputIsRefusedByLineAndField(t *testing.T) {
	with := func(old, fresh string) string {
		if !strings.Contains(small, old) {
			t.Fatal("nothing to replace: ", old)
		}
		return strings.Replace(small, old, fresh, 1)
	}
	for _, c := range []struct{ situation, text, where string }{
		{"nothing", "", "line 1"},
		{"a list", "[]", "line 1"},
		{"two objects", "{}\n{}", "line 2"},
		{"a comma too many", "{\n\"version\": 1,,}", "line 2"},
		{"another version", with(`"version": 1`, `"version": 2`), "version"},
		{"a field nobody knows", with(`"name"`, `"colour"`), "colour"},
		{"a word for a number", with(`"minutes": 30}, {"id": 1`, `"minutes": "long"}, {"id": 1`), "line 2, slots.minutes"},
		{"slots out of order", with(`{"id": 1, "day"`, `{"id": 2, "day"`), "slots[1].id"},
		{"an hour that is none", with(`"09:30"`, `"25:30"`), "slots[1].start"},
		{"slots that overlap", with(`"09:30"`, `"09:10"`), "slots[1].start"},
		{"a slot of no time", with(`"minutes": 30`, `"minutes": 0`), "slots[0].minutes"},
		{"a role nobody knows", with(`"role": "expert"`, `"role": "chef"`), "people[1].role"},
		{"the same person twice", with(`"id": "E"`, `"id": "P"`), "people[1].id"},
		{"hours that do not match the slots", with(`[true, true]`, `[true]`), "people[0].available"},
		{"a most under the least", with(`"max": 2`, `"min": 3, "max": 2`), "people[1].max"},
		{"a meeting of nobody", with(`"other": "E"`, `"other": "Z"`), "meetings[0].other"},
		{"a meeting with oneself", with(`"other": "E"`, `"other": "P"`), "meetings[0].other"},
		{"the same meeting twice", with(`"id": "b"`, `"id": 1`), "meetings[1].id"},
		{"a meeting without id", with(`"id": "b"`, `"id": ""`), "meetings[1].id"},
		{"a weight below zero", with(`"weight": 2, "allowed"`, `"weight": -2, "allowed"`), "meetings[1].weight"},
		{"a slot that does not exist", with(`"allowed": [0, 1]`, `"allowed": [0, 7]`), "meetings[0].allowed[1]"},
		{"an id that is a list", with(`"id": 1, "project"`, `"id": [], "project"`), "line"},
		{"a rest of one number", with(`[4, 5]`, `[4]`), "rules.expert_max_in_window"},
		{"the same room twice", with(`"rooms": [`, `"rooms": [{"id": "A"}, `), "rooms[1].id"},
		{"a room closed when nothing is", with(`"capacity": 4`, `"closed": [9]`), "rooms[0].closed[0]"},
		{"a walk to nowhere", with(`"to": "barn"`, `"to": ""`), "walks[0]"},
		{"before a meeting that does not exist", with(`"before": 1`, `"before": 9`), "precedence[0].before"},
		{"before itself", with(`"before": 1`, `"before": "b"`), "precedence[0]"},
		{"a wish of nobody", with(`"person": "E", "slots"`, `"slots"`), "preferences[0]"},
		{"a pin on no slot", with(`"slot": 0`, `"slot": 5`), "pinned[0].slot"},
		{"a pin in no room", with(`"slot": 0, "room": "A"`, `"slot": 0, "room": "Z"`), "pinned[0].room"},
	} {
		_, err := Read(strings.NewReader(c.text))
		var m *Malformed
		if !errors.As(err, &m) || !strings.Contains(m.Where(), c.where) || m.Why == "" {
			t.Errorf("%s: got %v, want %q to be named", c.situation, err, c.where)
		}
	}
}

func TestSchedulesAndEventsAreRefusedByField(t *testing.T) {
	in, err := Read(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	schedule := func(s string) error { _, err := ReadSchedule(strings.NewReader(s), in); return err }
	rooms := func(s string) error { _, err := ReadRooms(strings.NewReader(s), in); return err }
	event := func(s string) error { _, err := ReadEvent(strings.NewReader(s), in); return err }
	for _, c := range []struct {
		situation   string
		read        func(string) error
		text, where string
	}{
		{"a meeting that does not exist", schedule, `{"7": 0}`, `"7"`},
		{"a slot that does not exist", schedule, `{"1": 9}`, `"1"`},
		{"a word for a slot", schedule, "{\"1\":\n\"x\"}", "line 2"},
		{"a room for no meeting", rooms, `{"7": "A"}`, `"7"`},
		{"an event nobody knows", event, `{"kind": "rain"}`, "kind"},
		{"somebody unknown is absent", event, `{"kind": "absence", "person": "Z"}`, "person"},
		{"an absence that ends before it starts", event, `{"kind": "absence", "person": "E", "from_slot": 1, "to_slot": 0}`, "to_slot"},
		{"a slot lost that does not exist", event, `{"kind": "slot_lost", "slot": 9}`, "slot"},
		{"no room left", event, `{"kind": "rooms"}`, "rooms"},
		{"a room lost that does not exist", event, `{"kind": "room_lost", "room": "Z"}`, "room"},
		{"somebody unknown is held", event, `{"kind": "overrun", "people": ["Z"]}`, "people[0]"},
		{"now is after the end", event, `{"kind": "rooms", "rooms": 1, "now": 12}`, "now"},
	} {
		err := c.read(c.text)
		var m *Malformed
		if !errors.As(err, &m) || !strings.Contains(m.Where(), c.where) || m.Why == "" {
			t.Errorf("%s: got %v, want %q to be named", c.situation, err, c.where)
		}
	}
	if schedule(`{"1": 0, "b": 1}`) != nil || rooms(`{"1": "A"}`) != nil || event(`{"kind": "late", "person": "E", "to_slot": 1}`) != nil {
		t.Error("what is well written is refused")
	}
}

// Whatever is read is planned, and the plan breaks nothing.
func FuzzRead(f *testing.F) {
	f.Add(small)
	b, err := os.ReadFile(filepath.Join("testdata", "s13a.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Fuzz(func(t *testing.T, s string) {
		in, err := Read(strings.NewReader(s))
		if err != nil || len(in.Meetings) > 300 || len(in.Slots) > 60 || len(in.People) > 100 {
			return
		}
		p, err := Solve(context.Background(), in, Options{Tries: 300})
		if err != nil {
			t.Fatal(err)
		}
		if list := faults(in, p.Schedule, p.Rooms, nil); len(list) > 0 {
			t.Fatal(list)
		}
		if score := Measure(in, p.Schedule); score != p.Score {
			t.Fatalf("%+v, measured %+v", p.Score, score)
		}
	})
}

// Whatever schedule and event are read, the repair breaks nothing after the past.
func FuzzReadEvent(f *testing.F) {
	in, err := Read(strings.NewReader(small))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"1": 0, "b": 1}`, `{"1": "A"}`, `{"kind": "late", "person": "E", "to_slot": 1}`)
	f.Add(`{"b": 0}`, `{}`, `{"kind": "room_lost", "room": "A", "to_slot": 1, "now": 1}`)
	f.Fuzz(func(t *testing.T, schedule, rooms, event string) {
		s, err := ReadSchedule(strings.NewReader(schedule), in)
		if err != nil {
			return
		}
		r, err := ReadRooms(strings.NewReader(rooms), in)
		if err != nil {
			return
		}
		e, err := ReadEvent(strings.NewReader(event), in)
		if err != nil {
			return
		}
		out, err := Mend(context.Background(), in, Running{s, r}, e, Options{Tries: 200})
		if err != nil {
			t.Fatal(err)
		}
		after, err := in.After(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range out.Choices {
			for id, at := range s {
				if at < after.Now && c.Schedule[id] != at {
					t.Fatal("the past is changed")
				}
			}
			for _, v := range faults(after, c.Schedule, nil, s) {
				if v.Slot >= after.Now && v.Kind != BreakPinned && v.Kind != BreakPrecedence {
					t.Fatal(v)
				}
			}
		}
	})
}
