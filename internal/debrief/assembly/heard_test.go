package assembly_test

import (
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

// A team sees its own turn of a meeting, and what was said to it; of the others, nothing.
func TestATeamHearsWhatIsSaidToIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		around := func(by account.User) assembly.Heard {
			t.Helper()
			v, err := w.meetings.Around(ctx, by, map[account.PersonID]assembly.Turn{w.Ana.ID: {Project: w.campus}, w.Bob.ID: {Project: w.garden}}[by.ID].Project)
			w.Must(err)
			if len(v.Meetings) != 1 {
				t.Fatalf("%d meetings", len(v.Meetings))
			}
			return v.Meetings[0]
		}
		if h := around(w.Ana); h.State != assembly.Planned || h.OnScreen || len(h.Said) != 0 {
			t.Errorf("before it: %+v", h)
		}
		w.act(assembly.Start)
		w.Must(w.meetings.Say(ctx, w.eva, gatheringtest.Edition, w.which, assembly.Words{Project: w.campus, Line: w.place, Kind: "place", Body: "Un atelier"}))
		w.Must(w.meetings.Say(ctx, w.leo, gatheringtest.Edition, w.which, assembly.Words{Project: w.garden, Kind: assembly.Commits, Body: "Une visite", Day: "2027-06-01"}))
		if h := around(w.Ana); !h.OnScreen || len(h.Said) != 1 || h.Said[0].Words != "Un atelier" || h.Said[0].Need != "Un local" || h.Said[0].State != "offered" || h.Timer.Project != "" {
			t.Errorf("the team on screen hears %+v", h)
		}
		if h := around(w.Bob); h.OnScreen || len(h.Said) != 1 || h.Said[0].Kind != assembly.Commits || h.Said[0].State != "promised" || h.Timer.Project != "" {
			t.Errorf("the other team hears %+v", h)
		}
		_, err := w.meetings.Around(ctx, w.Bob, w.campus)
		w.wants("another team", err, errs.NotFound)
		_, err = w.meetings.Around(ctx, w.eva, w.campus)
		w.wants("a partner", err, errs.NotFound)
	})
}
