package wish

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// When is a time of the plan at which two sides of a meeting are together.
type When struct {
	plan.Sitting
	RoomName string
}

// Meeting is one as a side of it, or who runs the gathering, sees it.
type Meeting struct {
	ID           string
	Project      string
	ProjectTitle string
	Participant  string
	Name         string
	Organisation string
	AskedBy      Side
	Note         string
	Weight       int
	State        State
	AskedAt      time.Time
	Hers         Side   // on which side she stands; "" for who runs the gathering
	Waits        bool   // for her answer
	When         []When // once a plan is published
	Barred       bool   // a conflict forbids it; said to who runs the gathering only
}

// View is what somebody sees of the meetings of a gathering.
type View struct {
	gathering.Gathering
	Beats   int64
	Manages bool
	Closed  bool // nothing is shown before the gathering opens, but to who runs it
	Side    Side // on which side she asks; "" when she asks nobody
	Asks    bool // she may ask and answer now
	Mine    []Meeting
	With    []Option // whom she may ask to meet

	// For who runs the gathering.
	All      []Meeting
	Rules    []Rule
	Recused  []Rule   // from the selections of the edition: nothing is changed of them here
	Projects []Option // of those who come
	People   []Option // whom projects may meet
	Seats    []Option // everybody
}

// Option is a project or somebody in a list, with what tells her from another.
type Option struct{ ID, Name, More string }

// Read gives what somebody sees of the meetings of a gathering. Errors: NotFound; as the
// policy, on gathering.read.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID) (v View, err error) {
	r := s.floor.DB.Reader()
	if v.Beats, err = pulse.Beats(ctx, r, id); err != nil {
		return v, err
	}
	p, err := s.floor.Enter(ctx, r, by, id, "gathering.read", "gathering.people", "meeting.ask")
	if err != nil {
		return v, err
	}
	v.Gathering, v.Manages, v.Closed = p.Gathering, p.Manages, !p.May("gathering.people")
	if v.Closed && !v.Manages {
		return v, nil
	}
	all, err := s.meetings(ctx, r, p)
	if err != nil {
		return v, err
	}
	for _, m := range all {
		if m.Hers = side(p, m.Project, m.Participant); m.Hers != "" && m.State != Withdrawn {
			m.Waits, m.Barred = m.State == Asked && m.AskedBy != m.Hers, false
			v.Mine = append(v.Mine, m)
		}
	}
	if err := s.asking(ctx, r, p, &v); err != nil {
		return v, err
	}
	if v.Manages {
		v.All = all
		err = s.running(ctx, r, p, &v)
	}
	return v, err
}

// asking fills whom somebody may ask to meet: those with whom nothing is asked nor agreed.
func (s *Service) asking(ctx context.Context, r db.Reader, p floor.Speaker, v *View) error {
	held := func(project, participant string) bool {
		return slices.ContainsFunc(v.Mine, func(m Meeting) bool {
			return m.Project == project && m.Participant == participant && (m.State != Declined || m.AskedBy == m.Hers)
		})
	}
	v.Asks = p.May("meeting.ask")
	switch {
	case p.Seat.Role == gathering.Team && p.Seat.Project != "":
		v.Side = Project
		list, err := s.people(ctx, r, p)
		for _, one := range list {
			if one.Of != string(p.Seat.Project) && !held(string(p.Seat.Project), one.ID) {
				v.With = append(v.With, Option{one.ID, one.Name, one.Organisation})
			}
		}
		return err
	case p.Seated() && slices.Contains(Meets, p.Seat.Role):
		v.Side = Person
		list, err := s.projects(ctx, r, p.ID)
		for _, one := range list {
			if one.ID != string(p.Seat.Project) && !held(one.ID, p.Seat.ID) {
				v.With = append(v.With, Option{ID: one.ID, Name: one.Title})
			}
		}
		return err
	}
	return nil
}

// running fills what who runs the gathering reads and chooses from.
func (s *Service) running(ctx context.Context, r db.Reader, p floor.Speaker, v *View) (err error) {
	if v.Rules, err = rules(ctx, r, p.ID); err != nil {
		return err
	}
	projects, err := s.projects(ctx, r, p.ID)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, one := range projects {
		v.Projects, titles[one.ID] = append(v.Projects, Option{ID: one.ID, Name: one.Title}), one.Title
	}
	seats, err := s.seats(ctx, r, p.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, one := range seats {
		o := Option{one.ID, one.Name, one.Organisation}
		if v.Seats = append(v.Seats, o); slices.Contains(Meets, one.Role) {
			v.People = append(v.People, o)
		}
		names[one.ID] = one.Name
	}
	kept, err := recused(ctx, r, p.ID)
	for _, c := range kept {
		if titles[c.Project] != "" {
			v.Recused = append(v.Recused, Rule{Kind: Conflict, Participant: c.Person, Project: c.Project, Name: names[c.Person], OtherName: titles[c.Project]})
		}
	}
	return err
}

// meetings lists those of a gathering, with when they take place: what waits for an answer
// first, then by project.
func (s *Service) meetings(ctx context.Context, r db.Reader, p floor.Speaker) ([]Meeting, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (m Meeting, err error) {
		return m, sc.Scan(&m.ID, &m.Project, &m.ProjectTitle, &m.Participant, &m.Name, &m.Organisation, &m.AskedBy, &m.Note, &m.Weight, &m.State, &m.AskedAt)
	}, `select m.id, m.project_id, j.title, m.participant_id, case when s.name = '' then s.email else s.name end, s.organisation, m.asked_by, m.note, m.weight, m.state, m.asked_at
		from meetings m join participants s on s.id = m.participant_id join projects j on j.id = m.project_id
		where m.gathering_id = $1 and s.left_at is null order by case m.state when 'asked' then 0 when 'accepted' then 1 else 2 end, j.title, 5, m.id`, string(p.ID))
	if err != nil {
		return nil, fmt.Errorf("list the meetings of gathering %s: %w", p.ID, err)
	}
	w, err := Load(ctx, r, p.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.floor.Programme(ctx, r, p)
	if err != nil {
		return nil, err
	}
	rooms, err := house.RoomsOf(ctx, r, p.ID)
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		list[i].Barred = slices.ContainsFunc(w.Never, func(c compose.Conflict) bool { return c.Person == m.Participant && c.Project == m.Project })
		if m.State == Accepted {
			list[i].When = together(all, rooms, m)
		}
	}
	return list, nil
}

// together finds when the two sides of a meeting sit together on the project's matters.
func together(all floor.Programme, rooms []house.Room, m Meeting) (list []When) {
	for _, at := range all.Plan.Sittings {
		if at.Project != m.Project || !slices.Contains(at.People, m.Participant) {
			continue
		}
		if a, _ := all.Order.Find(at.Activity); a.Kind == order.Pitch {
			continue // who listens to a pitch meets nobody
		}
		w := When{Sitting: at}
		if i := slices.IndexFunc(rooms, func(one house.Room) bool { return one.ID == at.Room }); i >= 0 {
			w.RoomName = rooms[i].Name
		}
		list = append(list, w)
	}
	return list
}
