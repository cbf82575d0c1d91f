package house

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/shelf"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// kept is the running order of a gathering as it is kept.
type kept struct {
	Order       order.Order
	Version     int64     // 0: nothing was written
	PublishedAt time.Time // zero: only who runs the gathering reads it
}

// keptOf reads the running order of a gathering with the days that were written.
func keptOf(ctx context.Context, r db.Reader, id gathering.ID) (k kept, err error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (k kept, err error) {
		var body string
		if err = sc.Scan(&body, &k.Version, &k.PublishedAt); err != nil {
			return k, err
		}
		err = json.Unmarshal([]byte(body), &k.Order)
		return k, err
	}, `select body, version, published_at from agenda_orders where gathering_id = $1`, string(id))
	if err != nil {
		return k, fmt.Errorf("read the running order of gathering %s: %w", id, err)
	}
	if len(list) > 0 {
		k = list[0]
	}
	return k, nil
}

// orderOf reads the running order of a gathering on its days: when a gathering moves, what
// happens on its first day still does.
func orderOf(ctx context.Context, r db.Reader, g gathering.Gathering) (kept, error) {
	k, err := keptOf(ctx, r, g.ID)
	k.Order.Days = DaysOf(g)
	k.Order.Sort()
	return k, err
}

// Kit is what an activity may open.
type Kit struct {
	ID    string
	Title form.Localised
}

// kitsOf lists the kits that a gathering may open: those that ship, then those that its
// edition wrote.
func kitsOf(ctx context.Context, r db.Reader, g gathering.Gathering) (list []Kit, err error) {
	for _, k := range kit.Shipped() {
		list = append(list, Kit{k.ID, k.Title})
	}
	own, err := shelf.Offered(ctx, r, g.Edition)
	for _, v := range own {
		list = append(list, Kit{string(v.Kit), v.Body.Title})
	}
	return list, err
}

// surroundings are what the running order of a gathering is checked against.
type surroundings struct {
	rooms []Room
	kits  []Kit
	seats []Seat // who may lead an activity
	whole order.Whole
}

func around(ctx context.Context, r db.Reader, g gathering.Gathering) (w surroundings, err error) {
	if w.rooms, err = RoomsOf(ctx, r, g.ID); err != nil {
		return w, err
	}
	if w.kits, err = kitsOf(ctx, r, g); err != nil {
		return w, err
	}
	if w.seats, err = leading(ctx, r, g.ID); err != nil {
		return w, err
	}
	for _, m := range w.rooms {
		w.whole.Rooms = append(w.whole.Rooms, m.ID)
	}
	w.whole.Kits = func(id string) bool { return slices.ContainsFunc(w.kits, func(k Kit) bool { return k.ID == id }) }
	w.whole.Projects, err = db.Get(ctx, r, db.Value[int], `select count(distinct project_id) from participants where gathering_id = $1 and left_at is null and project_id is not null`, string(g.ID))
	if err != nil {
		return w, fmt.Errorf("count the projects of gathering %s: %w", g.ID, err)
	}
	return w, nil
}

// View is the running order of a gathering as somebody sees it.
type View struct {
	gathering.Gathering
	Order       order.Order
	Version     int64
	PublishedAt time.Time
	Manages     bool
	Rooms       []Room
	Kits        []Kit

	Seats []Seat // who may lead an activity, by name

	// For who runs the gathering.
	Projects int
	Faults   []order.Fault // then the remarks
}

// Hidden says that there is nothing to read yet for who does not run the gathering.
func (v View) Hidden() bool { return !v.Manages && v.PublishedAt.IsZero() }

// Room is a room by its identifier.
func (v View) Room(id string) (Room, bool) {
	i := at(v.Rooms, id)
	if i < 0 {
		return Room{}, false
	}
	return v.Rooms[i], true
}

// Agenda reads the running order of a gathering: as soon as it is written to who runs it,
// once it is published to who takes part; before, there is nothing in it. Errors: as the
// policy, on gathering.read.
func (s *Service) Agenda(ctx context.Context, by account.User, id gathering.ID) (v View, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.read", id); err != nil {
		return v, err
	}
	if v.Manages, err = s.manages(ctx, r, by, v.Gathering); err != nil {
		return v, err
	}
	k, err := orderOf(ctx, r, v.Gathering)
	if err != nil {
		return v, err
	}
	v.PublishedAt = k.PublishedAt
	if v.Hidden() {
		v.Order.Days = k.Order.Days
		return v, nil
	}
	w, err := around(ctx, r, v.Gathering)
	if err != nil {
		return v, err
	}
	v.Order, v.Version, v.Rooms, v.Kits, v.Seats = k.Order, k.Version, w.rooms, w.kits, w.seats
	if !v.Manages {
		return v, nil
	}
	v.Projects = w.whole.Projects
	if v.Version > 0 {
		v.Faults = order.Check(v.Order, w.whole)
	}
	return v, nil
}

// leading are those who came, who may lead an activity.
func leading(ctx context.Context, r db.Reader, id gathering.ID) ([]Seat, error) {
	list, err := db.List(ctx, r, scanSeat, seatsOf+` order by s.name, s.email, s.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who comes to gathering %s: %w", id, err)
	}
	return slices.DeleteFunc(list, func(p Seat) bool { return p.Invited() || p.Role == gathering.Guest || p.Role == gathering.Reader }), nil
}

// Managed is Agenda for the pages on which it is written. Errors: as the policy, on
// gathering.manage.
func (s *Service) Managed(ctx context.Context, by account.User, id gathering.ID) (View, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "gathering.manage", id); err != nil {
		return View{}, err
	}
	return s.Agenda(ctx, by, id)
}

// Publish shows the running order to those who take part. Errors: Conflict
// "agenda.published_already", "agenda.nothing", "agenda.faulty" while something in it
// cannot be; as the policy.
func (s *Service) Publish(ctx context.Context, by account.User, id gathering.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		k, err := orderOf(ctx, tx, g)
		if err != nil {
			return err
		}
		w, err := around(ctx, tx, g)
		if err != nil {
			return err
		}
		switch {
		case !k.PublishedAt.IsZero():
			return errs.New(errs.Conflict, "agenda.published_already")
		case len(k.Order.Activities) == 0:
			return errs.New(errs.Conflict, "agenda.nothing")
		case slices.ContainsFunc(order.Check(k.Order, w.whole), func(f order.Fault) bool { return !f.Remark }):
			return errs.New(errs.Conflict, "agenda.faulty")
		}
		if _, err := tx.Exec(ctx, `update agenda_orders set published_at = $2 where gathering_id = $1`, string(id), s.clock.Now()); err != nil {
			return fmt.Errorf("publish the running order of gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "agenda.published", id, map[string]any{"version": k.Version})
	})
}

// Withdraw hides the running order again from those who take part. Errors: Conflict
// "agenda.not_published"; as the policy.
func (s *Service) Withdraw(ctx context.Context, by account.User, id gathering.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update agenda_orders set published_at = null where gathering_id = $1 and published_at is not null`, string(id))
		if err != nil {
			return fmt.Errorf("withdraw the running order of gathering %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "agenda.not_published")
		}
		return s.note(ctx, tx, by, "agenda.withdrawn", id, nil)
	})
}
