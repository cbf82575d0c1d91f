package marker

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
)

// whole is the place of a code that leads to a board and to nothing on it.
const whole = "b"

// Door is the code that leads to a board, "" before one was made. Errors: as the policy,
// of board.conduct.
func (s *Service) Door(ctx context.Context, by account.User, id room.ID) (Pack, string, error) {
	p, err := s.Of(ctx, by, id)
	if err != nil {
		return p, "", err
	}
	have, err := s.codes(ctx, s.db.Reader(), p)
	return p, have[whole], err
}

// MakeDoor makes the code that leads to a board, once. Errors: as Door.
func (s *Service) MakeDoor(ctx context.Context, by account.User, id room.ID) error {
	p, err := s.Of(ctx, by, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		have, err := s.codes(ctx, tx, p)
		if err != nil || have[whole] != "" {
			return err
		}
		if _, err := s.draw(ctx, tx, by, p, whole); err != nil {
			return err
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "board.code_made", Kind: "board", ID: string(id)})
	})
}
