package app

import (
	"transformateur/internal/decision"
	"transformateur/internal/notify/announce"
	"transformateur/internal/web/decisions"
	"transformateur/internal/web/ui"
)

// openDecisions makes the service of decisions, after those it stands on.
func (a *App) openDecisions() {
	mails := announce.New(a.DB, a.Clock, a.Jobs, a.Notify, a.Config.BaseURL)
	mails.Listen(a.Bus)
	a.Decisions = decision.New(decision.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Outbox: mails, Readings: handedIn{a.Reviews}})
}

// decisionRoutes are the addresses where decisions are announced and followed.
func (a *App) decisionRoutes() []ui.Route {
	return (&decisions.Handler{Decisions: a.Decisions}).Routes()
}
