package app

import (
	"transformateur/internal/web/schemes"
	"transformateur/internal/web/ui"
)

// harvestRoutes are the addresses of lists of schemes from elsewhere, and of the procedures
// at which they are asked for.
func (a *App) harvestRoutes() []ui.Route {
	h := &schemes.Handler{Schemes: a.Schemes, Programmes: a.Programmes}
	return append(h.HarvestRoutes(), h.ProcedureRoutes()...)
}
