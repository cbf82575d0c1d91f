package app

import (
	"slices"

	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
	"transformateur/internal/web/experts"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/rights"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "rights", Label: "rights.title"})
	overviewLinks = append(overviewLinks, projects.Link{Path: "rights", Label: "rights.budget"})
}

// openRights makes the services of experts and of drawing rights, after projects.
func (a *App) openRights() {
	a.Experts = pool.New(pool.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, People: a.Accounts, Programmes: a.Programmes})
	a.Rights = right.New(right.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Pool: a.Experts, Meet: a.Bookings})
}

// rightsRoutes are the addresses of experts and of drawing rights.
func (a *App) rightsRoutes() []ui.Route {
	return slices.Concat((&experts.Handler{Pool: a.Experts, Rights: a.Rights}).Routes(), (&rights.Handler{Rights: a.Rights}).Routes())
}
