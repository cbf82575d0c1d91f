package app

import (
	"io"
	"net/http"

	"transformateur/internal/web/agencies"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/editions"
	"transformateur/internal/web/home"
	"transformateur/internal/web/journeys"
	"transformateur/internal/web/programmes"
	"transformateur/internal/web/ui"
)

// routes is every address of the program, on one screen a capability. Each line
// names the action of the policy table that opens it; the permission matrix is
// made from this list.
func (a *App) routes() []ui.Route {
	var all []ui.Route
	calls := notices{a.Calls}
	all = append(all, (&home.Handler{Programmes: a.Programmes, Calls: calls, Clock: a.Clock, BaseURL: a.Config.BaseURL, Name: a.Config.Name, Contact: a.Config.Contact}).Routes()...)
	all = append(all, (&editions.Handler{Programmes: a.Programmes, Calls: calls, Clock: a.Clock, BaseURL: a.Config.BaseURL}).Routes()...)
	all = append(all, (&programmes.Handler{Programmes: a.Programmes, Clock: a.Clock}).Routes()...)
	all = append(all, (&agencies.Handler{Programmes: a.Programmes, Clock: a.Clock}).Routes()...)
	all = append(all, (&journeys.Handler{Programmes: a.Programmes, Clock: a.Clock}).Routes()...)
	return all
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
