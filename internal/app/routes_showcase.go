package app

import (
	"transformateur/internal/platform/blob"
	"transformateur/internal/showcase"
	"transformateur/internal/web/projects"
	showcasepages "transformateur/internal/web/showcase"
	"transformateur/internal/web/ui"
)

func init() {
	projectLinks = append(projectLinks, projects.Link{Path: "sheet", Label: "showcase.sheet"})
	overviewLinks = append(overviewLinks, projects.Link{Path: "showcase", Label: "showcase.backstage"})
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
}

// showcaseRoutes are the addresses of the showcase.
func (a *App) showcaseRoutes() []ui.Route {
	return (&showcasepages.Handler{Showcase: a.Showcase, Statements: a.Statements, Clock: a.Clock, BaseURL: a.Config.BaseURL, Name: a.Config.Name, Contact: a.Config.Contact, Moving: a.Config.Demo, More: a.showcaseMore}).Routes()
}
