package app

import (
	"transformateur/internal/debrief/report"
	"transformateur/internal/web/reports"
	"transformateur/internal/web/ui"
)

// reportServices hold the report of an edition.
type reportServices struct{ Reports *report.Service }

// openReport makes the services of the report of an edition.
func (a *App) openReport() { a.Reports = report.New(a.DB, a.Clock, a.Policy, report.Chapters) }

// reportRoutes are the addresses of the report of an edition.
func (a *App) reportRoutes() []ui.Route {
	return (&reports.Handler{Reports: a.Reports, BaseURL: a.Config.BaseURL}).Routes()
}
