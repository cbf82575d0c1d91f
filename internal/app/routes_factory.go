package app

import (
	"transformateur/internal/factory"
	"transformateur/internal/web/factories"
	"transformateur/internal/web/ui"
)

// factoryServices hold factory editions.
type factoryServices struct {
	Factory *factory.Service
}

// openFactory makes the services of factory editions.
func (a *App) openFactory() { a.Factory = factory.New(a.DB, a.Clock, a.Policy) }

// factoryRoutes are the addresses of factory editions.
func (a *App) factoryRoutes() []ui.Route { return (&factories.Handler{Factory: a.Factory}).Routes() }
