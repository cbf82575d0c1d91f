package compose_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
)

// The gathering of the programme: everything that is asked is held, nothing is refused.
func TestThirteenProjectsOverTwoDays(t *testing.T) {
	in := gathering(13, 12, 2)
	r := made(t, in, nil)
	right(t, in, r.Plan)
	for _, f := range r.Refused {
		t.Errorf("refused: %+v", f)
	}
	acc := r.Account
	if acc.Weight*100 < acc.Bound*95 {
		t.Errorf("weight %d, bound %d", acc.Weight, acc.Bound)
	}
	for _, p := range acc.Projects {
		if p.Sponsor != 2 || p.Visitors < 10 {
			t.Errorf("%+v", p)
		}
	}
	if len(acc.Mixes) != 1 || acc.Mixes[0].Rounds != 5 || len(acc.Mixes[0].Dropped) > 0 {
		t.Errorf("%+v", acc.Mixes)
	}
	t.Logf("weight %d of %d, %d holes, %d to %d meetings; repeats %d", acc.Weight, acc.Bound, acc.Holes, acc.Fewest, acc.Most, acc.Mixes[0].Visits.Repeats)
}

// Whatever the gathering, nobody is in two places, nobody sits alone at what is done
// together, rooms hold and let in whoever is in them, and the same seed gives the same bytes.
func TestEveryPlanIsRight(t *testing.T) {
	seed := uint64(20270304)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 3))
	sitting := 0
	for n := range 120 {
		in := drawn(draw)
		r := made(t, in, nil)
		right(t, in, r.Plan)
		sitting += len(r.Plan.Sittings)
		if n%8 == 0 {
			again := made(t, in, nil)
			a, _ := json.Marshal(r)
			b, _ := json.Marshal(again)
			if !bytes.Equal(a, b) {
				t.Fatalf("the same seed gives\n%s\n%s", a, b)
			}
		}
		pinning(t, draw, in, r.Plan)
	}
	if sitting < 1000 {
		t.Errorf("%d sittings in all: nothing was tried", sitting)
	}
}

// pinning holds that what somebody placed by hand stays where it is.
func pinning(t *testing.T, draw *rand.Rand, in compose.Input, p plan.Plan) {
	t.Helper()
	p = p.Clone()
	var pinned []plan.Sitting
	for i := range p.Sittings {
		if draw.IntN(6) == 0 {
			p.Sittings[i].Pinned = true
			pinned = append(pinned, p.Sittings[i])
		}
	}
	in.Seed++
	r := made(t, in, &p)
	right(t, in, r.Plan)
	for _, s := range pinned {
		if !slices.ContainsFunc(r.Plan.Sittings, func(o plan.Sitting) bool { return same(o, s) }) {
			t.Fatalf("%+v was placed by hand\n%s", s, r.Plan.Encode())
		}
	}
}

func same(a, b plan.Sitting) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// What cannot hold is named, and the plan holds without it.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(in *compose.Input)
		key    string
		check  func(r compose.Refusal) bool
	}{
		{"a sponsor of three projects in two slots", func(in *compose.Input) {
			for i := range 3 {
				in.Projects[i].Sponsors = []string{"c00"}
			}
		}, "agenda.refused_meeting_overload", func(r compose.Refusal) bool {
			return slices.Equal(r.People, []string{"c00"}) && r.Need == 3 && r.Have == 2 && len(r.GiveUp) == 1 && r.GiveUp[0].Person == "c00"
		}},
		{"a project without a sponsor", func(in *compose.Input) { in.Projects[1].Sponsors = nil }, compose.RefusedSponsor, func(r compose.Refusal) bool {
			return slices.Equal(r.Projects, []string{"P01"})
		}},
		{"a room that is too small for all", func(in *compose.Input) { in.Order.Activities[1].Room = "r00" }, compose.RefusedNamed, func(r compose.Refusal) bool {
			return r.Activity == "a2" && slices.Equal(r.Rooms, []string{"r00", "amphi"}) && r.Need == 24
		}},
		{"no room for all", func(in *compose.Input) { in.Places = in.Places[2:] }, compose.RefusedRoom, func(r compose.Refusal) bool { return r.Activity != "" }},
		{"too few rooms for the sponsors", func(in *compose.Input) { in.Places = in.Places[:1] }, "agenda.refused_meeting_rooms", func(r compose.Refusal) bool {
			return r.Need > r.Have && len(r.GiveUp) > 0
		}},
		{"a sitting pinned where somebody is away", func(in *compose.Input) {
			in.People[0].Away = []plan.Span{{Day: 0, From: 600, To: 700}}
			in.Pinned = []plan.Sitting{{ID: "hand", Activity: "a3", From: 600, To: 630, Project: "P00", People: []string{"c00", "t00a"}}}
		}, compose.RefusedPinned, func(r compose.Refusal) bool { return slices.Equal(r.Projects, []string{"P00"}) }},
		{"a team that is not there for its pitch", func(in *compose.Input) {
			for i := range in.People {
				if slices.Contains(in.Projects[2].Team, in.People[i].ID) {
					in.People[i].Away = []plan.Span{{Day: 0, From: 0, To: 24 * 60}}
				}
			}
		}, compose.RefusedTurn, func(r compose.Refusal) bool { return slices.Equal(r.Projects, []string{"P02"}) }},
		{"two who must meet and are never there together", func(in *compose.Input) {
			in.People[0].Away = []plan.Span{{Day: 1, From: 0, To: 24 * 60}}
			in.People[1].Away = []plan.Span{{Day: 0, From: 0, To: 24 * 60}}
			in.Pairs = []compose.Pair{{A: "c00", B: "c01", Rule: compose.MustMeet}}
		}, compose.RefusedMeet, func(r compose.Refusal) bool { return slices.Equal(r.People, []string{"c00", "c01"}) }},
		{"more rounds than projects to visit", func(in *compose.Input) { in.Projects, in.Wishes = in.Projects[:3], nil }, compose.RefusedRounds, func(r compose.Refusal) bool { return r.Need == 5 && r.Have < 4 }},
		{"a pitch that is too short", func(in *compose.Input) {
			for i := range in.Order.Activities {
				if a := &in.Order.Activities[i]; a.Kind == order.Pitch {
					a.Speak = 50
				}
			}
		}, "agenda.pitch_short", func(r compose.Refusal) bool { return r.Activity != "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := gathering(6, 6, 2)
			in.Tries = 20_000
			c.change(&in)
			r := made(t, in, nil)
			right(t, in, r.Plan)
			if !slices.ContainsFunc(r.Refused, func(f compose.Refusal) bool { return f.Key == c.key && c.check(f) }) {
				t.Errorf("refused %+v", r.Refused)
			}
		})
	}
}
