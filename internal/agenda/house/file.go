package house

import (
	"context"
	"errors"
	"strconv"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
)

// Import writes the running order of a file, on the days of the gathering, in place of
// what was written. Rooms, people and kits that are not of the gathering are left out;
// what is wrong otherwise is shown with it. Errors: Invalid on "file"; Conflict
// "agenda.meanwhile"; as the policy.
func (s *Service) Import(ctx context.Context, by account.User, id gathering.ID, version int64, text []byte) error {
	read, err := order.Parse(text)
	key := ""
	switch {
	case errors.Is(err, order.ErrVersion):
		key = "agenda.file_version"
	case errors.Is(err, order.ErrLarge):
		key = "agenda.file_large"
	case err != nil:
		key = "agenda.file_unreadable"
	}
	w := &writing{gathering: id, version: version, act: "agenda.imported", whole: true}
	return s.edit(ctx, by, w, func(o *order.Order, in surroundings) error {
		if key != "" {
			return errs.NewInvalid("agenda.invalid", []errs.Field{{Path: "file", Key: key}})
		}
		if len(read.Activities) > order.MaxActivities {
			return errs.NewInvalid("agenda.invalid", []errs.Field{{Path: "file", Key: "agenda.many_activities", Args: []any{order.MaxActivities}}})
		}
		o.Activities = settled(read.Activities, in)
		return nil
	})
}

// settled are the activities of a file with names of their own, and nothing that is not
// of the gathering.
func settled(read []order.Activity, in surroundings) (list []order.Activity) {
	names := map[string]string{}
	for i, a := range read {
		names[a.ID] = "a" + strconv.Itoa(i+1)
	}
	for i, a := range read {
		a.ID = "a" + strconv.Itoa(i+1)
		a.After = renamed(a.After, func(id string) string { return names[id] })
		a.Title, a.About, a.Needs, a.Leads = oneLine(a.Title), lines(a.About), among(Equipment, a.Needs), nil
		if at(in.rooms, a.Room) < 0 {
			a.Room = ""
		}
		if !in.whole.Kits(a.Kit) {
			a.Kit = ""
		}
		list = append(list, a)
	}
	return list
}

// Export writes the running order as a file, to who runs the gathering. Errors: NotFound
// when nothing was written; as the policy, on gathering.manage.
func (s *Service) Export(ctx context.Context, by account.User, id gathering.ID) (gathering.Gathering, []byte, error) {
	r := s.db.Reader()
	g, err := s.require(ctx, r, by, "gathering.manage", id)
	if err != nil {
		return g, nil, err
	}
	k, err := orderOf(ctx, r, g)
	if err != nil {
		return g, nil, err
	}
	if k.Version == 0 {
		return g, nil, notFound()
	}
	return g, k.Order.Encode(), nil
}
