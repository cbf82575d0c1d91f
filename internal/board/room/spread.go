package room

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Teams says where the people of a project go when a gathering is spread over boards.
type Teams string

// Where the people of a project go: on its own board, or on another one than it, as for a
// round of ideas on the projects of others.
const (
	TeamsStay Teams = "stay"
	TeamsMove Teams = "move"
)

// Spread draws who goes to which board: teams as asked, the others so that no board has two
// more of them than another. The same seed draws the same places. A team that moves never
// comes to the board of its own project, unless there is no other.
func Spread(people []Seat, boards []Board, teams Teams, seed uint64) map[string]ID {
	places := map[string]ID{}
	if len(boards) == 0 {
		return places
	}
	draw := rand.New(rand.NewPCG(seed, 20))
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b Seat) int {
		if a.Participant < b.Participant {
			return -1
		}
		return 1
	})
	draw.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	// Who may not go everywhere chooses first: the others even it out.
	slices.SortStableFunc(people, func(a, b Seat) int { return bound(b, boards) - bound(a, boards) })
	order := draw.Perm(len(boards))
	count := make([]int, len(boards))
	for _, p := range people {
		own := slices.IndexFunc(boards, func(b Board) bool { return b.Project != "" && b.Project == p.Project })
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
func bound(p Seat, boards []Board) int {
	if slices.ContainsFunc(boards, func(b Board) bool { return b.Project != "" && b.Project == p.Project }) {
		return 1
	}
	return 0
}

// Places are where the people of a gathering were sent last, by participant.
func (s *Service) Places(ctx context.Context, by account.User, id gathering.ID) (map[string]ID, error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return nil, err
	}
	places := map[string]ID{}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var person string
		var at ID
		err := sc.Scan(&person, &at)
		places[person] = at
		return true, err
	}, `select participant_id, board_id from board_places where gathering_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the places in gathering %s: %w", id, err)
	}
	return places, nil
}

// placeOf is the board where somebody was sent last, "" for none.
func placeOf(ctx context.Context, r db.Reader, participant string) (ID, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (id ID, err error) { return id, sc.Scan(&id) },
		`select p.board_id from board_places p join boards b on b.id = p.board_id where p.participant_id = $1 and b.closed_at is null`, participant)
	if err != nil {
		return "", fmt.Errorf("read the place of participant %s: %w", participant, err)
	}
	if len(list) == 0 {
		return "", nil
	}
	return list[0], nil
}

// Seated lists who may be sent to a board: everybody who has a seat and does not only read.
func (s *Service) Seated(ctx context.Context, by account.User, id gathering.ID) (list []Seat, err error) {
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
		if seat := seatOf(p, Board{}); seat.Role != kit.Facilitator && seat.Role != kit.Reader {
			list = append(list, seat)
		}
	}
	return list, err
}

// Send gives people of a gathering their places: each finds hers on the gathering's page,
// and who is on another board now is called there. Errors: NotFound for a board or a
// person of another gathering; Conflict board.closed.
func (s *Service) Send(ctx context.Context, by account.User, id gathering.ID, places map[string]ID) error {
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
		s.callTo(ctx, id, places)
	}
	return err
}

// fit refuses boards and people of elsewhere.
func (s *Service) fit(ctx context.Context, tx *db.Tx, id gathering.ID, places map[string]ID) error {
	boards, err := Of(ctx, tx, string(id))
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
		at := slices.IndexFunc(boards, func(b Board) bool { return b.ID == to })
		if at < 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if !boards[at].Closed.IsZero() {
			return errs.New(errs.Conflict, "board.closed")
		}
	}
	return nil
}

// callTo calls those who are on another board of the gathering than theirs.
func (s *Service) callTo(ctx context.Context, id gathering.ID, places map[string]ID) {
	s.mu.Lock()
	var rooms []*Room
	for _, r := range s.rooms {
		if r.board.Gathering == string(id) {
			rooms = append(rooms, r)
		}
	}
	s.mu.Unlock()
	for _, room := range rooms {
		room.ask(ctx, func(r *Room) {
			for l := range r.listeners {
				if to := places[l.seat.Participant]; to != "" && to != r.board.ID {
					l.own(message{M: "call", To: "/boards/" + string(to)})
				}
			}
		})
	}
}
