package app

import "transformateur/internal/web/ui"

// reportServices hold the report of an edition.
type reportServices struct{}

// openReport makes the services of the report of an edition.
func (a *App) openReport() {}

// reportRoutes are the addresses of the report of an edition.
func (a *App) reportRoutes() []ui.Route { return nil }
