package room

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"transformateur/internal/board/kit"
)

// Whatever the people and the boards: everybody has a place, the same seed gives the same
// ones, no board has two more of the others than another, a team that stays is at home and
// one that moves is not.
func TestSpreadIsEven(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	for range 2000 {
		var boards []Board
		for n := range 1 + draw.IntN(15) {
			b := Board{ID: ID(fmt.Sprint("b", n))}
			if draw.IntN(4) > 0 {
				b.Project = fmt.Sprint("p", n)
			}
			boards = append(boards, b)
		}
		var people []Seat
		for n := range draw.IntN(60) {
			s := Seat{Participant: fmt.Sprint("s", n), Role: kit.Peer}
			if draw.IntN(3) == 0 {
				s.Role, s.Project = kit.Team, fmt.Sprint("p", draw.IntN(18))
			}
			people = append(people, s)
		}
		for _, teams := range []Teams{TeamsStay, TeamsMove} {
			places := Spread(people, boards, teams, seed)
			if again := Spread(people, boards, teams, seed); !maps.Equal(places, again) {
				t.Fatalf("%v, then %v", places, again)
			}
			even(t, people, boards, teams, places)
		}
		seed++
	}
}

func even(t *testing.T, people []Seat, boards []Board, teams Teams, places map[string]ID) {
	t.Helper()
	count := map[ID]int{}
	for _, p := range people {
		to, there := places[p.Participant]
		if !there {
			t.Fatalf("%v has no place", p)
		}
		var own ID
		for _, b := range boards {
			if b.Project != "" && b.Project == p.Project {
				own = b.ID
			}
		}
		switch {
		case own != "" && teams == TeamsStay:
			if to != own {
				t.Fatalf("%v is at %s and not at home", p, to)
			}
			continue
		case own != "" && to == own && len(boards) > 1:
			t.Fatalf("%v did not move", p)
		}
		count[to]++
	}
	least, most := len(people), 0
	for _, b := range boards {
		least, most = min(least, count[b.ID]), max(most, count[b.ID])
	}
	if teams == TeamsStay && most-least > 1 || most-least > 2 {
		t.Fatalf("from %d to %d people on %d boards", least, most, len(boards))
	}
}

func TestSpreadOverNothing(t *testing.T) {
	if places := Spread([]Seat{{Participant: "s"}}, nil, TeamsStay, 1); len(places) != 0 {
		t.Error(places)
	}
}

func TestStuck(t *testing.T) {
	now := time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC)
	ago := func(m int) time.Time { return now.Add(-time.Duration(m) * time.Minute) }
	for name, c := range map[string]struct {
		scene
		want Stuck
		idle time.Duration
	}{
		"nobody is there":                     {scene{0, 3, false, ago(60), ago(60)}, NotStuck, 0},
		"it was frozen on purpose":            {scene{3, 3, true, ago(60), ago(60)}, NotStuck, 0},
		"the phase has just begun":            {scene{3, 0, false, ago(4), time.Time{}}, NotStuck, 0},
		"empty for five minutes":              {scene{3, 0, false, ago(5), time.Time{}}, Blank, 5 * time.Minute},
		"somebody writes":                     {scene{3, 2, false, ago(60), ago(1)}, NotStuck, 0},
		"nothing for eight minutes":           {scene{3, 2, false, ago(60), ago(8)}, Still, 8 * time.Minute},
		"people came back after a long pause": {scene{3, 2, false, ago(2), ago(90)}, NotStuck, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got, idle := c.stuck(now); got != c.want || idle != c.idle {
				t.Errorf("%q for %v, want %q for %v", got, idle, c.want, c.idle)
			}
		})
	}
}
