package app

import (
	"net/http"
	"slices"
	"strings"

	accountpages "transformateur/internal/web/account"
	"transformateur/internal/web/api"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/webhooks"
)

// programRoutes are the addresses for programs and for those who let them in.
func (a *App) programRoutes() []ui.Route {
	return slices.Concat(
		a.api().Routes(),
		(&accountpages.Tokens{Tokens: a.Tokens, Programmes: a.Programmes, Calls: a.Calls, Clock: a.Clock}).Routes(),
		(&webhooks.Handler{Webhooks: a.Webhooks}).Routes(),
	)
}

// api is the REST API, made once: its description is not cheap.
func (a *App) api() *api.Handler {
	a.apiOnce.Do(func() {
		cfg := a.Config
		a.apiDoor = api.New(api.Deps{Tokens: a.Tokens, Accounts: a.Accounts, Programmes: a.Programmes, Teams: a.Teams, Calls: a.Calls, Files: a.Files, Admin: a.Admin,
			Clock: a.Clock, BaseURL: cfg.BaseURL, Proxied: cfg.Proxied, Spool: cfg.Data})
	})
	return a.apiDoor
}

// forPrograms says whether a request is for the API, where cookies are not read.
func forPrograms(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, api.Prefix+"/") }
