package booking

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
)

// Open gives when by can be met, as she wrote it; Version 0 when she never did. Error: as the
// policy, on booking.offer.
func (s *Service) Open(ctx context.Context, by account.User) (Hours, error) {
	r := s.db.Reader()
	if err := s.own(ctx, r, by); err != nil {
		return Hours{}, err
	}
	return hoursOf(ctx, r, by.ID)
}

// Offer writes when by can be met. Errors: Invalid on the fields of the sheet; Conflict
// booking.meanwhile when another page of hers wrote since; as Open.
func (s *Service) Offer(ctx context.Context, by account.User, w Sheet) error {
	h, bad := w.read()
	if err := errs.NewInvalid("booking.invalid", bad); err != nil {
		return err
	}
	body, err := h.Week.encode()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.own(ctx, tx, by); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `insert into booking_hours (person_id, zone, minutes, pause, notice, ahead, place, video, body, version, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
			on conflict (person_id) do update set zone = excluded.zone, minutes = excluded.minutes, pause = excluded.pause, notice = excluded.notice, ahead = excluded.ahead,
			  place = excluded.place, video = excluded.video, body = excluded.body, version = booking_hours.version + 1, updated_at = excluded.updated_at
			where booking_hours.version = $11`,
			string(by.ID), h.Zone, h.Minutes, h.Pause, h.Notice, h.Ahead, h.Place, h.Video, body, s.clock.Now(), w.Version)
		if err != nil {
			return fmt.Errorf("write the hours of %s: %w", by.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "booking.meanwhile")
		}
		return nil
	})
}

func (s *Service) own(ctx context.Context, r db.Reader, by account.User) error {
	_, err := s.policy.Require(ctx, r, by, "booking.offer", ownObject)
	return err
}

// Wanted is a slot that a team picks.
type Wanted struct {
	Helper  account.PersonID
	About   string // what the meeting stands on, as Tie.About.ID has it; "" for the first
	Start   time.Time
	Subject string
}

// Book books a slot that a helper of the project offers. Errors: Invalid on "subject",
// "slot"; Conflict booking.taken or booking.taken_own when somebody is busy then,
// booking.slot_gone when it is not offered any more, booking.many; NotFound; Forbidden.
func (s *Service) Book(ctx context.Context, by account.User, id project.ID, w Wanted) (made ID, err error) {
	w.Subject = one(w.Subject)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.acting(ctx, tx, by, id)
		if err != nil {
			return err
		}
		tie, known := st.bookable(w.Helper, w.About)
		if !known || st.side != Team {
			return notFound()
		}
		if err := errs.NewInvalid("booking.invalid", checkSubject(w.Subject)); err != nil {
			return err
		}
		h, slot, err := s.offered(ctx, tx, w.Helper, w.Start, "")
		if err != nil {
			return err
		}
		b := Booking{Project: id, Helper: w.Helper, Guest: by.ID, About: tie.About, Origin: FromSlot, Subject: w.Subject, Start: slot.Start, End: slot.End, Place: h.Place, Video: h.Video, Notice: h.Notice}
		made, err = s.make(ctx, tx, by, b, Team)
		return err
	})
	return made, err
}

// offered finds the slot of a helper that begins at start. Errors: Conflict booking.taken
// when somebody was faster, booking.slot_gone.
func (s *Service) offered(ctx context.Context, tx *db.Tx, helper account.PersonID, start time.Time, but ID) (h Hours, slot Slot, err error) {
	now := s.clock.Now()
	if h, err = hoursOf(ctx, tx, helper); err != nil {
		return h, slot, err
	}
	taken, err := busy(ctx, tx, helper, now, but)
	if err != nil {
		return h, slot, err
	}
	at := func(one Slot) bool { return one.Start.Equal(start) }
	list := h.Slots(now, taken)
	if i := slices.IndexFunc(list, at); i >= 0 {
		return h, list[i], nil
	}
	if slices.ContainsFunc(h.Slots(now, nil), at) {
		return h, slot, errs.New(errs.Conflict, "booking.taken")
	}
	return h, slot, errs.New(errs.Conflict, "booking.slot_gone")
}

// make keeps a booking and tells it.
func (s *Service) make(ctx context.Context, tx *db.Tx, by account.User, b Booking, side Side) (ID, error) {
	if b.Origin == FromSlot {
		n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from bookings where project_id = $1 and helper_id = $2 and state = 'booked' and starts_at > $3`, string(b.Project), string(b.Helper), s.clock.Now())
		if err != nil {
			return "", err
		}
		if n >= MaxUpcoming {
			return "", errs.New(errs.Conflict, "booking.many", MaxUpcoming)
		}
	}
	if err := s.insert(ctx, tx, by, &b); err != nil {
		return "", err
	}
	if err := s.note(ctx, tx, by, "booking.made", b, map[string]any{"origin": b.Origin}); err != nil {
		return "", err
	}
	return b.ID, s.tell(ctx, tx, MadeEvent, b, actor{by, side})
}

// Agreed is a time that was agreed elsewhere.
type Agreed struct {
	With    account.PersonID // the other one
	Start   time.Time
	Minutes int
	Subject string
	Place   string
	Video   string
}

func (w *Agreed) check(now time.Time) (bad []errs.Field) {
	w.Subject, w.Place, w.Video = one(w.Subject), one(w.Place), strings.TrimSpace(w.Video)
	bad = append(checkSubject(w.Subject), checkPlace(w.Place, w.Video)...)
	if w.Minutes < Step || w.Minutes > MaxHours*60 || w.Minutes%Step != 0 {
		bad = append(bad, errs.Field{Path: "minutes", Key: "booking.minutes_wrong", Args: []any{MaxHours}})
	}
	return append(bad, checkStart("start", w.Start, now)...)
}

// checkStart says what is wrong with a moment that somebody writes.
func checkStart(path string, start, now time.Time) (bad []errs.Field) {
	switch {
	case start.IsZero():
		bad = append(bad, errs.Field{Path: path, Key: "booking.start_missing"})
	case !start.After(now):
		bad = append(bad, errs.Field{Path: path, Key: "booking.start_past"})
	case start.After(now.AddDate(1, 0, 0)):
		bad = append(bad, errs.Field{Path: path, Key: "booking.start_far"})
	case start.Unix()%(Step*60) != 0:
		bad = append(bad, errs.Field{Path: path, Key: "booking.start_grain"})
	}
	return bad
}

func checkSubject(subject string) (bad []errs.Field) {
	if subject == "" {
		bad = append(bad, errs.Field{Path: "subject", Key: "booking.subject_missing"})
	}
	if utf8.RuneCountInString(subject) > MaxSubject {
		bad = append(bad, errs.Field{Path: "subject", Key: "booking.subject_long", Args: []any{MaxSubject}})
	}
	return bad
}

// Record writes down a time that was agreed elsewhere; the other one may refuse it. Errors:
// Invalid on the fields of w; Conflict booking.taken or taken_own; NotFound; Forbidden.
func (s *Service) Record(ctx context.Context, by account.User, id project.ID, w Agreed) (made ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		st, err := s.acting(ctx, tx, by, id)
		if err != nil {
			return err
		}
		b := Booking{Project: id, Helper: w.With, Guest: by.ID, Origin: FromAgreed}
		if st.side == Helper {
			b.Helper, b.Guest = by.ID, w.With
		}
		tie, helps := st.bookable(b.Helper, "")
		bad := w.check(s.clock.Now())
		if !helps || st.side == Helper && !st.mate(b.Guest) {
			bad = append(bad, errs.Field{Path: "with", Key: "booking.with_missing"})
		}
		if err := errs.NewInvalid("booking.invalid", bad); err != nil {
			return err
		}
		h, err := hoursOf(ctx, tx, b.Helper)
		if err != nil {
			return err
		}
		b.About, b.Subject, b.Place, b.Video, b.Notice = tie.About, w.Subject, w.Place, w.Video, h.Notice
		b.Start, b.End = w.Start, w.Start.Add(time.Duration(w.Minutes)*time.Minute)
		made, err = s.make(ctx, tx, by, b, st.side)
		return err
	})
	return made, err
}

// cleaned is a text of several lines, as it is kept.
func cleaned(s string) string { return strings.TrimSpace(text.Clean(s)) }
