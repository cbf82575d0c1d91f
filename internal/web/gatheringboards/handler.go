// Package gatheringboards is the pages on which all the boards of a gathering are looked after: how far each is, who goes where, what became of what somebody gave.
package gatheringboards

import (
	"context"
	"net/http"
	"net/url"

	"transformateur/internal/board/gift"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id} for its boards together.
type Handler struct {
	Rooms      *room.Service
	Gatherings *gathering.Service
	Placing    *placing.Service
	Gifts      *gift.Service
	Alive      func(r *http.Request) bool // whether the request's sign-in still holds, for streams that outlive it
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	in := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "gathering.manage", On: "gathering", Handle: handle}
	}
	return []ui.Route{
		in("GET /gatherings/{id}/boards", h.overview),
		in("POST /gatherings/{id}/boards", h.everywhere),
		in("GET /gatherings/{id}/boards/stream", h.watch),
		in("GET /gatherings/{id}/spread", h.spread),
		in("POST /gatherings/{id}/spread", h.send),
		{Pattern: "GET /gatherings/{id}/given", Action: "board.read", On: "gathering", Handle: h.given},
	}
}

// boardURL is the page of a board.
func boardURL(id room.ID) string { return "/boards/" + url.PathEscape(string(id)) }

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }
