package afterword_test

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/agenda/afterword"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

func TestDue(t *testing.T) {
	all := func(day int, from, to order.Minute) plan.Sitting {
		return plan.Sitting{Day: day, From: from, To: to, All: true}
	}
	for name, c := range map[string]struct {
		order order.Order
		plan  plan.Plan
		day   int
		at    order.Minute
		ok    bool
	}{
		"nothing":                     {},
		"the end of the last sitting": {plan: plan.Plan{Sittings: []plan.Sitting{all(1, 540, 570), all(0, 540, 1200), all(1, 540, 600)}}, day: 1, at: 600, ok: true},
		"the beginning of the activity that opens it": {order: order.Order{Activities: []order.Activity{{Day: 0, From: 900, To: 930, Kit: "debrief"}, {Day: 0, From: 540, To: 570, Kit: "debrief"}, {Day: 1, From: 540, Kit: "plan"}}},
			plan: plan.Plan{Sittings: []plan.Sitting{all(1, 540, 570)}}, day: 0, at: 900, ok: true},
		"an order alone": {order: order.Order{Activities: []order.Activity{{From: 540, Kit: "plan"}}}},
	} {
		day, at, ok := afterword.Due(c.order, c.plan)
		if day != c.day || at != c.at || ok != c.ok {
			t.Errorf("%s: day %d at %s, %t", name, day, at.Clock(), ok)
		}
	}
}

// house has nobody come: a plan for all asks nobody.
type house struct{}

func (house) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{}, nil
}

type world struct {
	*gatheringtest.World
	words *afterword.Service
	rooms *room.Service
	plans *schedule.Service
	id    gathering.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	beat := pulse.New(d, w.Policy)
	w.plans = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: house{}, Pulse: beat})
	w.rooms = room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock)})
	t.Cleanup(w.rooms.Close)
	w.words = afterword.New(afterword.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Rooms: w.rooms, Plans: w.plans, Pulse: beat, Jobs: w.Jobs})
	w.Project("Campus", w.Ana)
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	return w
}

func (w *world) boards() int {
	w.T.Helper()
	g, err := gathering.Load(ctx, w.DB.Reader(), w.id)
	w.Must(err)
	list, err := w.rooms.Boards(ctx, w.Ana, g)
	w.Must(err)
	return len(list)
}

func TestItOpensWhenTheLastSittingEnds(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.words.OpenDue(ctx))
		v, err := w.words.Read(ctx, w.Ana, w.id)
		if err != nil || !v.At.IsZero() || v.Board != "" {
			t.Errorf("without a plan %+v, %v", v, err)
		}
		o := order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{{ID: "a", Kind: order.Plenary, From: 540, To: 570}, {ID: "b", Kind: order.Plenary, Day: 1, From: 540, To: 600}}}
		p := plan.Plan{Version: 1, Sittings: []plan.Sitting{{ID: "a", Activity: "a", From: 540, To: 570, All: true}, {ID: "b", Activity: "b", Day: 1, From: 540, To: 600, All: true}}}
		made, err := w.plans.Keep(ctx, w.Lead, w.id, schedule.Made{Order: o, Plan: p})
		w.Must(err)
		w.Must(w.plans.Publish(ctx, w.Lead, w.id, made.ID))
		end := time.Date(2027, 3, 6, 9, 0, 0, 0, time.UTC) // ten o'clock in Caen
		if v, err = w.words.Read(ctx, w.Ana, w.id); err != nil || !v.At.Equal(end) {
			t.Errorf("it is to open at %v, %v", v.At, err)
		}
		w.Clock.Set(end.Add(-time.Minute))
		w.Must(w.words.OpenDue(ctx))
		if n := w.boards(); n != 0 {
			t.Errorf("%d boards before the end", n)
		}
		w.Clock.Set(end)
		w.Must(w.words.OpenDue(ctx))
		w.Must(w.words.OpenDue(ctx))
		if n := w.boards(); n != 1 {
			t.Errorf("%d boards once it ended", n)
		}
		v, err = w.words.Read(ctx, w.Ana, w.id)
		w.Must(err)
		seen, err := w.rooms.Read(ctx, w.Ana, v.Board)
		if err != nil || !seen.Writes {
			t.Errorf("Ana writes on it: %t, %v", seen.Writes, err)
		}
	})
}

func TestByHand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if _, err := w.words.Open(ctx, w.Ana, w.id); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a team opens it: %v", err)
		}
		board, err := w.words.Open(ctx, w.Lead, w.id)
		w.Must(err)
		if _, err := w.words.Open(ctx, w.Lead, w.id); errs.KeyOf(err) != "debrief.open_already" {
			t.Errorf("twice: %v", err)
		}
		if v, err := w.words.Read(ctx, w.Ana, w.id); err != nil || v.Board != board {
			t.Errorf("%+v, %v", v, err)
		}
		other := w.Open()
		w.Must(w.Gatherings.Close(ctx, w.Lead, other))
		if _, err := w.words.Open(ctx, w.Lead, other); errs.KeyOf(err) != "debrief.over" {
			t.Errorf("closed: %v", err)
		}
	})
}
