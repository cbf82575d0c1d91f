package signin

import (
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/web/ui"
)

// proving is what the page of the second proof holds.
type proving struct {
	factors  credential.Factors
	next     string
	problems ui.Problems
}

func (h *Handler) second(w http.ResponseWriter, r *http.Request) error {
	next := account.LocalPath(r.FormValue("next"))
	if !ui.User(r).Weak {
		return ui.See(w, r, next)
	}
	return h.showSecond(w, r, http.StatusOK, nil)
}

func (h *Handler) showSecond(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	f, err := h.Keys.Factors(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	p := proving{f, account.LocalPath(r.FormValue("next")), problems}
	if !f.Any() {
		return ui.Render(w, r, status, setUpPage(p))
	}
	return ui.Render(w, r, status, secondPage(p))
}

func (h *Handler) useSecond(w http.ResponseWriter, r *http.Request) error {
	token, err := h.Keys.UseCode(r.Context(), ui.User(r), r.PostFormValue("code"))
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showSecond(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	ui.SetLogin(w, h.HTTPS, token)
	return ui.See(w, r, account.LocalPath(r.FormValue("next")))
}
