package demo

import (
	"fmt"
	"slices"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/demo"
	"transformateur/internal/gathering"
	"transformateur/internal/project"
)

// welcome asks those who come beside the teams, and has each come in.
func (w *world) welcome() error {
	lead := w.as("lead")
	projects, err := w.app.Projects.List(w.ctx, lead, w.edition)
	if err != nil {
		return err
	}
	list := demo.Companions(len(projects))
	seated, err := w.app.Planner.World(w.ctx, lead, w.gathering)
	if err != nil {
		return err
	}
	n := 0
	for i, p := range projects {
		if !slices.ContainsFunc(seated.Input.Projects, func(o compose.Project) bool { return o.ID == string(p.ID) }) {
			list, n = append(list, demo.Carrier(n, i)), n+1
		}
	}
	_, code, err := w.app.Gatherings.Code(w.ctx, lead, w.gathering)
	if err != nil {
		return err
	}
	for i, c := range list {
		if err := w.comes(c, projects, code, i); err != nil {
			return fmt.Errorf("%s comes: %w", c.Name, err)
		}
	}
	return nil
}

// comes asks somebody and has her come in.
func (w *world) comes(c demo.Companion, projects []project.Overview, code string, n int) error {
	in := gathering.Invited{Email: c.Key + "@demonstration.invalid", Name: c.Name, Organisation: typography.Replace(c.Organisation), Role: gathering.Role(c.Role), Lang: "fr"}
	if c.Project >= 0 {
		in.Project = projects[c.Project].ID
	}
	if err := w.app.Gatherings.Invite(w.ctx, w.as("lead"), w.gathering, in); err != nil {
		return err
	}
	by, err := w.person(c.Key, c.Name)
	if err != nil {
		return err
	}
	_, err = w.app.Gatherings.Join(w.ctx, by, gathering.Coming{Code: code, Lang: "fr", IP: fmt.Sprintf("192.0.2.%d", n+1)})
	return err
}

// rooms of the two days: a hall, two workshops, and tables apart for those who meet.
func rooms() []house.RoomSheet {
	list := []house.RoomSheet{
		{Name: "Grande halle", Capacity: 120, Access: []string{"step_free", "toilets", "hearing_loop"}, Equipment: []string{"projector", "sound"}},
		{Name: "Atelier du pont", Capacity: 40, Access: []string{"step_free"}, Equipment: []string{"whiteboard", "tables", "projector"}},
		{Name: "Atelier du canal", Capacity: 40, Access: []string{"step_free"}, Equipment: []string{"whiteboard", "tables"}},
	}
	for i := range 8 {
		list = append(list, house.RoomSheet{Name: fmt.Sprintf("Îlot %d", i+1), Site: "Plateau du premier étage", Capacity: 8, Access: []string{"step_free", "quiet"}, Equipment: []string{"flipchart", "sockets"}})
	}
	return list
}

// planDays writes the running order, hears what teams ask for, and makes and publishes the
// plan in one act.
func (w *world) planDays() error {
	lead := w.as("lead")
	for _, m := range rooms() {
		if _, err := w.app.House.AddRoom(w.ctx, lead, w.gathering, m); err != nil {
			return err
		}
	}
	if err := w.app.House.Propose(w.ctx, lead, w.gathering, 0); err != nil {
		return err
	}
	if err := w.gatherInHall(); err != nil {
		return err
	}
	if err := w.app.House.Publish(w.ctx, lead, w.gathering); err != nil {
		return err
	}
	if err := w.ask(); err != nil {
		return err
	}
	made, err := w.app.Planner.Compose(w.ctx, lead, w.gathering)
	if err != nil {
		return err
	}
	return w.app.Schedule.Publish(w.ctx, lead, w.gathering, made.ID)
}

// gatherInHall has what is for everybody take place in the hall.
func (w *world) gatherInHall() error {
	lead := w.as("lead")
	v, err := w.app.House.Managed(w.ctx, lead, w.gathering)
	if err != nil {
		return err
	}
	for _, a := range v.Order.Activities {
		if !a.Kind.Everybody() || a.Kind == order.Meal {
			continue
		}
		a.Room = v.Rooms[0].ID
		if _, err := w.app.House.PutActivity(w.ctx, lead, w.gathering, v.Version, house.Put{Activity: a}); err != nil {
			return err
		}
		v.Version++
	}
	return nil
}

// ask has each project ask for two of those who are there.
func (w *world) ask() error {
	lead := w.as("lead")
	v, err := w.app.Planner.World(w.ctx, lead, w.gathering)
	if err != nil {
		return err
	}
	var experts []string
	for _, p := range v.Input.People {
		if p.Role == compose.Expert {
			experts = append(experts, p.ID)
		}
	}
	for i, p := range v.Input.Projects {
		for k := range 2 {
			if err := w.app.Stage.Wishes.Put(w.ctx, lead, w.gathering, wish.Ask{Project: p.ID, Participant: experts[(i+k*2)%len(experts)]}, 10-4*k); err != nil {
				return err
			}
		}
	}
	return nil
}
