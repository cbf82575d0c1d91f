package crew_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/factory/crew"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/pool"
)

var ctx = context.Background()

// world has two projects and an expert of their programme.
type world struct {
	*gatheringtest.World
	crews          *crew.Service
	experts        *pool.Service
	campus, garden project.ID
	eva            account.User
	evaID          pool.ID
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.experts = pool.New(pool.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
	w.crews = crew.New(crew.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Pool: w.experts})
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	e, err := programme.FindEdition(ctx, d.Reader(), gatheringtest.Edition)
	w.Must(err)
	w.Must(d.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
	}))
	w.eva = w.Signed("eva@labo.example", "Eva Sage")
	w.Must(w.experts.Invite(ctx, w.Lead, e.Programme, pool.Offer{Email: "eva@labo.example", Lang: "fr", Sheet: pool.Sheet{Name: "Eva Sage", Subjects: []string{"dessin"}, Languages: []string{"fr"}}}))
	mine, err := w.Accounts.MyInvitations(ctx, w.eva)
	w.Must(err)
	_, err = w.Accounts.AcceptInvitation(ctx, w.eva, mine[0].ID, account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
	list, err := pool.Of(ctx, d.Reader(), e.Programme)
	w.Must(err)
	w.evaID = list[0].ID
	return w
}

// day is some days after today.
func (w *world) day(after int) string {
	return w.Clock.Now().AddDate(0, 0, after).Format(time.DateOnly)
}

func (w *world) asked(id project.ID, halves int64, from, until int) crew.ID {
	w.T.Helper()
	place, err := w.crews.Ask(ctx, w.Lead, id, crew.Wanted{Expert: w.evaID, Part: "Dessiner les écrans", Halves: halves, From: w.day(from), Until: w.day(until)})
	w.Must(err)
	return place
}

// reads says whether somebody may do something with a project.
func (w *world) reads(by account.User, id project.ID, action policy.Action) bool {
	w.T.Helper()
	p, err := project.Load(ctx, w.DB.Reader(), id)
	w.Must(err)
	may, err := w.Policy.Decide(ctx, w.DB.Reader(), by, action, p.Object())
	w.Must(err)
	return may.Allowed
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

// A place gives the project from its first day to its last, and nothing before nor after.
func TestAPlaceLastsAsLongAsItSays(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.asked(w.campus, 4, 2, 9)
		wants(t, "asked twice", func() error {
			_, err := w.crews.Ask(ctx, w.Lead, w.campus, crew.Wanted{Expert: w.evaID, Part: "x", Halves: 1, From: w.day(2), Until: w.day(3)})
			return err
		}(), errs.Conflict, "crew.asked_already")
		wants(t, "answered by somebody else", w.crews.Answer(ctx, w.Bob, id, true, ""), errs.NotFound, "")
		w.Must(w.crews.Answer(ctx, w.eva, id, true, ""))
		wants(t, "answered twice", w.crews.Answer(ctx, w.eva, id, false, ""), errs.Conflict, "crew.moved_on")
		for _, c := range []struct {
			pass time.Duration
			want bool
		}{{0, false}, {2 * 24 * time.Hour, true}, {7 * 24 * time.Hour, true}, {24 * time.Hour, false}} {
			w.Clock.Advance(c.pass)
			for _, action := range []policy.Action{"project.read", "roadmap.read", "factory.read", "crew.read"} {
				if got := w.reads(w.eva, w.campus, action); got != c.want {
					t.Errorf("after %v more: %s is %v, want %v", c.pass, action, got, c.want)
				}
				if w.reads(w.eva, w.garden, action) {
					t.Errorf("%s on another project", action)
				}
			}
		}
		if there, err := w.crews.Waited(ctx, w.eva); err != nil || there {
			t.Errorf("what is over still waits: %v", err)
		}
		w.asked(w.campus, 4, 2, 9) // again, with a new yes to give
	})
}

func TestWhatAskingRefuses(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		good := crew.Wanted{Expert: w.evaID, Part: "Dessiner", Halves: 2, From: w.day(1), Until: w.day(30)}
		for _, c := range []struct {
			name, path string
			change     func(*crew.Wanted)
		}{
			{"nobody", "expert", func(g *crew.Wanted) { g.Expert = "" }},
			{"no words", "part", func(g *crew.Wanted) { g.Part = " " }},
			{"many words", "part", func(g *crew.Wanted) { g.Part = strings.Repeat("é", crew.MaxLine+1) }},
			{"no time", "halves", func(g *crew.Wanted) { g.Halves = 0 }},
			{"six days", "halves", func(g *crew.Wanted) { g.Halves = 12 }},
			{"no day", "from", func(g *crew.Wanted) { g.From = "demain" }},
			{"backwards", "until", func(g *crew.Wanted) { g.Until = w.day(0) }},
			{"past", "until", func(g *crew.Wanted) { g.From, g.Until = w.day(-9), w.day(-2) }},
			{"for ever", "until", func(g *crew.Wanted) { g.Until = w.day(crew.MaxDays + 2) }},
		} {
			bad := good
			c.change(&bad)
			_, err := w.crews.Ask(ctx, w.Lead, w.campus, bad)
			if wants(t, c.name, err, errs.Invalid, "crew.invalid"); err != nil && !strings.Contains(paths(err), c.path) {
				t.Errorf("%s: wrong on %s, want %s", c.name, paths(err), c.path)
			}
		}
		_, err := w.crews.Ask(ctx, w.Ana, w.campus, good)
		wants(t, "the team asks", err, errs.Forbidden, "")
	})
}

func paths(err error) string {
	var all []string
	var e *errs.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			all = append(all, f.Path)
		}
	}
	return strings.Join(all, " ")
}

// Nobody promises more than five days a week on one day, whatever the order of her crews.
func TestFiveDaysAWeek(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Must(w.crews.Answer(ctx, w.eva, w.asked(w.campus, 6, 10, 20), true, ""))
		early := w.asked(w.garden, 6, 1, 9) // it ends on the day before
		w.Must(w.crews.Answer(ctx, w.eva, early, true, ""))
		w.Must(w.crews.End(ctx, w.Lead, w.garden, early, "Le projet change"))
		across := w.asked(w.garden, 5, 1, 10)
		wants(t, "five and a half", w.crews.Answer(ctx, w.eva, across, true, ""), errs.Conflict, "crew.full")
		w.Must(w.crews.Answer(ctx, w.eva, across, false, "Trop à la fois"))
		w.Must(w.crews.Answer(ctx, w.eva, w.asked(w.garden, 4, 1, 30), true, ""))
		v, err := w.crews.Of(ctx, w.Lead, w.garden)
		w.Must(err)
		if len(v.Places) != 3 {
			t.Errorf("%d places for who manages", len(v.Places))
		}
		if v, err = w.crews.Of(ctx, w.Bob, w.garden); err != nil || len(v.Places) != 1 {
			t.Errorf("the team reads %d places, %v: who declined is not hers", len(v.Places), err)
		}
	})
}

// Two yeses at once for the same last days: one is in, the other is told what is left.
func TestTwoYesesAtOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		places := []crew.ID{w.asked(w.campus, 6, 1, 20), w.asked(w.garden, 6, 10, 30)}
		said := make([]error, len(places))
		var wait sync.WaitGroup
		for i, id := range places {
			wait.Go(func() { said[i] = w.crews.Answer(ctx, w.eva, id, true, "") })
		}
		wait.Wait()
		if (said[0] == nil) == (said[1] == nil) {
			t.Fatalf("%v and %v", said[0], said[1])
		}
		for _, err := range said {
			if err != nil {
				wants(t, "the second", err, errs.Conflict, "crew.full")
			}
		}
	})
}

// The same from two machines on one PostgreSQL, which share no writer: what stands between them
// is the lock alone.
func TestTwoYesesOnTwoMachines(t *testing.T) {
	url := dbtest.PostgresURL(t)
	var nodes []*db.DB
	for range 2 {
		d, err := db.Open(ctx, db.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		nodes = append(nodes, d)
	}
	w := newWorld(t, nodes[0])
	far := crew.New(crew.Deps{DB: nodes[1], Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Pool: w.experts})
	for round := range 12 {
		first := 1 + 40*round
		places := []crew.ID{w.asked(w.campus, 6, first, first+19), w.asked(w.garden, 6, first+9, first+29)}
		said := make([]error, len(places))
		var wait sync.WaitGroup
		for i, crews := range []*crew.Service{w.crews, far} {
			wait.Go(func() { said[i] = crews.Answer(ctx, w.eva, places[i], true, "") })
		}
		wait.Wait()
		if (said[0] == nil) == (said[1] == nil) {
			t.Fatalf("round %d: %v and %v", round, said[0], said[1])
		}
		for _, err := range said {
			if err != nil {
				wants(t, "the second", err, errs.Conflict, "crew.full")
			}
		}
		w.Must(w.crews.End(ctx, w.Lead, w.campus, places[0], "Un autre essai"))
		w.Must(w.crews.End(ctx, w.Lead, w.garden, places[1], "Un autre essai"))
	}
}

// A place that is taken back closes the project at once, and says why.
func TestEnd(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.asked(w.campus, 2, 0, 9)
		w.Must(w.crews.Answer(ctx, w.eva, id, true, ""))
		if !w.reads(w.eva, w.campus, "project.read") {
			t.Error("she is there and reads nothing")
		}
		wants(t, "without a reason", w.crews.End(ctx, w.Lead, w.campus, id, " "), errs.Invalid, "crew.invalid")
		wants(t, "by its team", w.crews.End(ctx, w.Ana, w.campus, id, "x"), errs.Forbidden, "")
		wants(t, "under another project", w.crews.End(ctx, w.Lead, w.garden, id, "x"), errs.NotFound, "")
		w.Must(w.crews.End(ctx, w.Lead, w.campus, id, "Le budget s’arrête"))
		if w.reads(w.eva, w.campus, "project.read") {
			t.Error("she still reads")
		}
		wants(t, "twice", w.crews.End(ctx, w.Lead, w.campus, id, "x"), errs.Conflict, "crew.moved_on")
		if mine, err := w.crews.Mine(ctx, w.eva); err != nil || len(mine) != 1 || mine[0].Words != "Le budget s’arrête" {
			t.Errorf("%+v %v", mine, err)
		}
	})
}

// Who is not vetted any more when she answers does not come in.
func TestAYesAfterTheApprovalIsWithdrawn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.asked(w.campus, 2, 0, 9)
		x, err := pool.Load(ctx, d.Reader(), w.evaID)
		w.Must(err)
		w.Must(w.experts.Revoke(ctx, w.Lead, x.Programme, w.evaID))
		wants(t, "a late yes", w.crews.Answer(ctx, w.eva, id, true, ""), errs.Conflict, "crew.moved_on")
		if w.reads(w.eva, w.campus, "project.read") {
			t.Error("she reads the project")
		}
		w.Must(w.crews.Answer(ctx, w.eva, id, false, "Je ne peux plus"))
	})
}
