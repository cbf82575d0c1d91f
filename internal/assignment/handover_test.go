package assignment_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

// given has a file read by a member, the reading being open.
func (w *world) given(file application.ID, by account.User) {
	w.T.Helper()
	w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Give, assignment.Pair{File: file, Member: w.seat(by)}, -1))
	w.publish()
	w.Settle()
	clear(w.told)
}

func (w *world) offers(by account.User) (made, received []assignment.Handover) {
	w.T.Helper()
	v, err := w.s.Handovers(ctx, by, w.Selection.ID)
	w.Must(err)
	return v.Made, v.Received
}

// reading makes a selection that reads: Marc has the first file.
func reading(t *testing.T, d *db.DB) (w *world, stuck map[string]bool) {
	w, stuck = newWorld(t, d), map[string]bool{}
	w.Bus.Subscribe("test.offered", func(_ context.Context, _ *db.Tx, e event.Event) error {
		var one assignment.OfferedEvent
		err := e.Read(&one)
		stuck[e.ObjectID] = one.Stuck
		return err
	}, "assignment.offered")
	w.Must(w.Committees.Begin(ctx, w.Lead, w.Selection.ID))
	w.given(w.files[0], w.marc)
	return w, stuck
}

func TestAReadingPassesFromHandToHand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w, stuck := reading(t, d)
		sel := w.Selection.ID
		w.Must(w.s.Offer(ctx, w.marc, sel, w.files[0], w.seat(w.nina), "Je pars en congé."))
		w.Settle()
		made, _ := w.offers(w.marc)
		_, received := w.offers(w.nina)
		if len(made) != 1 || len(received) != 1 || received[0].FromName != "Marc" || received[0].Why != "Je pars en congé." || stuck[received[0].ID] {
			t.Fatalf("made %+v, received %+v, stuck %v", made, received, stuck)
		}
		if w.reads(w.nina, w.files[0]) || !w.reads(w.marc, w.files[0]) || len(w.told) != 0 {
			t.Error("something changed before the answer")
		}
		if err := w.s.Offer(ctx, w.marc, sel, w.files[0], w.seat(w.chair), ""); errs.KeyOf(err) != "assignment.offered_already" {
			t.Errorf("offering twice: %v", err)
		}
		for _, by := range []account.User{w.chair, w.marc, w.Lead} {
			if err := w.s.Take(ctx, by, sel, received[0].ID); err == nil {
				t.Errorf("%s takes what is offered to another", by.Name)
			}
		}
		w.Must(w.s.Take(ctx, w.nina, sel, received[0].ID))
		w.Settle()
		if !w.reads(w.nina, w.files[0]) || w.reads(w.marc, w.files[0]) {
			t.Error("the file did not pass")
		}
		if n, m := w.told[string(w.seat(w.nina))], w.told[string(w.seat(w.marc))]; len(n.Added) != 1 || len(m.Ended) != 1 {
			t.Errorf("told %+v and %+v", n, m)
		}
		if err := w.s.Take(ctx, w.nina, sel, received[0].ID); errs.KeyOf(err) != "assignment.offer_over" {
			t.Errorf("taking twice: %v", err)
		}
		acts, err := db.List(ctx, d.Reader(), db.Value[string], `select act from journal where act in ('assignment.offered', 'assignment.delegated') order by seq`)
		w.Must(err)
		if got := strings.Join(acts, " "); got != "assignment.offered assignment.delegated" {
			t.Errorf("the journal says %q", got)
		}
	})
}

func TestWhatBecomesOfAnOffer(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(w *world, id string) error
		key   string // of the refusal
		reads string // who reads the file then
		waits int    // offers that Nina sees
	}{
		{"she declines", func(w *world, id string) error { return w.s.Refuse(ctx, w.nina, w.Selection.ID, id) }, "", "marc", 0},
		{"he takes it back", func(w *world, id string) error { return w.s.Withdraw(ctx, w.marc, w.Selection.ID, id) }, "", "marc", 0},
		{"she takes it back in his place", func(w *world, id string) error { return w.s.Withdraw(ctx, w.nina, w.Selection.ID, id) }, "errs.not_found", "marc", 1},
		{"she steps aside, then accepts", func(w *world, id string) error {
			w.Must(w.Committees.Declare(ctx, w.nina, w.Selection.ID, w.files[0], committee.Cause{Kind: committee.Family}))
			return w.s.Take(ctx, w.nina, w.Selection.ID, id)
		}, "errs.not_found", "marc", 0},
		{"the lead gave it to somebody else meanwhile", func(w *world, id string) error {
			w.Must(w.s.Edit(ctx, w.Lead, w.Selection.ID, assignment.Take, assignment.Pair{File: w.files[0], Member: w.seat(w.marc)}, -1))
			w.given(w.files[0], w.chair)
			return w.s.Take(ctx, w.nina, w.Selection.ID, id)
		}, "assignment.offer_over", "chair", 1},
		{"the deliberation opens", func(w *world, id string) error {
			sel, err := committee.Load(ctx, w.DB.Reader(), w.Selection.ID)
			w.Must(err)
			w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { return committee.Move(ctx, tx, sel, committee.Deliberating, w.Clock.Now()) }))
			return w.s.Take(ctx, w.nina, w.Selection.ID, id)
		}, "assignment.reading_closed", "marc", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := reading(t, dbtest.SQLite(t))
			w.Must(w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], w.seat(w.nina), ""))
			made, _ := w.offers(w.marc)
			if err := c.do(w, made[0].ID); errs.KeyOf(err) != c.key {
				t.Errorf("%v, want %q", err, c.key)
			}
			var who []string
			for name, by := range map[string]account.User{"marc": w.marc, "nina": w.nina, "chair": w.chair} {
				if w.reads(by, w.files[0]) {
					who = append(who, name)
				}
			}
			if got := strings.Join(who, " "); got != c.reads {
				t.Errorf("read by %q, want %q", got, c.reads)
			}
			if _, received := w.offers(w.nina); len(received) != c.waits {
				t.Errorf("%d offers wait for her, want %d", len(received), c.waits)
			}
		})
	}
}

func TestAnOfferTellsNothingOfTheOther(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(w *world)
	}{
		{"who stepped aside from the file", func(w *world) {
			w.Must(w.Committees.Declare(ctx, w.nina, w.Selection.ID, w.files[0], committee.Cause{Kind: committee.Family}))
		}},
		{"who reads it already", func(w *world) { w.given(w.files[0], w.nina) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, stuck := reading(t, dbtest.SQLite(t))
			c.make(w)
			w.Must(w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], w.seat(w.nina), ""))
			w.Settle()
			made, _ := w.offers(w.marc)
			if _, received := w.offers(w.nina); len(made) != 1 || made[0].Status != assignment.Proposed || len(received) != 0 || !stuck[made[0].ID] {
				t.Errorf("made %+v, received %+v, stuck %v", made, received, stuck)
			}
		})
	}
}

func TestAReadingIsNotOffered(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *world) error
		kind errs.Kind
		key  string
	}{
		{"of a file that one does not read", func(w *world) error { return w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[1], w.seat(w.nina), "") }, errs.NotFound, ""},
		{"to oneself", func(w *world) error { return w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], w.seat(w.marc), "") }, errs.Invalid, "assignment.invalid"},
		{"to nobody", func(w *world) error { return w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], "nobody", "") }, errs.Invalid, "assignment.invalid"},
		{"with too many words", func(w *world) error {
			return w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], w.seat(w.nina), strings.Repeat("a", 1001))
		}, errs.Invalid, "assignment.invalid"},
		{"while the assignment is frozen", func(w *world) error {
			w.Must(w.s.Freeze(ctx, w.Lead, w.Selection.ID, true, -1))
			return w.s.Offer(ctx, w.marc, w.Selection.ID, w.files[0], w.seat(w.nina), "")
		}, errs.Conflict, "assignment.frozen"},
		{"by the lead", func(w *world) error { return w.s.Offer(ctx, w.Lead, w.Selection.ID, w.files[0], w.seat(w.nina), "") }, errs.Forbidden, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := reading(t, dbtest.SQLite(t))
			if err := c.do(w); errs.KindOf(err) != c.kind || c.key != "" && errs.KeyOf(err) != c.key {
				t.Errorf("%v, want %s %s", err, c.kind, c.key)
			}
		})
	}
}
