package continuity

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

var ctx = context.Background()

func TestLost(t *testing.T) {
	at := func(minute int) time.Time { return applicationtest.Noon.Add(time.Duration(minute) * time.Minute) }
	for _, c := range []struct {
		name    string
		outages []Outage
		want    time.Duration
	}{
		{"none", nil, 0},
		{"in the middle", []Outage{{From: at(10), Until: at(12)}}, 2 * time.Minute},
		{"begun before the last hour", []Outage{{From: at(-10), Until: at(1)}}, time.Minute},
		{"ended after the deadline", []Outage{{From: at(59), Until: at(90)}}, time.Minute},
		{"over all of it", []Outage{{From: at(-10), Until: at(90)}}, time.Hour},
		{"wholly before", []Outage{{From: at(-10), Until: at(0)}}, 0},
		{"wholly after", []Outage{{From: at(60), Until: at(70)}}, 0},
		{"two that overlap", []Outage{{From: at(10), Until: at(13)}, {From: at(12), Until: at(15)}}, 5 * time.Minute},
		{"one within another, out of order", []Outage{{From: at(12), Until: at(13)}, {From: at(10), Until: at(20)}}, 10 * time.Minute},
	} {
		if got := Lost(c.outages, at(0), at(60)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	for _, c := range []struct{ name, zone, closes, now, want string }{
		{"before the deadline: an hour more", "Europe/Paris", "2027-03-05T11:00:00Z", "2027-03-05T10:58:00Z", "2027-03-05T12:00:00Z"},
		{"just after: the next day, same time", "Europe/Paris", "2027-03-05T11:00:00Z", "2027-03-05T11:03:00Z", "2027-03-06T11:00:00Z"},
		{"at night, too near the next: the day after", "Europe/Paris", "2027-03-05T11:00:00Z", "2027-03-06T01:00:00Z", "2027-03-07T11:00:00Z"},
		{"across the change of March: the same local time", "Europe/Paris", "2027-03-27T11:00:00Z", "2027-03-27T11:03:00Z", "2027-03-28T10:00:00Z"},
		{"an hour that does not exist", "Europe/Paris", "2026-03-28T01:30:00Z", "2026-03-28T01:31:00Z", "2026-03-29T01:30:00Z"},
		{"an hour that exists twice", "Europe/Paris", "2026-10-24T00:30:00Z", "2026-10-24T00:31:00Z", "2026-10-25T02:30:00Z"},
		{"overseas", "Pacific/Noumea", "2027-03-05T01:00:00Z", "2027-03-05T01:03:00Z", "2027-03-06T01:00:00Z"},
	} {
		parse := func(s string) time.Time {
			at, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		if got := Suggest(parse(c.closes), parse(c.now), c.zone); !got.Equal(parse(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got.UTC(), c.want)
		}
	}
}

// record is the world with processes that show they are there.
type record struct {
	*applicationtest.World
	s *Service
}

func (w *record) process() *Service { return New(w.DB, w.Clock, w.Policy, w.Bus, w.Calls) }

// alive beats for a while.
func (w *record) alive(s *Service, during time.Duration) {
	w.T.Helper()
	for ; during >= 0; during -= Every {
		w.Must(s.Beat(ctx))
		w.Clock.Advance(Every)
	}
}

func (w *record) drafts() []Draft {
	w.T.Helper()
	list, err := w.s.Drafts(ctx, w.Lead, w.Call.ID)
	w.Must(err)
	return list
}

func (w *record) acts() (acts []string) {
	lines, err := journal.After(ctx, w.DB.Reader(), 0, 1000)
	w.Must(err)
	for _, l := range lines {
		acts = append(acts, l.Act)
	}
	return acts
}

func (w *record) deliver() {
	w.T.Helper()
	for {
		n, err := w.Bus.Deliver(ctx)
		w.Must(err)
		if n == 0 {
			return
		}
	}
}

// The call of the world closes an hour after Noon, when the clock begins: every
// second of it counts.
func TestOutages(t *testing.T) {
	type step struct {
		alive, down time.Duration
		kind        string
	}
	for _, c := range []struct {
		name  string
		steps []step
		lost  time.Duration // 0: no draft
		kinds string
	}{
		{"always there", []step{{alive: 50 * time.Minute}}, 0, "[]"},
		{"a restart of ten seconds", []step{{alive: time.Minute}, {down: 5 * time.Second, kind: Stopped}, {alive: time.Minute}}, 0, "[]"},
		{"a minute less ten seconds", []step{{alive: time.Minute}, {down: 45 * time.Second, kind: Stopped}, {alive: time.Minute}}, 0, "[stopped]"},
		{"a stop of three minutes", []step{{alive: time.Minute}, {down: 3 * time.Minute, kind: Stopped}, {alive: time.Minute}}, 3*time.Minute + Every, "[stopped]"},
		{"three times thirty seconds", []step{{alive: time.Minute}, {down: 30 * time.Second, kind: Stopped}, {alive: time.Minute}, {down: 30 * time.Second, kind: Database}, {alive: time.Minute}, {down: 30 * time.Second, kind: Stalled}, {alive: time.Minute}}, 3 * (30*time.Second + Every), "[stopped database stalled]"},
		{"begun before the deadline, ended after", []step{{alive: 55 * time.Minute}, {down: 20 * time.Minute, kind: Stopped}, {alive: Every}}, 5*time.Minute + Every, "[stopped]"},
		{"wholly after the deadline", []step{{alive: 61 * time.Minute}, {down: 20 * time.Minute, kind: Stopped}, {alive: Every}}, 0, "[stopped]"},
		{"the database read-only for two minutes", []step{{alive: time.Minute}, {down: 2 * time.Minute, kind: Database}, {alive: time.Minute}}, 2*time.Minute + Every, "[database]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := &record{World: applicationtest.New(t, d)}
				w.s = w.process()
				for _, step := range c.steps {
					if step.alive > 0 {
						w.alive(w.s, step.alive-Every)
					}
					switch step.kind {
					case Stopped:
						w.s = w.process()
					case Database:
						w.s.failed = true
					}
					w.Clock.Advance(step.down)
				}
				kinds, err := db.List(ctx, d.Reader(), db.Value[string], `select kind from outages order by from_at`)
				w.Must(err)
				if fmt.Sprint(kinds) != c.kinds {
					t.Errorf("outages %v, want %v", kinds, c.kinds)
				}
				drafts := w.drafts()
				if c.lost == 0 && len(drafts) > 0 || c.lost > 0 && (len(drafts) != 1 || drafts[0].Lost != c.lost || drafts[0].Barred != "" || len(drafts[0].Outages) != len(kinds)) {
					t.Errorf("drafts %+v, want %v lost", drafts, c.lost)
				}
			})
		})
	}
}

// disturbed is a call whose last hour lost three minutes.
func disturbed(t *testing.T, d *db.DB) *record {
	w := &record{World: applicationtest.New(t, d)}
	w.s = w.process()
	w.alive(w.s, 0)
	w.Clock.Advance(3 * time.Minute)
	w.s = w.process()
	w.alive(w.s, 0)
	return w
}

// The lead follows the draft: the usual act moves the deadline, and the draft is settled.
func TestAccept(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := disturbed(t, d)
		before := w.drafts()[0]
		typed := call.Call{ClosesAt: before.Suggested, Zone: w.Call.Zone}.Dates().ClosesAt
		_, err := w.Calls.ExtendTo(ctx, w.Lead, w.Call.ID, typed, "Le service a été interrompu.")
		w.Must(err)
		w.deliver()
		after := w.drafts()[0]
		if after.Status != Accepted || after.SettledBy != "lead" || after.ClosesAt != before.ClosesAt {
			t.Errorf("%+v", after)
		}
		if acts := fmt.Sprint(w.acts()); !contains(w.acts(), "extension.drafted", "call.extended", "extension.accepted") {
			t.Errorf("the journal: %s", acts)
		}
		if err := w.s.Dismiss(ctx, w.Lead, w.Call.ID, after.ID, "non"); errs.KeyOf(err) != "continuity.settled" {
			t.Errorf("dismissed afterwards: %v", err)
		}
		// The new deadline has a last hour of its own.
		w.Clock.Set(before.Suggested.Add(-30 * time.Minute))
		w.alive(w.process(), 0)
		w.Clock.Advance(40 * time.Second)
		w.alive(w.process(), 0)
		if list := w.drafts(); len(list) != 2 || list[0].Lost != 30*time.Minute+45*time.Second {
			t.Errorf("after the move: %+v", list)
		}
	})
}

func contains(all []string, some ...string) bool {
	for _, one := range all {
		if len(some) > 0 && one == some[0] {
			some = some[1:]
		}
	}
	return len(some) == 0
}

func TestDismiss(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := disturbed(t, d)
		id := w.drafts()[0].ID
		for _, c := range []struct {
			name, reason, want string
			by                 account.User
		}{
			{"by somebody else", "non", "errs.forbidden", w.Bob},
			{"without a reason", " ", "call.invalid", w.Lead},
			{"with a reason", "Trois minutes, à onze heures du soir", "", w.Lead},
			{"twice", "non", "continuity.settled", w.Lead},
		} {
			err := w.s.Dismiss(ctx, c.by, w.Call.ID, id, c.reason)
			if c.by.ID == w.Bob.ID && (errs.Is(err, errs.Forbidden) || errs.Is(err, errs.NotFound)) {
				continue
			}
			if errs.KeyOf(err) != c.want {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
		}
		if after := w.drafts()[0]; after.Status != Dismissed || after.SettledBy != "lead" || after.Reason == "" {
			t.Errorf("%+v", after)
		}
		if _, err := w.s.Drafts(ctx, w.Bob, w.Call.ID); err == nil {
			t.Error("an applicant reads the drafts")
		}
	})
}

// Two processes share a database: while one is there, the other's stop is no outage.
func TestTwoProcesses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &record{World: applicationtest.New(t, d)}
		one, other := w.process(), w.process()
		w.alive(one, time.Minute)
		w.alive(other, 10*time.Minute)
		w.alive(w.process(), time.Minute)
		var n int
		w.Must(d.Reader().QueryRow(ctx, `select count(*) from outages`).Scan(&n))
		if n != 0 {
			t.Errorf("%d outages", n)
		}
	})
}

// The clock steps back an hour: no outage is made up, then or when it catches up.
func TestClockStepsBack(t *testing.T) {
	w := &record{World: applicationtest.New(t, dbtest.SQLite(t))}
	s := w.process()
	w.alive(s, time.Minute)
	w.Clock.Advance(-10 * time.Minute)
	w.alive(s, time.Minute)
	var n int
	w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from outages`).Scan(&n))
	if n != 0 {
		t.Errorf("%d outages", n)
	}
}

// The clock of a demonstration is moved a day forward: no outage is made up.
func TestClockMovedForward(t *testing.T) {
	w := &record{World: applicationtest.New(t, dbtest.SQLite(t))}
	s := w.process()
	w.alive(s, time.Minute)
	to := w.Clock.Now().Add(24 * time.Hour)
	w.Must(s.Skip(ctx, to))
	w.Clock.Set(to)
	w.alive(s, time.Minute)
	var n int
	w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from outages`).Scan(&n))
	if n != 0 {
		t.Errorf("%d outages", n)
	}
}

// A sealed call whose seal has opened cannot be extended: the draft says so.
func TestSealOpened(t *testing.T) {
	w := disturbed(t, dbtest.SQLite(t))
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update calls set sealed = true, unseal_at = closes_at where id = $1`, string(w.Call.ID))
		return err
	}))
	if d := w.drafts()[0]; d.Barred != "" {
		t.Errorf("before the deadline: %q", d.Barred)
	}
	w.Clock.Set(w.Call.ClosesAt.Add(time.Minute))
	if d := w.drafts()[0]; d.Barred != "call.seal_already_open" {
		t.Errorf("after it: %q", d.Barred)
	}
}

// A database that keeps nothing makes a beat fail, and the next one that succeeds tells.
func TestDatabaseFails(t *testing.T) {
	w := &record{World: applicationtest.New(t, dbtest.SQLite(t))}
	s := w.process()
	w.alive(s, 0)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Beat(gone); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	w.Clock.Advance(time.Minute)
	w.alive(s, 0)
	var kind string
	w.Must(w.DB.Reader().QueryRow(ctx, `select kind from outages`).Scan(&kind))
	if kind != Database {
		t.Errorf("kind %q", kind)
	}
}
