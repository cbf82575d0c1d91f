// Package showcase is the pages of the showcase: what visitors read of projects and editions, and the desks where teams and communications prepare it.
package showcase

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/policy"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
	"transformateur/internal/territory"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /showcase, and where what stands there is prepared.
type Handler struct {
	Showcase   *showcase.Service
	Statements *statement.Service
	Clock      clock.Clock
	BaseURL    string // public address of the install, without a final slash
	Name       string // of the install
	Contact    string // address of the people to write to
	Moving     bool   // pages tell the time, as those of the demonstration do: none is kept
	More       []More // what other rooms show of an edition
	KeptBytes  int    // bound of what is kept in memory, in bytes; 0 means 32 MiB
	pages      pages
}

// More gives the links that another room adds to the page of an edition, to everybody.
type More func(ctx context.Context, id programme.EditionID) ([]showcase.Link, error)

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	public := func(path string, handle ui.HandlerFunc, params ...string) ui.Route {
		return ui.Route{Pattern: "GET /showcase" + path, Action: "site.visit", Handle: h.kept(handle, params...)}
	}
	on := func(kind, pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /" + kind + "s/{id}" + path, Action: action, On: kind, Handle: handle}
	}
	return []ui.Route{
		public("", h.home),
		public("/search", h.search, "q"),
		public("/projects", h.projects, "q", "region", "theme", "page"),
		public("/projects/{slug}", h.project),
		public("/editions/{edition}", h.edition),
		public("/projects/{slug}/card", h.card),
		public("/programmes/{programme}", h.programme),
		public("/feed.atom", h.feed),
		public("/sitemap.xml", h.sitemap),
		public("/data", h.data),
		public("/data/catalogue.jsonld", h.catalogue),
		public("/data/schema.json", h.schema),
		public("/data/projects.csv", h.projectsCSV),
		public("/data/projects.json", h.projectsJSON),
		public("/data/editions.csv", h.editionsCSV),
		public("/data/editions.json", h.editionsJSON),
		public("/resources", h.resources, "q", "kind", "language"),
		{Pattern: "GET /showcase/resources/{resource}/file", Action: "site.visit", Handle: h.resourceFile},
		{Pattern: "GET /showcase/pictures/{picture}", Action: "site.visit", Handle: h.picture},
		{Pattern: "GET /showcase/{rest...}", Action: "site.visit", Handle: h.nothing},

		on("project", "GET /sheet", "sheet.read", h.sheet),
		on("project", "POST /sheet", "sheet.edit", h.save),
		on("project", "GET /sheet/preview", "sheet.read", h.preview),
		on("project", "POST /sheet/propose", "sheet.edit", h.propose),
		on("project", "POST /sheet/withdraw", "sheet.withdraw", h.withdraw),
		on("project", "POST /sheet/ask", "sheet.clear", h.ask),
		on("project", "POST /sheet/back", "sheet.clear", h.sendBack),
		on("project", "POST /sheet/clear", "sheet.clear", h.clear),
		on("project", "POST /sheet/publish", "sheet.clear", h.publish),
		on("project", "POST /sheet/pictures", "sheet.edit", h.addPicture),
		on("project", "GET /sheet/pictures/{image}", "sheet.read", h.sheetPicture),
		on("project", "POST /sheet/pictures/{image}", "sheet.edit", h.changePicture),
		on("project", "POST /sheet/pictures/{image}/remove", "sheet.edit", h.removePicture),

		on("edition", "GET /showcase", "showcase.preview", h.backstage),
		on("edition", "POST /showcase", "showcase.manage", h.write),
		on("edition", "POST /showcase/opening", "showcase.open", h.opening),
		on("edition", "GET /showcase/preview", "showcase.preview", h.previewEdition),
		on("edition", "POST /showcase/pictures", "showcase.manage", h.addEditionPicture),
		on("edition", "GET /showcase/pictures/{image}", "showcase.preview", h.editionPicture),
		on("edition", "POST /showcase/pictures/{image}/remove", "showcase.manage", h.removeEditionPicture),

		on("programme", "GET /resources", "resource.manage", h.shelf),
		on("programme", "GET /resources/new", "resource.manage", h.newResource),
		on("programme", "POST /resources/new", "resource.manage", h.addResource),
		on("programme", "GET /resources/{resource}", "resource.manage", h.resource),
		on("programme", "POST /resources/{resource}", "resource.manage", h.changeResource),
		on("programme", "POST /resources/{resource}/move", "resource.manage", h.moveResource),
	}
}

// visitor is who asks for a page that is the same for everybody.
var visitor account.User

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

// at is an address of the showcase.
func at(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/showcase"}, parts...), "/")
}

// sheetURL is an address of the sheet of a project, for who prepares it.
func sheetURL(id project.ID, parts ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id)) + "/sheet"}, parts...), "/")
}

// backURL is an address of the page of an edition, for who prepares it.
func backURL(id programme.EditionID, parts ...string) string {
	return strings.Join(append([]string{ui.EditionURL(id) + "/showcase"}, parts...), "/")
}

func lang(ctx context.Context) string { return string(i18n.From(ctx)) }

// crumbs lead from the showcase to a page of it.
func crumbs(ctx context.Context, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: i18n.T(ctx, "showcase.title"), URL: at()}}, more...)
}

// regionName names a region, "" for none.
func regionName(code string) string { return territory.Name(territory.KindRegion, code) }
