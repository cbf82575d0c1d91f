// Package bookings is the pages on which people say when they can be met, book one another, and follow what became of it.
package bookings

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /bookings, /projects/{id}/bookings, and at the secret addresses of calendars.
type Handler struct {
	Bookings *booking.Service
	BaseURL  string
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	one := func(pattern string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /bookings/{id}" + path, Action: "booking.follow", On: "booking", Handle: handle}
	}
	of := func(pattern string, handle ui.HandlerFunc) ui.Route {
		method, path, _ := strings.Cut(pattern, " ")
		return ui.Route{Pattern: method + " /projects/{id}/bookings" + path, Action: "booking.meet", On: "project", Handle: handle}
	}
	return []ui.Route{
		{Pattern: "GET /bookings", Action: "booking.offer", Handle: h.mine},
		{Pattern: "GET /bookings/hours", Action: "booking.offer", Handle: h.hours},
		{Pattern: "POST /bookings/hours", Action: "booking.offer", Handle: h.offer},
		{Pattern: "POST /bookings/calendar", Action: "booking.offer", Handle: h.subscribe},
		{Pattern: "POST /bookings/calendar/revoke", Action: "booking.offer", Handle: h.revoke},
		{Pattern: "GET /calendar/bookings/{token}", Action: "calendar.read", Handle: h.feed},
		of("GET ", h.desk),
		{Pattern: "GET /projects/{id}/bookings/all", Action: "booking.oversee", On: "project", Handle: h.oversee},
		{Pattern: "POST /projects/{id}/bookings/{booking}/end", Action: "booking.oversee", On: "project", Handle: h.cancelFor},
		of("POST ", h.book),
		of("POST /agreed", h.record),
		of("POST /proposals", h.propose),
		of("POST /proposals/{proposal}/pick", h.pick),
		of("POST /proposals/{proposal}/drop", h.drop),
		one("GET ", h.show),
		one("GET /meeting.ics", h.file),
		one("POST /move", h.move),
		one("POST /cancel", h.cancel),
		one("POST /refuse", h.refuse),
		one("POST /held", h.held),
		one("POST /missed", h.missed),
		one("POST /notes", h.notes),
	}
}

func idOf(r *http.Request) booking.ID { return booking.ID(r.PathValue("id")) }

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

// at is an address of a booking.
func at(id booking.ID, parts ...string) string {
	return strings.Join(append([]string{"/bookings/" + url.PathEscape(string(id))}, parts...), "/")
}

// under is an address of the bookings of a project.
func under(id project.ID, parts ...string) string {
	return strings.Join(append([]string{"/projects/" + url.PathEscape(string(id)) + "/bookings"}, parts...), "/")
}

// number reads what was typed; anything that is no number is a number that is refused.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return n
}

// picked reads a slot, which its option names by its instant.
func picked(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s) // anything else is no slot
	return t
}

// typed reads a moment on the clocks of somebody; left empty it is zero. Error: as zone.Resolve.
func typed(s string, by account.User) (time.Time, error) {
	if strings.TrimSpace(s) == "" {
		return time.Time{}, nil
	}
	return zone.Resolve(s, zoneName(by.Zone))
}

func zoneName(name string) string {
	if name == "" {
		return zone.Default
	}
	return name
}

// when says when a meeting is: its day and its hours, with the zone.
func when(ctx context.Context, s booking.Slot, zoneName string) string {
	from, to := ui.Local(s.Start, zoneName), ui.Local(s.End, zoneName)
	lang := string(i18n.From(ctx))
	return i18n.T(ctx, "bookings.when", text.Date(lang, from), text.Clock(lang, from), text.Clock(lang, to), text.ZoneAt(lang, from))
}

// maxSlots bounds a list of slots.
const maxSlots = 60

// slots are the choices of a list, by day. Hours that the clocks show twice say their distance
// to UTC.
func slots(ctx context.Context, free []booking.Slot, zoneName, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "bookings.choose")}
	lang := string(i18n.From(ctx))
	free = free[:min(len(free), maxSlots)]
	wall := func(s booking.Slot) string { return ui.Local(s.Start, zoneName).Format("2006-01-02T15:04") }
	shown := map[string]int{}
	for _, s := range free {
		shown[wall(s)]++
	}
	for _, s := range free {
		from, to := ui.Local(s.Start, zoneName), ui.Local(s.End, zoneName)
		label := i18n.T(ctx, "bookings.hours_span", text.Clock(lang, from), text.Clock(lang, to))
		if shown[wall(s)] > 1 {
			label += " (" + text.Offset(from) + ")"
		}
		day := ui.Day(ctx, from)
		if n := len(c.Groups); n == 0 || c.Groups[n-1].Label != day {
			c.Groups = append(c.Groups, ui.OptionGroup{Label: day})
		}
		g := &c.Groups[len(c.Groups)-1]
		g.Options = append(g.Options, ui.Option{Value: s.Start.UTC().Format(time.RFC3339), Label: label})
	}
	return c
}

// state says where a meeting stands.
func state(ctx context.Context, m booking.Meeting) (ui.Tone, string) {
	switch m.State {
	case booking.Cancelled:
		return ui.Warning, i18n.T(ctx, "bookings.state_cancelled")
	case booking.Refused:
		return ui.Warning, i18n.T(ctx, "bookings.state_refused")
	case booking.Held:
		return ui.Success, i18n.T(ctx, "bookings.state_held")
	case booking.Missed:
		return ui.Warning, i18n.T(ctx, "bookings.state_missed")
	}
	return ui.Info, i18n.T(ctx, "bookings.state_booked")
}

// cards show meetings in a list.
func cards(ctx context.Context, list []booking.Meeting, zoneName string) (cards []ui.Card) {
	for _, m := range list {
		tone, badge := state(ctx, m)
		c := ui.Card{Over: m.Title, Title: when(ctx, m.Slot(), zoneName), URL: at(m.ID), Text: m.Subject, Badge: badge, Tone: tone}
		if m.Side == booking.Helper {
			c.Facts = append(c.Facts, m.GuestName)
		} else {
			c.Facts = append(c.Facts, m.HelperName)
		}
		if m.Place != "" {
			c.Facts = append(c.Facts, m.Place)
		}
		cards = append(cards, c)
	}
	return cards
}
