// Package plans is the pages on which who runs a gathering makes its plan: in one act, by hand, and again when something happens.
package plans

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/plans.
type Handler struct {
	House    *house.Service
	Planner  *planner.Service
	Schedule *schedule.Service
	Clock    clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: "gathering.manage", On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET plans", h.list),
		at("POST plans", h.compose),
		at("GET repair", h.repair),
		at("POST repair", h.accept),
		at("GET plans/{plan}", h.version),
		at("POST plans/{plan}/publish", h.publish),
		at("GET plans/{plan}/compare", h.compare),
		at("GET plans/{plan}/new", h.blank),
		at("POST plans/{plan}/new", h.draw),
		at("GET plans/{plan}/sittings/{sitting}", h.sitting),
		at("POST plans/{plan}/sittings/{sitting}", h.draw),
		at("GET plans/{plan}/sittings/{sitting}/verdict", h.verdict),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

func versionOf(r *http.Request) schedule.ID { return schedule.ID(r.PathValue("plan")) }

// at is an address of a gathering.
func at(id gathering.ID, parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id))}, parts...), "/")
}

// crumbs lead to the gathering, then to its plans from the pages under them.
func crumbs(ctx context.Context, g gathering.Gathering, under bool) []ui.Crumb {
	list := []ui.Crumb{{Label: g.Title, URL: at(g.ID)}}
	if under {
		list = append(list, ui.Crumb{Label: i18n.T(ctx, "plans.title"), URL: at(g.ID, "plans")})
	}
	return list
}

// number reads a number that was typed; anything else is -1, nothing is 0.
func number(typed string) int {
	if typed = strings.TrimSpace(typed); typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1
	}
	return n
}

// minuteOf reads a time of the wall, "09:30"; ok is false when it is none.
func minuteOf(typed string) (m order.Minute, ok bool) {
	t, err := time.Parse("15:04", strings.TrimSpace(typed))
	if err != nil {
		return 0, false
	}
	return order.Minute(t.Hour()*60 + t.Minute()), true
}
