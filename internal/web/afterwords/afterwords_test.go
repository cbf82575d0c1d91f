package afterwords_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/agenda/afterword"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/afterwords"
	"transformateur/internal/web/ui/pagetest"
)

type house struct{}

func (house) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{}, nil
}

func TestTheDebriefByHand(t *testing.T) {
	for _, lang := range i18n.Langs {
		w := gatheringtest.New(t, dbtest.SQLite(t))
		beat := pulse.New(w.DB, w.Policy)
		rooms := room.New(room.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
		t.Cleanup(rooms.Close)
		plans := schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: house{}, Pulse: beat})
		words := afterword.New(afterword.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Rooms: rooms, Plans: plans, Pulse: beat, Jobs: w.Jobs})
		w.Project("Campus", w.Ana)
		id := w.Open()
		_, err := w.Gatherings.AddTeams(context.Background(), w.Lead, id)
		w.Must(err)
		lead := pagetest.Site{Routes: (&afterwords.Handler{Afterwords: words}).Routes(), By: w.Lead, Lang: lang}
		ana := lead
		ana.By = w.Ana
		at := "/gatherings/" + string(id) + "/debrief"
		for page, want := range map[string]bool{lead.Page(t, at): true, ana.Page(t, at): false} {
			if strings.Contains(page, "<form method=\"post\" action=\""+at) != want || !strings.Contains(page, i18n.Say(lang, "debriefs.by_hand")) {
				t.Errorf("%s: the way to open it is there: %t", lang, !want)
			}
		}
		if a := lead.Post(t, at, nil); a.Status != http.StatusSeeOther {
			t.Errorf("%s: opening answers %d", lang, a.Status)
		}
		if a := lead.Post(t, at, nil); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "debrief.open_already")) {
			t.Errorf("%s: opening again answers %d", lang, a.Status)
		}
		if page := ana.Page(t, at); !strings.Contains(page, `href="/boards/`) {
			t.Errorf("%s: there is no way to the board", lang)
		}
		w.Must(w.Gatherings.Close(context.Background(), w.Lead, gathering.ID(id)))
		if page := ana.Page(t, at); !strings.Contains(page, i18n.Say(lang, "debriefs.read_only")) {
			t.Errorf("%s: it does not say that it is over", lang)
		}
	}
}
