package signin

import (
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// attach is where a proof that waits for the person's word is shown.
const attach = "/account/identities/confirm"

// leave sends the person to a provider. It is a link, not a form: forms lead nowhere
// but here, and nothing changes until she comes back.
func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	link := r.FormValue("link") != "" && !by.IsVisitor()
	address, browser, err := h.Keys.Leave(r.Context(), by, r.PathValue("provider"), r.FormValue("next"), link)
	if err != nil {
		return h.failed(w, r, err)
	}
	ui.SetAway(w, h.HTTPS, browser)
	w.Header().Set("Cache-Control", "no-store")
	return ui.See(w, r, address)
}

func (h *Handler) back(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	out, err := h.Keys.Return(ctx, ui.User(r), credential.Back{Provider: r.PathValue("provider"), Browser: ui.Away(r, h.HTTPS), Query: r.URL.Query(),
		Device: r.UserAgent(), Lang: string(i18n.From(ctx))})
	switch {
	case err != nil:
		return h.failed(w, r, err)
	case out.Arrival.Token != "":
		ui.ClearAway(w, h.HTTPS)
		return h.arrive(w, r, out.Arrival)
	case !ui.User(r).IsVisitor():
		return ui.See(w, r, attach)
	}
	email := ""
	if parsed, err := account.ParseEmail(out.Email); err == nil {
		email = parsed
	}
	return ui.Render(w, r, http.StatusOK, provePage(h.Keys.Label(r.PathValue("provider")), email))
}

// failed says in a sentence that signing in did not work, and how to go on. Why is in
// the log only.
func (h *Handler) failed(w http.ResponseWriter, r *http.Request, err error) error {
	switch errs.KindOf(err) {
	case errs.Unavailable, errs.Forbidden, errs.Conflict:
		return ui.Render(w, r, ui.StatusOf(err), failedPage(ui.Sentence(r.Context(), err)))
	}
	return err
}

func (h *Handler) out(w http.ResponseWriter, r *http.Request) error {
	return ui.Render(w, r, http.StatusOK, outPage())
}
