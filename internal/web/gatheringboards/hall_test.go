package gatheringboards_test

import (
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/board/gift"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/gatheringboards"
	"transformateur/internal/web/ui/pagetest"
)

// hall is a gathering with a project and its team, and a service of boards.
type hall struct {
	*gatheringtest.World
	rooms     *room.Service
	gathering gathering.ID
	project   project.ID
}

func newHall(t *testing.T) *hall {
	t.Helper()
	return hallOn(t, dbtest.SQLite(t))
}

func hallOn(t *testing.T, d *db.DB) *hall {
	t.Helper()
	w := gatheringtest.New(t, d)
	h := &hall{World: w, rooms: room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})}
	t.Cleanup(h.rooms.Close)
	h.project = w.Project("Campus", w.Ana)
	h.gathering = w.Open()
	_, err := w.Gatherings.AddTeams(t.Context(), w.Lead, h.gathering)
	w.Must(err)
	return h
}

// boards opens a board of a kit for each of some projects.
func (h *hall) boards(t *testing.T, kit string, projects ...project.ID) []room.Board {
	t.Helper()
	list, err := h.rooms.Create(t.Context(), h.Lead, room.Asked{Gathering: h.gathering, Kit: kit, Title: kit, Projects: projects})
	h.Must(err)
	return list
}

func (h *hall) site(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: (&gatheringboards.Handler{Rooms: h.rooms, Gatherings: h.Gatherings, Placing: placing.New(placing.Deps{DB: h.DB, Clock: h.Clock, Policy: h.Policy, Rooms: h.rooms}), Gifts: gift.New(h.DB, h.Policy, h.rooms), Alive: func(*http.Request) bool { return true }}).Routes(), By: by, Lang: lang}
}

func wants(t *testing.T, a pagetest.Answer, status int) pagetest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %.600s", a.Status, status, a.Body)
	}
	return a
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
		}
	}
}
