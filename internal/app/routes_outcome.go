package app

import (
	"slices"

	"transformateur/internal/debrief/coding"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/platform/secret"
	"transformateur/internal/web/codings"
	"transformateur/internal/web/outcomes"
	"transformateur/internal/web/surveys"
	"transformateur/internal/web/ui"
)

// outcomeServices hold what people say afterwards.
type outcomeServices struct {
	Outcomes *outcome.Service
	Surveys  *survey.Service
	Codings  *coding.Service

	drafts *secret.Box // seals what people have not sent yet
}

// openOutcome makes the services of what people say afterwards.
func (a *App) openOutcome() {
	a.Outcomes = outcome.New(a.DB, a.Clock, a.Policy)
	a.Surveys = survey.New(survey.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Mails: letters{a.Notify, a.Config.BaseURL}, Outcomes: a.Outcomes, Jobs: a.Jobs, Box: a.drafts})
	a.Codings = coding.New(a.DB, a.Clock, a.Policy, a.Boards)
}

// outcomeRoutes are the addresses of what people say afterwards.
func (a *App) outcomeRoutes() []ui.Route {
	return slices.Concat((&outcomes.Handler{Outcomes: a.Outcomes}).Routes(),
		(&surveys.Handler{Surveys: a.Surveys}).Routes(),
		(&codings.Handler{Codings: a.Codings}).Routes())
}
