package app

import (
	"net/url"

	"transformateur/internal/roadmap"
	"transformateur/internal/web/roadmaps"
	"transformateur/internal/web/ui"
)

// roadmapServices hold the roadmaps of projects.
type roadmapServices struct {
	Roadmaps *roadmap.Service
}

// openRoadmap makes the service of roadmaps, after projects.
func (a *App) openRoadmap() { a.Roadmaps = roadmap.New(a.DB, a.Clock, a.Policy, a.Projects) }

// roadmapRoutes are the addresses of roadmaps.
func (a *App) roadmapRoutes() []ui.Route {
	host := a.Config.BaseURL
	if u, err := url.Parse(host); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return (&roadmaps.Handler{Roadmaps: a.Roadmaps, BaseURL: a.Config.BaseURL, Host: host}).Routes()
}
