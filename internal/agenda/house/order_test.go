package house_test

import (
	"bytes"
	"slices"
	"testing"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/platform/errs"
)

func TestRunningOrderIsProposedThenPublished(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		wants(t, w.house.Publish(ctx, w.Lead, w.id), errs.Conflict, "agenda.nothing")
		wants(t, w.house.Propose(ctx, w.Ana, w.id, 0), errs.Forbidden, "")
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		wants(t, w.house.Propose(ctx, w.Lead, w.id, 0), errs.Conflict, "agenda.meanwhile")
		v := w.agenda(w.Lead)
		if v.Version != 1 || !slices.Equal(v.Order.Days, []string{"2027-03-05", "2027-03-06"}) || len(v.Order.Activities) < 15 || v.Projects != 1 {
			t.Fatalf("the running order is %+v", v)
		}
		if ana := w.agenda(w.Ana); !ana.Hidden() || len(ana.Order.Activities) != 0 || ana.Version != 0 || ana.Faults != nil {
			t.Fatalf("before it is published she reads %+v", ana)
		}
		w.Must(w.house.Publish(ctx, w.Lead, w.id))
		wants(t, w.house.Publish(ctx, w.Lead, w.id), errs.Conflict, "agenda.published_already")
		if ana := w.agenda(w.Ana); ana.Hidden() || len(ana.Order.Activities) != len(v.Order.Activities) || ana.Faults != nil {
			t.Fatalf("once it is published she reads %+v", ana)
		}
		w.Must(w.house.Withdraw(ctx, w.Lead, w.id))
		wants(t, w.house.Withdraw(ctx, w.Lead, w.id), errs.Conflict, "agenda.not_published")
		if !w.agenda(w.Ana).Hidden() {
			t.Error("she reads it after it was withdrawn")
		}
		_, err := w.house.Agenda(ctx, w.Bob, w.id)
		wants(t, err, errs.NotFound, "")
		_, err = w.house.Managed(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "")
	})
}

// first is an activity of a running order that is of a kind.
func first(t *testing.T, v house.View, kind order.Kind) order.Activity {
	t.Helper()
	i := slices.IndexFunc(v.Order.Activities, func(a order.Activity) bool { return a.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s in %+v", kind, v.Order)
	}
	return v.Order.Activities[i]
}

func TestActivitiesAreWrittenOneByOne(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		put := func(a order.Activity, push bool) (string, error) {
			return w.house.PutActivity(ctx, w.Lead, w.id, w.agenda(w.Lead).Version, house.Put{Activity: a, Push: push})
		}
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		plenary := first(t, w.agenda(w.Lead), order.Plenary)
		longer := plenary
		longer.To += 20
		_, err := put(longer, false)
		wrong(t, err, "to", "agenda.meets")
		_, err = put(longer, true)
		w.Must(err)
		v := w.agenda(w.Lead)
		if next := first(t, v, order.Coaching); next.From != longer.To {
			t.Errorf("what follows begins at %s, want %s", next.From.Clock(), longer.To.Clock())
		}
		if len(v.Faults) > 0 && !v.Faults[0].Remark {
			t.Errorf("after it was pushed: %+v", v.Faults)
		}
		for name, c := range map[string]struct {
			a         order.Activity
			path, key string
		}{
			"no kind":          {order.Activity{Kind: "tea", From: 60, To: 120}, "kind", "agenda.kind_unknown"},
			"backwards":        {order.Activity{Kind: order.Free, From: 120, To: 60}, "to", "agenda.ends_before"},
			"a lost room":      {order.Activity{Kind: order.Free, From: 60, To: 120, Room: "lost"}, "room", "agenda.room_unknown"},
			"a lost kit":       {order.Activity{Kind: order.Free, From: 60, To: 120, Kit: "lost"}, "kit", "agenda.kit_unknown"},
			"during a plenary": {order.Activity{Kind: order.Free, From: longer.From + 5, To: longer.From + 10}, "from", "agenda.everybody"},
			"a long slot":      {order.Activity{Kind: order.Coaching, From: 60, To: 120, Slot: 90}, "slot", "agenda.slot_long"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := put(c.a, false)
				wrong(t, err, c.path, c.key)
			})
		}
		id, err := put(order.Activity{Kind: order.Free, Title: " Café  d’accueil ", From: 8 * 60, To: 9 * 60, Leads: []string{w.seat(w.Ana), "nobody"}, Needs: []string{"sound", "gold"}}, false)
		w.Must(err)
		a, there := w.agenda(w.Lead).Order.Find(id)
		if !there || a.Title != "Café d’accueil" || !slices.Equal(a.Leads, []string{w.seat(w.Ana)}) || !slices.Equal(a.Needs, []string{"sound"}) {
			t.Errorf("it is kept as %+v", a)
		}
		a.ID = "lost"
		_, err = put(a, false)
		wants(t, err, errs.NotFound, "")
		_, err = w.house.PutActivity(ctx, w.Lead, w.id, 1, house.Put{Activity: a})
		wants(t, err, errs.Conflict, "agenda.meanwhile")
	})
}

func TestWhatIsAddedBetweenPushesTheRest(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		before := w.agenda(w.Lead)
		plenary := first(t, before, order.Plenary)
		_, err := w.house.PutActivity(ctx, w.Lead, w.id, 1, house.Put{Activity: order.Activity{Kind: order.Free, From: plenary.From, To: plenary.From + 15}, Push: true})
		w.Must(err)
		after := w.agenda(w.Lead)
		for _, a := range before.Order.Activities {
			b, _ := after.Order.Find(a.ID)
			want := a.From
			if a.Day == 0 && a.From >= plenary.From {
				want += 15
			}
			if b.From != want || b.Minutes() != a.Minutes() {
				t.Errorf("%s begins at %s, want %s", a.ID, b.From.Clock(), want.Clock())
			}
		}
		// Where there is room already, nothing moves.
		_, err = w.house.PutActivity(ctx, w.Lead, w.id, 2, house.Put{Activity: order.Activity{Kind: order.Free, From: 7 * 60, To: 8 * 60}, Push: true})
		w.Must(err)
		if b, _ := w.agenda(w.Lead).Order.Find(plenary.ID); b.From != plenary.From+15 {
			t.Errorf("the plenary begins at %s", b.From.Clock())
		}
	})
}

func TestActivitiesChangePlaces(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		move := func(id string, earlier bool) error {
			return w.house.MoveActivity(ctx, w.Lead, w.id, w.agenda(w.Lead).Version, house.Move{Activity: id, Earlier: earlier})
		}
		list := w.agenda(w.Lead).Order.Activities
		welcome, plenary := list[0], list[1]
		w.Must(move(plenary.ID, true))
		now := w.agenda(w.Lead).Order.Activities
		if now[0].ID != plenary.ID || now[0].From != welcome.From || now[0].Minutes() != plenary.Minutes() || now[1].ID != welcome.ID || now[1].To != plenary.To {
			t.Fatalf("after the move: %+v, %+v", now[0], now[1])
		}
		wants(t, move(plenary.ID, true), errs.Conflict, "agenda.move_end")
		wants(t, move("lost", true), errs.NotFound, "")
		w.Must(move(plenary.ID, false))
		if again := w.agenda(w.Lead).Order.Activities; again[0].From != welcome.From || again[0].ID != welcome.ID || again[1].From != plenary.From {
			t.Errorf("there and back: %+v", again[:2])
		}
		i := slices.IndexFunc(list, func(a order.Activity) bool { return len(a.After) > 0 && a.Kind == order.Collective })
		wants(t, move(list[i].ID, true), errs.Conflict, "agenda.move_wrong") // it builds on the one before it
	})
}

func TestDaysAreCopiedAndActivitiesRemoved(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		wants(t, w.house.CopyDay(ctx, w.Lead, w.id, 1, house.Copy{From: 0, To: 0}), errs.Conflict, "agenda.copy_day")
		wants(t, w.house.CopyDay(ctx, w.Lead, w.id, 1, house.Copy{From: 0, To: 2}), errs.Conflict, "agenda.copy_day")
		w.Must(w.house.CopyDay(ctx, w.Lead, w.id, 1, house.Copy{From: 0, To: 1}))
		v := w.agenda(w.Lead)
		days := map[int][]order.Activity{}
		for _, a := range v.Order.Activities {
			days[a.Day] = append(days[a.Day], a)
		}
		if len(days[0]) != len(days[1]) || len(v.Faults) > 0 && !v.Faults[0].Remark {
			t.Fatalf("%d activities, then %d; %+v", len(days[0]), len(days[1]), v.Faults)
		}
		for i, a := range days[0] {
			if b := days[1][i]; a.From != b.From || a.Kind != b.Kind || a.ID == b.ID || len(a.After) != len(b.After) {
				t.Errorf("%+v became %+v", a, b)
			}
		}
		base := days[0][slices.IndexFunc(days[0], func(a order.Activity) bool { return len(a.After) > 0 })].After[0]
		w.Must(w.house.RemoveActivity(ctx, w.Lead, w.id, 2, base))
		wants(t, w.house.RemoveActivity(ctx, w.Lead, w.id, 3, base), errs.NotFound, "")
		for _, a := range w.agenda(w.Lead).Order.Activities {
			if slices.Contains(a.After, base) || a.ID == base {
				t.Errorf("%+v still names what is gone", a)
			}
		}
	})
}

func TestRunningOrderAsAFile(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		_, _, err := w.house.Export(ctx, w.Lead, w.id)
		wants(t, err, errs.NotFound, "")
		room, err := w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: "Satie"})
		w.Must(err)
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		a := first(t, w.agenda(w.Lead), order.Plenary)
		a.Room = room
		_, err = w.house.PutActivity(ctx, w.Lead, w.id, 1, house.Put{Activity: a})
		w.Must(err)
		_, file, err := w.house.Export(ctx, w.Lead, w.id)
		w.Must(err)
		_, _, err = w.house.Export(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "")

		w.Must(w.house.Import(ctx, w.Lead, w.id, 2, file))
		_, again, err := w.house.Export(ctx, w.Lead, w.id)
		w.Must(err)
		if !bytes.Equal(file, again) {
			t.Errorf("read again, it is\n%s\nwant\n%s", again, file)
		}
		other := w.Planned()
		w.Must(w.house.Import(ctx, w.Lead, other, 0, file))
		v, err := w.house.Agenda(ctx, w.Lead, other)
		w.Must(err)
		if a, _ := v.Order.Find(a.ID); a.Room != "" || a.Kind != order.Plenary {
			t.Errorf("in another gathering it is %+v", a)
		}
		for name, c := range map[string]struct{ text, key string }{
			"no file of ours":  {"bonjour", "agenda.file_unreadable"},
			"another version":  {`{"version":9,"days":[],"activities":[]}`, "agenda.file_version"},
			"something larger": {string(make([]byte, 1<<20+1)), "agenda.file_large"},
		} {
			t.Run(name, func(t *testing.T) {
				wrong(t, w.house.Import(ctx, w.Lead, w.id, 3, []byte(c.text)), "file", c.key)
			})
		}
		bad := w.house.Import(ctx, w.Lead, w.id, 3, []byte(`{"version":1,"days":[],"activities":[{"id":"x","kind":"tea","day":0,"from":60,"to":120}]}`))
		wants(t, bad, errs.Invalid, "agenda.invalid")
	})
}

func TestRunningOrderFollowsTheDaysOfItsGathering(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		v := w.agenda(w.Lead)
		g := v.Gathering
		sheet := g // the same gathering, a week later and a day shorter
		sheet.StartsOn, sheet.EndsOn = "2027-03-12", "2027-03-12"
		w.move(sheet)
		o, _, version, err := house.Load(ctx, w.DB.Reader(), w.id)
		w.Must(err)
		if version != 1 || !slices.Equal(o.Days, []string{"2027-03-12"}) {
			t.Errorf("version %d on %v", version, o.Days)
		}
		v = w.agenda(w.Lead)
		if !slices.ContainsFunc(v.Faults, func(f order.Fault) bool { return f.Key == "agenda.day_missing" }) {
			t.Errorf("what has no day is not told: %+v", v.Faults)
		}
		wants(t, w.house.Publish(ctx, w.Lead, w.id), errs.Conflict, "agenda.faulty")
		plenary := first(t, v, order.Plenary)
		plenary.Title = "Ouverture"
		_, err = w.house.PutActivity(ctx, w.Lead, w.id, 1, house.Put{Activity: plenary})
		w.Must(err) // what was wrong before keeps nobody from writing the rest
	})
}
