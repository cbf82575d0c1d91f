package app

import (
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/factory/crew"
	"transformateur/internal/project"
	"transformateur/internal/web/crews"
	"transformateur/internal/web/factories"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/ui"
)

func init() { projectLinks = append(projectLinks, projects.Link{Path: "crew", Label: "crews.title"}) }

// factoryServices hold factory editions.
type factoryServices struct {
	Factory *factory.Service
	Crews   *crew.Service
}

// openFactory makes the services of factory editions, after the pool of experts.
func (a *App) openFactory() {
	a.Factory = factory.New(a.DB, a.Clock, a.Policy, a.Bus)
	a.Crews = crew.New(crew.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Pool: a.Experts})
}

// endedAt is the page of the gate at which a project stopped or was handed over.
func (a *App) endedAt(ctx context.Context, by account.User, id project.ID) (address, name string, err error) {
	g, ended, err := a.Factory.EndedAt(ctx, by, id)
	if err != nil || !ended {
		return "", "", err
	}
	return "/projects/" + string(id) + "/gates/" + string(g.ID), g.Name, nil
}

// factoryRoutes are the addresses of factory editions.
func (a *App) factoryRoutes() []ui.Route {
	return slices.Concat((&factories.Handler{Factory: a.Factory}).Routes(), (&crews.Handler{Crews: a.Crews}).Routes())
}
