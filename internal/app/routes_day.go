package app

import (
	"transformateur/internal/agenda/conduct"
	"transformateur/internal/board/placing"
	"transformateur/internal/web/days"
	"transformateur/internal/web/ui"
)

// openDays makes the service of the days of gatherings, after boards and plans.
func (a *App) openDays() {
	a.Days = conduct.New(conduct.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Plans: a.Schedule, Pulse: a.Pulse, Rooms: a.Boards, Present: a.Entrance,
		Placing: placing.New(placing.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Rooms: a.Boards})})
}

// dayRoutes are the addresses of a gathering on its days.
func (a *App) dayRoutes() []ui.Route {
	return (&days.Handler{Days: a.Days, Gatherings: a.Gatherings, BaseURL: a.Config.BaseURL}).Routes()
}
