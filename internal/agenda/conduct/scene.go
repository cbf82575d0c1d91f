package conduct

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
)

// Person is somebody of a programme.
type Person struct {
	ID      string
	Name    string
	Role    gathering.Role
	Project string // "" for none
	Joined  bool   // she accepted, or came in
}

// Kit is what an activity opens: the name that boards bear, and its title.
type Kit struct {
	ID    string
	Title form.Localised
}

// Scene is a gathering at an instant as somebody sees it: the programme that is published,
// with the names of what is in it.
type Scene struct {
	Gathering gathering.Gathering
	Manages   bool
	Names     bool             // she may know who comes
	Version   schedule.Version // without ID while nothing is published
	Clock     time.Time        // at the place
	Day       int              // -1 before the first day
	At        order.Minute
	Late      int // by how many minutes what comes runs late, compared with the morning's programme
	Said      []Announcement
	Beats     int64

	People   map[string]Person
	Projects map[string]string // titles
	Rooms    []house.Room
	Kits     map[string]Kit // by what the running order calls them
	Boards   []room.Board   // open ones that she may read
}

// Published says whether there is a programme.
func (s Scene) Published() bool { return s.Version.ID != "" }

// Stands says where the instant is in the gathering.
func (s Scene) Stands() Standing {
	days := s.Version.Order.Days
	switch {
	case !s.Published():
		return Unpublished
	case s.Day < 0:
		return Before
	case s.At < order.Latest:
		return Today
	case s.Day+1 < len(days):
		return Between
	}
	return After
}

// Standing is where an instant is in a gathering.
type Standing string

// The standings. Between is between two of its days.
const (
	Unpublished Standing = "unpublished"
	Before      Standing = "before"
	Today       Standing = "today"
	Between     Standing = "between"
	After       Standing = "after"
)

// Room is a room by its identifier.
func (s Scene) Room(id string) (house.Room, bool) {
	for _, m := range s.Rooms {
		if m.ID == id {
			return m, true
		}
	}
	return house.Room{}, false
}

// Instant is a minute of a day of the programme, where it takes place.
func (s Scene) Instant(day int, at order.Minute) time.Time {
	if day < 0 || day >= len(s.Version.Order.Days) {
		return time.Time{}
	}
	t, err := at.At(s.Version.Order.Days[day], zone.Location(s.Gathering.Zone))
	if err != nil {
		return time.Time{}
	}
	return t
}

// BoardOf is the board that a sitting opens for somebody: that of the project it is about,
// else that of hers, else the one that is everybody's. False while there is none.
func (s Scene) BoardOf(one plan.Sitting, who Person) (room.Board, bool) {
	a, _ := s.Version.Order.Find(one.Activity)
	if a.Kit == "" {
		return room.Board{}, false
	}
	return boardFor(s.Boards, s.Kits[a.Kit].ID, one.Project, who.Project)
}

// boardFor is the last board of a kit about the first project that has one, or about none.
func boardFor(boards []room.Board, kit string, projects ...string) (b room.Board, there bool) {
	best := len(projects) + 1
	for _, one := range boards {
		if one.KitID != kit || !one.Closed.IsZero() {
			continue
		}
		rank := len(projects)
		if one.Project != "" {
			rank = slices.Index(projects, one.Project)
		}
		if rank >= 0 && rank <= best {
			b, best, there = one, rank, true
		}
	}
	return b, there
}

// Scene reads a gathering as it is now. Errors: NotFound; as the policy, on gathering.read.
func (s *Service) Scene(ctx context.Context, by account.User, id gathering.ID) (v Scene, err error) {
	return s.scene(ctx, s.DB.Reader(), by, id)
}

func (s *Service) scene(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (v Scene, err error) {
	if v.Beats, err = pulse.Beats(ctx, r, id); err != nil { // before all else: what changes meanwhile is read again
		return v, err
	}
	if v.Gathering, err = s.require(ctx, r, by, "gathering.read", id); err != nil {
		return v, err
	}
	may, err := s.Policy.Decisions(ctx, r, by, v.Gathering.Object(), "gathering.manage", "gathering.people", "board.read")
	if err != nil {
		return v, err
	}
	v.Manages, v.Names = may["gathering.manage"].Allowed, may["gathering.people"].Allowed
	now := s.Clock.Now()
	v.Clock = now.In(zone.Location(v.Gathering.Zone))
	if v.Said, err = shown(ctx, r, id, now); err != nil {
		return v, err
	}
	if v.Version, err = s.followed(ctx, r, id); err != nil || v.Version.ID == "" {
		return v, err
	}
	v.Day, v.At = schedule.Now(v.Gathering, v.Version.Order, now)
	if v.Late, err = s.late(ctx, r, v); err != nil {
		return v, err
	}
	if may["board.read"].Allowed {
		if v.Boards, err = room.Of(ctx, r, string(id)); err != nil {
			return v, err
		}
	}
	return v, s.names(ctx, r, &v)
}

// names reads what a programme calls by identifiers.
func (s *Service) names(ctx context.Context, r db.Reader, v *Scene) (err error) {
	if v.Rooms, err = house.RoomsOf(ctx, r, v.Gathering.ID); err != nil {
		return err
	}
	if v.People, v.Projects, err = peopleOf(ctx, r, v.Gathering.ID); err != nil {
		return err
	}
	v.Kits = map[string]Kit{}
	others := false
	for _, a := range v.Version.Order.Activities {
		if k, ships := kit.Find(a.Kit); ships {
			v.Kits[a.Kit] = Kit{k.ID, k.Title}
		} else if a.Kit != "" {
			others = true
		}
	}
	if !others {
		return nil
	}
	own, err := shelf.Offered(ctx, r, v.Gathering.Edition)
	for _, k := range own {
		v.Kits[string(k.Kit)] = Kit{k.Body.ID, k.Body.Title}
	}
	return err
}

// peopleOf reads all those who ever were of a gathering, who left included: a programme may
// still name them; and the titles of their projects.
func peopleOf(ctx context.Context, r db.Reader, id gathering.ID) (people map[string]Person, projects map[string]string, err error) {
	people, projects = map[string]Person{}, map[string]string{}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var p Person
		var title string
		var joined *time.Time
		err := sc.Scan(&p.ID, &p.Name, &p.Role, &p.Project, &title, &joined)
		p.Joined = joined != nil
		people[p.ID] = p
		if p.Project != "" {
			projects[p.Project] = title
		}
		return true, err
	}, `select s.id, s.name, s.role, coalesce(s.project_id, ''), coalesce(p.title, ''), s.joined_at from participants s left join projects p on p.id = s.project_id where s.gathering_id = $1`, string(id))
	if err != nil {
		return nil, nil, fmt.Errorf("read the people of gathering %s: %w", id, err)
	}
	return people, projects, nil
}

// late tells by how many minutes what is next today is later than in the morning's
// programme: the last one published before the first thing of the day, else the first one.
func (s *Service) late(ctx context.Context, r db.Reader, v Scene) (int, error) {
	if v.Stands() != Today {
		return 0, nil
	}
	first := order.Latest
	for _, a := range v.Version.Order.Activities {
		if a.Day == v.Day {
			first = min(first, a.From)
		}
	}
	morning, err := db.List(ctx, r, db.Value[string], `select id from agenda_plans where gathering_id = $1 and published_at is not null
		order by case when published_at < $2 then 0 else 1 end, case when published_at < $2 then -number else number end limit 1`, string(v.Gathering.ID), v.Instant(v.Day, first))
	if err != nil || len(morning) == 0 || schedule.ID(morning[0]) == v.Version.ID {
		return 0, err
	}
	was, err := s.plan(ctx, r, schedule.ID(morning[0]))
	return behind(was.Order, v.Version.Order, v.Day, v.At), err
}

// behind is by how much the first activity of a day that is not over begins later than it
// did, or ends later when it is under way; never less than nothing.
func behind(was, is order.Order, day int, at order.Minute) int {
	for _, a := range is.Activities {
		if a.Day != day || a.To <= at {
			continue
		}
		b, there := was.Find(a.ID)
		if !there || b.Day != day {
			continue
		}
		if a.From <= at {
			return max(0, int(a.To-b.To))
		}
		return max(0, int(a.From-b.From))
	}
	return 0
}
