package review_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/review"
	"transformateur/internal/review/reviewtest"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func TestOneReadsAndHandsIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		w.Give(w.Mia, w.Files...)
		tasks, err := w.Reviews.Mine(ctx, w.Mia)
		w.Must(err)
		if len(tasks) != 2 || tasks[0].Place != 1 || tasks[1].Place != 2 || tasks[0].Status != "" || tasks[0].Done() {
			t.Fatalf("her list is %+v", tasks)
		}
		sel, err := committee.Load(ctx, w.DB.Reader(), reviewtest.Selection)
		w.Must(err)
		inside, err := w.Reviews.MineIn(ctx, w.Mia, sel)
		w.Must(err)
		if fmt.Sprint(inside) != fmt.Sprint(tasks) {
			t.Errorf("in the selection alone: %+v", inside)
		}
		id := w.Files[0]
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		wants(t, err, errs.Invalid, "review.incomplete")
		w.Write(w.Mia, id, reviewtest.Whole("good")...)
		w.Write(w.Mia, id, "in_scope", false)
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		if err == nil || !strings.Contains(err.Error(), "out_why=form.required") {
			t.Errorf("what a no calls for is not asked: %v", err)
		}
		w.Write(w.Mia, id, "in_scope", true)
		done, err := w.Reviews.Submit(ctx, w.Mia, id)
		w.Must(err)
		if o := done.Outcome(); fmt.Sprintf("%.2f", o.Score) != "66.67" {
			t.Errorf("worth %v", o.Score)
		}
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		wants(t, err, errs.Conflict, "review.handed_in")
		_, _, err = w.Reviews.Save(ctx, w.Mia, id, func(review.Work) []application.Edit { return nil })
		wants(t, err, errs.Conflict, "review.handed_in")
		w.Must(w.Reviews.Reopen(ctx, w.Mia, id))
		w.Write(w.Mia, id, "need", "weak")
		table, err := w.Reviews.Table(ctx, w.DB.Reader(), reviewtest.Selection)
		w.Must(err)
		if len(table.Reviews) != 1 || fmt.Sprintf("%.2f", table.Reviews[0].Worth.Score) != "66.67" {
			t.Errorf("what is written again counts before it is handed in: %+v", table.Reviews)
		}
		w.Move(committee.Deliberating)
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		wants(t, err, errs.Conflict, "review.closed")
		w.Hand(w.Mia, w.Files[1], "strong") // late, but never handed in before
		wants(t, w.Reviews.Reopen(ctx, w.Mia, w.Files[1]), errs.Conflict, "review.closed")
		w.Move(committee.Decided)
		_, err = w.Reviews.Open(ctx, w.Mia, id)
		w.Must(err)
		_, err = w.Reviews.Submit(ctx, w.Mia, id)
		wants(t, err, errs.Forbidden, "")
	})
}

func TestWhoOpensAReading(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		id := w.Files[0]
		w.Give(w.Mia, id)
		w.Give(w.Noe, id)
		w.Exclude(w.Noe, id)
		for _, x := range []struct {
			name string
			err  error
			kind errs.Kind
		}{
			{"a reader", second(w.Reviews.Open(ctx, w.Mia, id)), errs.Internal},
			{"a reader who stepped aside", second(w.Reviews.Open(ctx, w.Noe, id)), errs.NotFound},
			{"the project's own team", second(w.Reviews.Open(ctx, w.Ana, id)), errs.Forbidden},
			{"a stranger", second(w.Reviews.Open(ctx, w.Bob, id)), errs.NotFound},
			{"the lead, before the deliberation", second(w.Reviews.Open(ctx, w.Lead, id)), errs.Forbidden},
			{"the chair, before the deliberation", second(w.Reviews.Open(ctx, w.Chair, id)), errs.Forbidden},
		} {
			if x.err == nil && x.kind != errs.Internal || x.err != nil && errs.KindOf(x.err) != x.kind {
				t.Errorf("%s: %v, want %s", x.name, x.err, x.kind)
			}
		}
		tasks, err := w.Reviews.Mine(ctx, w.Noe)
		w.Must(err)
		if len(tasks) != 0 {
			t.Errorf("who stepped aside still has %+v", tasks)
		}
		w.Move(committee.Deliberating)
		for _, who := range []string{"lead", "chair"} {
			by := w.Lead
			if who == "chair" {
				by = w.Chair
			}
			if _, err := w.Reviews.Open(ctx, by, id); err != nil {
				t.Errorf("the %s while the committee deliberates: %v", who, err)
			}
		}
		_, err = w.Reviews.Open(ctx, w.Noe, id)
		wants(t, err, errs.NotFound, "")
	})
}

func second[T any](_ T, err error) error { return err }

func TestOthersWaitForTheirTime(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		id := w.Files[0]
		w.Give(w.Mia, id)
		w.Give(w.Noe, id)
		w.Hand(w.Mia, id, "weak")
		seen := func() review.Reading {
			r, err := w.Reviews.Open(ctx, w.Noe, id)
			w.Must(err)
			return r
		}
		if r := seen(); r.Open || len(r.Others) != 0 {
			t.Errorf("before her own: %+v", r.Others)
		}
		w.Write(w.Noe, id, reviewtest.Whole("strong")...)
		if r := seen(); r.Open || len(r.Others) != 0 {
			t.Errorf("while she writes: %+v", r.Others)
		}
		_, err := w.Reviews.Submit(ctx, w.Noe, id)
		w.Must(err)
		r := seen()
		if !r.Open || len(r.Others) != 1 || r.Others[0].Name != "" || r.Others[0].Worth.Score != 0 || !r.Others[0].SubmittedAt.IsZero() {
			t.Errorf("after her own: %+v", r.Others)
		}
		w.Move(committee.Deliberating)
		if r := seen(); len(r.Others) != 1 || r.Others[0].Name != "mia" {
			t.Errorf("at the deliberation: %+v", r.Others)
		}
		w.Exclude(w.Mia, id)
		if r := seen(); len(r.Others) != 0 {
			t.Errorf("who stepped aside still counts: %+v", r.Others)
		}
	})
}

func TestOthersAtTheDeliberationOnly(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{Others: committee.AtDeliberation})
		w.Give(w.Mia, w.Files[0])
		w.Give(w.Noe, w.Files[0])
		w.Hand(w.Mia, w.Files[0], "weak")
		w.Hand(w.Noe, w.Files[0], "weak")
		if r, err := w.Reviews.Open(ctx, w.Noe, w.Files[0]); err != nil || r.Open {
			t.Errorf("open before the deliberation: %v", err)
		}
		w.Move(committee.Deliberating)
		if r, err := w.Reviews.Open(ctx, w.Noe, w.Files[0]); err != nil || len(r.Others) != 1 {
			t.Errorf("not open at the deliberation: %v", err)
		}
	})
}

func TestStaleTextIsKept(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		id := w.Files[0]
		w.Give(w.Mia, id)
		w.Write(w.Mia, id, "aside", "du bureau")
		send := func(base int64, text string) application.Saved {
			saved, _, err := w.Reviews.Save(ctx, w.Mia, id, func(review.Work) []application.Edit {
				return []application.Edit{{Field: "aside", Base: base, Value: text}}
			})
			w.Must(err)
			return saved
		}
		late := send(0, "du train")
		if len(late.Conflicts) != 1 || late.Conflicts[0].Theirs.Value != "du bureau" {
			t.Fatalf("a stale text wrote over: %+v", late)
		}
		if again := send(0, "du train"); len(again.Conflicts) != 1 || again.Conflicts[0].Variant != late.Conflicts[0].Variant {
			t.Errorf("the same text sent twice is kept twice: %+v", again)
		}
		if same := send(0, "du bureau"); same.Versions["aside"] != 1 {
			t.Errorf("the text that stands is refused: %+v", same)
		}
		w.Must(w.Reviews.Settle(ctx, w.Mia, id, late.Conflicts[0].Variant, application.KeepMine, nil, 1))
		r, err := w.Reviews.Open(ctx, w.Mia, id)
		w.Must(err)
		if r.Answers["aside"].Value != "du train" || len(r.Variants) != 0 {
			t.Errorf("settled as %v, with %v", r.Answers["aside"], r.Variants)
		}
	})
}

func TestHandingBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		var told []string
		w.Bus.Subscribe("ear", hear(&told), "review.returned", "review.submitted")
		w.Give(w.Mia, w.Files...)
		wants(t, w.Reviews.Return(ctx, w.Mia, w.Files[0], "laziness", ""), errs.Invalid, "review.return_invalid")
		wants(t, w.Reviews.Return(ctx, w.Mia, w.Files[0], "other", " "), errs.Invalid, "review.return_invalid")
		w.Must(w.Reviews.Return(ctx, w.Mia, w.Files[0], "competence", "Je ne connais pas le bâtiment."))
		wants(t, second(w.Reviews.Open(ctx, w.Mia, w.Files[0])), errs.NotFound, "")
		tasks, err := w.Reviews.Mine(ctx, w.Mia)
		w.Must(err)
		if len(tasks) != 1 || tasks[0].Place != 1 {
			t.Errorf("what is left is %+v", tasks)
		}
		w.Hand(w.Mia, w.Files[1], "good")
		wants(t, w.Reviews.Return(ctx, w.Mia, w.Files[1], "time", ""), errs.Conflict, "review.handed_in")
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		if len(told) != 2 {
			t.Errorf("told: %v", told)
		}
	})
}

func TestRubricKeepsWhatWasRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		w.Give(w.Mia, w.Files...)
		w.Hand(w.Mia, w.Files[0], "strong")
		w.Write(w.Mia, w.Files[1], "need", "strong")
		g, err := w.Reviews.Rubric(ctx, w.Lead, reviewtest.Selection)
		w.Must(err)
		if !g.Frozen() || g.Revision != 1 {
			t.Fatalf("%+v", g)
		}
		next := *g.Rubric.Rubric
		next.Criteria = append(next.Criteria[:0:0], next.Criteria[1:]...)
		_, err = w.Reviews.SaveRubric(ctx, w.Lead, reviewtest.Selection, &next, "", g.Version)
		wants(t, err, errs.Invalid, "")
		_, err = w.Reviews.SaveRubric(ctx, w.Lead, reviewtest.Selection, &next, "Le besoin ne compte plus.", g.Version)
		w.Must(err)
		_, err = w.Reviews.SaveRubric(ctx, w.Lead, reviewtest.Selection, g.Rubric.Rubric, "Retour.", g.Version)
		wants(t, err, errs.Conflict, "review.rubric_changed")
		_, err = w.Reviews.SaveRubric(ctx, w.Chair, reviewtest.Selection, &next, "", 2)
		wants(t, err, errs.Forbidden, "")
		first, err := w.Reviews.Open(ctx, w.Mia, w.Files[0])
		w.Must(err)
		second, err := w.Reviews.Open(ctx, w.Mia, w.Files[1])
		w.Must(err)
		if first.Grid.Revision != 1 || len(first.Grid.Rubric.Rubric.Criteria) != 5 || second.Grid.Revision != 2 || len(second.Grid.Rubric.Rubric.Criteria) != 4 {
			t.Errorf("revisions %d and %d", first.Grid.Revision, second.Grid.Revision)
		}
		if second.Answers["need"].Value != "strong" {
			t.Error("what was written is lost")
		}
	})
}

func hear(told *[]string) event.Handler {
	return func(_ context.Context, _ *db.Tx, e event.Event) error {
		*told = append(*told, e.Kind+" "+string(e.Payload))
		return nil
	}
}
