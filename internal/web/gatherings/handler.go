// Package gatherings is the pages of gatherings: what is there for me, who is there, and the door by which one comes in.
package gatherings

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Board is a shared surface of a gathering, as its page shows it to somebody.
type Board struct {
	Title   string
	URL     string
	About   string // which project or group it is for, how far it is
	Place   bool   // where one was sent: it comes before all
	Mine    bool   // it comes first
	Current bool   // people write on it now
}

// Link leads from the page of a gathering to one of another package, under its address.
type Link struct {
	Path  string // "agenda"
	Label string // a key
	When  When   // for who runs the gathering alone
}

// When is the part of a gathering in which who runs it needs something; "" for everybody.
type When string

// The parts of a gathering.
const (
	Before When = "before"
	During When = "during"
	After  When = "after"
)

var parts = []When{Before, During, After}

// of keeps the links of a part.
func (v view) of(w When) (list []Link) {
	for _, l := range v.links {
		if l.When == w {
			list = append(list, l)
		}
	}
	return list
}

// Handler answers under /gatherings and /join, and to who prepares a gathering in an edition.
type Handler struct {
	Gatherings *gathering.Service
	Programmes *programme.Service
	Clock      clock.Clock
	BaseURL    string // of the install, for the address that a code stands for
	HTTPS      bool   // the cookie is for HTTPS only
	Proxied    bool   // a proxy stands in front
	// Boards lists the boards of a gathering that somebody may read; nil shows none.
	Boards func(ctx context.Context, by account.User, id gathering.ID) ([]Board, error)
	// Away says in a line when participants are not there, to who runs a gathering; nil says nothing.
	Away func(r *http.Request, id gathering.ID) (map[string]string, error)
	// NewBoardURL leads to the page of another package that opens a board; nil shows no link.
	NewBoardURL func(gathering.ID) string
	Links       []Link // in the order in which people need them
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: actionOf(action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		{Pattern: "GET /editions/{id}/gatherings/new", Action: "gathering.create", On: "edition", Handle: h.blank},
		{Pattern: "POST /editions/{id}/gatherings/new", Action: "gathering.create", On: "edition", Handle: h.create},
		at("GET /gatherings/{id}", "read", h.show),
		at("GET /gatherings/{id}/edit", "manage", h.edit),
		at("POST /gatherings/{id}/edit", "manage", h.save),
		at("POST /gatherings/{id}/open", "manage", h.open),
		at("POST /gatherings/{id}/close", "manage", h.close),
		at("POST /gatherings/{id}/seat", "manage", h.takeSeat),
		at("POST /gatherings/{id}/leave", "leave", h.leave),
		at("GET /gatherings/{id}/code", "manage", h.code),
		at("POST /gatherings/{id}/code", "manage", h.renew),
		at("GET /gatherings/{id}/people", "people", h.people),
		at("POST /gatherings/{id}/people", "manage", h.invite),
		at("POST /gatherings/{id}/teams", "manage", h.addTeams),
		at("GET /gatherings/{id}/people/{participant}", "manage", h.participant),
		at("POST /gatherings/{id}/people/{participant}", "manage", h.change),
		at("POST /gatherings/{id}/people/{participant}/remove", "manage", h.remove),
		{Pattern: "GET /join", Action: "gathering.join", Handle: h.door},
		{Pattern: "GET /join/{code}", Action: "gathering.join", Handle: h.knock},
		{Pattern: "POST /join/{code}", Action: "gathering.join", Handle: h.join},
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

// at is an address of a gathering.
func at(id gathering.ID, parts ...string) string {
	return strings.Join(append([]string{"/gatherings/" + url.PathEscape(string(id))}, parts...), "/")
}

// joinURL is where a code leads.
func joinURL(code string) string { return "/join/" + url.PathEscape(code) }

// days says when a gathering takes place.
func days(ctx context.Context, g gathering.Gathering) string {
	there := zone.Location(g.Zone)
	first, err := time.ParseInLocation(time.DateOnly, g.StartsOn, there)
	if err != nil {
		return g.StartsOn
	}
	last, err := time.ParseInLocation(time.DateOnly, g.EndsOn, there)
	if err != nil {
		return g.EndsOn
	}
	return ui.Span(ctx, first, last)
}

// whenWhere is the line under the title: the days, then the place.
func whenWhere(ctx context.Context, g gathering.Gathering) string {
	if g.Place == "" {
		return days(ctx, g)
	}
	return i18n.T(ctx, "gatherings.when_where", days(ctx, g), g.Place)
}

// badge is where a gathering stands.
func badge(s gathering.Status) (ui.Tone, string) {
	tone := ui.Info
	switch s {
	case gathering.Open:
		tone = ui.Success
	case gathering.Planned:
		tone = ui.Warning
	}
	return tone, "gatherings.status_" + string(s)
}

func roleName(ctx context.Context, r gathering.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}

// view is a gathering on one of its pages.
type view struct {
	gathering.View
	boards   []Board
	newBoard string
	away     map[string]string // by participant
	links    []Link
	problems ui.Problems
}

// crumbs lead to the gathering from one of its pages.
func (v view) crumbs(ctx context.Context) []ui.Crumb {
	return append(v.above(ctx), ui.Crumb{Label: v.Title, URL: at(v.ID)})
}

// above leads to the edition of a gathering.
func (v view) above(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Label: v.In.In(string(i18n.From(ctx))), URL: ui.EditionURL(v.Edition)}}
}
