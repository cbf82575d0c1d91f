package platform

import (
	"net/http"

	"transformateur/internal/credential"
	"transformateur/internal/web/ui"
)

// Factors answers where an administrator helps who lost a second factor.
type Factors struct {
	Keys *credential.Service
}

// Routes are the addresses of who lost a second factor.
func (h *Factors) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /platform/factors", Action: "platform.administer", On: "platform", Handle: h.form},
		{Pattern: "POST /platform/factors", Action: "platform.administer", On: "platform", Handle: h.reset},
	}
}

// lost is what the form holds.
type lost struct {
	email, reason string
	problems      ui.Problems
}

func (h *Factors) form(w http.ResponseWriter, r *http.Request) error {
	if err := h.Keys.MayReset(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, factorsPage(lost{}))
}

func (h *Factors) reset(w http.ResponseWriter, r *http.Request) error {
	l := lost{email: r.PostFormValue("email"), reason: r.PostFormValue("reason")}
	err := h.Keys.Reset(r.Context(), ui.User(r), l.email, l.reason)
	if l.problems = ui.ProblemsOf(r.Context(), err); l.problems != nil {
		return ui.Render(w, r, http.StatusUnprocessableEntity, factorsPage(l))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/platform/factors", "credential.reset_done")
}
