package project_test

import (
	"context"
	"encoding/json"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Fatalf("%v, want %s %s", err, kind, key)
	}
}

func acts(t *testing.T, d *db.DB, act string) (n int) {
	t.Helper()
	if err := d.Reader().QueryRow(ctx, `select count(*) from journal where act = $1`, act).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func land(t *testing.T, w *gatheringtest.World, id project.ID, board string, list ...project.Item) {
	t.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { return w.Projects.Land(ctx, tx, account.System, id, board, list) }))
}

func item(kind project.Kind, card, title string) project.Item {
	return project.Item{Kind: kind, Card: card, Title: title, By: "participant"}
}

func TestLand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Project("Campus", w.Ana)
		cents := int64(120000)
		action := project.Item{Kind: "action", Card: "c2", Title: "Former l’équipe", Owner: "Ana", Due: "2027-04-01", Amount: &cents, Body: json.RawMessage(`{"text":"Former l’équipe"}`), By: "p1"}
		lock := project.Item{Kind: "lock", Card: "c1", Title: "Pas de temps", Level: 3, LevelLabel: "Fort", By: "p1"}
		land(t, w, id, "b1", action, lock)
		land(t, w, id, "b1", action, lock)
		if n := acts(t, d, "project.landed"); n != 1 {
			t.Fatalf("the same batch twice writes %d lines in the journal", n)
		}
		got, err := w.Projects.Items(ctx, d.Reader(), w.Ana, id)
		w.Must(err)
		if len(got) != 2 || got[0].Kind != "lock" || got[0].Level != 3 || got[0].LevelLabel != "Fort" || got[1].Owner != "Ana" || got[1].Due != "2027-04-01" || got[1].Amount == nil || *got[1].Amount != cents || string(got[1].Body) != string(action.Body) {
			t.Fatalf("landed %+v", got)
		}
		first := got[0].ID
		lock.Title = "Trop peu de temps"
		land(t, w, id, "b1", lock)
		land(t, w, id, "b2", item("idea", "c1", "Un tutorat"))
		got, err = w.Projects.Items(ctx, d.Reader(), w.Ana, id)
		w.Must(err)
		if len(got) != 2 || got[0].ID != first || got[0].Title != "Trop peu de temps" || got[1].Kind != "idea" || got[1].Board != "b2" {
			t.Fatalf("after the board changed %+v", got)
		}
		land(t, w, id, "b1", lock, action)
		if got, err = project.ItemsOf(ctx, d.Reader(), id); err != nil || len(got) != 3 {
			t.Fatalf("what was withdrawn comes back: %+v, %v", got, err)
		}
	})
}

func TestCardGoesToAnotherProject(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		from, to := w.Project("Campus", w.Ana), w.Project("Atelier", w.Bob)
		land(t, w, from, "b1", item("contribution", "c1", "Un contact"))
		land(t, w, to, "b1", item("contribution", "c1", "Un contact"))
		land(t, w, from, "b1")
		for id, want := range map[project.ID]int{from: 0, to: 1} {
			if got, err := project.ItemsOf(ctx, d.Reader(), id); err != nil || len(got) != want {
				t.Errorf("project %s has %+v, %v", id, got, err)
			}
		}
	})
}

func TestUnknownKindIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Project("Campus", w.Ana)
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return w.Projects.Land(ctx, tx, account.System, id, "b1", []project.Item{item("wish", "c1", "Un vœu")})
		}); err == nil {
			t.Fatal("a kind that is not was landed")
		}
	})
}

func TestWhoReads(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		id := w.Project("Campus", w.Ana)
		land(t, w, id, "b1", item("need", "c1", "Un local"))
		for who, may := range map[string]bool{"ana": true, "lead": true, "bob": false} {
			by := map[string]account.User{"ana": w.Ana, "lead": w.Lead, "bob": w.Bob}[who]
			_, err := w.Projects.Read(ctx, by, id)
			if (err == nil) != may || err != nil && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s reads: %v", who, err)
			}
			list, err := w.Projects.List(ctx, by, gatheringtest.Edition)
			w.Must(err)
			if (len(list) == 1) != may {
				t.Errorf("%s lists %+v", who, list)
			}
		}
		list, err := w.Projects.Mine(ctx, w.Ana)
		w.Must(err)
		if len(list) != 1 || list[0].Standing != 1 {
			t.Errorf("Ana's projects are %+v", list)
		}
		f, err := w.Projects.Read(ctx, w.Ana, id)
		w.Must(err)
		if !f.Edits || f.Manages || len(f.Team) != 1 || f.Team[0].Person != w.Ana.ID {
			t.Errorf("Ana reads %+v", f)
		}
	})
}

func TestWhoIsKeptFromTheFileIsKeptFromTheProject(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		a := w.Complete()
		var p project.Project
		w.Must(d.Write(ctx, func(tx *db.Tx) (err error) {
			if p, err = w.Projects.Born(ctx, tx, account.System, project.Birth{Edition: gatheringtest.Edition, Application: string(a.ID), Title: "Campus"}); err != nil {
				return err
			}
			return w.Policy.Exclude(ctx, tx, account.System, "person", string(w.Lead.ID), policy.Ref{Kind: "application", ID: string(a.ID)}, "conflict", "test")
		}))
		_, err := w.Projects.Read(ctx, w.Lead, p.ID)
		wants(t, err, errs.NotFound, "")
		list, err := w.Projects.List(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(list) != 0 {
			t.Errorf("the lead lists %+v", list)
		}
		if f, err := w.Projects.Read(ctx, w.Ana, p.ID); err != nil || !f.Reads {
			t.Errorf("Ana reads %+v, %v", f, err)
		}
	})
}

func TestStartByHand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		in := project.Started{Edition: gatheringtest.Edition, Sheet: project.Sheet{Title: " ", Summary: "x"}, People: []string{"personne"}, Lang: "fr"}
		_, err := w.Projects.Start(ctx, w.Lead, in)
		wants(t, err, errs.Invalid, "project.invalid")
		_, err = w.Projects.Start(ctx, w.Bob, in)
		wants(t, err, errs.Forbidden, "")
		in.Title, in.People = "  Un   projet ", []string{"zoe@labo.example", " ", "leo@labo.example"}
		id, err := w.Projects.Start(ctx, w.Lead, in)
		w.Must(err)
		f, err := w.Projects.Read(ctx, w.Lead, id)
		w.Must(err)
		if f.Title != "Un projet" || len(f.Pending) != 2 {
			t.Errorf("started %+v", f)
		}
		for _, i := range f.Pending {
			if owns := i.Email == "zoe@labo.example"; owns != (i.Relation == "owner") {
				t.Errorf("%s is invited as %s", i.Email, i.Relation)
			}
		}
		wants(t, w.Projects.Edit(ctx, w.Lead, id, project.Sheet{Title: "Autre", Version: 9}), errs.Conflict, "project.meanwhile")
		w.Must(w.Projects.Edit(ctx, w.Lead, id, project.Sheet{Title: "Autre", Version: 1}))
		wants(t, w.Projects.Edit(ctx, w.Bob, id, project.Sheet{Title: "Non", Version: 2}), errs.NotFound, "")
	})
}
