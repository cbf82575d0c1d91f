package app

import (
	"transformateur/internal/notify/helping"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/visits"
)

// visitServices hold visits of sponsors.
type visitServices struct {
	Visits *visit.Service
}

// openVisit makes the services of visits of sponsors, and the mails of all who help projects.
func (a *App) openVisit() {
	a.Visits = visit.New(a.DB, a.Clock, a.Policy, a.Bus)
	helping.New(a.Clock, a.Notify, a.Config.BaseURL).Listen(a.Bus)
}

// visitRoutes are the addresses of visits of sponsors.
func (a *App) visitRoutes() []ui.Route {
	return (&visits.Handler{Visits: a.Visits}).Routes()
}
