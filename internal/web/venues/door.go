package venues

import (
	"net/http"
	"net/url"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/errs"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
)

// Door is how people come in on the laptop: with the code on their slip of paper, or with
// the code on the wall as guests.
type Door struct {
	Venues *venue.Service
	HTTPS  bool // the cookie is for HTTPS only
}

// Path is where people come in.
const Path = "/venue/enter"

// Patterns are the addresses of the laptop, with what answers them.
func (h *Door) Patterns() map[string]ui.HandlerFunc {
	return map[string]ui.HandlerFunc{
		"GET /{$}":     h.home,
		"GET /signin":  h.signIn,
		"GET " + Path:  h.form,
		"POST " + Path: h.enter,
	}
}

// home leads to the gathering who is in, and to the door who is not.
func (h *Door) home(w http.ResponseWriter, r *http.Request) error {
	if ui.User(r).IsVisitor() {
		return ui.See(w, r, Path)
	}
	v, err := h.Venues.Carrying(r.Context())
	if err != nil {
		return err
	}
	return ui.See(w, r, gatheringURL(v.Gathering))
}

func (h *Door) signIn(w http.ResponseWriter, r *http.Request) error { return ui.See(w, r, Path) }

func gatheringURL(id gathering.ID) string { return "/gatherings/" + url.PathEscape(string(id)) }

// entry is the page of the door.
type entry struct {
	label    string
	code     string
	by       account.User
	problems ui.Problems
}

func (h *Door) form(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, entry{code: r.URL.Query().Get("code")})
}

func (h *Door) page(w http.ResponseWriter, r *http.Request, status int, e entry) error {
	v, err := h.Venues.Carrying(r.Context())
	if err != nil {
		return err
	}
	e.label, e.by = v.Label, ui.User(r)
	return ui.Render(w, r, status, doorPage(e))
}

func (h *Door) enter(w http.ResponseWriter, r *http.Request) error {
	code := r.PostFormValue("code")
	token, id, err := h.Venues.Enter(r.Context(), ui.User(r), code, r.UserAgent(), ui.RemoteIP(r, false))
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.TooMany) {
		problems := ui.ProblemsOf(r.Context(), err)
		if problems == nil {
			problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
		}
		return h.page(w, r, ui.StatusOf(err), entry{code: code, problems: problems})
	}
	if err != nil {
		return err
	}
	ui.SetLogin(w, h.HTTPS, token)
	return ui.Done(w, r, gatheringURL(id), "gatherings.joined_done")
}
