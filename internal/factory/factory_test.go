package factory_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

var ctx = context.Background()

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func framing(version int64) factory.Framing {
	return factory.Framing{Objectives: "Un essai", Resources: "Deux agents", Deadlines: "Un mois", Version: version,
		Deliverables: []factory.Deliverable{{Title: "Maquette", Due: "2020-03-01"}, {Title: "Bilan", Due: "2099-04-01"}}}
}

// approved writes a framing and has it approved.
func approved(w *gatheringtest.World, s *factory.Service, id project.ID) {
	w.T.Helper()
	w.Must(s.Save(ctx, w.Ana, id, framing(0)))
	w.Must(s.Submit(ctx, w.Ana, id, 1))
	w.Must(s.Answer(ctx, w.Lead, id, 2, true, ""))
}

func TestFraming(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := factory.New(d, w.Clock, w.Policy, w.Bus)
		id := w.Project("Campus", w.Ana)
		w.Must(s.Save(ctx, w.Ana, id, factory.Framing{Objectives: "Un essai"}))
		wants(t, "a sheet that lacks things", s.Submit(ctx, w.Ana, id, 1), errs.Invalid, "factory.invalid")
		wants(t, "from an older page", s.Save(ctx, w.Ana, id, framing(0)), errs.Conflict, "factory.meanwhile")
		wants(t, "another team", s.Save(ctx, w.Bob, id, framing(1)), errs.NotFound, "")
		w.Must(s.Save(ctx, w.Ana, id, framing(1)))
		if v, err := s.Read(ctx, w.Lead, id); err != nil || len(v.Sheets) != 0 {
			t.Errorf("who approves reads a draft: %+v, %v", v.Sheets, err)
		}
		wants(t, "a draft is answered", s.Answer(ctx, w.Lead, id, 2, true, ""), errs.Conflict, "factory.meanwhile")
		w.Must(s.Submit(ctx, w.Ana, id, 2))
		wants(t, "a submitted sheet is written", s.Save(ctx, w.Ana, id, framing(3)), errs.Conflict, "factory.submitted")
		wants(t, "the team approves", s.Answer(ctx, w.Ana, id, 3, true, ""), errs.Forbidden, "")
		wants(t, "back without a word", s.Answer(ctx, w.Lead, id, 3, false, " "), errs.Invalid, "")
		w.Must(s.Answer(ctx, w.Lead, id, 3, false, "Trop court"))
		v, err := s.Read(ctx, w.Ana, id)
		w.Must(err)
		if open, _ := v.Open(); open.Status != factory.Returned || open.Reasons != "Trop court" || open.By != w.Lead.Name {
			t.Errorf("returned: %+v", open)
		}
		w.Must(s.Submit(ctx, w.Ana, id, 4))
		// two people answer at once: one does
		var wait sync.WaitGroup
		answers := make([]error, 2)
		for i := range answers {
			wait.Go(func() { answers[i] = s.Answer(ctx, w.Lead, id, 5, true, "") })
		}
		wait.Wait()
		if (answers[0] == nil) == (answers[1] == nil) {
			t.Errorf("two answers: %v, %v", answers[0], answers[1])
		}
		v, err = s.Read(ctx, w.Lead, id)
		w.Must(err)
		agreed, _ := v.Agreed()
		if agreed.Number != 1 || len(agreed.Deliverables) != 2 || !agreed.Deliverables[0].Late(v.Today) {
			t.Fatalf("approved: %+v", agreed)
		}
		w.Must(s.Deliver(ctx, w.Ana, id, agreed.Deliverables[0].ID, true))
		wants(t, "what is no deliverable", s.Deliver(ctx, w.Ana, id, "lost", true), errs.NotFound, "")
		next := framing(0)
		next.Objectives = "Un autre essai"
		w.Must(s.Save(ctx, w.Ana, id, next))
		v, err = s.Read(ctx, w.Ana, id)
		w.Must(err)
		open, _ := v.Open()
		still, _ := v.Agreed()
		if open.Number != 2 || open.Deliverables[0].Delivered == "" || still.Objectives != "Un essai" {
			t.Errorf("the next sheet is %+v, the approved one %+v", open, still)
		}
	})
}

func TestGates(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := factory.New(d, w.Clock, w.Policy, w.Bus)
		id := w.Project("Campus", w.Ana)
		w.Project("Jardin", w.Bob)
		first, err := s.Plan(ctx, w.Lead, id, "Prototype", "2099-03-01")
		w.Must(err)
		second, err := s.Plan(ctx, w.Lead, id, "Essai", "2099-04-01")
		w.Must(err)
		_, err = s.Plan(ctx, w.Ana, id, "Essai", "2099-04-01")
		wants(t, "the team plans a gate", err, errs.Forbidden, "")
		_, err = s.Plan(ctx, w.Lead, id, "", "2099-02-30")
		wants(t, "no name, no day", err, errs.Invalid, "")
		stop := factory.Verdict{Decision: factory.Stop, Reasons: "Le besoin a disparu", Learnt: "Essayer plus tôt", Kept: "Le guide", Next: "Bob"}
		wants(t, "before the framing", s.Decide(ctx, w.Lead, id, first, stop), errs.Conflict, "factory.unframed")
		approved(w, s, id)
		wants(t, "the team decides", s.Decide(ctx, w.Ana, id, first, stop), errs.Forbidden, "")
		wants(t, "a stop without a word", s.Decide(ctx, w.Lead, id, first, factory.Verdict{Decision: factory.Stop}), errs.Invalid, "")
		ended := func(what string, by account.User, want factory.GateID) {
			t.Helper()
			g, is, err := s.EndedAt(ctx, by, id)
			if err != nil || is != (want != "") || is && g.ID != want {
				t.Errorf("%s: it ended at %q, %v, %v", what, g.ID, is, err)
			}
		}
		ended("before any decision", w.Ana, "")
		w.Must(s.Decide(ctx, w.Lead, id, first, stop))
		ended("stopped", w.Ana, first)
		ended("stopped, for somebody else", w.Bob, "")
		wants(t, "decided twice", s.Decide(ctx, w.Lead, id, first, stop), errs.Conflict, "factory.decided")
		wants(t, "a decision is taken away", s.Cancel(ctx, w.Lead, id, first), errs.Conflict, "factory.decided")
		wants(t, "a stopped project is framed again", s.Save(ctx, w.Ana, id, framing(0)), errs.Conflict, "factory.stopped")
		b, err := s.Of(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(b.Lines) != 1 || b.Lines[0].Stands != factory.Stop || b.Lines[0].Late != 0 || b.Lines[0].Day != "" {
			t.Errorf("the board of a stopped project: %+v", b.Lines)
		}
		w.Clock.Advance(time.Hour)
		w.Must(s.Decide(ctx, w.Lead, id, second, factory.Verdict{Decision: factory.GoOn}))
		ended("taken up again", w.Ana, "")
		v, err := s.Read(ctx, w.Ana, id)
		w.Must(err)
		if g, _ := v.Gate(first); v.Stands != factory.GoOn || g.Learnt != stop.Learnt {
			t.Errorf("taken up again: %+v", v)
		}
		third, err := s.Plan(ctx, w.Lead, id, "Suite", "2099-05-01")
		w.Must(err)
		_, around, err := s.Around(ctx, w.Ana, id)
		w.Must(err)
		if l := around.Lines[0]; l.Day != "2099-05-01" || l.Late != 1 {
			t.Errorf("the board: %+v", l)
		}
		_, _, err = s.Around(ctx, w.Bob, id)
		wants(t, "by another's project", err, errs.NotFound, "")
		w.Must(s.Cancel(ctx, w.Lead, id, third))
	})
}
