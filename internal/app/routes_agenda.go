package app

import (
	"context"
	"slices"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/web/agendas"
	"transformateur/internal/web/plans"
	"transformateur/internal/web/pulses"
	"transformateur/internal/web/ui"
)

// openAgenda makes the service of who comes to gatherings, where and in what order, after
// gatherings.
func (a *App) openAgenda() {
	a.House = house.New(a.DB, a.Clock, a.Policy, a.Jobs)
	a.Pulse = pulse.New(a.DB, a.Policy)
	a.Schedule = schedule.New(schedule.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, House: comers{}, Pulse: a.Pulse})
	a.Planner = planner.New(planner.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, House: a.House, Schedule: a.Schedule, Wished: wished})
}

// wished tells plans who asked for whom.
func wished(ctx context.Context, r db.Reader, id gathering.ID) (planner.Wished, error) {
	w, err := wish.Load(ctx, r, id)
	return planner.Wished(w), err
}

// comers tells plans who comes to a gathering, and where they may be.
type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

// agendaRoutes are the addresses of running orders, rooms, absences and needs.
func (a *App) agendaRoutes() []ui.Route {
	return append((&agendas.Handler{House: a.House}).Routes(), slices.Concat(
		(&pulses.Handler{Pulse: a.Pulse, Alive: a.alive}).Routes(),
		(&plans.Handler{House: a.House, Planner: a.Planner, Schedule: a.Schedule, Clock: a.Clock}).Routes())...)
}
