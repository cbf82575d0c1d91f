package app

import (
	"transformateur/internal/web/schemes"
	"transformateur/internal/web/ui"
)

// harvestRoutes are the addresses of lists of schemes from elsewhere.
func (a *App) harvestRoutes() []ui.Route {
	return (&schemes.Handler{Schemes: a.Schemes, Programmes: a.Programmes}).HarvestRoutes()
}
