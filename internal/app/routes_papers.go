package app

import (
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/web/entrances"
	paperpages "transformateur/internal/web/papers"
	"transformateur/internal/web/ui"
)

// openPapers makes the services of the door of gatherings and of what they print, after
// their plans.
func (a *App) openPapers() {
	a.Entrance = entrance.New(a.DB, a.Clock, a.Policy, a.Pulse)
	a.Registrations = registration.New(registration.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Gatherings: a.Gatherings})
	a.Papers = papers.New(papers.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Schedule: a.Schedule})
}

// paperRoutes are the addresses of entrances, registrations, attendance, papers and calendars.
func (a *App) paperRoutes() []ui.Route {
	return append(
		(&entrances.Handler{Entrance: a.Entrance, Registrations: a.Registrations, Pulse: a.Pulse, BaseURL: a.Config.BaseURL}).Routes(),
		(&paperpages.Handler{Papers: a.Papers, Entrance: a.Entrance, BaseURL: a.Config.BaseURL}).Routes()...)
}
