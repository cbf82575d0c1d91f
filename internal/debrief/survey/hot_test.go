package survey_test

import (
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

func (w *world) gathering() gathering.ID {
	id, err := db.Get(ctx, w.DB.Reader(), db.Value[string], `select id from gatherings where edition_id = $1`, gatheringtest.Edition)
	w.Must(err)
	for _, who := range w.people {
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: "participant", Object: policy.Ref{Kind: "gathering", ID: id}})
		}))
	}
	return gathering.ID(id)
}

func TestTheHotFormIsTakenThere(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		g, one := w.gathering(), w.people[1]
		_, err := w.surveys.Take(ctx, one, g)
		w.wants("before there is one", err, errs.Conflict, "survey.none_hot")
		id := w.sent(survey.Hot)
		if n := w.results(id).Survey.Counts.Asked; n != 0 {
			t.Errorf("%d links leave by themselves", n)
		}
		hand := func() survey.Hand {
			v, err := w.surveys.Hot(ctx, one, g)
			w.Must(err)
			return v
		}
		if v := hand(); v.Survey != id || v.Answered {
			t.Fatalf("%+v", v)
		}
		absent := w.Signed("eve@example.org", "Eve")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(absent.ID), Relation: "lead", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
		}))
		if v, err := w.surveys.Hot(ctx, absent, g); err != nil || v.Survey != "" {
			t.Errorf("who did not come is asked: %+v %v", v, err)
		}
		_, err = w.surveys.Take(ctx, absent, g)
		w.wants("who did not come", err, errs.Conflict, "survey.none_hot")
		_, err = w.surveys.Take(ctx, w.Signed("zoe@example.org", "Zoé"), g)
		w.wants("from elsewhere", err, errs.NotFound, "")

		first, err := w.surveys.Take(ctx, one, g)
		w.Must(err)
		begun := answers("now", "kept", "Un début")
		begun.Send = false
		w.Must(w.surveys.Save(ctx, first, begun))
		second, err := w.surveys.Take(ctx, one, g)
		w.Must(err)
		if a, err := w.surveys.Open(ctx, second); err != nil || a.Answers["kept"] != "Un début" {
			t.Errorf("what she typed under the first link is lost: %+v %v", a.Answers, err)
		}
		if _, err := w.surveys.Open(ctx, first); !errs.Is(err, errs.NotFound) {
			t.Errorf("a link that was taken again still opens: %v", err)
		}
		in := answers("now", "useful", "rather", "kept", "Le mot de la fin")
		in.Quote, in.Name = survey.Named, "Personne 1"
		w.Must(w.surveys.Save(ctx, second, in))
		if !hand().Answered {
			t.Error("she is asked again")
		}
		_, err = w.surveys.Take(ctx, one, g)
		w.wants("once more", err, errs.Conflict, "survey.answered_already")
		if c := w.results(id).Survey.Counts; c.Asked != 1 || c.Answered != 1 {
			t.Errorf("%+v", c)
		}
		w.Clock.Set(w.Clock.Now().Add(survey.LastsHot + time.Minute))
		_, err = w.surveys.Take(ctx, w.people[2], g)
		w.wants("a week later", err, errs.Conflict, "survey.none_hot")
		w.Must(w.surveys.Run(ctx))
		if n := w.Box.Count(survey.Recall); n != 0 {
			t.Error("a hot form is recalled by mail")
		}
	})
}

func TestAPersonTakesOneHotForm(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		g := w.gathering()
		w.sent(survey.Hot)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if _, err := w.surveys.Take(ctx, w.people[3], g); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from survey_links`)
		if err != nil || n != 1 {
			t.Errorf("%d links, %v", n, err)
		}
	})
}
