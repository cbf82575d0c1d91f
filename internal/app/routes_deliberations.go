package app

import (
	"transformateur/internal/deliberation"
	"transformateur/internal/web/deliberations"
	"transformateur/internal/web/ui"
)

// openRooms makes the service of deliberations, after those it stands on.
func (a *App) openRooms() {
	a.Rooms = deliberation.New(deliberation.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Places: registers{}, Readings: handedIn{a.Reviews}, Compared: preferred{a.Comparisons}})
}

// deliberationRoutes are the addresses where a committee deliberates.
func (a *App) deliberationRoutes() []ui.Route {
	return (&deliberations.Handler{Rooms: a.Rooms, Opinions: a.Opinions, Clock: a.Clock, Name: a.Config.Name, Alive: a.alive}).Routes()
}
