package app

import "transformateur/internal/web/ui"

// showcaseServices hold the showcase.
type showcaseServices struct{}

// openShowcase makes the services of the showcase.
func (a *App) openShowcase() {}

// showcaseRoutes are the addresses of the showcase.
func (a *App) showcaseRoutes() []ui.Route { return nil }
