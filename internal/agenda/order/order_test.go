package order_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/agenda/order"
)

var days = []string{"2027-03-04", "2027-03-05", "2027-03-06", "2027-03-07"}

// whole is what the running orders of tests are for.
func whole(projects int) order.Whole {
	return order.Whole{Projects: projects, Rooms: []string{"amphi", "atelier"}, Kits: func(id string) bool { return id != "nothing" }}
}

// What is proposed can be published as it is, whatever the number of days and projects.
func TestProposedOrdersHaveNoFault(t *testing.T) {
	for n := 1; n <= len(days); n++ {
		for projects := 1; projects <= 20; projects++ {
			o := order.Propose(days[:n], projects)
			for _, f := range order.Check(o, whole(projects)) {
				if !f.Remark || projects == 13 {
					t.Errorf("%d days, %d projects: %+v", n, projects, f)
				}
			}
			kits := map[string]bool{}
			for _, a := range o.Activities {
				kits[a.Kit] = true
			}
			for _, kit := range []string{"pitch", "adn", "grandmix", "plan", "debrief"} {
				if !kits[kit] {
					t.Errorf("%d days: no %s", n, kit)
				}
			}
		}
	}
	if o := order.Propose(nil, 3); len(o.Activities) != 0 {
		t.Errorf("without days: %+v", o)
	}
}

func TestCheck(t *testing.T) {
	free := func(from, to order.Minute) order.Activity {
		return order.Activity{ID: "one", Kind: order.Free, From: from, To: to}
	}
	with := func(change func(*order.Activity)) []order.Activity {
		a := order.Activity{ID: "one", Kind: order.Plenary, From: 600, To: 660}
		change(&a)
		return []order.Activity{a}
	}
	for _, c := range []struct {
		name string
		list []order.Activity
		want string // the field and the key, "" for no fault
	}{
		{"a plenary", with(func(*order.Activity) {}), ""},
		{"on no day", with(func(a *order.Activity) { a.Day = 1 }), "day agenda.day_missing"},
		{"before midnight", with(func(a *order.Activity) { a.From = -1 }), "from agenda.from_wrong"},
		{"ends as it begins", with(func(a *order.Activity) { a.To = a.From }), "to agenda.ends_before"},
		{"an evening until two", []order.Activity{{ID: "one", Kind: order.Evening, From: 20 * 60, To: 26 * 60}}, ""},
		{"an evening until five", []order.Activity{{ID: "one", Kind: order.Evening, From: 20 * 60, To: 29 * 60}}, "to agenda.ends_late"},
		{"a kind that is not", with(func(a *order.Activity) { a.Kind = "party" }), "kind agenda.kind_unknown"},
		{"slots longer than the coaching", with(func(a *order.Activity) { a.Kind, a.Slot = order.Coaching, 61 }), "slot agenda.slot_long"},
		{"one slot that fits", with(func(a *order.Activity) { a.Kind, a.Slot = order.Coaching, 60 }), ""},
		{"rounds that do not fit", with(func(a *order.Activity) { a.Kind, a.Rounds, a.Pause = order.Mix, 10, 10 }), "rounds agenda.rounds_long"},
		{"tables of one", with(func(a *order.Activity) { a.Kind, a.Size = order.Collective, 1 }), "size agenda.alone"},
		{"a negative pause", with(func(a *order.Activity) { a.Kind, a.Pause = order.Coaching, -5 }), "pause agenda.measure"},
		{"thirteen pitches in an hour", with(func(a *order.Activity) { a.Kind = order.Pitch }), "to agenda.pitch_short"},
		{"thirteen short pitches in an hour", with(func(a *order.Activity) { a.Kind, a.Speak, a.Ask = order.Pitch, 3, 1 }), ""},
		{"a room that is not", with(func(a *order.Activity) { a.Room = "cave" }), "room agenda.room_unknown"},
		{"a kit that is not", with(func(a *order.Activity) { a.Kit = "nothing" }), "kit agenda.kit_unknown"},
		{"a long title", with(func(a *order.Activity) { a.Title = strings.Repeat("é", order.MaxTitle+1) }), "title agenda.title_long"},
		{"a title as long as may be", with(func(a *order.Activity) { a.Title = strings.Repeat("é", order.MaxTitle) }), ""},
		{"twice the same", append(with(func(*order.Activity) {}), order.Activity{ID: "one", Kind: order.Free, From: 700, To: 720}), "id agenda.id_twice"},
		{"a coaching during a plenary", append(with(func(*order.Activity) {}), order.Activity{ID: "two", Kind: order.Coaching, From: 630, To: 700}), "from agenda.everybody"},
		{"a coaching after a plenary", append(with(func(*order.Activity) {}), order.Activity{ID: "two", Kind: order.Coaching, From: 660, To: 700}), ""},
		{"coaching and free time together", []order.Activity{free(600, 700), {ID: "two", Kind: order.Coaching, From: 600, To: 700}}, ""},
		{"two in one room", []order.Activity{{ID: "one", Kind: order.Coaching, From: 600, To: 700, Room: "amphi"}, {ID: "two", Kind: order.Collective, From: 650, To: 750, Room: "amphi"}}, "room agenda.room_taken"},
		{"two in two rooms", []order.Activity{{ID: "one", Kind: order.Coaching, From: 600, To: 700, Room: "amphi"}, {ID: "two", Kind: order.Collective, From: 650, To: 750, Room: "atelier"}}, ""},
		{"before what it builds on", []order.Activity{{ID: "one", Kind: order.Mix, From: 600, To: 720}, {ID: "two", Kind: order.Coaching, From: 500, To: 560, After: []string{"one"}}}, "from agenda.after"},
		{"after what it builds on", []order.Activity{{ID: "one", Kind: order.Mix, From: 600, To: 720}, {ID: "two", Kind: order.Coaching, From: 720, To: 780, After: []string{"one"}}}, ""},
		{"after itself", with(func(a *order.Activity) { a.After = []string{"one"} }), "after agenda.after_unknown"},
		{"after nothing", with(func(a *order.Activity) { a.After = []string{"zero"} }), "after agenda.after_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range order.Check(order.Order{Days: days[:1], Activities: c.list}, whole(13)) {
				if !f.Remark {
					got = append(got, f.Field+" "+f.Key)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for _, list := range [][]string{nil, {"2027-03-05", "2027-03-04"}, {"2027-03-05", "2027-03-05"}, {"5 mars"}} {
		if len(order.Check(order.Order{Days: list}, whole(1))) == 0 {
			t.Errorf("days %q are taken", list)
		}
	}
}

// What is hard on people is told, and refused by nobody.
func TestRemarks(t *testing.T) {
	work := func(kinds ...order.Kind) (list []order.Activity) {
		for i, k := range kinds {
			list = append(list, order.Activity{ID: fmt.Sprint(i), Kind: k, From: order.Minute(540 + 60*i), To: order.Minute(600 + 60*i)})
		}
		return list
	}
	for _, c := range []struct {
		name string
		list []order.Activity
		want string
	}{
		{"a morning", work(order.Plenary, order.Coaching), ""},
		{"nothing", nil, "agenda.day_empty"},
		{"work without a rest", work(order.Plenary, order.Coaching, order.Collective), "agenda.no_rest"},
		{"work with a rest", work(order.Plenary, order.Coaching, order.Free, order.Collective), ""},
		{"a day without a meal", work(order.Plenary, order.Free, order.Coaching, order.Free, order.Plenary, order.Free), "agenda.no_meal"},
		{"alone for three hours", work(order.Coaching, order.Coaching, order.Coaching), "agenda.no_rest agenda.no_alternation"},
	} {
		var got []string
		for _, f := range order.Check(order.Order{Days: days[:1], Activities: c.list}, whole(2)) {
			if got = append(got, f.Key); !f.Remark {
				t.Errorf("%s: %+v is a fault", c.name, f)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSlots(t *testing.T) {
	o := order.Order{Days: days[:2], Activities: []order.Activity{
		{ID: "late", Kind: order.Coaching, Day: 1, From: 600, To: 690},
		{ID: "one", Kind: order.Coaching, From: 540, To: 635, Pause: 5},
		{ID: "next", Kind: order.Coaching, From: 635, To: 665},
		{ID: "meal", Kind: order.Meal, From: 665, To: 720},
		{ID: "after", Kind: order.Coaching, From: 720, To: 750},
	}}
	var got []string
	for _, s := range o.Slots() {
		got = append(got, fmt.Sprintf("%s%d %d/%s-%s s%d", s.Activity, s.N, s.Day, s.From.Clock(), s.To.Clock(), s.Segment))
	}
	want := "one0 0/09:00-09:30 s0, one1 0/09:35-10:05 s0, next0 0/10:35-11:05 s0, after0 0/12:00-12:30 s1, late0 1/10:00-10:30 s2, late1 1/10:30-11:00 s2, late2 1/11:00-11:30 s2"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("\n%s\nwant\n%s", s, want)
	}
	rounds := order.RoundsOf(order.Activity{Kind: order.Mix, From: 600, To: 715, Pause: 3})
	if len(rounds) != 5 || rounds[4].From != 692 || rounds[4].To != 712 {
		t.Errorf("rounds %+v", rounds)
	}
	turns := order.Turns(order.Activity{Kind: order.Pitch, From: 600, To: 612}, 13)
	if len(turns) != 2 || turns[1].To != 610 {
		t.Errorf("turns %+v", turns)
	}
}

// A file comes back as it was, byte for byte.
func TestFile(t *testing.T) {
	text := order.Propose(days[:2], 13).Encode()
	o, err := order.Parse(text)
	if err != nil || !bytes.Equal(o.Encode(), text) {
		t.Fatalf("%v\n%s", err, o.Encode())
	}
	for name, c := range map[string]struct {
		text string
		is   error
	}{
		"nothing":           {"", nil},
		"another version":   {`{"version":2,"days":[],"activities":[]}`, order.ErrVersion},
		"an unknown field":  {`{"version":1,"hours":3}`, nil},
		"something follows": {`{"version":1,"days":[],"activities":[]}{}`, nil},
		"too large":         {strings.Repeat(" ", 1<<20+1), order.ErrLarge},
	} {
		if _, err := order.Parse([]byte(c.text)); err == nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The day the clock goes forward, 09:30 is what the clock on the wall shows.
func TestAt(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2027-03-27": "08:30", "2027-03-28": "07:30"} {
		at, err := order.Minute(570).At(day, paris)
		if err != nil || at.UTC().Format("15:04") != want {
			t.Errorf("%s: %s, %v", day, at.UTC(), err)
		}
	}
	if at, _ := order.Minute(25*60).At("2027-03-04", paris); at.Format("02 15:04") != "05 01:00" {
		t.Errorf("one in the morning is %s", at)
	}
	if _, err := order.Minute(1).At("demain", paris); err == nil {
		t.Error("a day that is no day")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(order.Propose(days[:1], 3).Encode())
	f.Add([]byte(`{"version":1,"days":["2027-03-05"],"activities":[{"id":"a","kind":"mix","day":0,"from":1,"to":2,"pause":-1,"rounds":9}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := order.Parse(text)
		if err != nil {
			return
		}
		faults := order.Check(o, whole(3))
		if again, err := order.Parse(o.Encode()); err != nil || !bytes.Equal(again.Encode(), o.Encode()) {
			t.Fatalf("%v", err)
		}
		if slices.ContainsFunc(faults, func(f order.Fault) bool { return !f.Remark }) {
			return
		}
		ends := map[int]order.Minute{}
		for _, s := range o.Slots() {
			a, known := o.Find(s.Activity)
			if !known || s.From < a.From || s.To > a.To || s.To <= s.From {
				t.Fatalf("slot %+v of %+v", s, a)
			}
			ends[s.Day] = max(ends[s.Day], s.To)
		}
		for _, a := range o.Activities {
			for _, s := range order.RoundsOf(a) {
				if s.From < a.From || s.To > a.To {
					t.Fatalf("round %+v of %+v", s, a)
				}
			}
		}
	})
}
