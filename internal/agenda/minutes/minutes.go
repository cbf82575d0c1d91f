// Package minutes is the account of a gathering, assembled from what was planned, written, decided and brought, with what who ran it adds.
package minutes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/deposit"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/board/shelf"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// MaxText bounds what is added to one part of the minutes, in characters.
const MaxText = 8000

// Attendance tells how many people came, as check-ins know it; ok is false when nobody
// checked in anybody.
type Attendance func(ctx context.Context, r db.Reader, id gathering.ID) (came int, ok bool, err error)

// Told is what another part of the day adds: an announcement, a question. Kind is a key
// that says where it comes from.
type Told struct {
	Kind string
	Text string
	At   time.Time
}

// Source tells what a part of the day adds to the minutes, the first thing first.
type Source func(ctx context.Context, r db.Reader, id gathering.ID) ([]Told, error)

// Service assembles minutes.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	plans      *schedule.Service
	rooms      *room.Service
	attendance Attendance
	sources    []Source
}

// Deps are what the service stands on. Attendance may be nil: seats are counted then.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Plans      *schedule.Service
	Rooms      *room.Service
	Attendance Attendance
	Sources    []Source
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, plans: d.Plans, rooms: d.Rooms, attendance: d.Attendance, sources: d.Sources}
}

// Part is a text that who runs the gathering adds; Version is 0 while there is none.
type Part struct {
	Body    string
	Version int64
}

// Board is what the cards of a board became.
type Board struct {
	ID      room.ID
	Title   string
	Project string // its title, "" for everybody's
	Items   []board.Item
}

// Activity is one line of the running order, with what came of it.
type Activity struct {
	order.Activity
	Day      string
	Added    Part
	Boards   []Board
	Deposits []deposit.Deposit
}

// Decided is what a project is to do.
type Decided struct {
	Project project.Project
	Agreed  []project.Item // in this gathering
}

// Minutes are those of a gathering.
type Minutes struct {
	gathering.Gathering
	In         programme.Words
	Number     int64 // of the plan that was published last, 0 for none
	Intro      Part
	Came       int
	CheckedIn  bool // Came was counted at the door
	Roles      map[gathering.Role]int
	Activities []Activity
	Boards     []Board           // of no activity
	Deposits   []deposit.Deposit // of no activity
	Decided    []Decided
	Told       []Told
}

func (s *Service) require(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.manage", g.Object())
	return g, err
}

// Read assembles the minutes of a gathering for who runs it; the titles that cards took
// from their kits are in lang. The same gathering gives the same minutes. Private notes are
// not in them, nor what people brought without letting it go that far. Errors: as the
// policy, on gathering.manage.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID, lang string) (m Minutes, err error) {
	r := s.db.Reader()
	if m.Gathering, err = s.require(ctx, r, by, id); err != nil {
		return m, err
	}
	e, err := programme.FindEdition(ctx, r, m.Edition)
	if err != nil {
		return m, err
	}
	m.In = e.Name
	parts, err := partsOf(ctx, r, id)
	if err != nil {
		return m, err
	}
	m.Intro = parts[""]
	if err := s.ordered(ctx, r, &m, parts); err != nil {
		return m, err
	}
	for _, fill := range []func(context.Context, db.Reader, *Minutes) error{s.people, s.brought, s.decided, s.told} {
		if err := fill(ctx, r, &m); err != nil {
			return m, err
		}
	}
	return m, s.boards(ctx, by, &m, lang)
}

// ordered puts the activities that were planned, in the order of the day.
func (s *Service) ordered(ctx context.Context, r db.Reader, m *Minutes, parts map[string]Part) error {
	v, err := s.plans.Current(ctx, r, m.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	o := v.Order
	if m.Number = v.Number; m.Number == 0 {
		if o, _, _, err = house.Load(ctx, r, m.ID); err != nil {
			return err
		}
	}
	o.Activities = slices.Clone(o.Activities)
	o.Sort()
	for _, a := range o.Activities {
		one := Activity{Activity: a, Added: parts[a.ID]}
		if a.Day >= 0 && a.Day < len(o.Days) {
			one.Day = o.Days[a.Day]
		}
		m.Activities = append(m.Activities, one)
	}
	return nil
}

// people counts who came: at the door when somebody counted there, else by seats.
func (s *Service) people(ctx context.Context, r db.Reader, m *Minutes) error {
	list, err := db.List(ctx, r, func(sc db.Scanner) (role gathering.Role, err error) {
		var n int
		if err = sc.Scan(&role, &n); err == nil {
			if m.Roles == nil {
				m.Roles = map[gathering.Role]int{}
			}
			m.Roles[role] = n
			m.Came += n
		}
		return role, err
	}, `select role, count(*) from participants where gathering_id = $1 and joined_at is not null group by role order by role`, string(m.ID))
	if err != nil {
		return fmt.Errorf("count who came to gathering %s (%d roles): %w", m.ID, len(list), err)
	}
	if s.attendance == nil {
		return nil
	}
	came, counted, err := s.attendance(ctx, r, m.ID)
	if counted {
		m.Came, m.CheckedIn = came, true
	}
	return err
}

// brought puts what people let go as far as the minutes.
func (s *Service) brought(ctx context.Context, r db.Reader, m *Minutes) error {
	all, err := deposit.Of(ctx, r, m.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.People == deposit.Unsure || d.Scope != deposit.Programme && d.Scope != deposit.Publication {
			continue
		}
		i := slices.IndexFunc(m.Activities, func(a Activity) bool { return a.ID == d.Activity })
		if i < 0 {
			m.Deposits = append(m.Deposits, d)
			continue
		}
		m.Activities[i].Deposits = append(m.Activities[i].Deposits, d)
	}
	return nil
}

// decided puts what was agreed about each project.
func (s *Service) decided(ctx context.Context, r db.Reader, m *Minutes) error {
	all, err := project.In(ctx, r, m.Edition)
	if err != nil {
		return err
	}
	for _, p := range all {
		items, err := project.ItemsOf(ctx, r, p.ID)
		if err != nil {
			return err
		}
		items = slices.DeleteFunc(items, func(i project.Item) bool {
			where, _, is := i.Agreed()
			return !is || where != string(m.ID)
		})
		if len(items) > 0 {
			m.Decided = append(m.Decided, Decided{p, items})
		}
	}
	return nil
}

func (s *Service) told(ctx context.Context, r db.Reader, m *Minutes) error {
	for _, source := range s.sources {
		list, err := source(ctx, r, m.ID)
		if err != nil {
			return err
		}
		m.Told = append(m.Told, list...)
	}
	return nil
}

// boards puts what cards became under the activity that opened their kit.
func (s *Service) boards(ctx context.Context, by account.User, m *Minutes, lang string) error {
	list, err := s.rooms.Boards(ctx, by, m.Gathering)
	if err != nil {
		return err
	}
	var all []Board
	kits := map[room.ID]string{}
	for _, b := range list {
		v, err := s.rooms.Read(ctx, by, b.ID)
		if err != nil {
			return err
		}
		one := Board{ID: b.ID, Title: b.Title, Project: v.Project.Title, Items: v.State.Items(lang)}
		if len(one.Items) == 0 {
			continue
		}
		slices.SortStableFunc(one.Items, func(a, b board.Item) int {
			return cmp.Or(cmp.Compare(a.Becomes, b.Becomes), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Card, b.Card))
		})
		kits[b.ID] = b.KitID
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b Board) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	own, err := shelf.Offered(ctx, s.db.Reader(), m.Edition)
	if err != nil {
		return err
	}
	bears := map[string]string{} // the name that boards bear, by what the running order calls the kit
	for _, k := range own {
		bears[string(k.Kit)] = k.Body.ID
	}
	for _, b := range all {
		i := slices.IndexFunc(m.Activities, func(a Activity) bool { return a.Kit != "" && cmp.Or(bears[a.Kit], a.Kit) == kits[b.ID] })
		if i < 0 {
			m.Boards = append(m.Boards, b)
			continue
		}
		m.Activities[i].Boards = append(m.Activities[i].Boards, b)
	}
	return nil
}

func partsOf(ctx context.Context, r db.Reader, id gathering.ID) (map[string]Part, error) {
	parts := map[string]Part{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (name string, err error) {
		var p Part
		if err = sc.Scan(&name, &p.Body, &p.Version); err == nil {
			parts[name] = p
		}
		return name, err
	}, `select part, body, version from gathering_minutes where gathering_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what was added to the minutes of gathering %s: %w", id, err)
	}
	return parts, nil
}

// Add keeps what who runs the gathering adds to a part of its minutes: that of an activity,
// or "" for the introduction. Errors: Invalid on "body"; NotFound for a part that is none;
// Conflict minutes.meanwhile when somebody wrote since it was read; as the policy.
func (s *Service) Add(ctx context.Context, by account.User, id gathering.ID, part string, p Part) error {
	p.Body = strings.TrimSpace(text.Clean(p.Body))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if utf8.RuneCountInString(p.Body) > MaxText {
			return errs.NewInvalid("minutes.invalid", []errs.Field{{Path: "body", Key: "minutes.long", Args: []any{MaxText}}})
		}
		m := Minutes{Gathering: g}
		if err := s.ordered(ctx, tx, &m, nil); err != nil {
			return err
		}
		if part != "" && !slices.ContainsFunc(m.Activities, func(a Activity) bool { return a.ID == part }) {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		n, err := tx.Exec(ctx, `insert into gathering_minutes (gathering_id, part, body, version, updated_at, updated_by) values ($1, $2, $3, 1, $4, $5)
			on conflict (gathering_id, part) do update set body = excluded.body, version = gathering_minutes.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
			where gathering_minutes.version = $6`, string(id), part, p.Body, s.clock.Now(), by.Actor(), p.Version)
		if err != nil {
			return fmt.Errorf("add to the minutes of gathering %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "minutes.meanwhile")
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "minutes.added", Kind: "gathering", ID: string(id)})
	})
}
