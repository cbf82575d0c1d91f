// Package entrances is the pages of the door of a gathering: who asks to come, who is there, and the sheet of who came.
package entrances

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id} at its door.
type Handler struct {
	Entrance      *entrance.Service
	Registrations *registration.Service
	Pulse         *pulse.Service
	BaseURL       string // of the install, for the address to give to people
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET entrance", "manage", h.entrance),
		at("GET entrance.js", "manage", h.worker),
		at("POST entrance", "manage", h.note),
		at("GET entrance/state", "manage", h.state),
		at("POST entrance/marks", "manage", h.marks),
		at("GET attendance", "manage", h.attendance),
		at("GET attendance.pdf", "manage", h.attendancePDF),
		at("GET attendance.csv", "manage", h.attendanceCSV),
		at("GET attendance.xlsx", "manage", h.attendanceXLSX),
		at("GET registration", "register", h.registration),
		at("POST registration", "register", h.ask),
		at("POST registration/withdraw", "register", h.withdraw),
		at("GET registrations", "manage", h.registrations),
		at("POST registrations", "manage", h.setDesk),
		at("POST registrations/{registration}/accept", "manage", h.accept),
		at("POST registrations/{registration}/decline", "manage", h.decline),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// at is an address of a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id))}, parts...), "/")
}

func crumbs(g gathering.Gathering) []ui.Crumb { return []ui.Crumb{{Label: g.Title, URL: at(g.ID)}} }

func roleName(ctx context.Context, r gathering.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}

// hour is a time of the wall of a gathering.
func hour(ctx context.Context, g gathering.Gathering, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return text.Clock(string(i18n.From(ctx)), t.In(zone.Location(g.Zone)))
}

// when is the line under a title: the days, then the place.
func when(ctx context.Context, g gathering.Gathering) string {
	there := zone.Location(g.Zone)
	first, err := time.ParseInLocation(time.DateOnly, g.StartsOn, there)
	last, wrong := time.ParseInLocation(time.DateOnly, g.EndsOn, there)
	if err != nil || wrong != nil {
		return g.Place
	}
	if g.Place == "" {
		return ui.Span(ctx, first, last)
	}
	return i18n.T(ctx, "gatherings.when_where", ui.Span(ctx, first, last), g.Place)
}

// acting is how an act on a page ends.
type acting struct {
	where string // to go once it is done
	said  string // key of what is said there
	show  func(problems ui.Problems, status int) error
}

// acted leads on, or shows the page once more with what kept the act from being done.
func acted(w http.ResponseWriter, r *http.Request, err error, a acting) error {
	if err == nil {
		return ui.Done(w, r, a.where, a.said)
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	return a.show(problems, ui.StatusOf(err))
}
