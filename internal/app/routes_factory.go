package app

import "transformateur/internal/web/ui"

// openFactory makes the services of factory editions.
func (a *App) openFactory() {}

// factoryRoutes are the addresses of factory editions.
func (a *App) factoryRoutes() []ui.Route { return nil }
