package app

import (
	"transformateur/internal/platform/blob"
	"transformateur/internal/showcase"
	"transformateur/internal/web/ui"
)

// showcaseServices hold the showcase.
type showcaseServices struct {
	Showcase *showcase.Service
	blobs    blob.Store // where pictures and files are kept
}

// openShowcase makes the services of the showcase.
func (a *App) openShowcase() {
	a.Showcase = showcase.New(showcase.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Blobs: a.showcaseServices.blobs, Inspector: inspector{clamav: a.Config.ClamAV}, Jobs: a.Jobs, Bus: a.Bus, Programmes: a.Programmes})
}

// showcaseRoutes are the addresses of the showcase.
func (a *App) showcaseRoutes() []ui.Route { return nil }
