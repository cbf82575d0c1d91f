package planner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Proposal is the ways of going on after something happened. None is followed yet.
type Proposal struct {
	World
	Base    schedule.Version // that is followed
	Event   compose.Event
	At      compose.Instant // from which on the plan changes
	Choices []Choice
}

// Choice is one way of going on, with what names it.
type Choice struct {
	compose.Choice
	Digest string
}

// Repair has the plan that is followed go on after an event, and shows how: nothing is kept.
// at is the instant from which on it may change; nil for now. Errors: Conflict
// schedule.none when nothing is followed, planner.event when the event cannot be,
// planner.days when the gathering takes place on other days than its plan,
// planner.known when who is added is in the plan, planner.new_project when her project is
// not, planner.over when nothing is left to change; as the policy.
func (s *Service) Repair(ctx context.Context, by account.User, id gathering.ID, e compose.Event, at *compose.Instant) (p Proposal, err error) {
	if p.World, err = s.World(ctx, by, id); err != nil {
		return p, err
	}
	if p.Base, err = s.Schedule.Current(ctx, s.DB.Reader(), id); err != nil {
		if errs.Is(err, errs.NotFound) {
			err = errs.New(errs.Conflict, "schedule.none")
		}
		return p, err
	}
	if !slices.Equal(p.Base.Order.Days, p.Input.Order.Days) {
		return p, errs.New(errs.Conflict, "planner.days")
	}
	in := p.Input
	in.Order = p.Base.Order
	if e.Kind == compose.Absent && gone(in, p.Base.Plan, e.Person) {
		in.People = append(slices.Clone(in.People), compose.Person{ID: e.Person, Role: compose.Guest})
	}
	if p.At = s.now(p.Gathering, in.Order); at != nil {
		p.At = *at
	}
	if !slices.ContainsFunc(p.Base.Plan.Sittings, func(one plan.Sitting) bool {
		return one.Day > p.At.Day || one.Day == p.At.Day && one.To > p.At.At
	}) {
		return p, errs.New(errs.Conflict, "planner.over")
	}
	if e.Kind == compose.PersonAdded && len(p.Base.Plan.Of(e.Person)) > everybody(p.Base.Plan) {
		return p, errs.New(errs.Conflict, "planner.known")
	}
	if in, e, err = newcomer(in, e); err != nil {
		return p, err
	}
	p.Event = e
	mended, err := compose.Repair(ctx, in, p.Base.Plan, e, p.At)
	if err != nil {
		return p, errs.New(errs.Conflict, "planner.event", err.Error()).Because(err)
	}
	p.Input = mended.After
	for _, c := range mended.Choices {
		sum := sha256.Sum256(c.Plan.Encode())
		p.Choices = append(p.Choices, Choice{c, hex.EncodeToString(sum[:12])})
	}
	return p, nil
}

// gone says whether somebody whom a plan places is no longer of the gathering.
func gone(in compose.Input, p plan.Plan, person string) bool {
	here := slices.ContainsFunc(in.People, func(o compose.Person) bool { return o.ID == person })
	return !here && person != "" && slices.ContainsFunc(p.Sittings, func(o plan.Sitting) bool { return slices.Contains(o.People, person) })
}

// Gone lists those whom the plan that is followed places, and who are no longer of the
// gathering.
func (w World) Gone(p plan.Plan) (list []string) {
	for _, one := range p.Sittings {
		for _, id := range one.People {
			if gone(w.Input, p, id) && !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// everybody counts what is for all those who are there.
func everybody(p plan.Plan) (n int) {
	for _, s := range p.Sittings {
		if s.All {
			n++
		}
	}
	return n
}

// newcomer takes out of those who were there somebody who is only added now.
func newcomer(in compose.Input, e compose.Event) (compose.Input, compose.Event, error) {
	if e.Kind != compose.PersonAdded {
		return in, e, nil
	}
	i := slices.IndexFunc(in.People, func(p compose.Person) bool { return p.ID == e.Person })
	if i < 0 {
		return in, e, errs.NewInvalid("planner.invalid", []errs.Field{{Path: "person", Key: "planner.whom"}})
	}
	added := in.People[i]
	e.Added = &added
	in.People = slices.Delete(slices.Clone(in.People), i, i+1)
	in.Projects = slices.Clone(in.Projects)
	for k, project := range in.Projects {
		if !slices.Contains(project.Team, added.ID) {
			in.Projects[k].Sponsors = slices.DeleteFunc(slices.Clone(project.Sponsors), func(id string) bool { return id == added.ID })
			continue
		}
		if len(project.Team) == 1 {
			return in, e, errs.New(errs.Conflict, "planner.new_project")
		}
		e.Project = project.ID
		in.Projects[k].Team = slices.DeleteFunc(slices.Clone(project.Team), func(id string) bool { return id == added.ID })
	}
	in.Wishes = slices.DeleteFunc(slices.Clone(in.Wishes), func(w compose.Wish) bool { return w.Person == added.ID })
	in.Pairs = slices.DeleteFunc(slices.Clone(in.Pairs), func(p compose.Pair) bool { return p.A == added.ID || p.B == added.ID })
	in.Never = slices.DeleteFunc(slices.Clone(in.Never), func(c compose.Conflict) bool { return c.Person == added.ID })
	e.Person = ""
	return in, e, nil
}

// Accepted is a way of going on that somebody chose, as it was shown to her.
type Accepted struct {
	Event  compose.Event
	At     compose.Instant
	Base   schedule.ID
	Digest string
	Reason string
}

// Accept has everybody follow a way of going on: who is away and which room is closed are
// noted with it, and only those whose day changes are told. Errors: Conflict
// schedule.meanwhile when the plan, or what it stands on, is no longer what was shown, or
// when it changes what has begun since it was shown, schedule.clashes; as Repair.
func (s *Service) Accept(ctx context.Context, by account.User, id gathering.ID, a Accepted) (v schedule.Version, err error) {
	p, err := s.Repair(ctx, by, id, a.Event, &a.At)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(p.Choices, func(c Choice) bool { return c.Digest == a.Digest })
	if i < 0 || p.Base.ID != a.Base {
		return v, errs.New(errs.Conflict, "schedule.meanwhile")
	}
	chosen := p.Choices[i]
	if now := s.now(p.Gathering, p.Base.Order); touched(p.Base.Plan, chosen.Plan, p.At, now) {
		return v, errs.New(errs.Conflict, "schedule.meanwhile")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.noteEvent(ctx, tx, by, p); err != nil {
			return err
		}
		v, err = s.Schedule.Follow(ctx, tx, by, id, schedule.Made{Order: p.Input.Order, Plan: chosen.Plan, BasedOn: p.Base.ID, Reason: a.Reason,
			Account: Made{Seed: p.Input.Seed, Account: chosen.Account, Refused: chosen.Refused, Event: &p.Event, Cost: &chosen.Cost}})
		return err
	})
	return v, err
}

// touched says whether a way of going on that was made at an instant changes what has begun
// since then, by now.
func touched(was, is plan.Plan, at, now compose.Instant) bool {
	begun := func(s plan.Sitting) bool {
		return (s.Day > at.Day || s.Day == at.Day && s.From >= at.At) && (s.Day < now.Day || s.Day == now.Day && s.From < now.At)
	}
	differs := func(from, to plan.Plan) bool {
		return slices.ContainsFunc(from.Sittings, func(s plan.Sitting) bool {
			return begun(s) && !slices.ContainsFunc(to.Sittings, func(o plan.Sitting) bool { return o.ID == s.ID && o.Same(s) })
		})
	}
	return differs(was, is) || differs(is, was)
}

// noteEvent notes what an event says of people and rooms, beyond what is known of them.
func (s *Service) noteEvent(ctx context.Context, tx *db.Tx, by account.User, p Proposal) error {
	switch p.Event.Kind {
	case compose.Absent, compose.Late:
		was, comes := p.Seat(p.Event.Person)
		if !comes {
			return nil // nothing is noted of who left
		}
		i := slices.IndexFunc(p.Input.People, func(one compose.Person) bool { return one.ID == p.Event.Person })
		return s.House.NoteAway(ctx, tx, by, p.Gathering.ID, p.Event.Person, p.Input.People[i].Away[len(was.Away):])
	case compose.RoomLost:
		was, _ := p.Room(p.Event.Place)
		i := slices.IndexFunc(p.Input.Places, func(one compose.Place) bool { return one.ID == p.Event.Place })
		return s.House.NoteClosed(ctx, tx, by, p.Gathering.ID, p.Event.Place, p.Input.Places[i].Closed[len(was.Closed):])
	}
	return nil
}
