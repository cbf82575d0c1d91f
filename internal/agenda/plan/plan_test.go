package plan_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

func day(list ...order.Activity) order.Order {
	return order.Order{Days: []string{"2027-03-04", "2027-03-05"}, Activities: list}
}

var morning = day(
	order.Activity{ID: "open", Kind: order.Plenary, From: 540, To: 570},
	order.Activity{ID: "coach", Kind: order.Coaching, From: 570, To: 660},
	order.Activity{ID: "pause", Kind: order.Free, From: 660, To: 680},
	order.Activity{ID: "mix", Kind: order.Mix, From: 680, To: 740},
	order.Activity{ID: "lunch", Kind: order.Meal, From: 740, To: 810},
	order.Activity{ID: "end", Kind: order.Plenary, Day: 1, From: 540, To: 570},
)

// at is a sitting of people.
func at(id, activity string, from, to order.Minute, people ...string) plan.Sitting {
	return plan.Sitting{ID: id, Activity: activity, From: from, To: to, People: people}
}

func in(room string, s plan.Sitting) plan.Sitting { s.Room = room; return s }

func all(id, activity string, from, to order.Minute) plan.Sitting {
	return plan.Sitting{ID: id, Activity: activity, From: from, To: to, All: true}
}

func table(n int, s plan.Sitting) plan.Sitting { s.Table, s.Room = n, "salle"; return s }

var house = plan.House{
	Places: []plan.Place{{ID: "amphi", Capacity: 5, Access: []string{"step_free"}}, {ID: "bureau", Capacity: 2}, {ID: "salle", Access: []string{"step_free"}}},
	Guests: []plan.Guest{{ID: "ana"}, {ID: "bob"}, {ID: "cleo", Access: []string{"step_free"}}, {ID: "dan", Away: []plan.Span{{Day: 0, From: 0, To: 600}}}},
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		list []plan.Sitting
		want string
	}{
		{"a plenary and a meeting", []plan.Sitting{in("amphi", all("p", "open", 540, 570)), in("bureau", at("m", "coach", 570, 600, "ana", "bob"))}, ""},
		{"one after the other", []plan.Sitting{at("m", "coach", 570, 600, "ana", "bob"), at("n", "coach", 600, 630, "ana", "cleo")}, ""},
		{"twice at once", []plan.Sitting{at("m", "coach", 570, 600, "ana", "bob"), at("n", "coach", 590, 620, "ana", "cleo")}, "clash_twice ana m n"},
		{"during a plenary", []plan.Sitting{all("p", "open", 540, 570), at("m", "coach", 560, 600, "ana", "bob")}, "clash_twice  p m, clash_outside  m"},
		{"not yet there", []plan.Sitting{at("m", "coach", 570, 600, "ana", "dan")}, "clash_away dan m"},
		{"there at last", []plan.Sitting{at("m", "coach", 600, 630, "ana", "dan")}, ""},
		{"somebody else", []plan.Sitting{at("m", "coach", 600, 630, "ana", "zoe")}, "clash_unknown zoe m"},
		{"alone", []plan.Sitting{at("m", "coach", 600, 630, "ana")}, "clash_alone ana m"},
		{"alone in free time", []plan.Sitting{at("m", "pause", 660, 680, "ana")}, ""},
		{"a room twice", []plan.Sitting{in("bureau", at("m", "coach", 570, 600, "ana", "bob")), in("bureau", at("n", "coach", 570, 600, "cleo", "dan"))}, "clash_room  m n, clash_access cleo n, clash_away dan n"},
		{"two tables of one room", []plan.Sitting{table(1, at("m", "mix", 680, 700, "ana", "bob")), table(2, at("n", "mix", 680, 700, "cleo", "dan"))}, ""},
		{"both remote", []plan.Sitting{{ID: "m", Activity: "coach", From: 570, To: 600, Room: "bureau", Remote: true, People: []string{"ana", "bob"}}, in("bureau", at("n", "coach", 570, 600, "cleo", "dan"))}, "clash_access cleo n, clash_away dan n"},
		{"a room that is not", []plan.Sitting{in("cave", at("m", "coach", 570, 600, "ana", "bob"))}, "clash_no_room  m"},
		{"a small room", []plan.Sitting{in("bureau", at("m", "coach", 600, 630, "ana", "bob", "dan"))}, "clash_full  m"},
		{"everybody in a small room", []plan.Sitting{in("bureau", all("p", "open", 540, 570))}, "clash_full  p, clash_access cleo p"},
		{"an activity that is not", []plan.Sitting{at("m", "gone", 570, 600, "ana", "bob")}, "clash_activity  m"},
		{"another day", []plan.Sitting{{ID: "m", Activity: "coach", Day: 1, From: 570, To: 600, People: []string{"ana", "bob"}}}, "clash_outside  m"},
		{"backwards", []plan.Sitting{at("m", "coach", 600, 600, "ana", "bob")}, "clash_outside  m"},
		{"one id", []plan.Sitting{at("m", "coach", 570, 600, "ana", "bob"), at("m", "coach", 600, 630, "ana", "bob")}, "clash_doubled  m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range plan.Check(plan.Plan{Sittings: c.list}, morning, house) {
				got = append(got, fmt.Sprintf("%s %s %s", strings.TrimPrefix(f.Key, "agenda."), f.Person, strings.Join(f.Sittings, " ")))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%q, want %q", s, c.want)
			}
		})
	}
}

func TestNowNext(t *testing.T) {
	p := plan.Plan{Sittings: []plan.Sitting{
		all("p", "open", 540, 570), at("m", "coach", 570, 600, "ana", "bob"), at("n", "coach", 600, 630, "bob", "cleo"),
		{ID: "e", Activity: "end", Day: 1, From: 540, To: 570, All: true},
	}}
	p.Sort()
	id := func(s *plan.Sitting) string {
		if s == nil {
			return "-"
		}
		return s.ID
	}
	for _, c := range []struct {
		person    string
		day       int
		at        order.Minute
		now, next string
	}{
		{"ana", 0, 500, "-", "p"}, {"ana", 0, 540, "p", "m"}, {"ana", 0, 570, "m", "e"}, {"ana", 0, 600, "-", "e"},
		{"bob", 0, 599, "m", "n"}, {"bob", 0, 600, "n", "e"}, {"cleo", 0, 575, "-", "n"}, {"ana", 1, 569, "e", "-"}, {"ana", 1, 570, "-", "-"}, {"ana", 2, 0, "-", "-"},
	} {
		if now, next := p.NowNext(c.person, c.day, c.at); id(now) != c.now || id(next) != c.next {
			t.Errorf("%s, day %d at %s: %s then %s, want %s then %s", c.person, c.day, c.at.Clock(), id(now), id(next), c.now, c.next)
		}
	}
	if n := len(p.Of("bob")); n != 4 {
		t.Errorf("bob has %d", n)
	}
}

func TestTurnsOfOthersAreOneThing(t *testing.T) {
	turn := func(project string, from order.Minute) plan.Sitting {
		return plan.Sitting{ID: "p." + project, Activity: "p", From: from, To: from + 5, Project: project, All: true}
	}
	before := plan.Plan{Sittings: []plan.Sitting{turn("a", 600), turn("b", 605), turn("c", 610)}}
	for name, c := range map[string]struct {
		after   []plan.Sitting
		project string
		want    int
	}{
		"others change turns, of no project":  {[]plan.Sitting{turn("b", 600), turn("a", 605), turn("c", 610)}, "", 0},
		"others change turns, of another one": {[]plan.Sitting{turn("b", 600), turn("a", 605), turn("c", 610)}, "c", 0},
		"hers does":                           {[]plan.Sitting{turn("b", 600), turn("a", 605), turn("c", 610)}, "a", 1},
		"everything is later":                 {[]plan.Sitting{turn("a", 610), turn("b", 615), turn("c", 620)}, "", 1},
		"everything is later, hers too":       {[]plan.Sitting{turn("a", 610), turn("b", 615), turn("c", 620)}, "b", 2},
	} {
		if got := plan.ChangesFor(before, plan.Plan{Sittings: c.after}, "somebody", c.project); len(got) != c.want {
			t.Errorf("%s: %d changes, want %d", name, len(got), c.want)
		}
	}
}

func TestDiffer(t *testing.T) {
	before := plan.Plan{Sittings: []plan.Sitting{at("m", "coach", 570, 600, "ana", "bob"), at("n", "coach", 600, 630, "bob", "cleo"), all("p", "open", 540, 570), at("same", "coach", 630, 660, "bob", "ana")}}
	after := plan.Plan{Sittings: []plan.Sitting{at("m", "coach", 570, 600, "ana", "dan"), at("x", "coach", 600, 630, "bob", "eve"), all("p", "open", 545, 570), at("same", "coach", 630, 660, "ana", "bob")}}
	var got []string
	changes := plan.Differ(before, after)
	for _, person := range []string{"", "ana", "bob", "cleo", "dan", "eve"} {
		for _, c := range changes[person] {
			kind := "changed"
			switch {
			case c.Was == nil:
				kind = "added"
			case c.Is == nil:
				kind = "gone"
			}
			id := ""
			if c.Is != nil {
				id = c.Is.ID
			} else {
				id = c.Was.ID
			}
			got = append(got, person+" "+id+" "+kind)
		}
	}
	want := " p changed, ana m changed, bob m gone, bob n gone, bob x added, cleo n gone, dan m added, eve x added"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%q\nwant %q", s, want)
	}
	if again := plan.Differ(before, before); len(again) != 0 {
		t.Errorf("nothing changed, and yet %+v", again)
	}
}

func TestDelay(t *testing.T) {
	p := plan.Plan{Sittings: []plan.Sitting{
		all("p", "open", 540, 570), at("m", "coach", 570, 600, "ana", "bob"), at("n", "coach", 600, 630, "ana", "cleo"), at("o", "coach", 630, 660, "ana", "cleo"),
		all("f", "pause", 660, 680), table(1, at("t", "mix", 680, 740, "ana", "bob")), all("l", "lunch", 740, 810),
		{ID: "e", Activity: "end", Day: 1, From: 540, To: 570, All: true},
	}}
	said := func(o order.Order, p plan.Plan) string {
		var out []string
		for _, s := range p.Sittings {
			a, _ := o.Find(s.Activity)
			if s.From < a.From || s.To > a.To {
				t.Errorf("%s leaves its activity: %d-%d in %d-%d", s.ID, s.From, s.To, a.From, a.To)
			}
			out = append(out, fmt.Sprintf("%s %d-%d", s.ID, s.From, s.To))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		name    string
		at      order.Minute
		minutes int
		makeUp  bool
		left    int
		want    string
	}{
		{"a slot under way ends later", 610, 10, false, 10, "p 540-570, m 570-600, n 600-640, o 640-670, f 670-690, t 690-750, l 750-820, e 540-570"},
		{"between two slots", 600, 10, false, 10, "p 540-570, m 570-600, n 610-640, o 640-670, f 670-690, t 690-750, l 750-820, e 540-570"},
		{"made up in the pause", 610, 10, true, 0, "p 540-570, m 570-600, n 600-640, o 640-670, f 670-680, t 680-740, l 740-810, e 540-570"},
		{"made up in the pause and the meal", 610, 30, true, 0, "p 540-570, m 570-600, n 600-660, o 660-690, f 690-695, t 695-755, l 755-810, e 540-570"},
		{"more than the rests can give", 610, 60, true, 20, "p 540-570, m 570-600, n 600-690, o 690-720, f 720-725, t 725-785, l 785-830, e 540-570"},
		{"once the day is over", 820, 30, false, 30, "p 540-570, m 570-600, n 600-630, o 630-660, f 660-680, t 680-740, l 740-810, e 540-570"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, moved, left, ok := plan.Delay(morning, p, plan.Late{At: c.at, Minutes: c.minutes, MakeUp: c.makeUp})
			if got := said(o, moved); !ok || left != c.left || got != c.want {
				t.Errorf("%v, %d left\n%s\nwant\n%s", ok, left, got, c.want)
			}
		})
	}
	if _, _, _, ok := plan.Delay(morning, p, plan.Late{At: 600, Minutes: 20 * 60}); ok {
		t.Error("a day that ends after three in the morning")
	}
}

// random is a plan that nothing is wrong with: everybody in turn, two by two.
func random(draw *rand.Rand) plan.Plan {
	var p plan.Plan
	for n := range 3 {
		people := []string{"ana", "bob", "cleo", "dan", "eve", "fay"}
		draw.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		for k := range 1 + draw.IntN(3) {
			s := at(fmt.Sprintf("s%d.%d", n, k), "coach", order.Minute(570+30*n), order.Minute(600+30*n), people[2*k], people[2*k+1])
			s.Table = k + 1
			p.Sittings = append(p.Sittings, s)
		}
	}
	p.Sort()
	return p
}

// Whatever the delay, nobody is in two places afterwards, nothing that is over moves, and
// what changes for people is told to them and to nobody else.
func TestDelaysKeepPlansRight(t *testing.T) {
	seed := uint64(20270304)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 6))
	people := plan.House{}
	for _, id := range []string{"ana", "bob", "cleo", "dan", "eve", "fay"} {
		people.Guests = append(people.Guests, plan.Guest{ID: id})
	}
	for range 500 {
		p := random(draw)
		now := order.Minute(560 + draw.IntN(120))
		o, late, _, ok := plan.Delay(morning, p, plan.Late{At: now, Minutes: 1 + draw.IntN(90), MakeUp: draw.IntN(2) == 0})
		if !ok {
			t.Fatal("too late")
		}
		if clashes := plan.Check(late, o, people); len(clashes) > 0 {
			t.Fatalf("at %s: %+v\n%s", now.Clock(), clashes, late.Encode())
		}
		told := plan.Differ(p, late)
		for _, g := range people.Guests {
			before, after := p.Of(g.ID), late.Of(g.ID)
			if reflect.DeepEqual(before, after) != (len(told[g.ID]) == 0) {
				t.Fatalf("%s is told %+v", g.ID, told[g.ID])
			}
			for i := range before {
				if before[i].To <= now && !reflect.DeepEqual(before[i], after[i]) {
					t.Fatalf("the past moved: %+v", after[i])
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(random(rand.New(rand.NewPCG(1, 1))).Encode())
	f.Add([]byte(`{"version":1,"sittings":[{"id":"","activity":"","day":-1,"from":9,"to":1,"all":true}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := plan.Parse(text)
		if err != nil {
			return
		}
		again, err := plan.Parse(p.Encode())
		if err != nil || !bytes.Equal(again.Encode(), p.Encode()) {
			t.Fatalf("%v", err)
		}
		plan.Check(p, morning, house)
		if _, late, _, ok := plan.Delay(morning, p, plan.Late{At: 600, Minutes: 10, MakeUp: true}); ok && len(late.Sittings) != len(p.Sittings) {
			t.Fatal("something is lost")
		}
	})
}

func BenchmarkNowNext(b *testing.B) {
	var p plan.Plan
	for n := range 13 * 4 * 20 {
		p.Sittings = append(p.Sittings, at(fmt.Sprint(n), "coach", order.Minute(n%20*30), order.Minute(n%20*30+30), fmt.Sprint("p", n%60), fmt.Sprint("q", n%13)))
	}
	p.Sort()
	for b.Loop() {
		p.NowNext("p7", 0, 300)
	}
}
