package review_test

import (
	"fmt"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/reviewtest"
)

const namedForm = `{"version":1,"steps":[{"id":"project","title":{"fr":"Projet"},"fields":[
 {"id":"summary","type":"longtext","label":{"fr":"Résumé"}},
 {"id":"needs","type":"longtext","label":{"fr":"Besoins"}},
 {"id":"bearer","type":"organisation","label":{"fr":"Porteur"},"settings":{"kinds":["siret"]}},
 {"id":"leader","type":"contact","label":{"fr":"Personne"}}]}]}`

func TestVeiledReading(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{Blind: committee.Veiled, Form: namedForm, Fill: []any{
			"summary", "Le campus d'ACME  Industrie, à Caen", "needs", "Un local", "bearer", map[string]any{"name": "Acme Industrie", "kind": "siret", "id": "12345678900012"}, "leader", map[string]any{"name": "Ana Acme"}}})
		id := w.Files[0]
		w.Give(w.Mia, w.Files...)
		read := func(who account.User) string {
			t.Helper()
			r, err := w.Reviews.Open(ctx, who, id)
			w.Must(err)
			return fmt.Sprint(r.Deposit.Title, r.Deposit.Answers, r.Deposit.SubmittedName, r.Deposit.Files)
		}
		if got := read(w.Mia); strings.Contains(got, "Ana") || strings.Contains(got, "Acme") || !strings.Contains(got, "ACME") {
			t.Errorf("before anything is hidden by hand: %s", got)
		}
		wants(t, w.Reviews.Redact(ctx, w.Mia, reviewtest.Selection, veil.Redaction{Passage: "Acme"}), errs.Forbidden, "")
		wants(t, w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{}), errs.Invalid, "review.redaction_invalid")
		wants(t, w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{Passage: "à"}), errs.Invalid, "review.redaction_invalid")
		wants(t, w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{Field: "nothing"}), errs.Invalid, "review.redaction_invalid")
		wants(t, w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{File: "elsewhere", Passage: "Acme"}), errs.Invalid, "review.redaction_invalid")
		w.Must(w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{Passage: " acme industrie "}))
		w.Must(w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{File: string(id), Passage: "campus numérique"}))
		w.Must(w.Reviews.Redact(ctx, w.Lead, reviewtest.Selection, veil.Redaction{File: string(id), Field: "needs"}))
		got := read(w.Mia)
		if strings.Contains(strings.ToLower(got), "acme") || strings.Contains(got, "local") || strings.Contains(got, "Campus") || !strings.Contains(got, "à Caen") {
			t.Errorf("hidden by hand: %s", got)
		}
		tasks, err := w.Reviews.Mine(ctx, w.Mia)
		w.Must(err)
		if tasks[0].Title == tasks[1].Title || !strings.Contains(tasks[0].Title+tasks[1].Title, veil.Masked) {
			t.Errorf("her list says %q and %q", tasks[0].Title, tasks[1].Title)
		}
		lead, err := w.Applications().Deposited(ctx, w.Lead, id)
		w.Must(err)
		if lead.Answers["needs"].Value != "Un local" || lead.Title != "Campus numérique" {
			t.Errorf("the lead reads %v", lead.Answers)
		}
		if _, err := w.Applications().Receipts(ctx, w.Mia, id); !errs.Is(err, errs.Conflict) {
			t.Errorf("a receipt names who deposited: %v", err)
		}
		v, err := w.Reviews.Veil(ctx, w.Lead, reviewtest.Selection)
		w.Must(err)
		if len(v.Redactions) != 3 {
			t.Fatalf("%+v", v.Redactions)
		}
		for _, x := range v.Redactions {
			w.Must(w.Reviews.Lift(ctx, w.Lead, reviewtest.Selection, x.ID))
		}
		wants(t, w.Reviews.Lift(ctx, w.Lead, reviewtest.Selection, v.Redactions[0].ID), errs.NotFound, "")
		if got := read(w.Mia); !strings.Contains(got, "ACME") {
			t.Errorf("what was lifted is still hidden: %s", got)
		}
	})
}

func TestOpenReadingShowsWhoBears(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{Form: namedForm, Fill: []any{"summary", "Un campus", "bearer", map[string]any{"name": "Acme", "kind": "siret", "id": "12345678900012"}, "leader", map[string]any{"name": "Ana"}}})
		w.Give(w.Mia, w.Files[0])
		r, err := w.Reviews.Open(ctx, w.Mia, w.Files[0])
		w.Must(err)
		if len(r.Deposit.Hidden) != 0 || r.Deposit.Answers["bearer"].Value == nil {
			t.Errorf("hidden: %v", r.Deposit.Hidden)
		}
	})
}

func TestProgressAndReminders(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := reviewtest.New(t, d, reviewtest.Options{})
		var told []string
		w.Bus.Subscribe("ear", hear(&told), "review.reminded")
		w.Give(w.Mia, w.Files...)
		w.Give(w.Noe, w.Files[0])
		w.Hand(w.Noe, w.Files[0], "good")
		w.Hand(w.Mia, w.Files[0], "good")
		p, err := w.Reviews.Progress(ctx, w.Chair, reviewtest.Selection)
		w.Must(err)
		if p.Due != 3 || p.Given != 2 || len(p.Readers) != 2 || p.Readers[0].Member.Name != "mia" || p.Readers[0].Left() != 1 {
			t.Errorf("%+v", p)
		}
		wants(t, second(w.Reviews.Progress(ctx, w.Mia, reviewtest.Selection)), errs.Forbidden, "")
		wants(t, second(w.Reviews.Remind(ctx, w.Mia, reviewtest.Selection)), errs.Forbidden, "")
		for _, want := range []int{1, 0} {
			n, err := w.Reviews.Remind(ctx, w.Chair, reviewtest.Selection)
			w.Must(err)
			if n != want {
				t.Errorf("%d reminded, want %d", n, want)
			}
		}
		w.Clock.Advance(24 * 3600e9)
		n, err := w.Reviews.Remind(ctx, w.Lead, reviewtest.Selection)
		w.Must(err)
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		if n != 1 || len(told) != 2 || !strings.Contains(told[0], "seat-mia") {
			t.Errorf("the next day: %d, %v", n, told)
		}
		w.Exclude(w.Chair, w.Files[0])
		if p, err = w.Reviews.Progress(ctx, w.Chair, reviewtest.Selection); err != nil || p.Due != 1 {
			t.Errorf("a file from which the chair stepped aside counts: %+v %v", p, err)
		}
	})
}
