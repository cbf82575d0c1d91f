package app

import (
	"transformateur/internal/gathering"
	"transformateur/internal/project"
	"transformateur/internal/web/gatherings"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/ui"
)

// openGatherings makes the services of projects and gatherings, after decisions.
func (a *App) openGatherings() {
	a.Projects = project.New(a.DB, a.Clock, a.Policy, a.Accounts)
	a.Gatherings = gathering.New(gathering.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, People: a.Accounts, Projects: a.Projects})
}

// gatheringRoutes are the addresses of projects, of gatherings and of their doors.
func (a *App) gatheringRoutes() []ui.Route {
	cfg := a.Config
	return append(
		(&gatherings.Handler{Gatherings: a.Gatherings, Programmes: a.Programmes, Clock: a.Clock, BaseURL: cfg.BaseURL, HTTPS: cfg.HTTPS(), Proxied: cfg.Proxied, Boards: a.boardsOf,
			NewBoardURL: func(id gathering.ID) string { return "/gatherings/" + string(id) + "/boards/new" }}).Routes(),
		(&projects.Handler{Projects: a.Projects, Programmes: a.Programmes}).Routes()...)
}
