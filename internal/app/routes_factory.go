package app

import "transformateur/internal/web/ui"

// factoryServices hold factory editions.
type factoryServices struct{}

// openFactory makes the services of factory editions.
func (a *App) openFactory() {}

// factoryRoutes are the addresses of factory editions.
func (a *App) factoryRoutes() []ui.Route { return nil }
