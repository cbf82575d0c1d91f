// Package planner makes the plans of a gathering: all of one in a single act before it, repairs during it, changes by hand at any time.
package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Wished is who asked to meet whom, and who must or must never.
type Wished struct {
	Wishes []compose.Wish
	Pairs  []compose.Pair
	Never  []compose.Conflict
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	House    *house.Service
	Schedule *schedule.Service
	// Wished tells what people asked for; nil when nobody can.
	Wished func(ctx context.Context, r db.Reader, id gathering.ID) (Wished, error)
}

// Service makes plans.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// World is what plans are made for, as it is now.
type World struct {
	Gathering gathering.Gathering
	Written   bool // a running order is
	Input     compose.Input
	Seats     []house.Guest
	Rooms     []house.Room
}

// Seat is a participant by her identifier; false once she has left.
func (w World) Seat(id string) (house.Guest, bool) {
	i := slices.IndexFunc(w.Seats, func(g house.Guest) bool { return g.ID == id })
	if i < 0 {
		return house.Guest{}, false
	}
	return w.Seats[i], true
}

// Project is the title of a project that comes.
func (w World) Project(id string) string {
	i := slices.IndexFunc(w.Input.Projects, func(p compose.Project) bool { return p.ID == id })
	if i < 0 {
		return ""
	}
	return w.Input.Projects[i].Title
}

// Room is a room by its identifier; false for none.
func (w World) Room(id string) (house.Room, bool) {
	i := slices.IndexFunc(w.Rooms, func(m house.Room) bool { return m.ID == id })
	if i < 0 {
		return house.Room{}, false
	}
	return w.Rooms[i], true
}

// require loads a gathering that by runs.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.Policy.Require(ctx, r, by, "gathering.manage", g.Object())
	return g, err
}

// World reads what plans are made for, for who runs the gathering. Errors: NotFound; as
// the policy, on gathering.manage.
func (s *Service) World(ctx context.Context, by account.User, id gathering.ID) (World, error) {
	r := s.DB.Reader()
	g, err := s.require(ctx, r, by, id)
	if err != nil {
		return World{}, err
	}
	return s.world(ctx, r, g)
}

func (s *Service) world(ctx context.Context, r db.Reader, g gathering.Gathering) (w World, err error) {
	w.Gathering = g
	o, _, written, err := house.Load(ctx, r, g.ID)
	if err != nil {
		return w, err
	}
	if w.Seats, err = house.Guests(ctx, r, g.ID); err != nil {
		return w, err
	}
	if w.Rooms, err = house.RoomsOf(ctx, r, g.ID); err != nil {
		return w, err
	}
	belongs, err := organisations(ctx, r, g.ID)
	if err != nil {
		return w, err
	}
	w.Written = written > 0
	w.Input = compose.Input{Version: compose.Version, Order: o, Places: places(w.Rooms), Projects: projects(w.Seats), Seed: 1}
	for _, p := range w.Seats {
		if role, comes := roleOf(p.Seat); comes {
			w.Input.People = append(w.Input.People, compose.Person{ID: p.ID, Role: role, Organisation: belongs[p.ID], Access: p.Access, Away: p.Away})
		}
	}
	if s.Wished == nil {
		return w, nil
	}
	asked, err := s.Wished(ctx, r, g.ID)
	if err != nil {
		return w, err
	}
	w.ask(asked)
	return w, nil
}

// organisations are those that people of a gathering come from, by participant.
func organisations(ctx context.Context, r db.Reader, id gathering.ID) (map[string]string, error) {
	type from struct{ participant, organisation string }
	list, err := db.List(ctx, r, func(sc db.Scanner) (f from, err error) {
		err = sc.Scan(&f.participant, &f.organisation)
		return f, err
	}, `select id, organisation from participants where gathering_id = $1 and left_at is null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read where the people of gathering %s come from: %w", id, err)
	}
	out := map[string]string{}
	for _, f := range list {
		out[f.participant] = strings.ToLower(strings.TrimSpace(f.organisation))
	}
	return out, nil
}

// roleOf is what somebody comes as, for those who compose; false for who only reads.
func roleOf(p house.Seat) (compose.Role, bool) {
	switch p.Role {
	case gathering.Facilitator:
		return compose.Facilitator, true
	case gathering.Coach:
		return compose.Sponsor, true
	case gathering.Expert:
		return compose.Expert, true
	case gathering.Peer:
		return compose.Peer, true
	case gathering.Team:
		if p.Project != "" {
			return compose.Team, true
		}
		return compose.Guest, true
	case gathering.Guest:
		return compose.Guest, true
	}
	return "", false
}

func places(rooms []house.Room) (list []compose.Place) {
	for _, m := range rooms {
		list = append(list, compose.Place{ID: m.ID, Capacity: m.Capacity, Access: m.Access, Equipment: m.Equipment, Closed: m.Closed})
	}
	return list
}

// projects are those of which somebody comes, by title, with their sponsors.
func projects(seats []house.Guest) (list []compose.Project) {
	find := func(id string) int {
		return slices.IndexFunc(list, func(p compose.Project) bool { return p.ID == id })
	}
	for _, p := range seats {
		if p.Role != gathering.Team || p.Project == "" {
			continue
		}
		i := find(p.Project)
		if i < 0 {
			i, list = len(list), append(list, compose.Project{ID: p.Project, Title: p.ProjectTitle})
		}
		list[i].Team = append(list[i].Team, p.ID)
	}
	for _, p := range seats {
		if i := find(p.Project); i >= 0 && p.Role == gathering.Coach {
			list[i].Sponsors = append(list[i].Sponsors, p.ID)
		}
	}
	slices.SortFunc(list, func(a, b compose.Project) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	return list
}

// ask takes in what people asked for, but for what is about somebody, or a project, that
// does not come.
func (w *World) ask(asked Wished) {
	comes := func(id string) bool {
		return slices.ContainsFunc(w.Input.People, func(p compose.Person) bool { return p.ID == id })
	}
	stands := func(id string) bool {
		return slices.ContainsFunc(w.Input.Projects, func(p compose.Project) bool { return p.ID == id })
	}
	for _, one := range asked.Wishes {
		if comes(one.Person) && stands(one.Project) {
			w.Input.Wishes = append(w.Input.Wishes, one)
		}
	}
	for _, one := range asked.Pairs {
		if comes(one.A) && comes(one.B) {
			w.Input.Pairs = append(w.Input.Pairs, one)
		}
	}
	for _, one := range asked.Never {
		if comes(one.Person) && stands(one.Project) {
			w.Input.Never = append(w.Input.Never, one)
		}
	}
}

// Made is what the computation says of a plan, kept with it.
type Made struct {
	Seed    uint64            `json:"seed"`
	Account compose.Account   `json:"account"`
	Refused []compose.Refusal `json:"refused,omitempty"`
	Event   *compose.Event    `json:"event,omitempty"` // of a repair
	Cost    *compose.Cost     `json:"cost,omitempty"`
}

// Compose makes a plan of the running order as it is, and keeps it as a draft. What was
// placed by hand in the last version stays where it is, and meetings stay where it had them
// when nothing is lost by it: what nothing changed gives the same plan. Errors: Conflict planner.nothing without a running order,
// planner.nobody without people, planner.begun once the gathering has (repair then),
// planner.unreadable; as the policy.
func (s *Service) Compose(ctx context.Context, by account.User, id gathering.ID) (schedule.Version, error) {
	var none schedule.Version
	w, err := s.World(ctx, by, id)
	switch {
	case err != nil:
		return none, err
	case !w.Written || len(w.Input.Order.Activities) == 0:
		return none, errs.New(errs.Conflict, "planner.nothing")
	case len(w.Input.People) == 0 || len(w.Input.Projects) == 0:
		return none, errs.New(errs.Conflict, "planner.nobody")
	}
	current, err := s.current(ctx, id)
	if err != nil {
		return none, err
	}
	if s.begun(w.Gathering, current) {
		return none, errs.New(errs.Conflict, "planner.begun")
	}
	_, all, err := s.Schedule.Versions(ctx, by, id)
	if err != nil {
		return none, err
	}
	var previous *plan.Plan
	if len(all) > 0 {
		previous = &all[0].Plan
	}
	made, err := compose.Compose(ctx, w.Input, previous)
	if err != nil {
		return none, errs.New(errs.Conflict, "planner.unreadable", err.Error()).Because(err)
	}
	return s.Schedule.Keep(ctx, by, id, schedule.Made{Order: w.Input.Order, Plan: made.Plan, BasedOn: current.ID,
		Account: Made{Seed: w.Input.Seed, Account: made.Account, Refused: made.Refused}})
}

// current is the version that is followed; a zero one before any is published.
func (s *Service) current(ctx context.Context, id gathering.ID) (schedule.Version, error) {
	v, err := s.Schedule.Current(ctx, s.DB.Reader(), id)
	if errs.Is(err, errs.NotFound) {
		return schedule.Version{}, nil
	}
	return v, err
}

// begun says whether something of a plan has.
func (s *Service) begun(g gathering.Gathering, v schedule.Version) bool {
	day, at := schedule.Now(g, v.Order, s.Clock.Now())
	return slices.ContainsFunc(v.Plan.Sittings, func(one plan.Sitting) bool { return one.Day < day || one.Day == day && one.From < at })
}

// now is the instant from which a plan may change: the beginning before the gathering.
func (s *Service) now(g gathering.Gathering, o order.Order) compose.Instant {
	day, at := schedule.Now(g, o, s.Clock.Now())
	if day < 0 {
		return compose.Instant{}
	}
	return compose.Instant{Day: day, At: at}
}
