package application_test

import (
	"testing"
	"time"

	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/errs"
)

func TestDepositedIsWhatWasDeposited(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := w.Deposit("première version")
		w.Must(w.Files.Reopen(ctx, w.Ana, ids[0]))
		w.Fill(w.Ana, ids[0], "summary", "jamais déposée")
		w.Clock.Advance(2 * time.Hour)
		d, err := w.Files.Deposited(ctx, w.Lead, ids[0])
		if err != nil || d.Answers["summary"].Value != "première version" {
			t.Fatalf("%+v %v", d.Answers, err)
		}
		if _, err := w.Files.Open(ctx, w.Lead, ids[0]); !errs.Is(err, errs.NotFound) {
			t.Errorf("the lead opened the working copy: %v", err)
		}
	})
}
