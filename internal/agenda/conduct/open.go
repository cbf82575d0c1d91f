package conduct

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// Opened is what came of opening the boards of an activity for everybody.
type Opened struct {
	Made int // boards that were not there
	Sent int // people who were sent to one
}

// Open opens the boards of an activity for everybody: those that the projects lack are
// made, each person is given her place, and who is on another board is called there. Done
// again, it makes nothing twice and sends everybody where the programme now says. Errors:
// Conflict conduct.no_kit, conduct.not_open while the gathering is not open, schedule.none;
// NotFound; as the policy, on gathering.manage.
func (s *Service) Open(ctx context.Context, by account.User, id gathering.ID, activity string) (o Opened, err error) {
	v, err := s.Scene(ctx, by, id)
	if err != nil {
		return o, err
	}
	a, err := s.openable(v, activity)
	if err != nil {
		return o, err
	}
	if o.Made, err = s.make(ctx, by, v, a); err != nil {
		return o, err
	}
	seats, err := s.Placing.Seated(ctx, by, id)
	if err != nil {
		return o, err
	}
	boards, err := room.Of(ctx, s.DB.Reader(), string(id))
	if err != nil {
		return o, err
	}
	places := Places(v, a, seats, boards)
	if o.Sent = len(places); o.Sent > 0 {
		if err := s.Placing.Send(ctx, by, id, places); err != nil {
			return o, err
		}
	}
	return o, s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		return s.insert(ctx, tx, by, id, activity, opened)
	})
}

// openable is the activity whose boards are to be opened.
func (s *Service) openable(v Scene, activity string) (a order.Activity, err error) {
	if !v.Manages {
		return a, errs.New(errs.Forbidden, "errs.forbidden")
	}
	if !v.Published() {
		return a, errs.New(errs.Conflict, "schedule.none")
	}
	a, there := v.Version.Order.Find(activity)
	switch {
	case !there:
		return a, errs.New(errs.NotFound, "errs.not_found")
	case a.Kit == "" || v.Kits[a.Kit].ID == "":
		return a, errs.New(errs.Conflict, "conduct.no_kit")
	case v.Gathering.Status != gathering.Open:
		return a, errs.New(errs.Conflict, "conduct.not_open")
	}
	return a, nil
}

// make makes the boards that are not there: one for each project that somebody came for,
// one for everybody where there is no project.
func (s *Service) make(ctx context.Context, by account.User, v Scene, a order.Activity) (int, error) {
	people, err := gathering.People(ctx, s.DB.Reader(), v.Gathering.ID)
	if err != nil {
		return 0, err
	}
	kit := v.Kits[a.Kit]
	has := func(project string) bool {
		return slices.ContainsFunc(v.Boards, func(b room.Board) bool { return b.KitID == kit.ID && b.Project == project && b.Closed.IsZero() })
	}
	var lacking []project.ID
	projects := false
	for _, p := range people {
		if p.Project == "" {
			continue
		}
		projects = true
		if !has(string(p.Project)) && !slices.Contains(lacking, p.Project) {
			lacking = append(lacking, p.Project)
		}
	}
	if len(lacking) == 0 && (projects || has("")) {
		return 0, nil
	}
	made, err := s.Rooms.Create(ctx, by, room.Asked{Gathering: v.Gathering.ID, Kit: a.Kit, Title: kit.Title.In(by.Lang), Projects: lacking})
	return len(made), err
}

// Places tells who goes to which board of an activity: those whom a sitting of it has meet
// about a project, to the board of that project; others to that of their own; who has
// neither, to the one that is everybody's, if there is one. Of several sittings it is the
// one under way that counts, else the next, else the last.
func Places(v Scene, a order.Activity, seats []room.Seat, boards []room.Board) map[string]room.ID {
	kit, places := v.Kits[a.Kit].ID, map[string]room.ID{}
	for _, p := range seats {
		about := ""
		if one := meeting(v, a.ID, p.Participant); one != nil {
			about = one.Project
		}
		if b, there := boardFor(boards, kit, about, p.Project); there {
			places[p.Participant] = b.ID
		}
	}
	return places
}

// meeting is the sitting of an activity in which somebody is now, or will be, or was.
func meeting(v Scene, activity, person string) (last *plan.Sitting) {
	for i := range v.Version.Plan.Sittings {
		one := &v.Version.Plan.Sittings[i]
		if one.Activity != activity || !slices.Contains(one.People, person) {
			continue
		}
		if last = one; one.Day > v.Day || one.Day == v.Day && one.To > v.At {
			return one
		}
	}
	return last
}
