package application_test

import (
	"strings"
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
)

// A form changes while a file is open: the file stays on its form until its
// author accepts, and no answer vanishes.
func TestRevisionIsShownThenAccepted(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Complete()
		next := strings.Replace(applicationtest.Form, `{"id":"staff","type":"number"`, `{"id":"workers","type":"number"`, 1)
		next = strings.Replace(next, `{"field":"staff"}`, `{"field":"workers"}`, 1)
		f, err := form.Parse([]byte(next))
		w.Must(err)
		_, err = w.Calls.SaveForm(ctx, w.Lead, w.Call.ID, f, 0)
		w.Must(err)
		_, err = w.Calls.Revise(ctx, w.Lead, w.Call.ID, form.Localised{"fr": "Question renommée"})
		w.Must(err)

		if _, err := w.Files.Submit(ctx, w.Ana, a.ID); errs.KeyOf(err) != "application.form_changed" {
			t.Errorf("deposited on an old form: %v", err)
		}
		rev, err := w.Files.Revision(ctx, w.Ana, a.ID)
		if err != nil || rev == nil || rev.From != 1 || rev.To != 2 || len(rev.Notes) != 1 || rev.Notes[0]["fr"] != "Question renommée" || len(rev.Changes) == 0 || len(rev.Orphans) != 1 {
			t.Fatalf("%+v %v", rev, err)
		}
		if err := w.Files.Accept(ctx, w.Ana, a.ID, 3); errs.KeyOf(err) != "application.form_changed" {
			t.Errorf("accepted a form not seen: %v", err)
		}
		w.Must(w.Files.Accept(ctx, w.Ana, a.ID, 2))
		if rev, err = w.Files.Revision(ctx, w.Ana, a.ID); rev != nil || err != nil {
			t.Errorf("still to accept: %+v %v", rev, err)
		}
		variants, err := w.Files.Variants(ctx, w.Ana, a.ID)
		if err != nil || len(variants) != 1 || variants[0].Field != "staff" {
			t.Errorf("the answer without a place: %+v %v", variants, err)
		}
		w.Fill(w.Ana, a.ID, "workers", int64(3))
		s, err := w.Files.Submit(ctx, w.Ana, a.ID)
		if err != nil || s.Receipt.Revision != 2 || s.Receipt.Kind != application.KindDeposit {
			t.Errorf("%+v %v", s.Receipt, err)
		}
	})
}
