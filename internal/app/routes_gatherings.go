package app

import (
	"transformateur/internal/gathering"
	"transformateur/internal/project"
)

// openGatherings makes the services of projects and gatherings, after decisions.
func (a *App) openGatherings() {
	a.Projects = project.New(a.DB, a.Clock, a.Policy, a.Accounts)
	a.Gatherings = gathering.New(gathering.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, People: a.Accounts, Projects: a.Projects})
}
