package app

import "transformateur/internal/web/ui"

// harvestServices hold lists of schemes from elsewhere.
type harvestServices struct{}

// openHarvest makes the services of lists of schemes from elsewhere.
func (a *App) openHarvest() {}

// harvestRoutes are the addresses of lists of schemes from elsewhere.
func (a *App) harvestRoutes() []ui.Route { return nil }
