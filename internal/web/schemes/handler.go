// Package schemes is the pages of support schemes: the catalogue of an agency, and what each project is offered, keeps and obtains.
package schemes

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /schemes, and at the addresses of schemes under agencies, projects and editions.
type Handler struct {
	Schemes    *scheme.Service
	Programmes *programme.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, action policy.Action, on string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: on, Handle: handle}
	}
	return []ui.Route{
		at("GET /projects/{id}/orientation", "orientation.read", "project", h.orientation),
		at("GET /projects/{id}/orientation/facts", "orientation.read", "project", h.facts),
		at("POST /projects/{id}/orientation/facts", "orientation.act", "project", h.tell),
		at("GET /projects/{id}/orientation/{scheme}", "orientation.read", "project", h.one),
		at("POST /projects/{id}/orientation/{scheme}", "orientation.act", "project", h.note),
		at("POST /projects/{id}/orientation/{scheme}/undo", "orientation.act", "project", h.undo),
		at("GET /editions/{id}/orientation", "orientation.follow", "edition", h.edition),
		at("GET /editions/{id}/orientation.csv", "orientation.follow", "edition", h.figures),

		at("GET /agencies/{id}/schemes", "scheme.manage", "agency", h.list),
		at("POST /agencies/{id}/schemes/start", "scheme.manage", "agency", h.start),
		at("GET /agencies/{id}/schemes/new", "scheme.manage", "agency", h.blank),
		at("POST /agencies/{id}/schemes/new", "scheme.manage", "agency", h.create),
		at("GET /schemes/{id}", "scheme.read", "scheme", h.show),
		at("GET /schemes/{id}/edit", "scheme.manage", "scheme", h.edit),
		at("POST /schemes/{id}/edit", "scheme.manage", "scheme", h.save),
		at("GET /schemes/{id}/history", "scheme.manage", "scheme", h.history),
		at("POST /schemes/{id}/state", "scheme.manage", "scheme", h.move),
		at("POST /schemes/{id}/checked", "scheme.manage", "scheme", h.checked),
	}
}

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func schemeOf(r *http.Request) scheme.ID { return scheme.ID(r.PathValue("scheme")) }

// under is an address of the orientation of a project.
func under(id project.ID, parts ...string) string {
	return join("/projects/", string(id), append([]string{"orientation"}, parts...))
}

// at is an address of a scheme; in one of the catalogue of an agency.
func at(id scheme.ID, parts ...string) string { return join("/schemes/", string(id), parts) }

func in(id programme.AgencyID, parts ...string) string {
	return join("/agencies/", string(id), append([]string{"schemes"}, parts...))
}

func join(base, id string, parts []string) string {
	list := []string{base + url.PathEscape(id)}
	for _, one := range parts {
		list = append(list, url.PathEscape(one))
	}
	return strings.Join(list, "/")
}

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return n
}
