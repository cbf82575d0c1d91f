package app

import "transformateur/internal/web/ui"

// synthesisServices hold synthesis sheets and partners.
type synthesisServices struct{}

// openSynthesis makes the services of synthesis sheets and partners.
func (a *App) openSynthesis() {}

// synthesisRoutes are the addresses of synthesis sheets and partners.
func (a *App) synthesisRoutes() []ui.Route { return nil }
