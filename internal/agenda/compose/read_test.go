package compose_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/timetable"
)

// A file comes back as it was, byte for byte, and what is wrong in one is named.
func TestRead(t *testing.T) {
	in := gathering(3, 3, 2)
	in.Pinned = made(t, in, nil).Plan.Sittings[:1]
	again, err := compose.Read(bytes.NewReader(in.Encode()))
	if err != nil || !bytes.Equal(again.Encode(), in.Encode()) {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"another version", `"version": 1,
  "order"`, `"version": 2, "order"`, "version"},
		{"an unknown field", `"seed"`, `"sead"`, "nobody knows this field"},
		{"a role that is none", `"role": "expert"`, `"role": "chef"`, "people[2].role"},
		{"two of one id", `"id": "c01"`, `"id": "c00"`, "people[1].id"},
		{"a team of somebody unknown", `"t01b",
        "t01c"`, `"t01b","zoe"`, "projects[1].team[2]"},
		{"somebody in two teams", `"t01b",
        "t01c"`, `"t01b","t00a"`, "projects[1].team[2]"},
		{"a wish without weight", `"weight": 5`, `"weight": 0`, "].weight"},
		{"a number for a text", `"id": "c01"`, `"id": 7`, "people.id"},
		{"cut short", `"projects": [`, `"projects": `, "line "},
		{"a negative room", `"capacity": 120`, `"capacity": -1`, "places[0].capacity"},
	} {
		text := strings.Replace(string(in.Encode()), c.old, c.new, 1)
		_, err := compose.Read(strings.NewReader(text))
		var m *timetable.Malformed
		if !errors.As(err, &m) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := compose.Read(strings.NewReader(string(in.Encode()) + "{}")); err == nil {
		t.Error("what follows is taken")
	}
	if _, err := compose.ReadEvent(strings.NewReader(`{"kind": "late", "to": {"day": 1, "at": 600}}`)); err != nil {
		t.Error(err)
	}
	if _, err := compose.ReadEvent(strings.NewReader(`{"when": 3}`)); err == nil {
		t.Error("an unknown field of an event is taken")
	}
}

// Whatever is written, a plan is right or there is none.
func FuzzRead(f *testing.F) {
	small := gathering(2, 2, 1)
	f.Add(small.Encode())
	draw := rand.New(rand.NewPCG(1, 1))
	for range 4 {
		f.Add(drawn(draw).Encode())
	}
	f.Add([]byte(`{"version":1,"order":{"version":1,"days":["2027-03-04"],"activities":[{"id":"a","kind":"mix","day":0,"from":600,"to":700}]},"people":[{"id":"x","role":"team"}],"projects":[{"id":"P","team":["x"]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := compose.Read(bytes.NewReader(text))
		if err != nil || len(in.People) > 40 || len(in.Order.Activities) > 20 || len(in.Pinned) > 40 {
			return
		}
		again, err := compose.Read(bytes.NewReader(in.Encode()))
		if err != nil || !bytes.Equal(again.Encode(), in.Encode()) {
			t.Fatalf("%v\n%s", err, in.Encode())
		}
		in.Tries = 200
		r, err := compose.Compose(context.Background(), *in, nil)
		if err != nil {
			return
		}
		if clashes := plan.Check(r.Plan, in.Order, in.House()); len(clashes) > 0 {
			t.Fatalf("%+v\n%s", clashes, r.Plan.Encode())
		}
	})
}

func FuzzReadEvent(f *testing.F) {
	in := gathering(2, 2, 1)
	in.Tries = 200
	r, err := compose.Compose(context.Background(), in, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, kind := range []string{"absent", "late", "room_lost", "activity_lost", "shortened", "overrun", "person_added"} {
		f.Add([]byte(fmt.Sprintf(`{"kind": %q, "person": "c00", "place": "amphi", "activity": "a2", "from": {"day": 0, "at": 600}, "to": {"day": 0, "at": 700}, "minutes": 9, "added": {"id": "z", "role": "guest"}}`, kind)), 600)
	}
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		e, err := compose.ReadEvent(bytes.NewReader(text))
		if err != nil {
			return
		}
		now := compose.Instant{At: order.Minute(at % 1600)}
		out, err := compose.Repair(context.Background(), in, r.Plan, *e, now)
		if err == nil && len(out.Choices) == 0 {
			t.Fatal("no choice")
		}
	})
}
