package coding_test

import (
	"context"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/debrief/coding"
	"transformateur/internal/debrief/survey"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

var ctx = context.Background()

func TestTwoCodeApart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		s := coding.New(d, w.Clock, w.Policy, nil)
		eve := w.Signed("eve@example.org", "Eve")
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			if err := w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(eve.ID), Relation: "lead", Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}}); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ('s', $1, 'satisfaction', 'Et vous', '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Quoi"}}]}]}', '2027-03-06', '2027-03-07', 'sent', 1, $2, 'system')`, gatheringtest.Edition, w.Clock.Now()); err != nil {
				return err
			}
			for _, hash := range []string{"a", "b"} {
				if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{"kept":"Mot"}', 'named', 'Zoé', true, true, '2027-03-08')`, hash+"0000000000000000000000000000000000000000"); err != nil {
					return err
				}
			}
			for _, hash := range []string{"c", "d", "e"} { // with nothing to say, but five are read
				if _, err := tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 's', '{}', 'no', '', true, true, '2027-03-08')`, hash); err != nil {
					return err
				}
			}
			return nil
		}))
		if err := s.Write(ctx, w.Ana, gatheringtest.Edition, coding.Theme{Name: "A"}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a team writes a theme: %v", err)
		}
		w.Must(s.Write(ctx, w.Lead, gatheringtest.Edition, coding.Theme{Name: "Accueil"}))
		desk := func(by account.User) coding.Desk {
			v, err := s.Open(ctx, by, gatheringtest.Edition)
			w.Must(err)
			return v
		}
		v := desk(w.Lead)
		theme, one, two := v.Themes[0], v.Verbatims[0].ID, v.Verbatims[1].ID
		w.Must(s.Code(ctx, w.Lead, gatheringtest.Edition, coding.Reading{Verbatim: one, Themes: []string{theme.ID}}))
		w.Must(s.Code(ctx, w.Lead, gatheringtest.Edition, coding.Reading{Verbatim: two}))
		if err := s.Code(ctx, w.Lead, gatheringtest.Edition, coding.Reading{Verbatim: two, Themes: []string{"none"}, Version: 1}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a theme of elsewhere: %v", err)
		}
		w.Must(s.Code(ctx, eve, gatheringtest.Edition, coding.Reading{Verbatim: two, Themes: []string{theme.ID}}))
		if got := desk(eve); len(got.Left()) != 1 || len(got.Differences()) != 1 || got.Differences()[0].ID != two {
			t.Errorf("eve sees %d differences", len(got.Differences()))
		}
		w.Must(s.Code(ctx, eve, gatheringtest.Edition, coding.Reading{Verbatim: one}))
		a := desk(eve).Agreements()
		if len(a) != 1 || a[0].Both != 2 || a[0].Same != 0 || a[0].Kappa != -1 {
			t.Errorf("agreement %+v", a)
		}
		if got := desk(eve).Results(false)[0]; got.Count != 0 {
			t.Errorf("half of the readings is enough: %+v", got)
		}
		w.Must(s.Code(ctx, eve, gatheringtest.Edition, coding.Reading{Verbatim: one, Themes: []string{theme.ID}, Version: 1}))
		if got := desk(eve).Results(false)[0]; got.Count != 1 || got.Quotes[0].Name != "Zoé" || got.Quotes[0].Quote != survey.Named {
			t.Errorf("results %+v", got)
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update survey_answers set complete = false where answer_hash = 'c'`)
			return err
		}))
		if n := len(desk(eve).Verbatims); n != 0 {
			t.Errorf("%d texts of a survey that four answer are read", n)
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update survey_answers set complete = true where answer_hash = 'c'`)
			return err
		}))
		if got := desk(eve).Results(true)[0]; !got.Hidden || len(got.Quotes) != 0 {
			t.Errorf("outside %+v", got)
		}
		theme.Name = "Accueil et rythme"
		w.Must(s.Write(ctx, w.Lead, gatheringtest.Edition, theme))
		if err := s.Write(ctx, w.Lead, gatheringtest.Edition, theme); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old page: %v", err)
		}
		w.Must(d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from survey_answers`)
			return err
		}))
		if got := desk(eve); len(got.Verbatims) != 0 || got.Results(false)[0].Count != 0 || len(got.Agreements()) != 0 {
			t.Error("something stays of words that were withdrawn")
		}
	})
}
