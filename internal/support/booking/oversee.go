package booking

import (
	"context"
	"slices"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// Overseen is the meetings of a project as who runs the programme sees them: who meets whom,
// when, where and for what. Neither their minutes nor the address of a video call are in it:
// those stay with who meets.
type Overseen struct {
	Project project.Project
	Zone    string // of the reader
	Coming  []Booking
	Past    []Booking // the last ones first
}

// Oversee gives the meetings of a project. Errors: as the policy, on booking.oversee.
func (s *Service) Oversee(ctx context.Context, by account.User, id project.ID) (v Overseen, err error) {
	r, now := s.db.Reader(), s.clock.Now()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "booking.oversee", v.Project.Object()); err != nil {
		return v, err
	}
	if v.Zone, err = zoneOf(ctx, r, by.ID); err != nil {
		return v, err
	}
	all, err := list(ctx, r, `b.project_id = $1`, string(id))
	for _, b := range all {
		b.Notes, b.Video = "", ""
		if b.State == Booked && b.End.After(now) {
			v.Coming = append(v.Coming, b)
		} else {
			v.Past = append(v.Past, b)
		}
	}
	slices.Reverse(v.Past)
	return v, err
}

// Ending is what who runs the programme cancels, as it was shown, and why.
type Ending struct {
	ID      ID
	Version int64
	Reason  string
}

// CancelFor cancels a meeting of a project that is to come, for both who meet: neither is late,
// and a request that it answered keeps its expert and its time. Both are told, with the reason.
// Errors: Invalid on "reason"; Conflict booking.over or meanwhile; NotFound; as the policy, on
// booking.oversee.
func (s *Service) CancelFor(ctx context.Context, by account.User, of project.ID, e Ending) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := project.Load(ctx, tx, of)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "booking.oversee", p.Object()); err != nil {
			return err
		}
		b, err := Load(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if b.Project != of {
			return notFound()
		}
		if err := s.standing(b, e.Version); err != nil {
			return err
		}
		reason := one(e.Reason)
		switch {
		case reason == "":
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "reason", Key: "booking.reason_missing"}})
		case utf8.RuneCountInString(reason) > MaxReason:
			return errs.NewInvalid("booking.invalid", []errs.Field{{Path: "reason", Key: "booking.reason_long", Args: []any{MaxReason}}})
		}
		b.Notice = 0
		return s.ends(ctx, tx, by, b, ending{Cancelled, reason}, Both)
	})
}
