package screening_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
)

var french = form.Speech{Lang: "fr", Say: func(key string, _ ...any) string { return key }}

// grant gives a person a relation.
func grant(w *screeningtest.World, person account.User, relation string, on policy.Ref) {
	w.T.Helper()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(person.ID), Relation: relation, Object: on})
	}))
}

func TestOwnProjectIsNotRead(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("un", "deux")
		grant(w, w.Ana, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		grant(w, w.Bob, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		w.Clock.Advance(2 * time.Hour)
		if items, err := w.Screening.List(ctx, w.Ana, w.Call.ID, screening.Filter{}); err != nil || len(items) != 0 {
			t.Errorf("an officer lists her own projects: %v %v", numbers(items), err)
		}
		v := screening.Verdict{Verdict: screening.Admissible}
		if err := w.Screening.Admit(ctx, w.Ana, ids[0], v, 0); errs.KeyOf(err) != "application.own_file" {
			t.Errorf("an officer admitted her own project: %v", err)
		}
		k := application.Correction{Kind: application.Incomplete, Fields: []string{"summary"}, Message: "x", DueAt: w.Clock.Now().Add(time.Hour)}
		if err := w.Screening.AskCorrection(ctx, w.Ana, ids[0], k); errs.KeyOf(err) != "application.own_file" {
			t.Errorf("an officer asked her own project for a correction: %v", err)
		}
		w.Must(w.Screening.Admit(ctx, w.Bob, ids[0], v, 0))
	})
}

func TestVerdictOnSeveralFiles(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("un", "deux", "trois")
		w.Clock.Advance(2 * time.Hour)
		v := screening.Verdict{Verdict: screening.Admissible}
		w.Must(w.Screening.Admit(ctx, w.Lead, ids[1], screening.Verdict{Verdict: screening.Inadmissible, Reason: "hors sujet"}, 0))
		all := []screening.Ballot{{ID: ids[0]}, {ID: ids[1]}, {ID: ids[2]}}
		if err := w.Screening.AdmitAll(ctx, w.Lead, v, all); errs.KeyOf(err) != "application.changed_meanwhile" {
			t.Errorf("a verdict given meanwhile was overwritten: %v", err)
		}
		items, err := w.Screening.List(ctx, w.Lead, w.Call.ID, screening.Filter{Verdict: "waiting"})
		if err != nil || !slices.Equal(numbers(items), []int{1, 3}) {
			t.Errorf("all or none: %v %v", numbers(items), err)
		}
		all[1].Base = 1
		w.Must(w.Screening.AdmitAll(ctx, w.Lead, v, all))
		if err := w.Screening.AdmitAll(ctx, w.Bob, v, all[:1]); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		if err := w.Screening.AdmitAll(ctx, w.Lead, screening.Verdict{Verdict: screening.Inadmissible}, all); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
	})
}

func TestViewsAreOnesOwnOrShared(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		grant(w, w.Bob, "officer", policy.Ref{Kind: "call", ID: string(w.Call.ID)})
		mine, err := w.Screening.SaveView(ctx, w.Lead, w.Call.ID, screening.View{Name: "À revoir", Query: "verdict=waiting"})
		w.Must(err)
		_, err = w.Screening.SaveView(ctx, w.Lead, w.Call.ID, screening.View{Name: "Entreprises", Query: "f.bearer=company", Shared: true})
		w.Must(err)
		_, err = w.Screening.SaveView(ctx, w.Lead, w.Call.ID, screening.View{Name: "Entreprises", Query: "f.bearer=company&sort=title", Shared: true})
		w.Must(err)
		views, err := w.Screening.Views(ctx, w.Bob, w.Call.ID)
		if err != nil || len(views) != 1 || views[0].Mine || views[0].Query != "f.bearer=company&sort=title" {
			t.Errorf("a colleague sees %+v, %v", views, err)
		}
		if err := w.Screening.RemoveView(ctx, w.Bob, w.Call.ID, views[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a colleague removed it: %v", err)
		}
		w.Must(w.Screening.RemoveView(ctx, w.Lead, w.Call.ID, mine.ID))
		if views, _ := w.Screening.Views(ctx, w.Lead, w.Call.ID); len(views) != 1 || !views[0].Mine {
			t.Errorf("the lead sees %+v", views)
		}
		for _, v := range []screening.View{{Name: "  "}, {Name: strings.Repeat("x", 61)}, {Name: "x", Query: strings.Repeat("x", 2001)}} {
			if _, err := w.Screening.SaveView(ctx, w.Lead, w.Call.ID, v); !errs.Is(err, errs.Invalid) {
				t.Errorf("%.10q was kept: %v", v.Name, err)
			}
		}
		if _, err := w.Screening.Views(ctx, w.Ana, w.Call.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an applicant: %v", err)
		}
	})
}

func TestFacetsCountWhatIsRead(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("un", "deux", "trois")
		if facets, err := w.Screening.Facets(ctx, w.Lead, w.Call.ID, french); err != nil || len(facets) != 0 {
			t.Errorf("before the closing: %+v %v", facets, err)
		}
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Exclude(ctx, tx, w.Lead, "person", "lead", policy.Ref{Kind: "application", ID: string(ids[0])}, "conflict", "")
		}))
		facets, err := w.Screening.Facets(ctx, w.Lead, w.Call.ID, french)
		want := []screening.FacetValue{{Value: "company", Label: "Entreprise", Count: 1}, {Value: "public", Label: "Organisme public", Count: 1}}
		if err != nil || len(facets) != 1 || facets[0].Field.ID != "bearer" || !slices.Equal(facets[0].Values, want) {
			t.Errorf("%+v %v", facets, err)
		}
	})
}

func TestHistoryTellsWhatChangedAndWhoRead(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		id := w.Deposit("un campus")[0]
		w.Must(w.Files.Reopen(ctx, w.Ana, id))
		w.Fill(w.Ana, id, "summary", "un grand campus", "bearer", "public")
		_, err := w.Files.Submit(ctx, w.Ana, id)
		w.Must(err)
		w.Clock.Advance(2 * time.Hour)
		_, err = w.Files.Deposited(ctx, w.Lead, id)
		w.Must(err)
		list, err := w.Screening.Submissions(ctx, w.Lead, id)
		if err != nil || len(list) != 2 || list[1].Kind != application.KindReplace || list[0].By != "ana" {
			t.Fatalf("%+v %v", list, err)
		}
		var changed []string
		for _, c := range list[0].ChangesTo(list[1]) {
			changed = append(changed, c.Field.ID)
		}
		if !slices.Equal(changed, []string{"summary", "bearer", "staff"}) {
			t.Errorf("changed: %v", changed)
		}
		acts, err := w.Screening.Acts(ctx, w.Lead, id)
		if err != nil || acts[0].Act != "application.read" || acts[0].Role != "lead" || acts[len(acts)-1].Role != "team" {
			t.Errorf("%+v %v", acts, err)
		}
		for _, a := range acts {
			if a.Act == "application.saved" {
				t.Error("the programme's side is told what the team writes")
			}
		}
		if _, err := w.Screening.Acts(ctx, w.Bob, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestRecordsAreThoseOfTheList(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("un", "deux", "trois")
		if _, _, err := w.Screening.Exported(ctx, w.Lead, w.Call.ID, screening.Filter{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("before the closing: %v", err)
		}
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.Screening.Admit(ctx, w.Lead, ids[2], screening.Verdict{Verdict: screening.Inadmissible, Reason: "hors délai"}, 0))
		filter := screening.Filter{Facets: map[string]string{"bearer": "company"}, Sort: "-number"}
		items, contacts, err := w.Screening.Exported(ctx, w.Lead, w.Call.ID, filter)
		w.Must(err)
		var list []screening.Record
		err = w.Screening.EachRecord(ctx, w.Lead, w.Call.ID, filter, func(r screening.Record) error { list = append(list, r); return nil })
		if err != nil || !contacts || len(items) != 2 || len(list) != 2 || list[0].Number != 3 || list[0].Reason != "hors délai" || list[1].Answers["summary"] != "un" || list[1].Receipt != 1 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestFollowedCalls(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		w.Deposit("un", "deux")
		w.Draft()
		list, err := w.Screening.Followed(ctx, w.Lead)
		if err != nil || len(list) != 1 || list[0].Drafts != 1 || list[0].Deposited != 2 || list[0].Waiting != 2 {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := w.Screening.Followed(ctx, w.Ana); err != nil || len(list) != 0 {
			t.Errorf("an applicant follows %+v %v", list, err)
		}
	})
}
