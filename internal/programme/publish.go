package programme

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// PublishEdition shows an edition to everybody. Errors: Invalid, with everything that
// is missing; Conflict when it is no longer in preparation.
func (s *Service) PublishEdition(ctx context.Context, by account.User, id EditionID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.managed(ctx, tx, by, id)
		if err != nil {
			return err
		}
		stages, err := loadStages(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := publishable(e, stages); err != nil {
			return err
		}
		if err := s.pass(ctx, tx, e, Published, "published_at"); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: EditionPublished, ref: editionRef(id), detail: change{Version: e.Version + 1}})
	})
}

// CloseEdition ends a published edition: it stays public, and nothing of it changes any more.
func (s *Service) CloseEdition(ctx context.Context, by account.User, id EditionID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.managed(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if e.Status != Published {
			return errs.New(errs.Conflict, "programme.not_published")
		}
		if err := s.pass(ctx, tx, e, Closed, "closed_at"); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: EditionClosed, ref: editionRef(id), detail: change{Version: e.Version + 1}})
	})
}

// pass moves an edition to its next status; the where clause decides the race.
func (s *Service) pass(ctx context.Context, tx *db.Tx, e Edition, to Status, column string) error {
	n, err := tx.Exec(ctx, `
		update editions set status = $3, `+column+` = $4, updated_at = $4, version = version + 1
		where id = $1 and status = $2`, string(e.ID), string(e.Status), string(to), s.clock.Now())
	if err != nil {
		return fmt.Errorf("pass edition %s to %s: %w", e.ID, to, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "errs.conflict")
	}
	return nil
}
