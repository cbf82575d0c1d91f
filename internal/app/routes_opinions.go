package app

import (
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/opinions"
	"transformateur/internal/web/ui"
)

// openOpinions makes the service of outside opinions, after committees and reviews.
func (a *App) openOpinions() {
	a.Opinions = opinion.New(opinion.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Jobs: a.Jobs, Files: a.Files, Committees: a.Committees, Reviews: a.Reviews, People: a.Accounts})
	a.Accounts.BeforeSweep(opinion.LetGo)
}

// opinionRoutes are the addresses of who is asked for an opinion, and of those who ask.
func (a *App) opinionRoutes() []ui.Route {
	return (&opinions.Handler{Opinions: a.Opinions, Accounts: a.Accounts, Files: a.Files, Clock: a.Clock}).Routes()
}
