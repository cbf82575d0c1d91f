package app

import (
	"net/url"

	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
	pages "transformateur/internal/web/news"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/roadmaps"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "news", Label: "news.title"})
	overviewLinks = append(overviewLinks, projects.Link{Path: "news", Label: "news.title"})
}

// roadmapServices hold the roadmaps of projects.
type roadmapServices struct {
	Roadmaps *roadmap.Service
	News     *news.Service
}

// openRoadmap makes the services of roadmaps, after projects.
func (a *App) openRoadmap() {
	a.Roadmaps = roadmap.New(a.DB, a.Clock, a.Policy, a.Projects)
	a.News = news.New(news.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Mails: letters{a.Notify, a.Config.BaseURL}, Jobs: a.Jobs, Roadmaps: a.Roadmaps})
}

// roadmapRoutes are the addresses of roadmaps.
func (a *App) roadmapRoutes() []ui.Route {
	host := a.Config.BaseURL
	if u, err := url.Parse(host); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return append((&roadmaps.Handler{Roadmaps: a.Roadmaps, BaseURL: a.Config.BaseURL, Host: host}).Routes(), (&pages.Handler{News: a.News, Clock: a.Clock}).Routes()...)
}
