package app

import (
	"transformateur/internal/scheme"
	"transformateur/internal/web/schemes"
	"transformateur/internal/web/ui"
)

// openSchemes makes the service of support schemes, after projects.
func (a *App) openSchemes() { a.Schemes = scheme.New(a.DB, a.Clock, a.Policy) }

// schemeRoutes are the addresses of the catalogue and of orientation.
func (a *App) schemeRoutes() []ui.Route {
	return (&schemes.Handler{Schemes: a.Schemes, Programmes: a.Programmes}).Routes()
}
