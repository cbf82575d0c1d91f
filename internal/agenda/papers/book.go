// Package papers is what a gathering prints and what leads to calendars: programmes, posters of doors, cards of tables, badges, sheets to sign, and each person's own days.
package papers

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	Schedule *schedule.Service
}

// Service reads what is printed, and keeps the secret addresses of calendars.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	schedule *schedule.Service
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, schedule: d.Schedule}
	d.Bus.Subscribe("calendar.merged", s.onMerged, "person.merged")
	return s
}

// Person is somebody, as papers name her.
type Person struct {
	ID           string
	Name         string
	Organisation string
	Role         gathering.Role
	Project      string // its id
	ProjectTitle string
}

// Book is all that the papers of a gathering are made from.
type Book struct {
	gathering.Gathering
	Manages bool
	Names   bool                   // the reader may know who comes
	Seat    *gathering.Participant // the reader's, nil for none
	Version *schedule.Version      // the plan that is published, nil for none
	Rooms   []house.Room
	People  []Person // by name
	kits    map[string]form.Localised
}

// Open reads what papers are made from, for who is there or runs the gathering. Errors: as
// the policy, on gathering.read.
func (s *Service) Open(ctx context.Context, by account.User, id gathering.ID) (b Book, err error) {
	r := s.db.Reader()
	if b.Gathering, err = gathering.Load(ctx, r, id); err != nil {
		return b, err
	}
	may, err := s.policy.Decisions(ctx, r, by, b.Object(), "gathering.read", "gathering.manage", "gathering.people")
	if err != nil {
		return b, err
	}
	if !may["gathering.read"].Allowed {
		_, err := s.policy.Require(ctx, r, by, "gathering.read", b.Object())
		return Book{}, err
	}
	b.Manages, b.Names = may["gathering.manage"].Allowed, may["gathering.people"].Allowed
	seat, err := gathering.Comes(ctx, r, id, by.ID)
	switch {
	case err == nil:
		b.Seat = &seat
	case !errs.Is(err, errs.NotFound):
		return b, err
	}
	return b, b.fill(ctx, r, s.schedule)
}

// Managed is Open for what only who runs the gathering prints: it names everybody. Errors:
// as the policy, on gathering.manage.
func (s *Service) Managed(ctx context.Context, by account.User, id gathering.ID) (Book, error) {
	b, err := s.Open(ctx, by, id)
	if err != nil || b.Manages {
		return b, err
	}
	_, err = s.policy.Require(ctx, s.db.Reader(), by, "gathering.manage", b.Object())
	return Book{}, err
}

// fill reads the plan, the rooms, the kits and who comes: an address is a name to who runs
// the gathering alone.
func (b *Book) fill(ctx context.Context, r db.Reader, plans *schedule.Service) error {
	v, err := plans.Current(ctx, r, b.ID)
	switch {
	case err == nil:
		b.Version = &v
	case !errs.Is(err, errs.NotFound):
		return err
	}
	if b.Rooms, err = house.RoomsOf(ctx, r, b.ID); err != nil {
		return err
	}
	b.kits = map[string]form.Localised{}
	for _, k := range kit.Shipped() {
		b.kits[k.ID] = k.Title
	}
	own, err := shelf.Offered(ctx, r, b.Edition)
	if err != nil {
		return err
	}
	for _, v := range own {
		b.kits[string(v.Kit)] = v.Body.Title
	}
	b.People, err = db.List(ctx, r, func(sc db.Scanner) (p Person, err error) {
		var named bool
		if err = sc.Scan(&p.ID, &p.Name, &named, &p.Organisation, &p.Role, &p.Project, &p.ProjectTitle); !named && !b.Manages {
			p.Name = ""
		}
		return p, err
	}, `select s.id, case when s.name = '' then s.email else s.name end, s.name <> '', s.organisation, s.role, coalesce(s.project_id, ''), coalesce(j.title, '')
		from participants s left join projects j on j.id = s.project_id where s.gathering_id = $1 and s.left_at is null
		order by case when s.name = '' then s.email else s.name end, s.id`, string(b.ID))
	if err != nil {
		return fmt.Errorf("list who comes to gathering %s: %w", b.ID, err)
	}
	return nil
}

// Kit is the title of the kit that an activity opens, nil for none.
func (b Book) Kit(a order.Activity) form.Localised { return b.kits[a.Kit] }

// Room is a room by its id; one that is not there any more has no name.
func (b Book) Room(id string) house.Room {
	i := slices.IndexFunc(b.Rooms, func(m house.Room) bool { return m.ID == id })
	if i < 0 {
		return house.Room{}
	}
	return b.Rooms[i]
}

// Person is somebody by the id of her seat; who left has no name.
func (b Book) Person(id string) Person {
	i := slices.IndexFunc(b.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}
	}
	return b.People[i]
}

// Project is the title of a project that comes, "" when nobody comes for it any more.
func (b Book) Project(id string) string {
	i := slices.IndexFunc(b.People, func(p Person) bool { return p.Project == id && id != "" })
	if i < 0 {
		return ""
	}
	return b.People[i].ProjectTitle
}

// Of lists what somebody takes part in, nothing while no plan is published.
func (b Book) Of(participant string) []plan.Sitting {
	if b.Version == nil {
		return nil
	}
	return b.Version.Plan.Of(participant)
}

// In lists what takes place in a room.
func (b Book) In(room string) (list []plan.Sitting) {
	if b.Version == nil {
		return nil
	}
	for _, s := range b.Version.Plan.Sittings {
		if s.Room == room {
			list = append(list, s)
		}
	}
	return list
}

// Tables lists the sittings that take place at tables: rounds of mixes, and projects that
// work side by side.
func (b Book) Tables() (list []plan.Sitting) {
	if b.Version == nil {
		return nil
	}
	for _, s := range b.Version.Plan.Sittings {
		if s.Table > 0 {
			list = append(list, s)
		}
	}
	return list
}
