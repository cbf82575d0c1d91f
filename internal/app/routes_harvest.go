package app

import (
	"transformateur/internal/web/schemes"
	"transformateur/internal/web/ui"
)

// harvestServices hold nothing: the service of schemes keeps lists from elsewhere too.
type harvestServices struct{}

// openHarvest makes nothing.
func (a *App) openHarvest() {}

// harvestRoutes are the addresses of lists of schemes from elsewhere.
func (a *App) harvestRoutes() []ui.Route {
	return (&schemes.Handler{Schemes: a.Schemes, Programmes: a.Programmes}).HarvestRoutes()
}
