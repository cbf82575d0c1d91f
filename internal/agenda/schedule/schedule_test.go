package schedule_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

// house is who comes, as a test says it.
type house struct{ guests []plan.Guest }

func (h *house) House(context.Context, db.Reader, gathering.ID) (plan.House, error) {
	return plan.House{Guests: h.guests}, nil
}

// world is an open gathering of two days with Ana's team and Léo, who is its coach.
type world struct {
	*gatheringtest.World
	house    *house
	service  *schedule.Service
	id       gathering.ID
	leo      account.User
	ana, lea string // seats
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d), house: &house{}}
	w.service = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: w.house, Pulse: pulse.New(d, w.Policy)})
	project := w.Project("Campus", w.Ana)
	w.id = w.Planned()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	w.leo = w.Signed("leo@labo.example", "Léo Fabre")
	w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: "leo@labo.example", Role: gathering.Coach, Project: project, Lang: "fr"}))
	w.ana = w.seat(w.Ana)
	lead := w.seat(w.Lead)
	w.lea = lead
	for _, id := range []string{w.ana, w.lea} {
		w.house.guests = append(w.house.guests, plan.Guest{ID: id})
	}
	return w
}

func (w *world) seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p.ID
}

var running = order.Order{Version: 1, Days: []string{"2027-03-08", "2027-03-09"}, Activities: []order.Activity{
	{ID: "open", Kind: order.Plenary, From: 540, To: 570},
	{ID: "coach", Kind: order.Coaching, From: 570, To: 660},
	{ID: "end", Kind: order.Plenary, Day: 1, From: 540, To: 570},
}}

// meets is a plan in which two people meet at a time.
func meets(at order.Minute, people ...string) plan.Plan {
	return plan.Plan{Version: 1, Sittings: []plan.Sitting{
		{ID: "open", Activity: "open", From: 540, To: 570, All: true},
		{ID: "m", Activity: "coach", From: at, To: at + 30, People: people},
		{ID: "end", Activity: "end", Day: 1, From: 540, To: 570, All: true},
	}}
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestVersions(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		keep := func(p plan.Plan, base schedule.ID) schedule.Version {
			t.Helper()
			v, err := w.service.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: p, BasedOn: base, Reason: "  Un  train \n en retard "})
			w.Must(err)
			return v
		}
		_, err := w.service.Mine(ctx, w.Ana, w.id)
		wants(t, err, errs.Conflict, "schedule.none")
		_, err = w.service.Keep(ctx, w.Ana, w.id, schedule.Made{Order: running, Plan: meets(570, w.ana, w.lea)})
		wants(t, err, errs.Forbidden, "")
		_, err = w.service.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: meets(570, w.ana, w.lea), Reason: strings.Repeat("x", schedule.MaxReason+1)})
		wants(t, err, errs.Invalid, "schedule.invalid")

		first := keep(meets(570, w.ana, w.lea), "")
		if first.Number != 1 || first.Reason != "Un train en retard" {
			t.Errorf("kept %+v", first)
		}
		wants(t, w.service.Publish(ctx, w.Ana, w.id, first.ID), errs.Forbidden, "")
		w.Must(w.service.Publish(ctx, w.Lead, w.id, first.ID))
		wants(t, w.service.Publish(ctx, w.Lead, w.id, first.ID), errs.Conflict, "schedule.published")

		lonely := keep(meets(600, w.ana), first.ID)
		wants(t, w.service.Publish(ctx, w.Lead, w.id, lonely.ID), errs.Conflict, "schedule.clashes")
		if _, clashes, err := w.service.Read(ctx, w.Lead, w.id, lonely.ID); err != nil || len(clashes) != 1 || clashes[0].Key != plan.Lonely {
			t.Errorf("clashes %+v, %v", clashes, err)
		}
		second, other := keep(meets(600, w.ana, w.lea), first.ID), keep(meets(630, w.ana, w.lea), first.ID)
		w.Must(w.service.Publish(ctx, w.Lead, w.id, second.ID))
		wants(t, w.service.Publish(ctx, w.Lead, w.id, other.ID), errs.Conflict, "schedule.meanwhile")

		_, list, err := w.service.Versions(ctx, w.Lead, w.id)
		w.Must(err)
		var states []string
		for _, v := range list {
			states = append(states, string(v.State))
		}
		if !slices.Equal(states, []string{"draft", "published", "draft", "retired"}) {
			t.Errorf("states %q", states)
		}
		_, _, changes, err := w.service.Compare(ctx, w.Lead, w.id, first.ID, second.ID)
		if err != nil || len(changes) != 2 || changes[w.ana][0].Was.From != 570 || changes[w.ana][0].Is.From != 600 {
			t.Errorf("changes %+v, %v", changes, err)
		}
		elsewhere := w.Planned()
		wants(t, w.service.Publish(ctx, w.Lead, elsewhere, other.ID), errs.NotFound, "")
		_, err = w.service.Keep(ctx, w.Lead, elsewhere, schedule.Made{Order: running, Plan: meets(570), BasedOn: first.ID})
		wants(t, err, errs.NotFound, "")
		if _, _, err := w.service.Read(ctx, w.leo, w.id, first.ID); err == nil {
			t.Error("a stranger reads a plan")
		}
	})
}

func TestMineAndDelay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v, err := w.service.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: meets(570, w.ana, w.lea)})
		w.Must(err)
		w.Must(w.service.Publish(ctx, w.Lead, w.id, v.ID))
		paris, err := time.LoadLocation("Europe/Paris")
		w.Must(err)
		id := func(s *plan.Sitting) string {
			if s == nil {
				return "-"
			}
			return s.ID
		}
		for _, c := range []struct {
			at        string
			now, next string
		}{
			{"2027-03-07 20:00", "-", "open"}, {"2027-03-08 09:00", "open", "m"}, {"2027-03-08 09:45", "m", "end"}, {"2027-03-08 11:30", "-", "end"},
			{"2027-03-09 01:30", "-", "end"}, {"2027-03-09 09:29", "end", "-"}, {"2027-03-09 09:30", "-", "-"}, {"2027-03-12 09:00", "-", "-"},
		} {
			now, err := time.ParseInLocation("2006-01-02 15:04", c.at, paris)
			w.Must(err)
			w.Clock.Set(now.UTC())
			m, err := w.service.Mine(ctx, w.Ana, w.id)
			if err != nil || id(m.Now) != c.now || id(m.Next) != c.next || len(m.All) != 3 {
				t.Errorf("%s: %s then %s, %d in all, %v", c.at, id(m.Now), id(m.Next), len(m.All), err)
			}
		}
		left, err := w.service.Delay(ctx, w.Lead, w.id, plan.Late{At: 575, Minutes: 10})
		if err != nil || left != 10 {
			t.Errorf("%d left, %v", left, err)
		}
		m, err := w.service.Mine(ctx, w.Ana, w.id)
		if err != nil || m.Version.Number != 2 || m.All[1].From != 570 || m.All[1].To != 610 {
			t.Errorf("after the delay %+v, %v", m.All, err)
		}
		for _, late := range []plan.Late{{Minutes: 0}, {Minutes: schedule.MaxDelay + 1}} {
			_, err := w.service.Delay(ctx, w.Lead, w.id, late)
			wants(t, err, errs.Invalid, "schedule.invalid")
		}
		_, err = w.service.Delay(ctx, w.Ana, w.id, plan.Late{Minutes: 5})
		wants(t, err, errs.Forbidden, "")
	})
}

// Who left, or is away by then, does not keep the day from running late.
func TestADelayWaitsForNobody(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v, err := w.service.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: meets(570, w.ana, w.lea)})
		w.Must(err)
		w.Must(w.service.Publish(ctx, w.Lead, w.id, v.ID))
		w.Clock.Set(time.Date(2027, 3, 8, 8, 20, 0, 0, time.UTC))
		w.house.guests = []plan.Guest{{ID: w.ana, Away: []plan.Span{{From: 600, To: 720}}}}
		moved := meets(580, w.ana, w.lea)
		other, err := w.service.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: moved, BasedOn: v.ID})
		w.Must(err)
		wants(t, w.service.Publish(ctx, w.Lead, w.id, other.ID), errs.Conflict, "schedule.clashes")
		if left, err := w.service.Delay(ctx, w.Lead, w.id, plan.Late{At: 560, Minutes: 10}); err != nil || left != 10 {
			t.Errorf("%d left, %v", left, err)
		}
		m, err := w.service.Mine(ctx, w.Ana, w.id)
		if err != nil || m.All[1].From != 580 {
			t.Errorf("after the delay %+v, %v", m.All, err)
		}
	})
}
