package planner

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Hand is a sitting as somebody places it.
type Hand struct {
	Sitting  string // "" for a new one
	Activity string // of a new one
	Project  string // of a new one
	Day      int
	From, To order.Minute
	Room     string
	Remote   bool
	People   []string
	Free     bool // a new computation may move it
	Remove   bool
}

// sheet is the sitting that a hand draws on a plan.
func (h Hand) sheet(p plan.Plan, o order.Order) (plan.Sitting, error) {
	i := slices.IndexFunc(p.Sittings, func(s plan.Sitting) bool { return s.ID == h.Sitting })
	var s plan.Sitting
	switch {
	case h.Sitting == "":
		a, known := o.Find(h.Activity)
		if !known {
			return s, errs.NewInvalid("planner.invalid", []errs.Field{{Path: "activity", Key: "planner.which"}})
		}
		s = plan.Sitting{ID: db.NewID(), Activity: a.ID, Project: h.Project}
	case i < 0:
		return s, errs.New(errs.NotFound, "errs.not_found")
	default:
		s = p.Sittings[i]
	}
	if h.Remove {
		s.To = s.From
		return s, nil
	}
	if h.To <= h.From {
		return s, errs.NewInvalid("planner.invalid", []errs.Field{{Path: "to", Key: "planner.ends"}})
	}
	s.Day, s.From, s.To, s.Room, s.Remote, s.Pinned = h.Day, h.From, h.To, h.Room, h.Remote, !h.Free
	if !s.All {
		s.People = slices.Compact(slices.Sorted(slices.Values(h.People)))
	}
	return s, nil
}

// Drawing is a version with what a hand would make of it.
type Drawing struct {
	World
	Version schedule.Version
	Sitting plan.Sitting
	Verdict compose.Verdict
}

// Try says what a change by hand would break and mend, and whose day it would change:
// nothing is kept. Errors: NotFound; Invalid; as the policy.
func (s *Service) Try(ctx context.Context, by account.User, id gathering.ID, version schedule.ID, h Hand) (d Drawing, err error) {
	if d.World, err = s.World(ctx, by, id); err != nil {
		return d, err
	}
	if d.Version, _, err = s.Schedule.Read(ctx, by, id, version); err != nil {
		return d, err
	}
	if d.Sitting, err = h.sheet(d.Version.Plan, d.Version.Order); err != nil {
		return d, err
	}
	d.Input.Order = d.Version.Order
	d.Verdict = compose.Judge(&d.Input, d.Version.Plan, d.Sitting)
	return d, nil
}

// Draw keeps a change by hand in a draft, or in a new draft when the version that it is
// made on was published: clashes are told, and keep it from being published. What is over
// is not changed. Errors: Conflict planner.past, schedule.meanwhile when the version
// changed since edits, planner.retired when another one took its place; as Try.
func (s *Service) Draw(ctx context.Context, by account.User, id gathering.ID, version schedule.ID, edits int64, h Hand) (to schedule.ID, err error) {
	d, err := s.Try(ctx, by, id, version, h)
	if err != nil {
		return version, err
	}
	if d.Version.Edits != edits {
		return version, errs.New(errs.Conflict, "schedule.meanwhile")
	}
	if d.Version.State == schedule.Retired {
		return version, errs.New(errs.Conflict, "planner.retired")
	}
	p := d.Version.Plan.Clone()
	i := slices.IndexFunc(p.Sittings, func(one plan.Sitting) bool { return one.ID == d.Sitting.ID })
	if s.past(d, i) {
		return version, errs.New(errs.Conflict, "planner.past")
	}
	if i >= 0 {
		p.Sittings = slices.Delete(p.Sittings, i, i+1)
	}
	if !h.Remove {
		p.Sittings = append(p.Sittings, d.Sitting)
	}
	p.Sort()
	if d.Version.State == schedule.Draft {
		return version, s.Schedule.Redraw(ctx, by, id, d.Version, p)
	}
	// What is published meanwhile is not undone by this one.
	v, err := s.Schedule.Keep(ctx, by, id, schedule.Made{Order: d.Version.Order, Plan: p, BasedOn: d.Version.ID})
	return v.ID, err
}

// past says whether a change is to something that has begun, or would have.
func (s *Service) past(d Drawing, was int) bool {
	day, at := schedule.Now(d.Gathering, d.Version.Order, s.Clock.Now())
	over := func(one plan.Sitting) bool { return one.Day < day || one.Day == day && one.From < at }
	return was >= 0 && over(d.Version.Plan.Sittings[was]) || over(d.Sitting)
}
