package room

import (
	"context"
	"fmt"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
)

// Gatherings seats people as their gathering does. Boards of one gathering look at it
// together: who sits there is read once for all of them.
type Gatherings struct {
	clock clock.Clock
	mu    sync.Mutex
	rolls map[string]roll // by gathering
}

// roll is who is signed in and sits in a gathering, by sign-in, at an instant.
type roll struct {
	at    time.Time
	seats map[string]gathering.Participant
}

// fresh is how long a roll holds: with what a room waits between two looks, whoever loses
// her seat is out within a second.
const fresh = 400 * time.Millisecond

// NewGatherings makes the seats of boards.
func NewGatherings(c clock.Clock) *Gatherings {
	return &Gatherings{clock: c, rolls: map[string]roll{}}
}

// Seat is the seat of a person in the gathering of a board.
func (g *Gatherings) Seat(ctx context.Context, r db.Reader, b Board, by account.User) (Seat, error) {
	p, err := gathering.Seat(ctx, r, gathering.ID(b.Gathering), by.ID)
	if err != nil {
		return Seat{}, err
	}
	return SeatOf(p, b), nil
}

// SeatOf is what a participant is on a board: somebody of another project's team is a
// peer there.
func SeatOf(p gathering.Participant, b Board) Seat {
	role := kit.Role(p.Role)
	if role == kit.Team && b.Project != "" && string(p.Project) != b.Project {
		role = kit.Peer
	}
	return Seat{Participant: p.ID, Name: p.Name, Role: role, Project: string(p.Project)}
}

// Alive gives, for a sign-in, the seat of who is signed in by it.
func (g *Gatherings) Alive(ctx context.Context, r db.Reader, b Board) (func(login string) (Seat, bool), error) {
	now, err := g.roll(ctx, r, b.Gathering)
	if err != nil {
		return nil, err
	}
	return func(login string) (Seat, bool) {
		p, there := now.seats[login]
		return SeatOf(p, b), there
	}, nil
}

// roll reads who sits in a gathering and is signed in, unless it was just read.
func (g *Gatherings) roll(ctx context.Context, r db.Reader, id string) (roll, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if held := g.rolls[id]; held.seats != nil && now.Sub(held.at) < fresh {
		return held, nil
	}
	seats, err := gathering.Signed(ctx, r, gathering.ID(id), now)
	if err != nil {
		return roll{}, err
	}
	held := roll{at: now, seats: seats}
	g.rolls[id] = held
	return held, nil
}

// People are all those who ever sat in the gathering: what they wrote stays theirs.
func (g *Gatherings) People(ctx context.Context, r db.Reader, b Board) (map[string]Seat, error) {
	out := map[string]Seat{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var s Seat
		var role string
		var joined *time.Time
		err := sc.Scan(&s.Participant, &s.Name, &role, &joined)
		s.Role = kit.Role(role)
		if joined != nil {
			out[s.Participant] = s
		}
		return true, err
	}, `select id, name, role, joined_at from participants where gathering_id = $1`, b.Gathering)
	if err != nil {
		return nil, fmt.Errorf("read who came to gathering %s: %w", b.Gathering, err)
	}
	return out, nil
}
