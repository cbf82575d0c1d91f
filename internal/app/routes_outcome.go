package app

import (
	"slices"

	"transformateur/internal/debrief/outcome"
	"transformateur/internal/web/outcomes"
	"transformateur/internal/web/ui"
)

// outcomeServices hold what people say afterwards.
type outcomeServices struct {
	Outcomes *outcome.Service
}

// openOutcome makes the services of what people say afterwards.
func (a *App) openOutcome() {
	a.Outcomes = outcome.New(a.DB, a.Clock, a.Policy)
}

// outcomeRoutes are the addresses of what people say afterwards.
func (a *App) outcomeRoutes() []ui.Route {
	return slices.Concat((&outcomes.Handler{Outcomes: a.Outcomes}).Routes())
}
