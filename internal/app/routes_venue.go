package app

import (
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/board/room"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/venues"
)

// openVenues makes the service of laptops that carry a gathering, after boards.
func (a *App) openVenues() {
	a.Venues = venue.New(venue.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, People: a.Accounts, Gatherings: a.Gatherings, Rooms: a.Boards, Photos: a.Photos})
}

// venueRoutes are the pages of venues at home.
func (a *App) venueRoutes() []ui.Route {
	return (&venues.Handler{Venues: a.Venues, BaseURL: a.Config.BaseURL}).Routes()
}

// renumbered tells rooms how the numbers of boards changed, where they do: on a laptop.
func (a *App) renumbered() room.Renumbered {
	if a.Config.Venue {
		return venue.Renumbered
	}
	return nil
}

// mountVenue serves the addresses that laptops speak to, or, on a laptop, its door. The
// former have keys of their own, as the reports of mail servers have theirs.
func (a *App) mountVenue(mux *http.ServeMux) {
	if a.Config.Venue {
		for pattern, handle := range (&venues.Door{Venues: a.Venues, HTTPS: a.Config.HTTPS()}).Patterns() {
			mux.Handle(pattern, named(pattern, ui.Handle(handle)))
		}
		return
	}
	for pattern, handle := range (&venues.Wire{Venues: a.Venues}).Patterns() {
		mux.Handle(pattern, named(pattern, handle))
	}
}

// onLaptop are the addresses, besides those of boards, that answer on a laptop: what is
// decided about a gathering is decided at home.
var onLaptop = []string{
	"GET /gatherings/{id}", "GET /gatherings/{id}/boards", "POST /gatherings/{id}/boards", "GET /gatherings/{id}/boards/stream", "POST /gatherings/{id}/open", "GET /gatherings/{id}/code", "GET /gatherings/{id}/people",
	"GET /join", "GET /join/{code}", "POST /join/{code}", "GET /signin/out", "POST /signout",
}

// notCarried are those of boards that are kept for home.
var notCarried = []string{"POST /boards/{id}/close", "POST /boards/{id}/print"}

// along says whether a route answers on a laptop, and whether something else stands there.
func along(pattern string) (serves, replaced bool) {
	_, path, _ := strings.Cut(pattern, " ")
	switch {
	case pattern == "GET /{$}" || pattern == "GET /signin":
		return false, true
	case strings.HasPrefix(path, "/boards/"):
		return !slices.Contains(notCarried, pattern), false
	}
	return slices.Contains(onLaptop, pattern), false
}

// atHome says, on a laptop, that something is done at home.
func atHome(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.Conflict, "venue.at_home")
}
