package schedule

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Told is the event of a plan that is published, with those whose day it changes.
const Told = "plan.published"

// News is what that event carries.
type News struct {
	Plan   ID       `json:"plan"`
	First  bool     `json:"first,omitempty"` // nothing was published before
	People []string `json:"people"`          // participants
}

// Publish has everybody follow a draft. The version that was published before is kept, and
// replaced. Errors: Conflict schedule.clashes when something in it cannot be,
// schedule.meanwhile when another version was published since this one was made from the
// one before, schedule.published when it is already; NotFound; as the policy.
func (s *Service) Publish(ctx context.Context, by account.User, id gathering.ID, version ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		v, err := s.of(ctx, tx, id, version)
		if err != nil {
			return err
		}
		return s.publish(ctx, tx, by, v, nil)
	})
}

// of reads a version of a gathering.
func (s *Service) of(ctx context.Context, r db.Reader, id gathering.ID, version ID) (Version, error) {
	v, err := Load(ctx, r, version)
	if err == nil && v.Gathering != id {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	return v, err
}

// publish has everybody follow a version; what bears may clash in it.
func (s *Service) publish(ctx context.Context, tx *db.Tx, by account.User, v Version, bears func(plan.Clash) bool) error {
	if err := tx.Lock(ctx, "plan:"+string(v.Gathering)); err != nil { // one is followed, whichever node publishes
		return err
	}
	if v.State != Draft {
		return errs.New(errs.Conflict, "schedule.published")
	}
	house, err := s.house.House(ctx, tx, v.Gathering)
	if err != nil {
		return err
	}
	g, err := gathering.Load(ctx, tx, v.Gathering)
	if err != nil {
		return err
	}
	clashes := s.judge(g, v, house)
	if bears != nil {
		clashes = slices.DeleteFunc(clashes, bears)
	}
	if len(clashes) > 0 {
		return errs.New(errs.Conflict, "schedule.clashes", len(clashes))
	}
	before, err := s.Current(ctx, tx, v.Gathering)
	switch {
	case errs.Is(err, errs.NotFound):
	case err != nil:
		return err
	case v.BasedOn != before.ID:
		return errs.New(errs.Conflict, "schedule.meanwhile")
	}
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `update agenda_plans set state = 'retired', retired_at = $2 where gathering_id = $1 and state = 'published'`, string(v.Gathering), now); err != nil {
		return fmt.Errorf("retire the plan of gathering %s: %w", v.Gathering, err)
	}
	if _, err := tx.Exec(ctx, `update agenda_plans set state = 'published', published_at = $2, published_by = $3 where id = $1`, string(v.ID), now, by.Actor()); err != nil {
		return fmt.Errorf("publish plan %s: %w", v.ID, err)
	}
	people := []string{}
	for person := range plan.Differ(before.Plan, v.Plan) {
		if person != "" {
			people = append(people, person)
		}
	}
	slices.Sort(people)
	if err := s.bus.Publish(ctx, tx, Told, string(v.Gathering), News{Plan: v.ID, First: before.ID == "", People: people}); err != nil {
		return err
	}
	if err := s.pulse.Beat(ctx, tx, v.Gathering); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "plan.published", v)
}

// judge is what cannot be in a version. What has begun is not judged any more: somebody who
// left a meeting half-way was there.
func (s *Service) judge(g gathering.Gathering, v Version, house plan.House) (list []plan.Clash) {
	day, at := Now(g, v.Order, s.clock.Now())
	begun := map[string]bool{}
	for _, one := range v.Plan.Sittings {
		begun[one.ID] = one.Day < day || one.Day == day && one.From < at
	}
	for _, c := range plan.Check(v.Plan, v.Order, house) {
		if slices.ContainsFunc(c.Sittings, func(id string) bool { return !begun[id] }) {
			list = append(list, c)
		}
	}
	return list
}

// Follow keeps a plan and publishes it at once, in the transaction of what made it
// necessary. Errors: as Keep and Publish.
func (s *Service) Follow(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, m Made) (Version, error) {
	if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
		return Version{}, err
	}
	v, err := s.insert(ctx, tx, by, id, m)
	if err != nil {
		return v, err
	}
	return v, s.publish(ctx, tx, by, v, nil)
}

// Redraw writes a draft anew, when it is still as it was read. Errors: Conflict
// schedule.meanwhile, schedule.published; NotFound; as the policy.
func (s *Service) Redraw(ctx context.Context, by account.User, id gathering.ID, was Version, p plan.Plan) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		v, err := s.of(ctx, tx, id, was.ID)
		switch {
		case err != nil:
			return err
		case v.State != Draft:
			return errs.New(errs.Conflict, "schedule.published")
		}
		n, err := tx.Exec(ctx, `update agenda_plans set body = $3, version = version + 1 where id = $1 and version = $2`, string(v.ID), was.Edits, string(p.Encode()))
		if err != nil {
			return fmt.Errorf("draw plan %s: %w", v.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "schedule.meanwhile")
		}
		return s.note(ctx, tx, by, "plan.redrawn", v)
	})
}

// Delay has the day run late: a new version, published at once, whose reason says by how
// much. Who is away then, or has left, does not keep the day from it. It gives what is left
// of the delay at the end of the day, in minutes. Errors:
// Conflict schedule.none when nothing is published, schedule.too_late; Invalid on
// "minutes"; as Publish.
func (s *Service) Delay(ctx context.Context, by account.User, id gathering.ID, late plan.Late) (left int, err error) {
	if late.Minutes < 1 || late.Minutes > MaxDelay {
		return 0, errs.NewInvalid("schedule.invalid", []errs.Field{{Path: "minutes", Key: "schedule.minutes", Args: []any{MaxDelay}}})
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		now, err := s.Current(ctx, tx, id)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.Conflict, "schedule.none")
		}
		if err != nil {
			return err
		}
		o, p, rest, fits := plan.Delay(now.Order, now.Plan, late)
		if !fits {
			return errs.New(errs.Conflict, "schedule.too_late")
		}
		v, err := s.insert(ctx, tx, by, id, Made{Order: o, Plan: p, BasedOn: now.ID, Account: late})
		if err != nil {
			return err
		}
		left = rest
		return s.publish(ctx, tx, by, v, absence)
	})
	return left, err
}

// absence says whether a clash is that somebody, or a room, is not there any more: the day
// runs late all the same, and a repair says how to go on without.
func absence(c plan.Clash) bool {
	return c.Key == plan.Away || c.Key == plan.Unknown || c.Key == plan.NoRoom
}

// MaxDelay is the longest delay that is told at once, in minutes.
const MaxDelay = 180
