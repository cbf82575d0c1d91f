// Package pulses is the stream on which the open pages of a gathering learn that its day changed.
package pulses

import (
	"net/http"
	"strconv"
	"time"

	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/web/ui"
)

// Handler answers at /gatherings/{id}/pulse.
type Handler struct {
	Pulse *pulse.Service
	Alive func(r *http.Request) bool // whether the request's sign-in still holds
}

// Routes lists the address.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{{Pattern: "GET /gatherings/{id}/pulse", Action: "gathering.read", On: "gathering", Handle: h.watch}}
}

// watch calls an open page whenever the day of its gathering changes. It ends within five
// seconds of the sign-in or the seat being withdrawn.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), gathering.ID(r.PathValue("id"))
	since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		since = -1 // a page that does not say when it was drawn reads once more
	}
	told, leave, err := h.Pulse.Watch(ctx, by, id, since)
	if err != nil {
		return err
	}
	defer leave()
	out, err := ui.OpenStream(w)
	if err != nil {
		return err
	}
	if out.Send("listening", nil) != nil {
		return nil
	}
	check := time.NewTicker(5 * time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-told:
			if out.Send("changed", nil) != nil {
				return nil
			}
		case <-check.C:
			if !h.Alive(r) || h.Pulse.May(ctx, by, id) != nil {
				out.Send("ended", nil)
				return nil
			}
		}
	}
}
