package app

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/notify/exhibits"
	"transformateur/internal/platform/blob"
	"transformateur/internal/showcase"
	"transformateur/internal/web/projects"
	showcasepages "transformateur/internal/web/showcase"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "sheet", Label: "showcase.sheet", Part: projects.Account})
	overviewLinks = append(overviewLinks, projects.Link{Path: "showcase", Label: "showcase.backstage", Part: projects.Account})
}

// showcaseServices hold the showcase.
type showcaseServices struct {
	Showcase *showcase.Service
	blobs    blob.Store // where pictures and files are kept

	// showcaseMore gives what other rooms add to the page of an edition: links to a report
	// that was published, for instance. A room appends to it when it is opened.
	showcaseMore []showcasepages.More
}

// openShowcase makes the services of the showcase.
func (a *App) openShowcase() {
	a.Showcase = showcase.New(showcase.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Blobs: a.showcaseServices.blobs, Inspector: inspector{clamav: a.Config.ClamAV}, Jobs: a.Jobs, Bus: a.Bus, Programmes: a.Programmes})
	exhibits.New(a.Bus, a.Notify, a.Config.BaseURL)
}

// exhibiting leads to the sheets that were asked of somebody, and to those that wait for her word.
func (a *App) exhibiting(ctx context.Context, by account.User) (list []ui.Todo, err error) {
	asked, proposed, err := a.Showcase.Waiting(ctx, by)
	for _, n := range asked {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "showcase.todo_write"), About: n.Name.FR, URL: "/projects/" + n.ID + "/sheet"})
	}
	for _, n := range proposed {
		list = append(list, ui.Todo{Text: i18n.T(ctx, "showcase.todo_clear"), About: n.Name.FR, URL: "/projects/" + n.ID + "/sheet"})
	}
	return list, err
}

// showcaseRoutes are the addresses of the showcase.
func (a *App) showcaseRoutes() []ui.Route {
	return (&showcasepages.Handler{Showcase: a.Showcase, Statements: a.Statements, Clock: a.Clock, BaseURL: a.Config.BaseURL, Name: a.Config.Name, Contact: a.Config.Contact, Moving: a.Config.Demo, More: a.showcaseMore}).Routes()
}
