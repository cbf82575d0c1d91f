package room

import (
	"context"
	"fmt"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

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

// CallTo calls those who are on another board of the gathering than theirs.
func (s *Service) CallTo(ctx context.Context, id gathering.ID, places map[string]ID) {
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
