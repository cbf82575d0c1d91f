package conduct_test

import (
	"testing"
	"time"

	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/room"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

func TestWhatReallyHappens(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.at("2027-03-08 09:00")
		wants(t, w.days.Begin(ctx, w.Lead, w.id, "open"), errs.Conflict, "schedule.none")
		w.publish(w.drawn(570), "")
		wants(t, w.days.Begin(ctx, w.Lead, w.id, "nothing"), errs.NotFound, "errs.not_found")
		wants(t, w.days.Finish(ctx, w.Lead, w.id, "open"), errs.Conflict, "conduct.not_begun")
		wants(t, w.days.Begin(ctx, w.Ana, w.id, "open"), errs.Forbidden, "errs.forbidden")
		w.Must(w.days.Begin(ctx, w.Lead, w.id, "open"))
		wants(t, w.days.Begin(ctx, w.Lead, w.id, "open"), errs.Conflict, "conduct.began")
		run := func(id string) conduct.Run {
			t.Helper()
			b, err := w.days.Conduct(ctx, w.Lead, w.id, -1)
			w.Must(err)
			for _, r := range b.Runs() {
				if r.Activity.ID == id {
					return r
				}
			}
			t.Fatalf("no %s", id)
			return conduct.Run{}
		}
		w.at("2027-03-08 09:40")
		if r := run("open"); !r.Runs() || r.Over != 10 || r.Now {
			t.Errorf("it overruns: %+v", r)
		}
		if r := run("coach"); !r.Now || r.Slow != 10 || r.Runs() {
			t.Errorf("what comes next has not begun: %+v", r)
		}
		w.Must(w.days.Finish(ctx, w.Lead, w.id, "open"))
		if r := run("open"); r.Runs() || r.Over != 0 || r.Ended.IsZero() {
			t.Errorf("it ended: %+v", r)
		}
		w.Clock.Advance(time.Minute)
		w.Must(w.days.Begin(ctx, w.Lead, w.id, "open"))
		if r := run("open"); !r.Runs() || !r.Began.Before(w.Clock.Now()) {
			t.Errorf("it goes on from when it began: %+v", r)
		}
		_, err := w.days.Conduct(ctx, w.Ana, w.id, -1)
		wants(t, err, errs.Forbidden, "errs.forbidden")
	})
}

func TestWhoIsMissing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.publish(w.drawn(570), "")
		at := func(when string) conduct.Board {
			t.Helper()
			w.at(when)
			b, err := w.days.Conduct(ctx, w.Lead, w.id, -1)
			w.Must(err)
			return b
		}
		if b := at("2027-03-08 09:10"); len(b.Missing) != 0 {
			t.Errorf("nobody is checked in, nobody is missing: %v", b.Missing)
		}
		w.came[w.hers] = w.Clock.Now()
		if b := at("2027-03-08 09:10"); !b.Missing[w.ana] || b.Missing[w.hers] || b.Away[w.ana] {
			t.Errorf("Ana did not come: %v", b.Missing)
		}
		w.exec(`insert into agenda_absences (id, gathering_id, participant_id, day, from_minute, to_minute, noted_at, noted_by) values ('a', $1, $2, '2027-03-08', 540, 600, $3, 'system')`, string(w.id), w.hers, w.Clock.Now())
		if b := at("2027-03-08 09:10"); !b.Missing[w.hers] || !b.Away[w.hers] {
			t.Errorf("Zoé is noted away: %v", b.Missing)
		}
		if b := at("2027-03-08 10:05"); len(b.Missing) != 0 {
			t.Errorf("nobody has to be anywhere: %v", b.Missing)
		}
	})
}

func (w *world) exec(query string, args ...any) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}))
}

func TestBoardsOpenForEverybody(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.publish(w.drawn(570), "")
		w.at("2027-03-08 09:20")
		b, err := w.days.Conduct(ctx, w.Lead, w.id, -1)
		w.Must(err)
		if next, there := b.NextKit(); !there || next.Activity.ID != "coach" {
			t.Errorf("next opens %+v", next)
		}
		_, err = w.days.Open(ctx, w.Lead, w.id, "open")
		wants(t, err, errs.Conflict, "conduct.no_kit")
		_, err = w.days.Open(ctx, w.Ana, w.id, "coach")
		wants(t, err, errs.Forbidden, "errs.forbidden")
		_, err = w.days.Open(ctx, w.Lead, w.id, "nothing")
		wants(t, err, errs.NotFound, "errs.not_found")
		o, err := w.days.Open(ctx, w.Lead, w.id, "coach")
		if err != nil || o != (conduct.Opened{Made: 2, Sent: 2}) {
			t.Fatalf("opened %+v, %v", o, err)
		}
		if o, err = w.days.Open(ctx, w.Lead, w.id, "mix"); err != nil || o.Made != 2 {
			t.Fatalf("opened %+v, %v", o, err)
		}
		if o, err = w.days.Open(ctx, w.Lead, w.id, "mix"); err != nil || o.Made != 0 || o.Sent != 2 {
			t.Errorf("again %+v, %v", o, err)
		}
		m, err := w.days.Mine(ctx, w.zoe, w.id)
		w.Must(err)
		at, there := m.BoardOf(m.All[1], m.Who())
		if !there || at.KitID != "grandmix" || at.Project != string(w.campus) {
			t.Errorf("Zoé's round is on %+v", at)
		}
		placed, err := db.Get(ctx, d.Reader(), db.Value[string], `select board_id from board_places where participant_id = $1`, w.hers)
		if err != nil || room.ID(placed) != at.ID {
			t.Errorf("she was sent to %s, %v", placed, err)
		}
		b, err = w.days.Conduct(ctx, w.Lead, w.id, -1)
		if next, there := b.NextKit(); err != nil || there {
			t.Errorf("everything is open, and %+v, %v", next, err)
		}
		w.Must(w.Gatherings.Close(ctx, w.Lead, w.id))
		_, err = w.days.Open(ctx, w.Lead, w.id, "mix")
		wants(t, err, errs.Conflict, "conduct.not_open")
	})
}

func TestADelayIsSeenBeforeItIsAccepted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.at("2027-03-08 09:40")
		_, err := w.days.Preview(ctx, w.Lead, w.id, 15, true)
		wants(t, err, errs.Conflict, "schedule.none")
		first := w.publish(w.drawn(570), "")
		w.at("2027-03-07 09:40")
		_, err = w.days.Preview(ctx, w.Lead, w.id, 15, true)
		wants(t, err, errs.Conflict, "conduct.not_today")
		w.at("2027-03-08 09:40")
		for _, minutes := range []int{0, -5, schedule.MaxDelay + 1} {
			_, err = w.days.Preview(ctx, w.Lead, w.id, minutes, true)
			wants(t, err, errs.Invalid, "schedule.invalid")
		}
		_, err = w.days.Preview(ctx, w.Ana, w.id, 15, true)
		wants(t, err, errs.Forbidden, "errs.forbidden")
		v, err := w.days.Preview(ctx, w.Lead, w.id, 20, true)
		if err != nil || v.Left != 5 || len(v.Moves) != 3 || v.Moves[0].To != 680 || v.Moves[1].From != 680 || v.Moves[1].To != 685 || v.Moves[2].Was.From != 680 || v.Moves[2].From != 685 {
			t.Fatalf("it would give %+v, %d left, %v", v.Moves, v.Left, err)
		}
		if now, err := w.days.Scene(ctx, w.Ana, w.id); err != nil || now.Version.ID != first || now.Late != 0 {
			t.Errorf("nothing is accepted yet: %+v, %v", now.Version.ID, err)
		}
		_, err = w.days.Accept(ctx, w.Lead, w.id, "another", v.Late)
		wants(t, err, errs.Conflict, "conduct.meanwhile")
		_, err = w.days.Accept(ctx, w.Lead, w.id, first, plan.Late{At: v.At - 16, Minutes: 20})
		wants(t, err, errs.Conflict, "conduct.meanwhile")
		_, err = w.days.Accept(ctx, w.Ana, w.id, first, v.Late)
		wants(t, err, errs.Forbidden, "errs.forbidden")
		left, err := w.days.Accept(ctx, w.Lead, w.id, first, v.Late)
		if err != nil || left != 5 {
			t.Errorf("%d left, %v", left, err)
		}
		for at, late := range map[string]int{"2027-03-08 09:45": 20, "2027-03-08 11:21": 5, "2027-03-08 11:30": 5, "2027-03-08 12:30": 0, "2027-03-09 08:00": 0} {
			w.at(at)
			if now, err := w.days.Scene(ctx, w.Ana, w.id); err != nil || now.Late != late {
				t.Errorf("%s: %d minutes late, want %d, %v", at, now.Late, late, err)
			}
		}
	})
}

func TestPlacesOnBoards(t *testing.T) {
	boards := []room.Board{{ID: "ours", KitID: "adn", Project: "p"}, {ID: "theirs", KitID: "adn", Project: "q"}, {ID: "all", KitID: "adn"}, {ID: "other", KitID: "frise", Project: "p"}}
	seats := []room.Seat{{Participant: "a", Project: "p"}, {Participant: "b", Project: "q"}, {Participant: "c"}, {Participant: "d", Project: "none"}}
	scene := conduct.Scene{Day: 0, At: 600, Kits: map[string]conduct.Kit{"adn": {ID: "adn"}}}
	sitting := func(id string, from order.Minute, project string, people ...string) plan.Sitting {
		return plan.Sitting{ID: id, Activity: "x", From: from, To: from + 30, Project: project, People: people}
	}
	for name, c := range map[string]struct {
		sittings []plan.Sitting
		want     map[string]room.ID
	}{
		"nobody meets":            {nil, map[string]room.ID{"a": "ours", "b": "theirs", "c": "all", "d": "all"}},
		"a round on a project":    {[]plan.Sitting{sitting("1", 590, "q", "a", "c")}, map[string]room.ID{"a": "theirs", "b": "theirs", "c": "theirs", "d": "all"}},
		"the round under way":     {[]plan.Sitting{sitting("1", 540, "p", "c"), sitting("2", 590, "q", "c"), sitting("3", 640, "p", "c")}, map[string]room.ID{"a": "ours", "b": "theirs", "c": "theirs", "d": "all"}},
		"all rounds are over":     {[]plan.Sitting{sitting("1", 500, "q", "c"), sitting("2", 540, "p", "c")}, map[string]room.ID{"a": "ours", "b": "theirs", "c": "ours", "d": "all"}},
		"of a project without it": {[]plan.Sitting{sitting("1", 590, "none", "a")}, map[string]room.ID{"a": "ours", "b": "theirs", "c": "all", "d": "all"}},
	} {
		scene.Version.Plan.Sittings = c.sittings
		got := conduct.Places(scene, order.Activity{ID: "x", Kit: "adn"}, seats, boards)
		for person, at := range c.want {
			if got[person] != at {
				t.Errorf("%s: %s goes to %q, want %q", name, person, got[person], at)
			}
		}
	}
}
