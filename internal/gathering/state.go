package gathering

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Open opens a gathering that is planned, or one that was closed too early: people come
// in, boards are written. Errors: Conflict "gathering.open_already", "gathering.over" when
// its days are past; as the policy.
func (s *Service) Open(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		if !s.clock.Now().Before(g.Until()) {
			return errs.New(errs.Conflict, "gathering.over")
		}
		n, err := tx.Exec(ctx, `update gatherings set status = 'open', opened_at = $2, closed_at = null, version = version + 1 where id = $1 and status <> 'open'`, string(id), s.clock.Now())
		if err != nil {
			return fmt.Errorf("open gathering %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "gathering.open_already")
		}
		return s.moved(ctx, tx, by, "gathering.opened", id)
	})
}

func (s *Service) moved(ctx context.Context, tx *db.Tx, by account.User, act string, id ID) error {
	s.changed(tx, id, "")
	if err := s.note(ctx, tx, by, act, id, nil); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, act, string(id), nil)
}

// Close ends a gathering: those who took part read from now on; the rights and the
// sign-ins of guests end with it, and so do the invitations that nobody answered. Errors: Conflict "gathering.not_open"; as the policy.
func (s *Service) Close(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		return s.close(ctx, tx, by, g)
	})
}

func (s *Service) close(ctx context.Context, tx *db.Tx, by account.User, g Gathering) error {
	n, err := tx.Exec(ctx, `update gatherings set status = 'closed', closed_at = $2, version = version + 1 where id = $1 and status = 'open'`, string(g.ID), s.clock.Now())
	if err != nil {
		return fmt.Errorf("close gathering %s: %w", g.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "gathering.not_open")
	}
	going, err := db.List(ctx, tx, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.left_at is null and (s.joined_at is null or s.role = 'guest') order by s.id`, string(g.ID))
	if err != nil {
		return fmt.Errorf("list who goes with gathering %s: %w", g.ID, err)
	}
	for _, p := range going {
		if err := s.leaves(ctx, tx, account.System, p); err != nil {
			return err
		}
	}
	return s.moved(ctx, tx, by, "gathering.closed", g.ID)
}

// closeDue closes the gatherings that nobody closed a day after their last one.
func (s *Service) closeDue(ctx context.Context) error {
	list, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` where g.status = 'open' order by g.id`)
	if err != nil {
		return fmt.Errorf("list the open gatherings: %w", err)
	}
	for _, g := range list {
		if s.clock.Now().Before(g.Until()) {
			continue
		}
		err := s.db.Write(ctx, func(tx *db.Tx) error { return s.close(ctx, tx, account.System, g) })
		if err != nil && !errs.Is(err, errs.Conflict) { // closed meanwhile
			return err
		}
	}
	return nil
}
