// Package afterword is the hot debrief of a gathering: the board on which everybody says what she takes away, opened before people leave.
package afterword

import (
	"context"
	"errors"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Kit is the kit of the debrief.
const Kit = "debrief"

// Service opens debriefs.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	rooms  *room.Service
	plans  *schedule.Service
	pulse  *pulse.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Rooms  *room.Service
	Plans  *schedule.Service
	Pulse  *pulse.Service
	Jobs   *job.Queue
}

// New makes the service, which opens the debrief of each gathering when its time comes.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, rooms: d.Rooms, plans: d.Plans, pulse: d.Pulse}
	d.Jobs.Every("debriefs_open", time.Minute, func(ctx context.Context, _ job.Job) error { return s.openDue(ctx) })
	return s
}

// Due is when the debrief opens by itself: at the beginning of the last activity that
// opens its kit, else at the end of the last sitting. The gathering is still open then,
// and everybody there may write until it is closed. ok is false for an empty plan.
func Due(o order.Order, p plan.Plan) (day int, at order.Minute, ok bool) {
	later := func(d int, m order.Minute) {
		if !ok || d > day || d == day && m > at {
			day, at, ok = d, m, true
		}
	}
	for _, a := range o.Activities {
		if a.Kit == Kit {
			later(a.Day, a.From)
		}
	}
	if ok {
		return day, at, ok
	}
	for _, s := range p.Sittings {
		later(s.Day, s.To)
	}
	return day, at, ok
}

// View is where the debrief of a gathering stands.
type View struct {
	gathering.Gathering
	Manages bool
	Board   room.ID   // "" until it is open
	At      time.Time // when it opens by itself; zero when no plan says it
}

// standing finds the debrief of a gathering, "" for none.
func standing(ctx context.Context, r db.Reader, id gathering.ID) (room.ID, error) {
	list, err := db.List(ctx, r, db.Value[string], `select id from boards where gathering_id = $1 and kit_id = $2 and project_id is null order by created_at desc, id limit 1`, string(id), Kit)
	if err != nil {
		return "", fmt.Errorf("find the debrief of gathering %s: %w", id, err)
	}
	if len(list) == 0 {
		return "", nil
	}
	return room.ID(list[0]), nil
}

// Read tells where the debrief of a gathering stands. Errors: as the policy, on
// gathering.read.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID) (v View, err error) {
	r := s.db.Reader()
	if v.Gathering, err = gathering.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "gathering.read", v.Object()); err != nil {
		return v, err
	}
	may, err := s.policy.Decide(ctx, r, by, "gathering.manage", v.Object())
	if err != nil {
		return v, err
	}
	v.Manages = may.Allowed
	if v.Board, err = standing(ctx, r, id); err != nil || v.Board != "" {
		return v, err
	}
	now, err := s.plans.Current(ctx, r, id)
	if errs.Is(err, errs.NotFound) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	if day, at, ok := Due(now.Order, now.Plan); ok && day < len(now.Order.Days) {
		v.At, err = at.At(now.Order.Days[day], zone.Location(v.Zone))
	}
	return v, err
}

// Open opens the debrief of a gathering by hand. Errors: Conflict debrief.open_already,
// debrief.over once the gathering is closed; as the policy, on gathering.manage.
func (s *Service) Open(ctx context.Context, by account.User, id gathering.ID) (board room.ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.manage", g.Object()); err != nil {
			return err
		}
		board, err = s.open(ctx, tx, by, g)
		return err
	})
	return board, err
}

func (s *Service) open(ctx context.Context, tx *db.Tx, by account.User, g gathering.Gathering) (room.ID, error) {
	if g.Status == gathering.Closed {
		return "", errs.New(errs.Conflict, "debrief.over")
	}
	if err := tx.Lock(ctx, "debrief:"+string(g.ID)); err != nil {
		return "", err
	}
	there, err := standing(ctx, tx, g.ID)
	if err != nil {
		return "", err
	}
	if there != "" {
		return "", errs.New(errs.Conflict, "debrief.open_already")
	}
	k, ships := kit.Find(Kit)
	if !ships {
		return "", fmt.Errorf("the kit %s does not ship", Kit)
	}
	b, err := s.rooms.Make(ctx, tx, by, room.Board{Gathering: string(g.ID), Title: k.Title.In("fr")}, k)
	if err != nil {
		return "", err
	}
	return b.ID, s.pulse.Beat(ctx, tx, g.ID)
}

// openDue opens the debriefs whose time has come.
func (s *Service) openDue(ctx context.Context) error {
	r := s.db.Reader()
	list, err := db.List(ctx, r, db.Value[string], `select g.id from gatherings g where g.status = 'open' and exists (select 1 from agenda_plans p where p.gathering_id = g.id and p.state = 'published')
		and not exists (select 1 from boards b where b.gathering_id = g.id and b.kit_id = $1 and b.project_id is null) order by g.id`, Kit)
	if err != nil {
		return fmt.Errorf("find the gatherings without a debrief: %w", err)
	}
	var failed []error
	for _, id := range list {
		failed = append(failed, s.openIfDue(ctx, gathering.ID(id)))
	}
	return errors.Join(failed...)
}

func (s *Service) openIfDue(ctx context.Context, id gathering.ID) error {
	g, err := gathering.Load(ctx, s.db.Reader(), id)
	if err != nil {
		return err
	}
	v, err := s.plans.Current(ctx, s.db.Reader(), id)
	if err != nil {
		return err
	}
	day, at, ok := Due(v.Order, v.Plan)
	today, now := schedule.Now(g, v.Order, s.clock.Now())
	if !ok || today < day || today == day && now < at {
		return nil
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(ctx, tx, id)
		if err == nil {
			_, err = s.open(ctx, tx, account.System, g)
		}
		return err
	})
	if errs.Is(err, errs.Conflict) { // opened by hand, or closed, meanwhile
		return nil
	}
	return err
}
