package app

import "transformateur/internal/web/ui"

// outcomeServices hold what people say afterwards.
type outcomeServices struct{}

// openOutcome makes the services of what people say afterwards.
func (a *App) openOutcome() {}

// outcomeRoutes are the addresses of what people say afterwards.
func (a *App) outcomeRoutes() []ui.Route { return nil }
