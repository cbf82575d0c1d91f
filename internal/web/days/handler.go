// Package days is the pages of a gathering while it takes place: where I am now, the whole programme, the board of who conducts it, and what is shown on the wall.
package days

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/notify/telling"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id} on the days that it takes place.
type Handler struct {
	Days       *conduct.Service
	Gatherings *gathering.Service
	BaseURL    string // of the install, for the address that a code stands for
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern, action string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: policy.Action("gathering." + action), On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET now", "read", h.now),
		at("POST now/read", "attend", h.read),
		at("GET day.js", "read", h.worker),
		at("GET programme", "read", h.programme),
		at("GET screen", "read", h.screen),
		at("GET conduct", "manage", h.conduct),
		at("GET conduct/delay", "manage", h.preview),
		at("POST conduct/delay", "manage", h.delay),
		at("POST conduct/announcements", "manage", h.announce),
		at("POST conduct/announcements/{announcement}/end", "manage", h.withdraw),
		at("POST conduct/activities/{activity}", "manage", h.note),
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

// crumbs lead to the gathering, then to those of its pages that stand above.
func crumbs(g gathering.Gathering, above ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: g.Title, URL: at(g.ID)}}, above...)
}

// scene is a gathering at an instant, in words.
type scene struct{ conduct.Scene }

func (v scene) url(parts ...string) string { return at(v.Gathering.ID, parts...) }

// pulse is where open pages learn that something changed.
func (v scene) pulse() string { return v.url("pulse") + "?since=" + digits(v.Beats) }

// name is what an activity is called: its title, that of its kit, or its kind.
func (v scene) name(ctx context.Context, a order.Activity) string {
	if a.Title != "" {
		return a.Title
	}
	if title := v.Kits[a.Kit].Title.In(string(i18n.From(ctx))); title != "" {
		return title
	}
	return kindName(ctx, a.Kind)
}

func (v scene) activity(one plan.Sitting) order.Activity {
	a, _ := v.Version.Order.Find(one.Activity)
	return a
}

// clock is a minute as people say it: "9 h 30".
func clock(ctx context.Context, m order.Minute) string {
	return text.Clock(string(i18n.From(ctx)), time.Date(2000, 1, 1, 0, int(m), 0, 0, time.UTC))
}

// hours are those of something, from and until.
func hours(ctx context.Context, from, to order.Minute) string {
	return i18n.T(ctx, "days.hours", clock(ctx, from), clock(ctx, to))
}

// hour is an instant as the clock of the place shows it.
func (v scene) hour(ctx context.Context, at time.Time) string {
	return text.Clock(string(i18n.From(ctx)), at.In(zone.Location(v.Gathering.Zone)))
}

// day is a day of the programme as people say it.
func (v scene) day(ctx context.Context, n int) string { return ui.Day(ctx, v.Instant(n, 0)) }

// words say the programme to the reader.
func (v scene) words(ctx context.Context) telling.Words {
	return telling.Words{Lang: i18n.From(ctx), Days: v.Version.Order.Days, Zone: zone.Location(v.Gathering.Zone),
		Name: func(activity string) string {
			a, _ := v.Version.Order.Find(activity)
			return v.name(ctx, a)
		},
		Room: func(id string) string {
			m, there := v.Room(id)
			if !there {
				return ""
			}
			return roomName(ctx, m)
		}}
}

// where is the room and the table of a sitting, "" when everywhere is meant.
func (v scene) where(ctx context.Context, one plan.Sitting) string { return v.words(ctx).Where(one) }

func roomName(ctx context.Context, m house.Room) string {
	if m.Site == "" {
		return m.Name
	}
	return i18n.T(ctx, "agendas.room_at", m.Name, m.Site)
}

// about is the title of the project that a sitting is about.
func (v scene) about(one plan.Sitting) string { return v.Projects[one.Project] }

// with says who is in a sitting besides somebody, by name where names are known; where they
// are not, how many.
func (v scene) with(ctx context.Context, one plan.Sitting, but string) string {
	people := one.People
	if one.All {
		people = v.activity(one).Leads
	}
	var names []string
	others := 0
	for _, id := range people {
		if id == but {
			continue
		}
		others++
		if p := v.People[id]; p.Name != "" {
			names = append(names, i18n.T(ctx, "days.person", p.Name, roleName(ctx, p.Role)))
		}
	}
	switch {
	case others == 0:
		return ""
	case !v.Names:
		return i18n.N(ctx, "days.others", others)
	}
	return strings.Join(names, ", ")
}

func roleName(ctx context.Context, r gathering.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}

func kindName(ctx context.Context, k order.Kind) string {
	return i18n.T(ctx, "agendas.kind_"+string(k))
}

// tint groups the kinds by how people work: alone, together, or at rest.
func tint(k order.Kind) string {
	switch {
	case k.Alone():
		return "alone"
	case k.Together():
		return "together"
	}
	return "rest"
}

func boardURL(b room.Board) string { return "/boards/" + url.PathEscape(string(b.ID)) }

// millis is an instant as a browser counts.
func millis(t time.Time) string { return digits(t.UnixMilli()) }
