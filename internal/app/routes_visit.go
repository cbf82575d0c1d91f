package app

import (
	"transformateur/internal/notify/helping"
	"transformateur/internal/web/ui"
)

// visitServices hold visits of sponsors.
type visitServices struct{}

// openVisit makes the services of visits of sponsors, and the mails of all who help projects.
func (a *App) openVisit() {
	helping.New(a.Clock, a.Notify, a.Config.BaseURL).Listen(a.Bus)
}

// visitRoutes are the addresses of visits of sponsors.
func (a *App) visitRoutes() []ui.Route { return nil }
