package app

import (
	"transformateur/internal/board/shelf"
	"transformateur/internal/web/kits"
	"transformateur/internal/web/ui"
)

// openKits makes the service of the kits that editions write, before boards.
func (a *App) openKits() {
	a.Kits = shelf.New(a.DB, a.Clock, a.Policy)
}

// kitRoutes are the addresses of kits.
func (a *App) kitRoutes() []ui.Route {
	return (&kits.Handler{Shelf: a.Kits}).Routes()
}
