package application_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// deposit makes n deposited files, the summaries taken in turn.
func deposit(t *testing.T, w *applicationtest.World, summaries ...string) []application.ID {
	t.Helper()
	var ids []application.ID
	for i, summary := range summaries {
		a, err := w.Files.Create(ctx, w.Ana, w.Call.ID, fmt.Sprintf("Projet %c", 'A'+i))
		w.Must(err)
		bearer := []string{"company", "public"}[i%2]
		w.Fill(w.Ana, a.ID, "summary", summary, "bearer", bearer, "staff", int64(i))
		_, err = w.Files.Submit(ctx, w.Ana, a.ID)
		w.Must(err)
		ids = append(ids, a.ID)
	}
	_, err := w.Bus.Deliver(ctx)
	w.Must(err)
	return ids
}

func numbers(items []application.Item) (n []int) {
	for _, i := range items {
		n = append(n, i.Number)
	}
	return n
}

func TestListFiltersAndSorts(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "Une école numérique", "Des écoles à domicile", "Le télétravail", "Réseau d'artisans")
		w.Draft()
		w.Clock.Advance(2 * time.Hour)
		label, err := w.Files.AddLabel(ctx, w.Lead, w.Call.ID, "À revoir", "amber")
		w.Must(err)
		w.Must(w.Files.Tag(ctx, w.Lead, label.ID, true, ids[1], ids[3]))
		w.Must(w.Files.Admit(ctx, w.Lead, ids[0], application.Verdict{Verdict: application.Admissible}, 0))
		_, err = w.Files.Withdraw(ctx, w.Ana, ids[2])
		w.Must(err)
		for _, c := range []struct {
			name string
			f    application.Filter
			want []int
		}{
			{"all, without the drafts", application.Filter{}, []int{1, 2, 3, 4}},
			{"a word without its accent", application.Filter{Words: "ecole"}, []int{1, 2}},
			{"the beginning of a word", application.Filter{Words: "num"}, []int{1}},
			{"two words", application.Filter{Words: "ecoles domicile"}, []int{2}},
			{"a word of the title", application.Filter{Words: "projet"}, []int{1, 2, 3, 4}},
			{"an unknown word", application.Filter{Words: "zebre"}, nil},
			{"withdrawn", application.Filter{Status: "withdrawn"}, []int{3}},
			{"a label", application.Filter{Label: label.ID}, []int{2, 4}},
			{"without a verdict", application.Filter{Verdict: "waiting"}, []int{2, 3, 4}},
			{"a verdict", application.Filter{Verdict: "admissible"}, []int{1}},
			{"an answer", application.Filter{Facets: map[string]string{"bearer": "public"}}, []int{2, 4}},
			{"an answer and a label", application.Filter{Facets: map[string]string{"bearer": "public"}, Label: label.ID, Sort: "-number"}, []int{4, 2}},
			{"by title, backwards", application.Filter{Sort: "-title"}, []int{4, 3, 2, 1}},
			{"an unknown order", application.Filter{Sort: "1; drop table"}, []int{1, 2, 3, 4}},
		} {
			items, err := w.Files.List(ctx, w.Lead, w.Call.ID, c.f)
			if err != nil || !slices.Equal(numbers(items), c.want) {
				t.Errorf("%s: %v %v, want %v", c.name, numbers(items), err, c.want)
			}
		}
		items, _ := w.Files.List(ctx, w.Lead, w.Call.ID, application.Filter{})
		if items[1].Owner != "ana" || !slices.Equal(items[1].Labels, []string{label.ID}) || items[0].Verdict != "admissible" {
			t.Errorf("%+v", items)
		}
	})
}

func TestListHidesWhatPolicyHides(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "un", "deux", "trois")
		items, err := w.Files.List(ctx, w.Lead, w.Call.ID, application.Filter{})
		if err != nil || len(items) != 0 {
			t.Errorf("before the closing the lead sees %v, %v", numbers(items), err)
		}
		n, err := w.Files.Funnel(ctx, w.Lead, w.Call.ID)
		if err != nil || n.Submitted != 3 {
			t.Errorf("the funnel: %+v %v", n, err)
		}
		if _, err := w.Files.Deposited(ctx, w.Lead, ids[0]); !errs.Is(err, errs.NotFound) {
			t.Errorf("before the closing the lead read a file: %v", err)
		}
		w.Clock.Advance(2 * time.Hour)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Exclude(ctx, tx, w.Lead, "person", "lead", policy.Ref{Kind: "application", ID: string(ids[1])}, "conflict", "")
		}))
		items, err = w.Files.List(ctx, w.Lead, w.Call.ID, application.Filter{})
		if err != nil || !slices.Equal(numbers(items), []int{1, 3}) {
			t.Errorf("after the closing, one recused: %v %v", numbers(items), err)
		}
		if _, err := w.Files.List(ctx, w.Bob, w.Call.ID, application.Filter{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestListAsksAConstantNumberOfQuestions(t *testing.T) {
	d := dbtest.SQLite(t)
	w := applicationtest.New(t, d)
	count := func() int64 {
		c, n := db.Counted(ctx)
		if _, err := w.Files.List(c, w.Lead, w.Call.ID, application.Filter{}); err != nil {
			t.Fatal(err)
		}
		return n.Load()
	}
	deposit(t, w, "un", "deux")
	w.Clock.Advance(2 * time.Hour)
	few := count()
	w.Clock.Set(noon)
	deposit(t, w, "3", "4", "5", "6", "7", "8", "9")
	w.Clock.Advance(2 * time.Hour)
	if many := count(); many != few {
		t.Errorf("%d queries for 2 files, %d for 9", few, many)
	}
}

func TestDepositedIsWhatWasDeposited(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		ids := deposit(t, w, "première version")
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

func TestCorrectionReopensItsFieldsOnly(t *testing.T) {
	run(t, func(t *testing.T, w *applicationtest.World) {
		id := deposit(t, w, "à corriger")[0]
		w.Clock.Advance(2 * time.Hour)
		due := w.Clock.Now().Add(48 * time.Hour)
		k := application.Correction{Kind: application.Incomplete, Fields: []string{"summary"}, Message: "Précisez.", DueAt: due}
		w.Must(w.Files.AskCorrection(ctx, w.Lead, id, k))
		s, err := w.Files.Save(ctx, w.Ana, id, []application.Edit{{Field: "summary", Base: 1, Value: "corrigé"}, {Field: "staff", Base: 1, Value: int64(9)}})
		if err != nil || len(s.Refused) != 1 || s.Refused[0].Path != "staff" || s.Versions["summary"] != 2 {
			t.Fatalf("%+v %v", s, err)
		}
		r, err := w.Files.Submit(ctx, w.Ana, id)
		if err != nil || r.Receipt.Kind != application.KindCorrection {
			t.Fatalf("%+v %v", r.Receipt, err)
		}
		d, err := w.Files.Deposited(ctx, w.Lead, id)
		if err != nil || d.Answers["summary"].Value != "corrigé" {
			t.Errorf("%+v %v", d.Answers, err)
		}
		w.Must(w.Files.AskCorrection(ctx, w.Lead, id, k))
		w.Clock.Set(due)
		if _, err := w.Files.Submit(ctx, w.Ana, id); errs.KeyOf(err) != "application.correction_over" {
			t.Errorf("after the due date: %v", err)
		}
	})
}

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
