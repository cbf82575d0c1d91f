package app

import "transformateur/internal/web/ui"

// roadmapServices hold the roadmap of a project.
type roadmapServices struct{}

// openRoadmap makes the services of the roadmap of a project.
func (a *App) openRoadmap() {}

// roadmapRoutes are the addresses of the roadmap of a project.
func (a *App) roadmapRoutes() []ui.Route { return nil }
