// Package coaching is the pages of what stays of a coaching: notes, and what was agreed.
package coaching

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/agenda/note"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/coaching.
type Handler struct {
	Notes *note.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/coaching" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET ", "read", h.desk),
		at("GET /{project}", "read", h.one),
		at("POST /{project}/agreed", "coach", h.agree),
		at("POST /{project}/agreed/{item}", "coach", h.tick),
		at("GET /{project}/notes/{sitting}", "coach", h.note),
		at("POST /{project}/notes/{sitting}", "coach", h.savePage),
		at("POST /{project}/notes/{sitting}/save", "coach", h.autosave),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("project")) }

// at is an address of the coaching of a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id)) + "/coaching"}, parts...), "/")
}

func streamURL(id gathering.ID) string {
	return "/gatherings/" + url.PathEscape(string(id)) + "/pulse"
}

func crumbs(ctx context.Context, g gathering.Gathering, deep bool) []ui.Crumb {
	list := []ui.Crumb{{Label: g.Title, URL: "/gatherings/" + url.PathEscape(string(g.ID))}}
	if deep {
		list = append(list, ui.Crumb{Label: i18n.T(ctx, "coaching.title"), URL: at(g.ID)})
	}
	return list
}

// dayOf says a day at the place of a gathering.
func dayOf(ctx context.Context, g gathering.Gathering, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, zone.Location(g.Zone))
	if err != nil {
		return day
	}
	return ui.ShortDay(ctx, t)
}
