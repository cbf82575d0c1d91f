package room

import (
	"context"
	"encoding/json"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
)

// Writer is who by is on a board on which she may write now. Errors: as the policy;
// NotFound for who has no seat; Conflict board.closed; Forbidden board.reader.
func (s *Service) Writer(ctx context.Context, by account.User, id ID) (Board, Seat, error) {
	r := s.db.Reader()
	b, _, err := s.require(ctx, r, by, "board.write", id)
	if err != nil {
		return b, Seat{}, err
	}
	if !b.Closed.IsZero() {
		return b, Seat{}, errs.New(errs.Conflict, "board.closed")
	}
	seat, err := s.seats.Seat(ctx, r, b, by)
	if err != nil {
		return b, seat, err
	}
	if seat.Role == kit.Reader {
		return b, seat, errs.New(errs.Forbidden, "board.reader")
	}
	return b, seat, nil
}

// Shows says who by is on a board, and whether a card that she sees now holds a picture.
// What is not revealed shows to its author alone. Errors: NotFound, Forbidden.
func (s *Service) Shows(ctx context.Context, by account.User, id ID, picture string) (Seat, bool, error) {
	r := s.db.Reader()
	b, _, err := s.require(ctx, r, by, "board.read", id)
	if err != nil {
		return Seat{}, false, err
	}
	seat, err := s.seats.Seat(ctx, r, b, by)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return seat, false, err
	}
	held := false
	s.mu.Lock()
	room := s.rooms[id]
	s.mu.Unlock()
	if room != nil && room.ask(ctx, func(r *Room) { held = holds(r.state, seat.Participant, picture) }) {
		return seat, held, nil
	}
	state, _, err := Replay(ctx, r, id, 0)
	if err != nil {
		return seat, false, err
	}
	return seat, holds(state, seat.Participant, picture), nil
}

// holds says whether a card that a participant sees holds a picture. Those that were
// removed count: they may come back.
func holds(s *board.State, participant, picture string) bool {
	value, err := json.Marshal(picture)
	if err != nil || picture == "" {
		return false
	}
	for _, c := range s.Cards {
		if c.Hidden && c.By != participant {
			continue
		}
		kind, _ := s.Kit().Card(c.Type)
		if slices.ContainsFunc(kind.Fields, func(f kit.Field) bool {
			return f.Type == kit.Picture && c.Fields[f.ID] != nil && string(c.Fields[f.ID].V) == string(value)
		}) {
			return true
		}
	}
	return false
}

// All is a gathering with its boards, in the order in which they were made. Errors: as
// the policy, of board.read.
func (s *Service) All(ctx context.Context, by account.User, id gathering.ID) (g gathering.Gathering, list []Board, err error) {
	r := s.db.Reader()
	if g, err = gathering.Load(ctx, r, id); err != nil {
		return g, nil, err
	}
	if _, err = s.policy.Require(ctx, r, by, "board.read", g.Object()); err != nil {
		return g, nil, err
	}
	list, err = Of(ctx, r, string(id))
	return g, list, err
}
