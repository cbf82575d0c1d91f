package app

import (
	"cmp"
	"context"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board/gift"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/marker"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/live"
	"transformateur/internal/project"
	"transformateur/internal/web/boards"
	"transformateur/internal/web/gatheringboards"
	"transformateur/internal/web/gatherings"
	"transformateur/internal/web/ui"
)

// openBoards makes the service of live boards, after gatherings and projects.
func (a *App) openBoards(blobs blob.Store) error {
	bell, err := live.Hang(string(a.Config.NATS))
	if err != nil {
		return err
	}
	a.bell = bell
	a.Boards = room.New(room.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Seats: room.NewGatherings(a.Clock), Projects: a.landing(), Renumbered: a.renumbered(), Bell: a.bell})
	a.Markers = marker.New(marker.Deps{DB: a.DB, Clock: a.Clock, Rooms: a.Boards, Gatherings: a.Gatherings})
	a.Photos = photo.New(photo.Deps{DB: a.DB, Clock: a.Clock, Blobs: blobs, Inspector: inspector{clamav: a.Config.ClamAV}, Rooms: a.Boards})
	return nil
}

// landing is where what cards become is kept: at home, not on a laptop that carries a gathering.
func (a *App) landing() room.Projects {
	if a.Config.Venue {
		return nil
	}
	return a.Projects
}

// boardRoutes are the addresses of live boards.
func (a *App) boardRoutes() []ui.Route {
	one := (&boards.Handler{Rooms: a.Boards, Gatherings: a.Gatherings, Projects: a.Projects, Photos: a.Photos, Markers: a.Markers, BaseURL: a.Config.BaseURL}).Routes()
	return append(one, (&gatheringboards.Handler{Rooms: a.Boards, Gatherings: a.Gatherings, Placing: placing.New(placing.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Rooms: a.Boards}), Gifts: gift.New(a.DB, a.Policy, a.Boards), Alive: a.alive}).Routes()...)
}

// boardsOf lists the boards of a gathering as its page shows them: by project, and in the
// order in which a gathering meets the kits.
func (a *App) boardsOf(ctx context.Context, by account.User, id gathering.ID) ([]gatherings.Board, error) {
	list, err := a.Boards.Seen(ctx, by, id)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b room.Listed) int { return cmp.Compare(kit.Rank(a.KitID), kit.Rank(b.KitID)) })
	titles := map[project.ID]string{}
	var out []gatherings.Board
	for _, b := range list {
		one := gatherings.Board{Title: b.Title, URL: "/boards/" + string(b.ID), Mine: b.Mine, Place: b.Placed, Current: b.Present > 0}
		if b.Project != "" {
			whose := project.ID(b.Project)
			if _, known := titles[whose]; !known {
				p, err := project.Load(ctx, a.DB.Reader(), whose)
				if err != nil {
					return nil, err
				}
				titles[whose] = p.Title
			}
			one.About = titles[whose]
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b gatherings.Board) int { return cmp.Compare(a.About, b.About) })
	return out, nil
}
