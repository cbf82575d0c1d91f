package decision

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Confirm accepts the place that a decision opened, for the project. A late answer counts
// as long as the lead decided nothing else. Errors: Conflict when there is no place to
// accept any more.
func (s *Service) Confirm(ctx context.Context, by account.User, id committee.SelectionID, file application.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, _, err := s.onMine(ctx, tx, by, "application.confirm", id, file)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		if place := d.PlaceAt(now); place != Offered && place != Silent {
			return errs.New(errs.Conflict, "decision.no_place")
		}
		if err := s.set(ctx, tx, d, `confirmed_at = $3, confirmed_by = $4`, now, by.Actor()); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "place.confirmed", onFile(file), nil); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "place.confirmed", d.ID, nil)
	})
}

// GiveUp leaves the place that a decision opened, or the reserve list, for the project.
// The reason may be empty. Errors: Invalid; Conflict when there is nothing to leave.
func (s *Service) GiveUp(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, reason string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, _, err := s.onMine(ctx, tx, by, "application.confirm", id, file)
		if err != nil {
			return err
		}
		if place := d.PlaceAt(s.clock.Now()); !d.Waits() && (place == NoPlace || place == GivenUp) {
			return errs.New(errs.Conflict, "decision.no_place")
		}
		reason, bad := words("reason", reason, false)
		if err := errs.NewInvalid("decision.invalid", bad); err != nil {
			return err
		}
		return s.leave(ctx, tx, by, d, reason)
	})
}

func (s *Service) leave(ctx context.Context, tx *db.Tx, by account.User, d Decision, reason string) error {
	if err := s.set(ctx, tx, d, `gave_up_at = $3, gave_up_by = $4, gave_up_reason = $5`, s.clock.Now(), by.Actor(), reason); err != nil {
		return err
	}
	if err := s.record(ctx, tx, by, "place.given_up", onFile(d.File), nil); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "place.given_up", d.ID, nil)
}

// set changes a decision, if nobody did since it was read.
func (s *Service) set(ctx context.Context, tx *db.Tx, d Decision, what string, args ...any) error {
	n, err := tx.Exec(ctx, `update decisions set `+what+`, version = version + 1 where id = $1 and version = $2`, append([]any{d.ID, d.Version}, args...)...)
	if err != nil {
		return fmt.Errorf("change the decision on %s: %w", d.File, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "decision.meanwhile")
	}
	return nil
}

// placed runs an act of the lead on the place of a file, once it is announced.
func (s *Service) placed(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, do func(tx *db.Tx, sel committee.Selection, d Decision) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.announce", id)
		if err != nil {
			return err
		}
		d, err := s.about(ctx, tx, by, id, file)
		if err != nil {
			return err
		}
		if sel.Status != committee.Announced || d.AnnouncedAt.IsZero() {
			return errs.New(errs.Conflict, "decision.not_announced")
		}
		return do(tx, sel, d)
	})
}

func (s *Service) checkUntil(until time.Time) error {
	now := s.clock.Now()
	if !until.After(now) || until.After(now.AddDate(1, 0, 0)) {
		return errs.NewInvalid("decision.invalid", []errs.Field{{Path: "confirm_by", Key: "decision.confirm_by_wrong"}})
	}
	return nil
}

// Wait gives a project that has not answered more time. Errors: Invalid; Conflict when
// it answered.
func (s *Service) Wait(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, until time.Time) error {
	return s.placed(ctx, by, id, file, func(tx *db.Tx, _ committee.Selection, d Decision) error {
		if place := d.PlaceAt(s.clock.Now()); place != Offered && place != Silent {
			return errs.New(errs.Conflict, "decision.no_place")
		}
		if err := s.checkUntil(until); err != nil {
			return err
		}
		if err := s.set(ctx, tx, d, `confirm_by = $3`, until); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "place.prolonged", onFile(file), map[string]any{"until": db.Instant(until)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "place.prolonged", d.ID, nil)
	})
}

// Release frees the place of a project that stayed silent past its deadline, for a
// reason that it is told. Errors: Invalid; Conflict before the deadline, or when it answered.
func (s *Service) Release(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, reason string) error {
	return s.placed(ctx, by, id, file, func(tx *db.Tx, _ committee.Selection, d Decision) error {
		if d.PlaceAt(s.clock.Now()) != Silent {
			return errs.New(errs.Conflict, "decision.not_silent")
		}
		reason, bad := words("reason", reason, true)
		if err := errs.NewInvalid("decision.invalid", bad); err != nil {
			return err
		}
		if err := s.set(ctx, tx, d, `gave_up_at = $3, gave_up_by = $4, gave_up_reason = $5`, s.clock.Now(), by.Actor(), reason); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "place.released", onFile(file), nil); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "place.released", d.ID, nil)
	})
}

// Offer calls the next file of the reserve list to a place that became free. Errors:
// Invalid; Conflict when no place is free, or when another file comes first.
func (s *Service) Offer(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, until time.Time) error {
	return s.placed(ctx, by, id, file, func(tx *db.Tx, sel committee.Selection, d Decision) error {
		now := s.clock.Now()
		rows, err := s.rows(ctx, tx, sel, now)
		if err != nil {
			return err
		}
		if places, next := free(rows); places == 0 || next != file {
			return errs.New(errs.Conflict, "decision.not_next")
		}
		if err := s.checkUntil(until); err != nil {
			return err
		}
		if err := s.set(ctx, tx, d, `promoted_at = $3, confirm_by = $4`, now, until); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "place.offered", onFile(file), map[string]any{"until": db.Instant(until)}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "place.offered", d.ID, nil)
	})
}
