package worlds_test

import (
	"fmt"

	"transformateur/internal/debrief/report"
	"transformateur/internal/platform/db"
)

// answered has eight people answer a survey of an edition, all read under one theme: the
// first one agrees to be quoted, the second one refuses.
func (w *world) answered(edition, refused string) {
	w.t.Helper()
	w.then("people answer a survey")
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ('survey-quoted', $1, 'satisfaction', 'Et vous', '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Quoi"}}]}]}', '2027-03-06', '2027-03-07', 'closed', 1, $2, 'system')`, edition, w.app.Clock.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(w.ctx, `insert into themes (id, edition_id, name, meaning, retired, version, created_at, created_by) values ('theme-quoted', $1, 'Accueil', '', false, 1, $2, 'system')`, edition, w.app.Clock.Now()); err != nil {
			return err
		}
		for i := range 8 {
			hash, words, quote := fmt.Sprintf("%032d%032d", i, 0), "Très bien", "no"
			if i == 0 {
				quote = "nameless"
			}
			if i == 1 {
				words = refused
			}
			if _, err := tx.Exec(w.ctx, `insert into survey_answers (answer_hash, survey_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, 'survey-quoted', $2, $3, '', true, true, '2027-03-08')`, hash, `{"kept":"`+words+`"}`, quote); err != nil {
				return err
			}
			if _, err := tx.Exec(w.ctx, `insert into theme_readings (edition_id, verbatim, coder, themes, version, read_at) values ($1, $2, 'system', '["theme-quoted"]', 1, $3)`, edition, "survey:"+hash[:32]+":kept", w.app.Clock.Now()); err != nil {
				return err
			}
		}
		return nil
	}))
}

// reported are the secrets of reports: what one who reads a published one must not learn.
var reported = []secret{
	{name: "a small number of a published report", after: "committee", varies: true, knows: append([]string{"dora"}, running...), plant: func(w *world, told bool) {
		_, e := w.grants(map[bool]int64{true: 660, false: 720}[told])
		w.then("the report is frozen")
		n, err := w.app.Reports.Freeze(w.ctx, w.as("lead"), e.ID, "")
		w.must(err)
		w.then("everybody may read it")
		w.must(w.app.Reports.Share(w.ctx, w.as("lead"), e.ID, n, report.Public))
	}},
	{name: "what somebody refuses to see quoted", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		_, e := w.grants(660)
		w.answered(string(e.ID), pick(told, "La bernique colle", "La palourde dort!"))
		w.then("the report is frozen")
		n, err := w.app.Reports.Freeze(w.ctx, w.as("lead"), e.ID, "")
		w.must(err)
		w.then("everybody may read it")
		w.must(w.app.Reports.Share(w.ctx, w.as("lead"), e.ID, n, report.Public))
	}},
}
