package bench

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/review"
	"transformateur/internal/review/rubric"
)

// BenchmarkReviewPage: a file of 100 answers beside its half-filled grid, in a list of 40;
// whole request, to reach: 4 ms of CPU.
func BenchmarkReviewPage(b *testing.B) {
	w := newWorld(b)
	c := w.openCall("appel", formOf(savedFields, 30))
	var files []application.ID
	for range 40 {
		a := w.draft(c, "Campus numérique")
		w.save(a.ID, edits(0, savedFields, 0))
		_, err := w.app.Files.Submit(ctx, w.ana, a.ID)
		w.must(err)
		files = append(files, a.ID)
	}
	for { // what deposits leave to be done is done before, not beside
		n, err := w.app.Bus.Deliver(ctx)
		w.must(err)
		if n == 0 {
			break
		}
	}
	mia := w.person("mia")
	const selection committee.SelectionID = "selection"
	w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, reviews_due_at, confidentiality_fr, confidentiality_en, version, created_at, created_by)
		values ($1, $2, 1, 'Sélection', 'Selection', 'preparation', 'open', 'own', $3, $3, 2, $4, '', '', 1, $5, 'system')`, string(selection), string(c.ID), false, start.Add(7*24*time.Hour), start)
	w.exec(`insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
		values ('seat', $1, 'mia', 'mia@exemple.invalid', 'mia', 'member', 'sitting', '[]', '[]', 0, 0, 'system', $2, $2, '', '', 1)`, string(selection), start)
	r, err := rubric.ReadyRubric("five_criteria")
	w.must(err)
	_, err = w.app.Reviews.SaveRubric(ctx, w.lead, selection, r, "", 0)
	w.must(err)
	sel, err := committee.Load(ctx, w.app.DB.Reader(), selection)
	w.must(err)
	seat, err := committee.SeatOf(ctx, w.app.DB.Reader(), selection, mia.ID)
	w.must(err)
	w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
		if err := application.Enter(ctx, tx, string(selection), files, false); err != nil {
			return err
		}
		if err := w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: "mia", Relation: "member", Object: policy.Ref{Kind: "selection", ID: string(selection)}}); err != nil {
			return err
		}
		for _, id := range files {
			if err := committee.Give(ctx, tx, w.app.Policy, account.System, seat, id, "hand", w.app.Clock); err != nil {
				return err
			}
		}
		return committee.Move(ctx, tx, sel, committee.Reading, start)
	}))
	_, _, err = w.app.Reviews.Save(ctx, mia, files[0], func(review.Work) []application.Edit {
		return []application.Edit{{Field: "in_scope", Value: true}, {Field: "need", Value: "good"}, {Field: "strengths", Value: "Un besoin bien décrit."}}
	})
	w.must(err)
	page := "/reviews/" + string(files[0])
	compare(b, &side{name: "page", do: func() {
		rec := w.ask(ctx, "mia", "GET", page, "")
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `name="f.need"`) {
			b.Fatalf("%d %.300s", rec.Code, rec.Body.String())
		}
	}})
}
