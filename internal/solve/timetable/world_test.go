package timetable

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// readReal reads an instance of testdata and the schedule published with it.
func readReal(t testing.TB, name string) (*Instance, Schedule) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := Read(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(name, err)
	}
	if text, err = os.ReadFile(filepath.Join("testdata", name+".schedule.json")); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSchedule(strings.NewReader(string(text)), in)
	if err != nil {
		t.Fatal(name, err)
	}
	return in, s
}

// days makes slots: for each day, segments of some lengths, half an hour each.
func days(n int, segments ...int) (list []Slot) {
	for d := range n {
		hour := 9
		for g, length := range segments {
			for k := range length {
				list = append(list, Slot{ID: len(list), Day: d + 1, Segment: fmt.Sprint("d", d, "s", g), Start: fmt.Sprintf("%02d:%02d", hour+k/2, k%2*30), Minutes: 30})
			}
			hour += 1 + (length+1)/2
		}
	}
	return list
}

func always(n int) []bool {
	list := make([]bool, n)
	for i := range list {
		list[i] = true
	}
	return list
}

// twoDays makes a gathering over two days: each project meets its sponsor twice and asks
// for six experts, some of whom come for one day.
func twoDays(projects, coaches int, seed uint64) *Instance {
	chance := rand.New(rand.NewPCG(20270305, seed))
	in := &Instance{Version: Version, Slots: days(2, 3, 4), Rules: Rules{Project: Rest{2, 3}, Expert: Rest{4, 5}}, RoomsPerSlot: coaches, Seed: seed}
	half, n := len(in.Slots)/2, len(in.Slots)
	for p := range projects {
		in.People = append(in.People, Person{ID: fmt.Sprintf("P%03d", p), Role: Project, Available: always(n)})
	}
	for c := range coaches {
		who := Person{ID: fmt.Sprintf("C%03d", c), Role: Expert, Available: always(n)}
		if c%3 == 0 {
			who.Role = Sponsor
		} else if day := chance.IntN(4); day < 2 {
			for t := range n {
				who.Available[t] = t/half == day
			}
		}
		in.People = append(in.People, who)
	}
	add := func(p int, other string, must bool, weight int, allowed []int) {
		in.Meetings = append(in.Meetings, Meeting{ID: ID(fmt.Sprint(len(in.Meetings))), Project: in.People[p].ID, Other: other, Mandatory: must, Weight: weight, Allowed: allowed})
	}
	var all, first, last []int
	for t := range n {
		all = append(all, t)
		if t < half {
			first = append(first, t)
		} else if t >= half+2 {
			last = append(last, t)
		}
	}
	for p := range projects {
		sponsor := fmt.Sprintf("C%03d", p*3%((coaches+2)/3*3))
		add(p, sponsor, true, 0, first)
		add(p, sponsor, true, 0, last)
		for _, c := range chance.Perm(coaches)[:min(6, coaches)] {
			if c%3 != 0 {
				add(p, in.People[projects+c].ID, false, 1+chance.IntN(9), all)
			}
		}
	}
	return in
}

// tiny makes a small instance with some of everything that an instance may have.
func tiny(chance *rand.Rand, meetings int) *Instance {
	in := &Instance{Version: Version, Slots: days(1, 2, 3), Seed: chance.Uint64N(1000)}
	n := len(in.Slots)
	for k := range 5 {
		who := Person{ID: fmt.Sprint("who", k), Role: []Role{Project, Project, Sponsor, Expert, Expert}[k], Available: always(n)}
		if chance.IntN(3) == 0 {
			who.Available[chance.IntN(n)] = false
		}
		if chance.IntN(6) == 0 {
			who.Max = 2
		}
		in.People = append(in.People, who)
	}
	some := func(prob int) (list []int) {
		for t := range n {
			if chance.IntN(10) < prob {
				list = append(list, t)
			}
		}
		return list
	}
	for k := range meetings {
		m := Meeting{ID: ID(fmt.Sprint(k)), Project: fmt.Sprint("who", chance.IntN(2)), Other: fmt.Sprint("who", 2+chance.IntN(3)), Weight: chance.IntN(6), Allowed: some(8), Mandatory: chance.IntN(4) == 0}
		if chance.IntN(4) == 0 {
			m.Length = 2
		}
		if chance.IntN(5) == 0 {
			m.Needs = []string{"screen"}
		}
		in.Meetings = append(in.Meetings, m)
	}
	switch chance.IntN(3) {
	case 0:
		in.RoomsPerSlot = 1 + chance.IntN(2)
	case 1:
		in.Rooms = []Room{{ID: "A", Equipment: []string{"screen"}, Closed: some(2)}, {ID: "B", Capacity: 2, Closed: some(1)}}
	default:
		in.Walks = []Walk{{"near", "far", 30}}
		for k := range in.Meetings {
			in.Meetings[k].Place, in.Meetings[k].Remote = []string{"near", "far"}[chance.IntN(2)], true
		}
	}
	if chance.IntN(2) == 0 {
		in.Rules = Rules{Project: Rest{2, 3}, Expert: Rest{1, 2}}
	}
	if chance.IntN(2) == 0 && meetings > 1 {
		in.Precedence = []Precedence{{"0", "1", 30}}
	}
	in.Preferences = []Preference{{Person: "who3", Slots: some(3), Weight: 2}}
	return in
}

// spent is the processor's time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mustSolve(t testing.TB, in *Instance, o Options) *Plan {
	t.Helper()
	p, err := Solve(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// faults are the violations of a plan, what is not held left aside: Score counts it.
func faults(in *Instance, s Schedule, rooms Rooms, past Schedule) (list []Violation) {
	for _, v := range Check(in, s, rooms, past) {
		if v.Kind != BreakMandatory && !(v.Kind == BreakLoad && v.Need > v.Have && len(in.People) > 0 && short(in, v)) {
			list = append(list, v)
		}
	}
	return list
}

func short(in *Instance, v Violation) bool {
	for _, p := range in.People {
		if p.ID == v.People[0] {
			return p.Min == v.Need
		}
	}
	return false
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
