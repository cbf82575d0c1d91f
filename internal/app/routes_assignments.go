package app

import (
	"transformateur/internal/assignment"
	"transformateur/internal/web/assignments"
	"transformateur/internal/web/ui"
)

// openAssignments makes the service that shares out readings, after committees.
func (a *App) openAssignments() {
	a.Assignments = assignment.New(assignment.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Committees: a.Committees})
}

// assignmentRoutes are the addresses of assignments and of bids.
func (a *App) assignmentRoutes() []ui.Route {
	return (&assignments.Handler{Assignments: a.Assignments}).Routes()
}
