package conduct

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
)

// Moved is an activity with the hours that it had and those that it would have.
type Moved struct {
	order.Activity // as it would be
	Was            order.Activity
}

// Shift is what a delay would give, before it is accepted.
type Shift struct {
	Scene
	Late  plan.Late
	Moves []Moved
	Left  int // minutes of the delay at the end of the day
}

// Preview tells what a delay from now on would give. Errors: Invalid on "minutes"; Conflict
// schedule.none, conduct.not_today outside the days of the gathering, schedule.too_late; as
// the policy, on gathering.manage.
func (s *Service) Preview(ctx context.Context, by account.User, id gathering.ID, minutes int, makeUp bool) (v Shift, err error) {
	r := s.DB.Reader()
	if _, err := s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return v, err
	}
	if v.Scene, err = s.scene(ctx, r, by, id); err != nil {
		return v, err
	}
	switch {
	case !v.Published():
		return v, errs.New(errs.Conflict, "schedule.none")
	case v.Stands() != Today:
		return v, errs.New(errs.Conflict, "conduct.not_today")
	case minutes < 1 || minutes > schedule.MaxDelay:
		return v, errs.NewInvalid("schedule.invalid", []errs.Field{{Path: "minutes", Key: "schedule.minutes", Args: []any{schedule.MaxDelay}}})
	}
	v.Late = plan.Late{Day: v.Day, At: v.At, Minutes: minutes, MakeUp: makeUp}
	after, _, left, fits := plan.Delay(v.Version.Order, v.Version.Plan, v.Late)
	if !fits {
		return v, errs.New(errs.Conflict, "schedule.too_late")
	}
	v.Left = left
	for _, a := range after.Activities {
		was, _ := v.Version.Order.Find(a.ID)
		if a.Day == v.Day && (a.From != was.From || a.To != was.To) {
			v.Moves = append(v.Moves, Moved{a, was})
		}
	}
	return v, nil
}

// stale is how long a preview holds, in minutes: after that the day has gone on.
const stale = 15

// Accept has the day run late as a preview showed it: from the same minute, on the same
// version of the programme. It gives what is left of the delay. Errors: Conflict
// conduct.meanwhile when another version was published since, or too much time passed; as
// schedule.Service.Delay.
func (s *Service) Accept(ctx context.Context, by account.User, id gathering.ID, seen schedule.ID, late plan.Late) (left int, err error) {
	v, err := s.Scene(ctx, by, id)
	if err != nil {
		return 0, err
	}
	if v.Manages && (v.Version.ID != seen || late.Day != v.Day || late.At > v.At || late.At < v.At-stale) {
		return 0, errs.New(errs.Conflict, "conduct.meanwhile")
	}
	return s.Plans.Delay(ctx, by, id, late)
}
