package app

import (
	"slices"

	accountpages "transformateur/internal/web/account"
	privacypages "transformateur/internal/web/privacy"
	"transformateur/internal/web/ui"
)

// privacyRoutes are the addresses of what the install keeps of people.
func (a *App) privacyRoutes() []ui.Route {
	return slices.Concat(
		(&privacypages.Handler{Privacy: a.Privacy, Statements: a.Statements, Name: a.Config.Name, BaseURL: a.Config.BaseURL, Contact: a.Config.Contact}).Routes(),
		(&accountpages.Data{Privacy: a.Privacy}).Routes(),
	)
}
