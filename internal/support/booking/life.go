package booking

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// meets finds a booking and the side on which by meets: its helper, or the team of its
// project. A team writes with the rights of its project. Error: NotFound for anybody else.
func (s *Service) meets(ctx context.Context, r db.Reader, by account.User, id ID) (b Booking, st standing, err error) {
	if b, err = Load(ctx, r, id); err != nil {
		return b, st, err
	}
	if _, err = s.policy.Require(ctx, r, by, "booking.follow", b.Object()); err != nil {
		return b, st, err
	}
	st, err = s.on(ctx, r, by, b.Project)
	switch {
	case by.ID == b.Helper && (errs.Is(err, errs.NotFound) || err == nil):
		// Who does not help the project any more still sees that she met it.
		st.side, st.writes = Helper, err == nil
		return b, st, nil
	case err == nil && st.side == Helper: // another helper of the same project
		return b, st, notFound()
	}
	return b, st, err
}

// changing is meets, for who changes a booking that stands.
func (s *Service) changing(ctx context.Context, tx *db.Tx, by account.User, id ID) (Booking, Side, error) {
	b, st, err := s.meets(ctx, tx, by, id)
	if err == nil && !st.writes {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	return b, st.side, err
}

// update saves a booking from the version that was read, while it is still in a state.
func (s *Service) update(ctx context.Context, tx *db.Tx, b *Booking, was State) error {
	b.ChangedAt = s.clock.Now()
	n, err := tx.Exec(ctx, `update bookings set starts_at = $4, ends_at = $5, state = $6, sequence = $7, changed_at = $8, ended_by = $9, ended_before = $10, late = $11, reason = $12,
		  helper_minutes = $13, guest_minutes = $14, missing = $15, notes = $16, reminded_at = case when starts_at = $4 then reminded_at else null end, version = version + 1
		where id = $1 and version = $2 and state = $3`,
		string(b.ID), b.Version, string(was), b.Start, b.End, string(b.State), b.Sequence, b.ChangedAt, string(b.EndedBy), b.EndedBefore, b.Late, b.Reason, b.HelperMinutes, b.GuestMinutes, string(b.Missing), b.Notes)
	if err != nil {
		return fmt.Errorf("change booking %s: %w", b.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "booking.meanwhile")
	}
	b.Version++
	return nil
}

// Move gives a booking another time; it stays the same booking. A team picks one of the slots
// that its helper offers, when she offers any; otherwise any time to come. Errors: Invalid on
// "start"; Conflict booking.taken, taken_own, slot_gone, over or meanwhile; NotFound; Forbidden.
func (s *Service) Move(ctx context.Context, by account.User, id ID, version int64, start time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, side, err := s.changing(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := s.standing(b, version); err != nil {
			return err
		}
		if err := errs.NewInvalid("booking.invalid", checkStart("start", start, s.clock.Now())); err != nil {
			return err
		}
		slot := Slot{start, start.Add(b.End.Sub(b.Start))}
		h, err := hoursOf(ctx, tx, b.Helper)
		if err != nil {
			return err
		}
		if side == Team && h.Version > 0 {
			if _, slot, err = s.offered(ctx, tx, b.Helper, start, b.ID); err != nil {
				return err
			}
		}
		was := b.Start
		b.Start, b.End, b.Sequence = slot.Start, slot.End, b.Sequence+1
		if err := s.update(ctx, tx, &b, Booked); err != nil {
			return err
		}
		if err := free(ctx, tx, b.ID); err != nil {
			return err
		}
		if err := take(ctx, tx, by, b); err != nil {
			return err
		}
		if err := s.note(ctx, tx, by, "booking.moved", b, map[string]any{"from": was, "to": b.Start}); err != nil {
			return err
		}
		return s.tell(ctx, tx, MovedEvent, b, actor{by, side})
	})
}

// standing says whether a booking can still be moved or cancelled.
func (s *Service) standing(b Booking, version int64) error {
	if b.State != Booked || !b.Start.After(s.clock.Now()) {
		return errs.New(errs.Conflict, "booking.over")
	}
	if b.Version != version {
		return errs.New(errs.Conflict, "booking.meanwhile")
	}
	return nil
}

// Cancel ends a booking; how long before is kept, and whether that was after the notice.
// Errors: Invalid on "reason"; Conflict booking.over or meanwhile; NotFound; Forbidden.
func (s *Service) Cancel(ctx context.Context, by account.User, id ID, version int64, reason string) error {
	return s.end(ctx, by, id, version, ending{Cancelled, reason})
}

// Refuse ends a booking that the other one wrote down from a time agreed elsewhere. Errors: as
// Cancel; Conflict booking.not_to_refuse.
func (s *Service) Refuse(ctx context.Context, by account.User, id ID, version int64, reason string) error {
	return s.end(ctx, by, id, version, ending{Refused, reason})
}

// ending is how a booking ends before its time.
type ending struct {
	state  State
	reason string
}

func (s *Service) end(ctx context.Context, by account.User, id ID, version int64, how ending) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, side, err := s.changing(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := s.standing(b, version); err != nil {
			return err
		}
		if how.state == Refused && (b.Origin != FromAgreed || b.MadeBy == by.ID) {
			return errs.New(errs.Conflict, "booking.not_to_refuse")
		}
		return s.ends(ctx, tx, by, b, how, side)
	})
}

func (s *Service) ends(ctx context.Context, tx *db.Tx, by account.User, b Booking, how ending, side Side) error {
	how.reason = one(how.reason)
	if utf8.RuneCountInString(how.reason) > MaxReason {
		return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "reason", Key: "booking.reason_long", Args: []any{MaxReason}}})
	}
	b.State, b.EndedBy, b.Reason, b.Sequence = how.state, by.ID, how.reason, b.Sequence+1
	b.EndedBefore = int(b.Start.Sub(s.clock.Now()) / time.Minute)
	b.Late = how.state == Cancelled && b.EndedBefore < b.Notice*60
	if err := s.update(ctx, tx, &b, Booked); err != nil {
		return err
	}
	if err := free(ctx, tx, b.ID); err != nil {
		return err
	}
	if err := s.note(ctx, tx, by, "booking.cancelled", b, map[string]any{"state": string(b.State), "late": b.Late}); err != nil {
		return err
	}
	return s.tell(ctx, tx, CancelledEvent, b, actor{by, side})
}

// EndWith cancels what is to come between a helper and a project, in the transaction of the
// act that ends her help; the caller has decided that by may. reason is told to the team.
func (s *Service) EndWith(ctx context.Context, tx *db.Tx, by account.User, helper account.PersonID, id project.ID, reason string) error {
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `update booking_proposals set state = 'withdrawn', answered_at = $3 where project_id = $1 and helper_id = $2 and state = 'open'`, string(id), string(helper), now); err != nil {
		return fmt.Errorf("end the proposals of %s: %w", helper, err)
	}
	all, err := list(ctx, tx, `b.project_id = $1 and b.helper_id = $2 and b.state = 'booked' and b.starts_at > $3`, string(id), string(helper), now)
	if err != nil {
		return err
	}
	for _, b := range all {
		b.Notice = 0 // nobody is late: the help ended
		if err := s.ends(ctx, tx, by, b, ending{Cancelled, reason}, Both); err != nil {
			return err
		}
	}
	return nil
}

// EndAbout cancels what is to come of a help that ended on its own account, in the transaction
// of the act that ended it; the caller has decided that by may, and needs not be told.
func (s *Service) EndAbout(ctx context.Context, tx *db.Tx, by account.User, about policy.Ref, reason string) error {
	all, err := list(ctx, tx, `b.about_kind = $1 and b.about_id = $2 and b.state = 'booked' and b.starts_at > $3`, about.Kind, about.ID, s.clock.Now())
	if err != nil {
		return err
	}
	apart := *s
	apart.heeds = nil
	for _, b := range all {
		side := Team
		if b.Helper == by.ID {
			side = Helper
		}
		if err := apart.ends(ctx, tx, by, b, ending{Cancelled, reason}, side); err != nil {
			return err
		}
	}
	return nil
}

// Hold says that a meeting took place, and how long it took; each side may say it. Errors:
// Invalid on "minutes"; Conflict booking.not_yet, over or meanwhile; NotFound; Forbidden.
func (s *Service) Hold(ctx context.Context, by account.User, id ID, version int64, minutes int) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, side, err := s.passed(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		if minutes < 1 || minutes > 24*60 {
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "minutes", Key: "booking.taken_minutes_wrong"}})
		}
		if side == Helper {
			b.HelperMinutes = minutes
		} else {
			b.GuestMinutes = minutes
		}
		was := b.State
		b.State, b.Missing = Held, ""
		if err := s.update(ctx, tx, &b, was); err != nil {
			return err
		}
		if err := s.note(ctx, tx, by, "booking.held", b, map[string]any{"side": string(side), "minutes": minutes}); err != nil {
			return err
		}
		return s.tell(ctx, tx, HeldEvent, b, actor{by, side})
	})
}

// Miss says that a meeting did not take place, and who did not come. Errors: Invalid on
// "missing"; as Hold.
func (s *Service) Miss(ctx context.Context, by account.User, id ID, version int64, missing Side) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, side, err := s.passed(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		if missing != Helper && missing != Team && missing != Both {
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "missing", Key: "booking.missing_wrong"}})
		}
		was := b.State
		b.State, b.Missing, b.HelperMinutes, b.GuestMinutes = Missed, missing, 0, 0
		if err := s.update(ctx, tx, &b, was); err != nil {
			return err
		}
		if err := s.note(ctx, tx, by, "booking.missed", b, map[string]any{"missing": string(missing)}); err != nil {
			return err
		}
		return s.tell(ctx, tx, MissedEvent, b, actor{by, side})
	})
}

// passed finds a booking whose time has come, and that was not given up.
func (s *Service) passed(ctx context.Context, tx *db.Tx, by account.User, id ID, version int64) (Booking, Side, error) {
	b, side, err := s.changing(ctx, tx, by, id)
	switch {
	case err != nil:
	case b.State == Cancelled || b.State == Refused:
		err = errs.New(errs.Conflict, "booking.over")
	case b.Version != version:
		err = errs.New(errs.Conflict, "booking.meanwhile")
	case b.Start.After(s.clock.Now()):
		err = errs.New(errs.Conflict, "booking.not_yet")
	}
	return b, side, err
}

// Write keeps the minutes of a meeting, which both sides read and write. Errors: Invalid on
// "notes"; as Hold.
func (s *Service) Write(ctx context.Context, by account.User, id ID, version int64, notes string) error {
	notes = cleaned(notes)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, _, err := s.passed(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		if utf8.RuneCountInString(notes) > MaxNotes {
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "notes", Key: "booking.notes_long", Args: []any{MaxNotes}}})
		}
		b.Notes = notes
		if err := s.update(ctx, tx, &b, b.State); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "booking.noted", b, nil)
	})
}
