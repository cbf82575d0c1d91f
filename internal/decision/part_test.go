package decision_test

import (
	"testing"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/decision/decisiontest"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// A second round starts from the retained files, with questions of its own, its own
// committee and its own grid; what the first one decided stays readable.
func TestASecondRound(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := decisiontest.New(t, d, outbox, deliberation.Retain, deliberation.Retain, deliberation.Refuse)
		w.Announce()
		kept, silent, refused := w.Files[0], w.Files[1], w.Files[2]
		w.Must(w.Decisions.Confirm(ctx, w.Ana, selection, kept))
		committees := committee.New(committee.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Calls: w.Calls, Kept: w.Decisions})
		two, err := committees.Create(ctx, w.Lead, w.Call.ID, committee.Settings{Name: form.Localised{"fr": "Après les deux jours"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1, Confidentiality: form.Localised{"fr": "Je me tais."}})
		w.Must(err)
		due := w.Clock.Now().AddDate(0, 0, 10)

		_, err = w.Decisions.Part(ctx, w.Lead, selection)
		wants(t, err, errs.Conflict, "decision.no_part")
		_, err = w.Decisions.AskPart(ctx, w.Lead, two.ID, "À compléter.", due)
		wants(t, err, errs.Conflict, "decision.no_part_left")
		adds(t, w, "results", "next_step")
		_, err = w.Decisions.AskPart(ctx, w.Ana, two.ID, "À compléter.", due)
		wants(t, err, errs.NotFound, "")
		_, err = w.Decisions.AskPart(ctx, w.Lead, two.ID, "", w.Clock.Now())
		wants(t, err, errs.Invalid, "")
		part, err := w.Decisions.Part(ctx, w.Lead, two.ID)
		w.Must(err)
		if len(part.Fields) != 2 || len(part.Waiting) != 1 || part.Waiting[0].ID != kept || len(part.Asked) != 0 {
			t.Fatalf("before asking: %+v", part)
		}
		asked, err := w.Decisions.AskPart(ctx, w.Lead, two.ID, "Dites ce que les deux jours ont changé.", due)
		if err != nil || asked != 1 {
			t.Fatalf("%d projects asked, %v", asked, err)
		}
		_, err = w.Decisions.AskPart(ctx, w.Lead, two.ID, "Encore.", due)
		wants(t, err, errs.Conflict, "decision.no_part_left")

		saved, err := w.World.World.Files.Save(ctx, w.Ana, kept, []application.Edit{{Field: "results", Value: "Un essai plus petit."}})
		if err != nil || len(saved.Refused) > 0 {
			t.Fatalf("the new question: %+v, %v", saved.Refused, err)
		}
		saved, err = w.World.World.Files.Save(ctx, w.Ana, kept, []application.Edit{{Field: "summary", Base: 1, Value: "Un autre projet"}})
		if err != nil || len(saved.Refused) != 1 {
			t.Errorf("what was deposited is written again: %+v, %v", saved, err)
		}
		_, err = w.World.World.Files.Submit(ctx, w.Ana, kept)
		wants(t, err, errs.Invalid, "")
		_, err = w.World.World.Files.Save(ctx, w.Ana, kept, []application.Edit{{Field: "next_step", Value: "Une fiche par semaine."}})
		w.Must(err)
		_, err = w.World.World.Files.Submit(ctx, w.Ana, kept)
		w.Must(err)
		if part, err = w.Decisions.Part(ctx, w.Lead, two.ID); err != nil || len(part.Asked) != 1 || !part.Asked[0].Done || len(part.Waiting) != 0 {
			t.Errorf("after the deposit: %+v, %v", part, err)
		}

		seats(t, w, two.ID)
		w.Must(committees.Begin(ctx, w.Lead, two.ID))
		files, err := committee.Files(ctx, d.Reader(), two.ID)
		w.Must(err)
		if len(files) != 1 || files[0].ID != kept || files[0].Phase != policy.Evaluation {
			t.Errorf("the second round reads %+v", files)
		}
		if told := w.Told(w.Ana, kept); told.Selection != selection || told.Decision.Outcome != deliberation.Retain {
			t.Errorf("what the first round decided reads %+v", told)
		}
		for _, file := range []application.ID{silent, refused} {
			if told := w.Told(w.Ana, file); told.Selection != selection {
				t.Errorf("%s reads %+v", file, told)
			}
		}
		_, err = w.Bus.Deliver(ctx)
		w.Must(err)
		if n := count(t, d, `select count(*) from mails where template = 'part_asked'`); n != 1 {
			t.Errorf("%d mails told of the part", n)
		}
	})
}

// adds publishes the form with required questions more.
func adds(t *testing.T, w *decisiontest.World, ids ...string) {
	t.Helper()
	_, draft, err := w.Calls.FormDraft(ctx, w.Lead, w.Call.ID)
	w.Must(err)
	f := call.CopyOf(draft.Form)
	step := form.Step{ID: "second_part", Title: form.Localised{"fr": "Depuis la première sélection", "en": "Since the first selection"}}
	for _, id := range ids {
		step.Fields = append(step.Fields, form.Field{ID: id, Type: "longtext", Label: form.Localised{"fr": id, "en": id}, Required: true})
	}
	f.Steps = append(f.Steps, step)
	_, err = w.Calls.SaveForm(ctx, w.Lead, w.Call.ID, f, draft.Version)
	w.Must(err)
	_, err = w.Calls.Revise(ctx, w.Lead, w.Call.ID, form.Localised{"fr": "Une partie pour les projets retenus.", "en": "A part for the retained projects."})
	w.Must(err)
}

// seats gives the second round a chair and a member of its own.
func seats(t *testing.T, w *decisiontest.World, id committee.SelectionID) {
	t.Helper()
	for who, role := range map[string]committee.Role{"nora": committee.Chair, "paul": committee.Juror} {
		by := w.Person(who)
		w.Write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `
				insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
				values ($1, $2, $3, $4, $5, $6, 'sitting', '[]', '[]', 0, 0, 'system', $7, $7, '', '', 1)`, "two-"+who, string(id), string(by.ID), who+"@exemple.invalid", who, string(role), w.Clock.Now())
			return err
		})
	}
}
