// Package venues is the pages of laptops that carry a gathering: their keys and what came home from them, the addresses that they speak to, and the door of the laptop itself.
package venues

import (
	"net/http"
	"net/url"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at home under /gatherings/{id}/venue, to who runs the gathering.
type Handler struct {
	Venues  *venue.Service
	BaseURL string // of the install, for the command that is typed on the laptop
}

// Routes lists the addresses of the package that people open.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "gathering.manage", On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET /gatherings/{id}/venue", h.show),
		at("POST /gatherings/{id}/venue", h.create),
		at("POST /gatherings/{id}/venue/{venue}/revoke", h.revoke),
	}
}

func idOf(r *http.Request) gathering.ID { return gathering.ID(r.PathValue("id")) }

func at(id gathering.ID) string { return "/gatherings/" + url.PathEscape(string(id)) + "/venue" }

// view is the page of the venues of a gathering.
type view struct {
	gathering.Gathering
	list     []venue.Known
	label    string
	problems ui.Problems
	zone     string
}

func (h *Handler) read(r *http.Request) (v view, err error) {
	v.zone = ui.User(r).Zone
	v.Gathering, v.list, err = h.Venues.Of(r.Context(), ui.User(r), idOf(r))
	return v, err
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

// create shows the key on the page that answers: it is not shown again.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	label := r.PostFormValue("label")
	made, secret, err := h.Venues.Make(r.Context(), ui.User(r), idOf(r), label)
	if err == nil {
		v, err := h.read(r)
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusCreated, keyPage(v, made, "transformateur venue take --from "+h.BaseURL+" --key "+secret+" --data venue"))
	}
	problems := ui.ProblemsOf(r.Context(), err)
	if problems == nil && errs.Is(err, errs.Conflict) {
		problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
	}
	if problems == nil {
		return err
	}
	v, again := h.read(r)
	if again != nil {
		return again
	}
	v.label, v.problems = label, problems
	return ui.Render(w, r, ui.StatusOf(err), listPage(v))
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Venues.Revoke(r.Context(), ui.User(r), idOf(r), r.PathValue("venue")); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), "venues.revoked_done")
}
