package app

import (
	"transformateur/internal/board/room"
	"transformateur/internal/web/boards"
	"transformateur/internal/web/ui"
)

// openBoards makes the service of live boards, after gatherings and projects.
func (a *App) openBoards() {
	a.Boards = room.New(room.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Seats: room.NewGatherings(a.Clock), Projects: a.Projects})
}

// boardRoutes are the addresses of live boards.
func (a *App) boardRoutes() []ui.Route {
	return (&boards.Handler{Rooms: a.Boards, Gatherings: a.Gatherings, Projects: a.Projects}).Routes()
}
