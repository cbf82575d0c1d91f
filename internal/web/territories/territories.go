// Package territories suggests places of the official geographic code to whoever types their name.
package territories

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// Places finds places by what was typed, among some kinds, all of them when none is
// named, and says their kinds in the language of ctx.
type Places interface {
	Among(ctx context.Context, kinds []string, query string, limit int) []formview.Place
}

const (
	most     = 10 // suggestions
	leastLen = 2  // characters of a search; one letter would suggest anything
	mostLen  = 80 // no place has a longer name
	mostKind = 6  // there are no more
	together = 4  // searches at once, of the whole install: they cost time of the processor
)

// Handler answers at /territories.
type Handler struct {
	places Places
	turns  chan struct{}
}

// New makes the handler.
func New(places Places) *Handler { return &Handler{places, make(chan struct{}, together)} }

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{{Pattern: "GET /territories", Action: "site.visit", Handle: h.suggest}}
}

// place is a suggestion as the island of forms reads it.
type place struct {
	Ref   string `json:"ref"`
	Label string `json:"label"`
	Kind  string `json:"kind"` // in words
}

// suggest answers with the places that begin like what was typed. The answer depends on
// the language alone, and the code changes once a year: the browser keeps it for a day.
func (h *Handler) suggest(w http.ResponseWriter, r *http.Request) error {
	ctx, asked := r.Context(), r.URL.Query()
	query, kinds := strings.TrimSpace(asked.Get("q")), asked["kind"]
	out := []place{}
	if n := utf8.RuneCountInString(query); n >= leastLen && n <= mostLen && len(kinds) <= mostKind {
		select {
		case h.turns <- struct{}{}:
		case <-ctx.Done():
			return errs.New(errs.Unavailable, "errs.unavailable").Because(ctx.Err())
		}
		found := h.places.Among(ctx, kinds, query, most)
		<-h.turns
		for _, p := range found {
			out = append(out, place{p.Ref, p.Label, p.Kind})
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=86400")
	w.Header().Set("Vary", "Accept-Language, Cookie")
	return json.NewEncoder(w).Encode(map[string]any{"places": out})
}
