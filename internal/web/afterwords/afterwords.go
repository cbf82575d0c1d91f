// Package afterwords is the page of the hot debrief of a gathering: when it opens, and the way to it.
package afterwords

import (
	"net/http"
	"net/url"

	"transformateur/internal/agenda/afterword"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /gatherings/{id}/debrief.
type Handler struct {
	Afterwords *afterword.Service
	Surveys    *survey.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /gatherings/{id}/debrief", Action: "gathering.read", On: "gathering", Handle: h.show},
		{Pattern: "POST /gatherings/{id}/debrief", Action: "gathering.manage", On: "gathering", Handle: h.open},
		{Pattern: "POST /gatherings/{id}/debrief/form", Action: "gathering.read", On: "gathering", Handle: h.take},
	}
}

func at(id gathering.ID) string { return "/gatherings/" + url.PathEscape(string(id)) + "/debrief" }

// shown is the page: where the debrief stands, and the short form for who is there.
type shown struct {
	afterword.View
	hand     survey.Hand
	problems ui.Problems
}

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	v, err := h.Afterwords.Read(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	hand, err := h.Surveys.Hot(r.Context(), ui.User(r), v.ID)
	if err != nil {
		return err
	}
	lang := "?lang=en"
	if i18n.From(r.Context()) == i18n.EN {
		lang = "?lang=fr"
	}
	return ui.Render(w, r, status, page(shown{v, hand, problems}, at(v.ID)+lang))
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

// take leads somebody who is there to her short form.
func (h *Handler) take(w http.ResponseWriter, r *http.Request) error {
	secret, err := h.Surveys.Take(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if errs.Is(err, errs.Conflict) {
		return h.render(w, r, ui.StatusOf(err), ui.Problems{{Text: ui.Sentence(r.Context(), err)}})
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, "/survey/"+secret)
}
