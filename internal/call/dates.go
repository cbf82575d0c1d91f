package call

import (
	"context"
	"errors"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// Dates are the dates of a call as people type them: local times of Zone, such as
// "2027-03-05T12:00"; "" is a date not chosen yet.
type Dates struct {
	Zone     string
	OpensAt  string
	ClosesAt string
	Sealed   bool
	UnsealAt string // of a sealed call
}

// localTime is how a date is shown in the box in which it is typed.
const localTime = "2006-01-02T15:04"

// Dates gives the dates of a call as they are typed.
func (c Call) Dates() Dates {
	loc, err := zone.Load(c.Zone)
	if err != nil {
		loc = time.UTC
	}
	write := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(loc).Format(localTime)
	}
	return Dates{Zone: c.Zone, OpensAt: write(c.OpensAt), ClosesAt: write(c.ClosesAt), Sealed: c.Sealed, UnsealAt: write(c.UnsealAt)}
}

// Into puts the dates in a call. A local time that does not exist in the zone, or
// exists twice, is refused with the reason and the nearest times on both sides (see
// zone.Resolve); every bad date is reported at once, as "opens_at", "closes_at" and "unseal_at".
func (d Dates) Into(c Call) (Call, error) {
	if _, err := zone.Load(d.Zone); err != nil {
		return c, errs.NewInvalid("call.invalid", []errs.Field{{Path: "zone", Key: "zone.unknown", Args: []any{d.Zone}}})
	}
	var bad []errs.Field
	read := func(path, typed string) time.Time {
		if typed == "" {
			return time.Time{}
		}
		at, err := zone.Resolve(typed, d.Zone)
		var wrong *errs.Error
		if errors.As(err, &wrong) {
			bad = append(bad, errs.Field{Path: path, Key: wrong.Key, Args: wrong.Args})
		}
		return at
	}
	c.Zone, c.Sealed, c.UnsealAt = d.Zone, d.Sealed, time.Time{}
	c.OpensAt, c.ClosesAt = read("opens_at", d.OpensAt), read("closes_at", d.ClosesAt)
	if d.Sealed {
		c.UnsealAt = read("unseal_at", d.UnsealAt)
	}
	if len(bad) == 0 && !c.ClosesAt.IsZero() && !c.OpensAt.IsZero() && !c.ClosesAt.After(c.OpensAt) {
		bad = append(bad, errs.Field{Path: "closes_at", Key: "call.deadline_before_opening"})
	}
	if len(bad) == 0 && d.Sealed && !c.UnsealAt.IsZero() && c.UnsealAt.Before(c.ClosesAt) {
		bad = append(bad, errs.Field{Path: "unseal_at", Key: "call.unseal_before_deadline"})
	}
	return c, errs.NewInvalid("call.invalid", bad)
}

// ExtendTo is Extend with a local time as it is typed, in the zone of the call.
func (s *Service) ExtendTo(ctx context.Context, by account.User, id ID, typed, reason string) (Call, error) {
	c, to, err := s.Extension(ctx, by, id, typed, reason)
	if err != nil {
		return c, err
	}
	return s.Extend(ctx, by, id, to, reason)
}

// Extension says what an extension would be, without doing it: the instant, or all that is wrong with it.
func (s *Service) Extension(ctx context.Context, by account.User, id ID, typed, reason string) (Call, time.Time, error) {
	c, err := s.require(ctx, s.db.Reader(), by, "call.publish", id)
	if err != nil {
		return c, time.Time{}, err
	}
	to, err := zone.Resolve(typed, c.Zone)
	var wrong *errs.Error
	if errors.As(err, &wrong) {
		bad := []errs.Field{{Path: "closes_at", Key: wrong.Key, Args: wrong.Args}}
		if reason == "" {
			bad = append(bad, errs.Field{Path: "reason", Key: "call.reason_missing"})
		}
		return c, to, errs.NewInvalid("call.invalid", bad)
	}
	return c, to, c.mayExtend(to, reason, s.clock.Now())
}
