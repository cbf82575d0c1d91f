// Package floor is who stands where on the day of a gathering: her seat, what she may do there, and what takes place.
package floor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Plans give the plan that everybody follows. Error: NotFound when there is none.
type Plans interface {
	Current(ctx context.Context, r db.Reader, id gathering.ID) (schedule.Version, error)
}

// Pulse tells the open pages of a gathering that its day changed, with the change itself.
type Pulse interface {
	Beat(ctx context.Context, tx *db.Tx, id gathering.ID) error
}

// Floor is what services of the day stand on.
type Floor struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Pulse  Pulse
	Plans  Plans
}

// Speaker is somebody in a gathering.
type Speaker struct {
	gathering.Gathering
	By      account.User
	Seat    gathering.Participant // without an ID when she has none
	Manages bool                  // she runs the gathering
	may     map[policy.Action]policy.Decision
}

// May says whether she may do one of the actions that Enter was given.
func (p Speaker) May(action policy.Action) bool { return p.may[action].Allowed }

// Seated says whether she has a seat.
func (p Speaker) Seated() bool { return p.Seat.ID != "" }

// Of says whether she is of the team of a project.
func (p Speaker) Of(project string) bool {
	return p.Seat.Role == gathering.Team && project != "" && string(p.Seat.Project) == project
}

// Leads says whether she runs the gathering, or leads an activity of it.
func (p Speaker) Leads(a order.Activity) bool {
	return p.Manages || p.Seated() && slices.Contains(a.Leads, p.Seat.ID)
}

// Enter finds who somebody is in a gathering where she may do an action; others are
// answered by May. Errors: NotFound; as the policy.
func (f *Floor) Enter(ctx context.Context, r db.Reader, by account.User, id gathering.ID, actions ...policy.Action) (p Speaker, err error) {
	p.By = by
	if p.Gathering, err = gathering.Load(ctx, r, id); err != nil {
		return p, err
	}
	if _, err = f.Policy.Require(ctx, r, by, actions[0], p.Object()); err != nil {
		return p, err
	}
	if p.may, err = f.Policy.Decisions(ctx, r, by, p.Object(), append(actions, "gathering.manage")...); err != nil {
		return p, err
	}
	p.Manages = p.may["gathering.manage"].Allowed
	if p.Seat, err = gathering.Comes(ctx, r, id, by.ID); errs.Is(err, errs.NotFound) {
		err = nil
	}
	return p, err
}

// Journal notes an act that changes nothing of what others see.
func (f *Floor) Journal(ctx context.Context, tx *db.Tx, p Speaker, act string, detail map[string]any) error {
	return journal.Write(ctx, tx, f.Clock.Now(), journal.Entry{Actor: p.By.Actor(), Act: act, Kind: "gathering", ID: string(p.ID), Detail: detail})
}

// Note journals an act of the day and tells the open pages of it.
func (f *Floor) Note(ctx context.Context, tx *db.Tx, p Speaker, act string, detail map[string]any) error {
	if err := f.Journal(ctx, tx, p, act, detail); err != nil {
		return err
	}
	return f.Pulse.Beat(ctx, tx, p.ID)
}

// Programme is what takes place: the running order that is followed, and the plan once one
// is published.
type Programme struct {
	Order   order.Order
	Plan    plan.Plan
	Planned bool
}

// Programme reads what takes place, as somebody may know it: nothing of a running order
// that nobody published, unless she runs the gathering.
func (f *Floor) Programme(ctx context.Context, r db.Reader, p Speaker) (all Programme, err error) {
	v, err := f.Plans.Current(ctx, r, p.ID)
	if err == nil {
		return Programme{v.Order, v.Plan, true}, nil
	}
	if !errs.Is(err, errs.NotFound) {
		return all, err
	}
	if !p.Manages {
		n, err := db.Get(ctx, r, db.Value[int64], `select count(*) from agenda_orders where gathering_id = $1 and published_at is not null`, string(p.ID))
		if err != nil {
			return all, fmt.Errorf("look whether the order of gathering %s is published: %w", p.ID, err)
		}
		if n == 0 {
			return all, nil
		}
	}
	all.Order, _, _, err = house.Load(ctx, r, p.ID)
	return all, err
}

// Activity finds an activity of a gathering, as Programme tells it. Error: NotFound.
func (f *Floor) Activity(ctx context.Context, r db.Reader, p Speaker, id string) (a order.Activity, all Programme, err error) {
	if all, err = f.Programme(ctx, r, p); err != nil {
		return a, all, err
	}
	a, there := all.Order.Find(id)
	if !there {
		return a, all, NotFound()
	}
	return order.Usual(a), all, nil
}

// NotFound is the error of what is not there, or is not hers to see.
func NotFound() error { return errs.New(errs.NotFound, "errs.not_found") }

// Line cleans a text of one line, Lines one of several.
func Line(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// Lines is said by Line.
func Lines(s string) string { return strings.TrimSpace(text.Clean(s)) }

// Long says whether a text has more characters than it may.
func Long(s string, most int) bool { return utf8.RuneCountInString(s) > most }
