package app

import (
	"io"
	"net/http"
	"slices"

	accountpages "transformateur/internal/web/account"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/invitations"
	"transformateur/internal/web/organisations"
	"transformateur/internal/web/signin"
	"transformateur/internal/web/ui"
)

// routes is every address of the program, on one screen a capability. Each line
// names the action of the policy table that opens it; the permission matrix is
// made from this list.
func (a *App) routes() []ui.Route {
	https, proxied := a.Config.HTTPS(), a.Config.Proxied
	return slices.Concat(
		(&signin.Handler{Accounts: a.Accounts, HTTPS: https, Proxied: proxied}).Routes(),
		(&accountpages.Handler{Accounts: a.Accounts, Proxied: proxied}).Routes(),
		(&organisations.Handler{Accounts: a.Accounts}).Routes(),
		(&invitations.Handler{Accounts: a.Accounts, Proxied: proxied}).Routes(),
	)
}

// mux serves the routes, the compiled front end and the operator's probes.
func (a *App) mux() http.Handler {
	mux := http.NewServeMux()
	for _, route := range a.routes() {
		mux.Handle(route.Pattern, named(route.Pattern, ui.Handle(route.Handle)))
	}
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.Metrics.handler())
	mux.Handle("/", ui.Handle(ui.NotFound))
	return mux
}

func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if err := a.DB.Ping(r.Context()); err != nil {
		http.Error(w, "database unavailable", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}
