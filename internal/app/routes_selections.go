package app

import (
	"transformateur/internal/committee"
	"transformateur/internal/web/selections"
	"transformateur/internal/web/ui"
)

// openCommittees makes the service of selections, after those it stands on.
func (a *App) openCommittees() {
	a.Committees = committee.New(committee.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Calls: a.Calls, People: a.Accounts, Kept: a.Decisions})
}

// selectionRoutes are the addresses of selections and of those who sit in them.
func (a *App) selectionRoutes() []ui.Route {
	return (&selections.Handler{Committees: a.Committees, Calls: a.Calls, Accounts: a.Accounts, Clock: a.Clock, Name: a.Config.Name}).Routes()
}
