package app

import (
	"io"
	"net/http"
	"slices"

	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/stats"
	"transformateur/internal/web/agencies"
	"transformateur/internal/web/api"
	"transformateur/internal/web/applications"
	"transformateur/internal/web/approvals"
	"transformateur/internal/web/assets"
	"transformateur/internal/web/calls"
	continuitypages "transformateur/internal/web/continuity"
	"transformateur/internal/web/demo"
	"transformateur/internal/web/editions"
	"transformateur/internal/web/files"
	"transformateur/internal/web/home"
	"transformateur/internal/web/invitations"
	"transformateur/internal/web/journal"
	"transformateur/internal/web/journeys"
	"transformateur/internal/web/mailbox"
	"transformateur/internal/web/notifications"
	"transformateur/internal/web/organisations"
	"transformateur/internal/web/outbox"
	"transformateur/internal/web/platform"
	"transformateur/internal/web/programmes"
	"transformateur/internal/web/receipts"
	"transformateur/internal/web/territories"
	"transformateur/internal/web/ui"
)

// Routes is every address of the program, on one screen a capability. Each line
// names the action of the policy table that opens it; the permission matrix is
// made from this list.
func (a *App) Routes() []ui.Route {
	cfg, now, called := a.Config, a.Clock, notices{a.Calls}
	return slices.Concat(
		(&home.Handler{Programmes: a.Programmes, Calls: called, Clock: now, BaseURL: cfg.BaseURL, Name: cfg.Name, Contact: cfg.Contact, Files: a.Files, Screening: a.Screening, Accounts: a.Accounts, Steered: a.Calls, Mails: a.Notify, Committees: a.Committees, Reviews: a.Reviews, Gatherings: a.Gatherings, Projects: a.Projects, Sponsored: a.sponsored, Funded: a.Reports.Funded, Crewed: a.Crews.Waited}).Routes(),
		a.signInRoutes(),
		(&organisations.Handler{Accounts: a.Accounts}).Routes(),
		(&invitations.Handler{Accounts: a.Accounts, Proxied: cfg.Proxied}).Routes(),
		(&agencies.Handler{Programmes: a.Programmes, Teams: a.Teams, Clock: now}).Routes(),
		(&programmes.Handler{Programmes: a.Programmes, Teams: a.Teams, Clock: now}).Routes(),
		(&journeys.Handler{Programmes: a.Programmes, Clock: now}).Routes(),
		(&editions.Handler{Programmes: a.Programmes, Calls: called, Teams: a.Teams, Steered: a.Calls, Gatherings: a.Gatherings, Clock: now, BaseURL: cfg.BaseURL, NewCallURL: func(id programme.EditionID) string { return "/calls/new?edition=" + string(id) }}).Routes(),
		(&calls.Handler{Calls: a.Calls, Winners: a.Decisions.Winners, Continuity: a.Continuity, Screening: a.Screening, Programmes: a.Programmes, Clock: now, Registers: registers{}}).Routes(),
		(&continuitypages.Handler{Calls: a.Calls, Continuity: a.Continuity}).Routes(),
		(&applications.Handler{Files: a.Files, Origins: a.Intake, Decisions: a.Decisions, Clock: now, Places: places{}, Alive: a.alive}).Routes(),
		(&outbox.Handler{Mails: a.Notify, Zone: mailZone}).Routes(),
		(&mailbox.Handler{Mails: a.Notify, Open: cfg.Dev || cfg.Demo, Zone: mailZone}).Routes(),
		(&files.Handler{Files: a.Files, Screening: a.Screening, Stats: stats.New(a.Files, a.Screening), Origins: a.Intake, Clock: now}).Routes(),
		a.intakeRoutes(),
		a.reviewRoutes(),
		(&receipts.Handler{Files: a.Files}).Routes(),
		(&journal.Handler{Admin: a.Admin}).Routes(),
		(&platform.Handler{Watch: a.Watch, Teams: a.Teams, Statements: a.Statements}).Routes(),
		territories.New(places{}).Routes(),
		(&demo.Handler{Accounts: a.Accounts, HTTPS: cfg.HTTPS(), Open: cfg.Demo, Clock: a.Clock, Skip: a.Continuity.Skip}).Routes(),
		(&approvals.Handler{Approvals: a.Approvals, Calls: a.Calls, Clock: now}).Routes(),
		(&notifications.Handler{Mails: a.Notify}).Routes(),
		a.selectionRoutes(),
		a.decisionRoutes(),
		a.deliberationRoutes(), a.opinionRoutes(),
		a.boardRoutes(), a.gatheringRoutes(),
		a.agendaRoutes(), a.dayRoutes(), a.stageRoutes(), a.kitRoutes(), a.venueRoutes(), a.paperRoutes(), a.notesRoutes(), a.rightsRoutes(), a.schemeRoutes(), a.bookingRoutes(),
		a.roadmapRoutes(), a.synthesisRoutes(), a.reportRoutes(), a.showcaseRoutes(), a.harvestRoutes(), a.outcomeRoutes(), a.factoryRoutes(), a.visitRoutes(),
		a.assignmentRoutes(),
		a.programRoutes(),
		a.privacyRoutes(),
	)
}

// alive says whether the sign-in that a request came with still holds.
func (a *App) alive(r *http.Request) bool {
	cookie, err := r.Cookie(ui.CookieName(a.Config.HTTPS()))
	if err != nil {
		return false
	}
	_, err = a.Accounts.Authenticate(r.Context(), cookie.Value)
	return err == nil
}

// mux serves the routes, the compiled front end and the operator's probes.
func (a *App) mux() http.Handler {
	mux := http.NewServeMux()
	for _, route := range a.Routes() {
		handle := a.secondStep(doorkeeper(route))
		if api.Serves(route.Pattern) {
			handle = route.Handle // it finds who asks, and keeps its own door
		}
		if serves, replaced := along(route.Pattern); a.Config.Venue && !serves {
			if handle = atHome; replaced {
				continue
			}
		}
		mux.Handle(route.Pattern, named(route.Pattern, ui.Handle(a.paced(handle))))
	}
	mux.HandleFunc(api.Prefix+"/", api.Absent)
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.Handle("GET /readyz", &readiness{db: a.DB, clock: a.Clock})
	mux.Handle("GET /metrics", a.Metrics.handler(string(a.Config.MetricsToken)))
	if a.Config.SMTP.Token != "" {
		mux.Handle("POST /bounces", named("POST /bounces", a.bounces()))
	}
	a.mountVenue(mux)
	mux.Handle("/", ui.Handle(ui.NotFound))
	return mux
}

// doorkeeper keeps visitors from learning what exists: where only people who
// signed in may enter, they are sent to sign in before anything is looked up;
// where visitors may enter, what is hidden from them is absent. A guest goes where
// visitors go, and where she came for.
func doorkeeper(route ui.Route) ui.HandlerFunc {
	open := policy.OpenToVisitors(route.Action)
	return func(w http.ResponseWriter, r *http.Request) error {
		if !open && !ui.User(r).Limit.Covers(string(route.Action)) { // a guest, who came for one thing
			return errs.New(errs.Forbidden, "account.guest_only")
		}
		if !ui.User(r).IsVisitor() {
			return route.Handle(w, r)
		}
		if !open {
			return errs.New(errs.Unauthenticated, "errs.unauthenticated")
		}
		err := route.Handle(w, r)
		if errs.Is(err, errs.Unauthenticated) {
			return errs.New(errs.NotFound, "errs.not_found").Because(err)
		}
		return err
	}
}
