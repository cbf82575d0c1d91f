// Package afterwords is the page of the hot debrief of a gathering: when it opens, and the way to it.
package afterwords

import (
	"net/http"
	"net/url"

	"transformateur/internal/agenda/afterword"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/debrief.
type Handler struct {
	Afterwords *afterword.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /gatherings/{id}/debrief", Action: "gathering.read", On: "gathering", Handle: h.show},
		{Pattern: "POST /gatherings/{id}/debrief", Action: "gathering.manage", On: "gathering", Handle: h.open},
	}
}

func at(id gathering.ID) string { return "/gatherings/" + url.PathEscape(string(id)) + "/debrief" }

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	v, err := h.Afterwords.Read(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	lang := "?lang=en"
	if i18n.From(r.Context()) == i18n.EN {
		lang = "?lang=fr"
	}
	return ui.Render(w, r, status, page(v, problems, at(v.ID)+lang))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, nil)
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Afterwords.Open(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if errs.Is(err, errs.Conflict) {
		return h.render(w, r, ui.StatusOf(err), ui.Problems{{Text: ui.Sentence(r.Context(), err)}})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(gathering.ID(r.PathValue("id"))), "debriefs.opened")
}
