package app

import (
	"net/http"
	"slices"
	"strings"

	"transformateur/internal/platform/errs"
	accountpages "transformateur/internal/web/account"
	"transformateur/internal/web/api"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/webhooks"
)

// programRoutes are the addresses for programs and for those who let them in.
func (a *App) programRoutes() []ui.Route {
	return slices.Concat(
		a.api().Routes(),
		(&accountpages.Tokens{Tokens: a.Tokens, Programmes: a.Programmes, Calls: a.Calls, Clock: a.Clock, Sure: a.sure}).Routes(),
		(&webhooks.Handler{Webhooks: a.Webhooks}).Routes(),
	)
}

// api is the REST API, made once: its description is not cheap.
func (a *App) api() *api.Handler {
	a.apiOnce.Do(func() {
		cfg := a.Config
		a.apiDoor = api.New(api.Deps{Tokens: a.Tokens, Accounts: a.Accounts, Programmes: a.Programmes, Teams: a.Teams, Calls: a.Calls, Files: a.Files, Screening: a.Screening, Admin: a.Admin,
			Clock: a.Clock, BaseURL: cfg.BaseURL, Proxied: cfg.Proxied, Spool: cfg.Data})
	})
	return a.apiDoor
}

// sure refuses to make a token while rights of the person wait for a second proof:
// secondStep then leads her to where she gives it.
func (a *App) sure(r *http.Request) error {
	waits, err := a.Policy.Waits(r.Context(), ui.User(r))
	if err == nil && waits {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	return err
}

// forPrograms says whether a request is for the API, where cookies are not read.
func forPrograms(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, api.Prefix+"/") }
