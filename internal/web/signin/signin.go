// Package signin is the pages by which people come in and go out: a link by mail, a passkey, a provider, no password.
package signin

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// Handler serves the pages.
type Handler struct {
	Accounts *account.Service
	Keys     *credential.Service
	HTTPS    bool // the cookie is for HTTPS only
	Proxied  bool // a proxy stands in front
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /signin", Action: "site.visit", Handle: h.form},
		{Pattern: "POST /signin", Action: "site.visit", Handle: h.ask},
		{Pattern: "GET /signin/code", Action: "site.visit", Handle: h.codeForm},
		{Pattern: "POST /signin/code", Action: "site.visit", Handle: h.useCode},
		{Pattern: "GET /signin/link/{token}", Action: "site.visit", Handle: h.link},
		{Pattern: "POST /signin/link/{token}", Action: "site.visit", Handle: h.useLink},
		{Pattern: "POST /signin/passkey/options", Action: "site.visit", Handle: h.askKey},
		{Pattern: "POST /signin/passkey", Action: "site.visit", Handle: h.useKey},
		{Pattern: "GET /signin/with/{provider}", Action: "site.visit", Handle: h.leave},
		{Pattern: "GET /signin/with/{provider}/back", Action: "site.visit", Handle: h.back},
		{Pattern: "GET /signin/out", Action: "site.visit", Handle: h.out},
		{Pattern: "GET /second-step", Action: "account.manage", Handle: h.second},
		{Pattern: "POST /second-step", Action: "account.manage", Handle: h.useSecond},
		{Pattern: "POST /signout", Action: "site.visit", Handle: h.signOut},
		{Pattern: "GET /welcome", Action: "account.manage", Handle: h.welcome},
		{Pattern: "POST /welcome", Action: "account.manage", Handle: h.saveWelcome},
	}
}

// address is a local address with its query; a visitor's language, which no cookie
// keeps, goes on with her.
func address(ctx context.Context, path string, query ...string) templ.SafeURL {
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	if account.From(ctx).IsVisitor() {
		values.Set("lang", string(i18n.From(ctx)))
	}
	if len(values) == 0 {
		return templ.SafeURL(path)
	}
	return templ.SafeURL(path + "?" + values.Encode())
}

// asked is what the first page holds.
type asked struct {
	email, next string
	doors       []credential.Door
	keys        bool // passkeys work here
	problems    ui.Problems
}

func (h *Handler) asked(email, next string, problems ui.Problems) asked {
	return asked{email, next, h.Keys.Doors(), h.Keys.HasPasskeys(), problems}
}

func (h *Handler) form(w http.ResponseWriter, r *http.Request) error {
	next := account.LocalPath(r.FormValue("next"))
	if !ui.User(r).IsVisitor() {
		return ui.See(w, r, next)
	}
	return ui.Render(w, r, http.StatusOK, askPage(h.asked("", next, nil)))
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := account.Ask{Email: r.PostFormValue("email"), Next: r.FormValue("next"), Lang: string(i18n.From(ctx)), IP: ui.RemoteIP(r, h.Proxied)}
	page, err := h.Accounts.AskLink(ctx, a)
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		return ui.Render(w, r, http.StatusUnprocessableEntity, askPage(h.asked(a.Email, account.LocalPath(a.Next), problems)))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, string(address(ctx, "/signin/code", "page", page)))
}

// sent is what the page of the code holds.
type sent struct {
	page, email string
	problems    ui.Problems
}

func (h *Handler) sent(r *http.Request, problems ui.Problems) (sent, error) {
	page := r.FormValue("page")
	email, err := h.Accounts.AskedEmail(r.Context(), page)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return sent{}, err
	}
	return sent{page, email, problems}, nil
}

func (h *Handler) codeForm(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sent(r, nil)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, codePage(s))
}

func (h *Handler) useCode(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	arrival, err := h.Accounts.UseCode(ctx, ui.User(r), r.FormValue("page"), r.PostFormValue("code"), r.UserAgent())
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		s, err := h.sent(r, problems)
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusUnprocessableEntity, codePage(s))
	}
	if err != nil {
		return err
	}
	return h.arrive(w, r, arrival)
}

// link shows a button and uses nothing: programs that check mails open links too.
func (h *Handler) link(w http.ResponseWriter, r *http.Request) error {
	email, err := h.Accounts.LinkEmail(r.Context(), r.PathValue("token"))
	if errs.Is(err, errs.NotFound) {
		return ui.Render(w, r, http.StatusNotFound, deadPage())
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, linkPage(r.PathValue("token"), email))
}

func (h *Handler) useLink(w http.ResponseWriter, r *http.Request) error {
	arrival, err := h.Accounts.UseLink(r.Context(), ui.User(r), r.PathValue("token"), r.UserAgent())
	if errs.Is(err, errs.NotFound) {
		return ui.Render(w, r, http.StatusNotFound, deadPage())
	}
	if err != nil {
		return err
	}
	return h.arrive(w, r, arrival)
}

func (h *Handler) arrive(w http.ResponseWriter, r *http.Request, a account.Arrival) error {
	where, err := h.open(w, r, a)
	if err != nil {
		return err
	}
	return ui.See(w, r, where)
}

func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	elsewhere, label := "", ""
	if by := ui.User(r); !by.IsVisitor() {
		var err error
		if elsewhere, label, err = h.Keys.SignOut(r.Context(), by); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	ui.ClearLogin(w, h.HTTPS)
	ui.ClearAway(w, h.HTTPS)
	if elsewhere != "" { // a page of ours in between: a form leads nowhere else (form-action)
		return ui.Render(w, r.WithContext(account.With(r.Context(), account.User{})), http.StatusOK, leavingPage(elsewhere, label))
	}
	return ui.See(w, r, "/")
}

// scripts are what a page needs where there are passkeys.
func scripts(keys bool) []string {
	if !keys {
		return nil
	}
	return []string{"passkey.js"}
}

// emailAutocomplete lets browsers offer passkeys in the field of the address.
func emailAutocomplete(keys bool) string {
	if keys {
		return "email webauthn"
	}
	return "email"
}
