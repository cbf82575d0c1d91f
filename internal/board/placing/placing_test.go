package placing

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
)

// Whatever the people and the boards: everybody has a place, the same seed gives the same
// ones, no board has two more of the others than another, a team that stays is at home and
// one that moves is not.
func TestSpreadIsEven(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	for range 2000 {
		var boards []room.Board
		for n := range 1 + draw.IntN(15) {
			b := room.Board{ID: room.ID(fmt.Sprint("b", n))}
			if draw.IntN(4) > 0 {
				b.Project = fmt.Sprint("p", n)
			}
			boards = append(boards, b)
		}
		var people []room.Seat
		for n := range draw.IntN(60) {
			s := room.Seat{Participant: fmt.Sprint("s", n), Role: kit.Peer}
			if draw.IntN(3) == 0 {
				s.Role, s.Project = kit.Team, fmt.Sprint("p", draw.IntN(18))
			}
			people = append(people, s)
		}
		for _, teams := range []Teams{TeamsStay, TeamsMove} {
			places := Draw(people, boards, teams, seed)
			if again := Draw(people, boards, teams, seed); !maps.Equal(places, again) {
				t.Fatalf("%v, then %v", places, again)
			}
			even(t, people, boards, teams, places)
		}
		seed++
	}
}

func even(t *testing.T, people []room.Seat, boards []room.Board, teams Teams, places map[string]room.ID) {
	t.Helper()
	count := map[room.ID]int{}
	for _, p := range people {
		to, there := places[p.Participant]
		if !there {
			t.Fatalf("%v has no place", p)
		}
		var own room.ID
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
	if places := Draw([]room.Seat{{Participant: "s"}}, nil, TeamsStay, 1); len(places) != 0 {
		t.Error(places)
	}
}
