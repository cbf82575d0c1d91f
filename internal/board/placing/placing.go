// Package placing sends the people of a gathering to boards: drawn by chance or as somebody says.
package placing

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Teams says where the people of a project go when a gathering is spread over boards.
type Teams string

// Where the people of a project go: on its own board, or on another one than it, as for a
// round of ideas on the projects of others.
const (
	TeamsStay Teams = "stay"
	TeamsMove Teams = "move"
)

// Draw draws who goes to which board: teams as asked, the others so that no board has two
// more of them than another. The same seed draws the same places. A team that moves never
// comes to the board of its own project, unless there is no other.
func Draw(people []room.Seat, boards []room.Board, teams Teams, seed uint64) map[string]room.ID {
	places := map[string]room.ID{}
	if len(boards) == 0 {
		return places
	}
	draw := rand.New(rand.NewPCG(seed, 20))
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b room.Seat) int {
		if a.Participant < b.Participant {
			return -1
		}
		return 1
	})
	draw.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	// Who may not go everywhere chooses first: the others even it out.
	slices.SortStableFunc(people, func(a, b room.Seat) int { return bound(b, boards) - bound(a, boards) })
	order := draw.Perm(len(boards))
	count := make([]int, len(boards))
	for _, p := range people {
		own := slices.IndexFunc(boards, func(b room.Board) bool { return b.Project != "" && b.Project == p.Project })
		if own >= 0 && teams == TeamsStay {
			places[p.Participant] = boards[own].ID
			continue
		}
		best := -1
		for _, at := range order {
			if at == own && len(boards) > 1 {
				continue
			}
			if best < 0 || count[at] < count[best] {
				best = at
			}
		}
		count[best]++
		places[p.Participant] = boards[best].ID
	}
	return places
}

// bound is 1 for who belongs to the project of one of the boards.
func bound(p room.Seat, boards []room.Board) int {
	if slices.ContainsFunc(boards, func(b room.Board) bool { return b.Project != "" && b.Project == p.Project }) {
		return 1
	}
	return 0
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Rooms  *room.Service
}

// Service gives people their places.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	rooms  *room.Service
}

// New makes the service.
func New(d Deps) *Service { return &Service{d.DB, d.Clock, d.Policy, d.Rooms} }

// Places are where the people of a gathering were sent last, by participant.
func (s *Service) Places(ctx context.Context, by account.User, id gathering.ID) (map[string]room.ID, error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return nil, err
	}
	places := map[string]room.ID{}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var person string
		var at room.ID
		err := sc.Scan(&person, &at)
		places[person] = at
		return true, err
	}, `select participant_id, board_id from board_places where gathering_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the places in gathering %s: %w", id, err)
	}
	return places, nil
}

// Seated lists who may be sent to a board: everybody who has a seat and does not only read.
func (s *Service) Seated(ctx context.Context, by account.User, id gathering.ID) (list []room.Seat, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return nil, err
	}
	people, err := gathering.People(ctx, r, id)
	for _, p := range people {
		if seat := room.SeatOf(p, room.Board{}); seat.Role != kit.Facilitator && seat.Role != kit.Reader {
			list = append(list, seat)
		}
	}
	return list, err
}

// Send gives people of a gathering their places: each finds hers on the gathering's page,
// and who is on another board now is called there. Errors: NotFound for a board or a
// person of another gathering; Conflict board.closed.
func (s *Service) Send(ctx context.Context, by account.User, id gathering.ID, places map[string]room.ID) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.manage", g.Object()); err != nil {
			return err
		}
		if err := s.fit(ctx, tx, id, places); err != nil {
			return err
		}
		now := s.clock.Now()
		for person, to := range places {
			_, err := tx.Exec(ctx, `insert into board_places (id, gathering_id, participant_id, board_id, at, by_id) values ($1, $2, $3, $4, $5, $6)
				on conflict (participant_id) do update set board_id = excluded.board_id, at = excluded.at, by_id = excluded.by_id`,
				db.NewID(), string(id), person, string(to), now, string(by.ID))
			if err != nil {
				return fmt.Errorf("send participant %s to board %s: %w", person, to, err)
			}
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "board.spread", Kind: "gathering", ID: string(id), Detail: map[string]any{"people": len(places)}})
	})
	if err == nil {
		s.rooms.CallTo(ctx, id, places)
	}
	return err
}

// fit refuses boards and people of elsewhere.
func (s *Service) fit(ctx context.Context, tx *db.Tx, id gathering.ID, places map[string]room.ID) error {
	boards, err := room.Of(ctx, tx, string(id))
	if err != nil {
		return err
	}
	people, err := gathering.People(ctx, tx, id)
	if err != nil {
		return err
	}
	for person, to := range places {
		if !slices.ContainsFunc(people, func(p gathering.Participant) bool { return p.ID == person }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		at := slices.IndexFunc(boards, func(b room.Board) bool { return b.ID == to })
		if at < 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if !boards[at].Closed.IsZero() {
			return errs.New(errs.Conflict, "board.closed")
		}
	}
	return nil
}
