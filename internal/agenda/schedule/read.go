package schedule

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// Now is which day of a gathering it is, from 0, and which minute of it, as the clock on
// its wall shows. What is past midnight belongs to the evening before. Before the first
// day the day is -1.
func Now(g gathering.Gathering, o order.Order, now time.Time) (day int, at order.Minute) {
	here := now.In(zone.Location(g.Zone))
	late := order.Minute(here.Hour()*60 + here.Minute())
	today := here.Format(time.DateOnly)
	if late < order.Latest-24*60 {
		here = here.AddDate(0, 0, -1)
		for i, d := range o.Days {
			if d == here.Format(time.DateOnly) {
				return i, late + 24*60
			}
		}
	}
	day = -1
	for i, d := range o.Days {
		if d <= today {
			day = i
		}
	}
	if day >= 0 && o.Days[day] != today {
		return day, order.Latest // between two days, or after the last one
	}
	return day, late
}

// Mine is where somebody is, what comes next, and her whole programme.
type Mine struct {
	Gathering gathering.Gathering
	Version   Version
	Seat      gathering.Participant
	Day       int
	At        order.Minute
	Now, Next *plan.Sitting
	All       []plan.Sitting
}

// Mine gives the programme of by in a gathering. Errors: Conflict schedule.none when
// nothing is published; NotFound for who has no seat; as the policy.
func (s *Service) Mine(ctx context.Context, by account.User, id gathering.ID) (m Mine, err error) {
	r := s.db.Reader()
	if m.Gathering, err = s.require(ctx, r, by, "gathering.read", id); err != nil {
		return m, err
	}
	if m.Seat, err = gathering.Comes(ctx, r, id, by.ID); err != nil {
		return m, err
	}
	if m.Version, err = s.Current(ctx, r, id); err != nil {
		if errs.Is(err, errs.NotFound) {
			err = errs.New(errs.Conflict, "schedule.none")
		}
		return m, err
	}
	m.Day, m.At = Now(m.Gathering, m.Version.Order, s.clock.Now())
	m.Now, m.Next = m.Version.Plan.NowNext(m.Seat.ID, m.Day, m.At)
	m.All = m.Version.Plan.Of(m.Seat.ID)
	return m, nil
}

// Versions lists the versions of the plan of a gathering, the last one first, to who runs
// it: without what is in them.
func (s *Service) Versions(ctx context.Context, by account.User, id gathering.ID) (gathering.Gathering, []Version, error) {
	r := s.db.Reader()
	g, err := s.require(ctx, r, by, "gathering.manage", id)
	if err != nil {
		return g, nil, err
	}
	list, err := db.List(ctx, r, scan, `select `+columns+` from agenda_plans where gathering_id = $1 order by number desc`, string(id))
	if err != nil {
		return g, nil, fmt.Errorf("list the plans of gathering %s: %w", id, err)
	}
	return g, list, nil
}

// Read gives a version with what clashes in it, to who runs the gathering.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID, version ID) (v Version, clashes []plan.Clash, err error) {
	r := s.db.Reader()
	g, err := s.require(ctx, r, by, "gathering.manage", id)
	if err != nil {
		return v, nil, err
	}
	if v, err = s.of(ctx, r, id, version); err != nil {
		return v, nil, err
	}
	house, err := s.house.House(ctx, r, id)
	if err != nil {
		return v, nil, err
	}
	return v, s.judge(g, v, house), nil
}

// Compare tells what changes for whom from one version to another, to who runs the
// gathering; from "" the first one is compared with nothing.
func (s *Service) Compare(ctx context.Context, by account.User, id gathering.ID, from, to ID) (before, after Version, changes map[string][]plan.Change, err error) {
	r := s.db.Reader()
	if _, err = s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return before, after, nil, err
	}
	if after, err = s.of(ctx, r, id, to); err != nil {
		return before, after, nil, err
	}
	if from != "" {
		if before, err = s.of(ctx, r, id, from); err != nil {
			return before, after, nil, err
		}
	}
	return before, after, plan.Differ(before.Plan, after.Plan), nil
}
