package house

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// writing is one act on the running order of a gathering.
type writing struct {
	gathering gathering.ID
	version   int64 // the one that was read; 0 when nothing was written
	act       string
	detail    map[string]any
	activity  string // the one that is written: its faults are said beside its fields
	whole     bool   // all of it is replaced: what is wrong in it is shown afterwards
}

// edit writes a running order in one act. It refuses what makes something wrong that was
// not: what was wrong before does not keep anybody from writing the rest. Errors: Conflict
// "agenda.meanwhile"; Invalid, on the fields of the activity that is written; those of do;
// as the policy, on gathering.manage.
func (s *Service) edit(ctx context.Context, by account.User, w *writing, do func(o *order.Order, in surroundings) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", w.gathering)
		if err != nil {
			return err
		}
		k, err := orderOf(ctx, tx, g)
		if err != nil {
			return err
		}
		if k.Version != w.version {
			return errs.New(errs.Conflict, "agenda.meanwhile")
		}
		in, err := around(ctx, tx, g)
		if err != nil {
			return err
		}
		next := k.Order
		next.Activities = slices.Clone(next.Activities)
		if err := do(&next, in); err != nil {
			return err
		}
		next.Sort()
		if err := w.refusal(order.Check(k.Order, in.whole), order.Check(next, in.whole), next); err != nil {
			return err
		}
		return s.put(ctx, tx, by, w, next)
	})
}

func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, w *writing, next order.Order) error {
	n, err := tx.Exec(ctx, `insert into agenda_orders (gathering_id, body, version, updated_at, updated_by) values ($1, $2, $3, $4, $5)
		on conflict (gathering_id) do update set body = excluded.body, version = excluded.version, updated_at = excluded.updated_at, updated_by = excluded.updated_by where agenda_orders.version = $6`,
		string(w.gathering), string(next.Encode()), w.version+1, s.clock.Now(), by.Actor(), w.version)
	if err != nil {
		return fmt.Errorf("write the running order of gathering %s: %w", w.gathering, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "agenda.meanwhile")
	}
	return s.note(ctx, tx, by, w.act, w.gathering, w.detail)
}

// refusal is what keeps an act from being kept: faults that were not there before it.
func (w *writing) refusal(before, after []order.Fault, next order.Order) error {
	var bad []errs.Field
	for _, f := range after {
		known := slices.ContainsFunc(before, func(b order.Fault) bool {
			return b.Activity == f.Activity && b.Field == f.Field && b.Key == f.Key
		})
		if !f.Remark && !known && (!w.whole || unkeepable(f)) {
			bad = append(bad, w.field(f, next))
		}
	}
	if w.activity == "" && !w.whole && len(bad) > 0 {
		return errs.New(errs.Conflict, "agenda.move_wrong")
	}
	return errs.NewInvalid("agenda.invalid", bad)
}

// field puts a fault beside the field of the activity that is written, when it is its own;
// a fault of another one is told from where the writer stands.
func (w *writing) field(f order.Fault, next order.Order) errs.Field {
	if f.Activity == w.activity {
		return errs.Field{Path: f.Field, Key: f.Key, Args: f.Args}
	}
	other, known := next.Find(f.Activity)
	if !known || w.whole {
		return errs.Field{Key: f.Key, Args: f.Args}
	}
	name := any(other.Title)
	if other.Title == "" {
		name = other.Kind
	}
	return errs.Field{Path: "to", Key: "agenda.meets", Args: []any{name, other.From.Clock()}}
}

// unkeepable says whether a running order cannot even be shown with a fault.
func unkeepable(f order.Fault) bool {
	return !slices.Contains([]string{"agenda.everybody", "agenda.room_taken", "agenda.after", "agenda.after_unknown", "agenda.pitch_short", "agenda.day_missing", "agenda.days_count"}, f.Key)
}

// Propose writes a running order for the days of the gathering and the projects that have
// a seat there, in place of what was written. Errors: Conflict "agenda.meanwhile"; Invalid
// when there are too many days; as the policy.
func (s *Service) Propose(ctx context.Context, by account.User, id gathering.ID, version int64) error {
	w := &writing{gathering: id, version: version, act: "agenda.proposed"}
	return s.edit(ctx, by, w, func(o *order.Order, in surroundings) error {
		if len(o.Days) > order.MaxDays {
			return errs.New(errs.Conflict, "agenda.days_count", order.MaxDays)
		}
		w.whole = true
		*o = order.Propose(o.Days, in.whole.Projects)
		return nil
	})
}

// PutActivity adds an activity, when it has no identifier, or changes one. With push,
// what comes after it on its day moves by as much. Errors: NotFound; Invalid on its
// fields; Conflict "agenda.meanwhile"; as the policy.
func (s *Service) PutActivity(ctx context.Context, by account.User, id gathering.ID, version int64, p Put) (string, error) {
	a := p.Activity
	a.Title, a.About = oneLine(a.Title), lines(a.About)
	a.Needs = among(Equipment, a.Needs)
	w := &writing{gathering: id, version: version, act: "agenda.activity_changed"}
	if a.ID == "" {
		w.act = "agenda.activity_added"
	}
	err := s.edit(ctx, by, w, func(o *order.Order, in surroundings) error {
		old, there := o.Find(a.ID)
		if a.ID != "" && !there {
			return notFound()
		}
		if !there {
			a.ID = fresh(*o)
		}
		a.Leads = slices.DeleteFunc(slices.Clone(a.Leads), func(id string) bool {
			return !slices.ContainsFunc(in.seats, func(p Seat) bool { return p.ID == id })
		})
		w.activity, w.detail = a.ID, map[string]any{"activity": a.ID}
		o.Activities = slices.DeleteFunc(o.Activities, func(x order.Activity) bool { return x.ID == a.ID })
		if p.Push {
			push(o, a, old, there)
		}
		o.Activities = append(o.Activities, a)
		return nil
	})
	return a.ID, err
}

// Put is an activity to write.
type Put struct {
	order.Activity
	Push bool
}

// push moves what begins on the day of an activity from its end (or from its beginning,
// when it is new) by as much as it needs.
func push(o *order.Order, a, old order.Activity, there bool) {
	from, by := a.From, a.To-a.From
	if there && old.Day == a.Day {
		from, by = old.To, a.To-old.To
	}
	if !there || old.Day != a.Day {
		if first, any := next(o, a.Day, a.From); !any || first.From >= a.To {
			return // there is room for it
		}
	}
	for i := range o.Activities {
		if x := &o.Activities[i]; x.Day == a.Day && x.From >= from {
			x.From, x.To = x.From+by, x.To+by
		}
	}
}

// next is what begins first on a day, from an instant on.
func next(o *order.Order, day int, from order.Minute) (order.Activity, bool) {
	o.Sort()
	i := slices.IndexFunc(o.Activities, func(x order.Activity) bool { return x.Day == day && x.From >= from })
	if i < 0 {
		return order.Activity{}, false
	}
	return o.Activities[i], true
}

// fresh is an identifier that no activity of a running order has.
func fresh(o order.Order) string {
	last := 0
	for _, a := range o.Activities {
		if n, err := strconv.Atoi(strings.TrimPrefix(a.ID, "a")); err == nil {
			last = max(last, n)
		}
	}
	return "a" + strconv.Itoa(last+1)
}

// RemoveActivity takes an activity away; what had to come after it does not have to any
// more. Errors: NotFound; Conflict "agenda.meanwhile"; as the policy.
func (s *Service) RemoveActivity(ctx context.Context, by account.User, id gathering.ID, version int64, activity string) error {
	w := &writing{gathering: id, version: version, act: "agenda.activity_removed", detail: map[string]any{"activity": activity}}
	return s.edit(ctx, by, w, func(o *order.Order, _ surroundings) error {
		if _, there := o.Find(activity); !there {
			return notFound()
		}
		o.Activities = slices.DeleteFunc(o.Activities, func(a order.Activity) bool { return a.ID == activity })
		for i := range o.Activities {
			o.Activities[i].After = slices.DeleteFunc(slices.Clone(o.Activities[i].After), func(id string) bool { return id == activity })
		}
		return nil
	})
}

// MoveActivity has an activity and the one before it on its day, or the one after it,
// change places: each keeps its length, and the time between them stays. Errors: NotFound;
// Conflict "agenda.move_end" when there is none, "agenda.move_wrong" when it cannot be,
// "agenda.meanwhile"; as the policy.
func (s *Service) MoveActivity(ctx context.Context, by account.User, id gathering.ID, version int64, m Move) error {
	w := &writing{gathering: id, version: version, act: "agenda.activity_moved", detail: map[string]any{"activity": m.Activity}}
	return s.edit(ctx, by, w, func(o *order.Order, _ surroundings) error {
		i := slices.IndexFunc(o.Activities, func(a order.Activity) bool { return a.ID == m.Activity })
		if i < 0 {
			return notFound()
		}
		j := neighbour(*o, i, m.Earlier)
		if j < 0 {
			return errs.New(errs.Conflict, "agenda.move_end")
		}
		first, second := &o.Activities[min(i, j)], &o.Activities[max(i, j)]
		gap := second.From - first.To
		*second, *first = shifted(*second, first.From), shifted(*first, first.From+second.To-second.From+gap)
		return nil
	})
}

// Move is an activity to have change places with the one before it, or after it.
type Move struct {
	Activity string
	Earlier  bool
}

func shifted(a order.Activity, from order.Minute) order.Activity {
	a.From, a.To = from, from+a.To-a.From
	return a
}

// neighbour is the activity of the same day that ends last before the i-th one begins, or
// begins first after it ends; -1 for none.
func neighbour(o order.Order, i int, earlier bool) int {
	a, found := o.Activities[i], -1
	for j, b := range o.Activities {
		switch {
		case b.Day != a.Day || j == i:
		case earlier && b.To <= a.From && (found < 0 || b.To >= o.Activities[found].To):
			found = j
		case !earlier && b.From >= a.To && (found < 0 || b.From < o.Activities[found].From):
			found = j
		}
	}
	return found
}

// Copy is a day to write on another one; 0 is the first day.
type Copy struct{ From, To int }

// CopyDay writes the activities of a day on another one, in place of what stood there.
// Errors: Conflict "agenda.copy_day", "agenda.move_wrong", "agenda.meanwhile"; as the policy.
func (s *Service) CopyDay(ctx context.Context, by account.User, id gathering.ID, version int64, c Copy) error {
	from, to := c.From, c.To
	w := &writing{gathering: id, version: version, act: "agenda.day_copied", detail: map[string]any{"from": from + 1, "to": to + 1}}
	return s.edit(ctx, by, w, func(o *order.Order, _ surroundings) error {
		if from == to || min(from, to) < 0 || max(from, to) >= len(o.Days) {
			return errs.New(errs.Conflict, "agenda.copy_day")
		}
		copyDay(o, from, to)
		return nil
	})
}

func copyDay(o *order.Order, from, to int) {
	gone := map[string]bool{}
	for _, a := range o.Activities {
		gone[a.ID] = a.Day == to
	}
	o.Activities = slices.DeleteFunc(o.Activities, func(a order.Activity) bool { return a.Day == to })
	names := map[string]string{}
	for _, a := range slices.Clone(o.Activities) {
		if a.Day != from {
			continue
		}
		old := a.ID
		a.ID, a.Day = fresh(*o), to
		names[old] = a.ID
		o.Activities = append(o.Activities, a)
	}
	for i := range o.Activities {
		a := &o.Activities[i]
		a.After = renamed(a.After, func(id string) string {
			switch {
			case gone[id]:
				return ""
			case a.Day == to && names[id] != "":
				return names[id]
			case a.Day == to && to < from:
				return "" // what it built on comes later now
			}
			return id
		})
	}
}

// renamed gives identifiers another name; those that have none any more go.
func renamed(ids []string, name func(string) string) (list []string) {
	for _, id := range ids {
		if id = name(id); id != "" {
			list = append(list, id)
		}
	}
	return list
}
