package app

import "transformateur/internal/web/ui"

// visitServices hold visits of sponsors.
type visitServices struct{}

// openVisit makes the services of visits of sponsors.
func (a *App) openVisit() {}

// visitRoutes are the addresses of visits of sponsors.
func (a *App) visitRoutes() []ui.Route { return nil }
