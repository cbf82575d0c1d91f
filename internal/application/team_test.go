package application_test

import (
	"testing"

	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/errs"
)

func TestTeam(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		a := w.Draft()
		join(t, w, w.Bob, "editor", a.ID)
		if err := w.Files.Leave(ctx, w.Ana, a.ID); errs.KeyOf(err) != "application.owner_stays" {
			t.Errorf("an owner left: %v", err)
		}
		if err := w.Files.Transfer(ctx, w.Bob, a.ID, w.Bob.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an editor took the file: %v", err)
		}
		if err := w.Files.ChangeRole(ctx, w.Ana, a.ID, w.Bob.ID, "helper"); errs.KeyOf(err) != "application.mandate_missing" {
			t.Errorf("a helper without a mandate: %v", err)
		}
		w.Must(w.Files.Transfer(ctx, w.Ana, a.ID, w.Bob.ID))
		team, err := w.Files.Team(ctx, w.Ana, a.ID)
		if err != nil || len(team) != 2 || team[0].Name != "bob" || team[0].Role != "owner" || team[1].Role != "editor" {
			t.Fatalf("%+v %v", team, err)
		}
		w.Must(w.Files.ChangeRole(ctx, w.Bob, a.ID, w.Ana.ID, ""))
		if _, err := w.Files.Open(ctx, w.Ana, a.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed, and still reads: %v", err)
		}
	})
}
