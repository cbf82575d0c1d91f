package screening_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/screening/screeningtest"
)

var ctx = context.Background()

func run(t *testing.T, body func(t *testing.T, w *screeningtest.World)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) { body(t, screeningtest.New(t, d)) })
}

func numbers(items []screening.Item) (n []int) {
	for _, i := range items {
		n = append(n, i.Number)
	}
	return n
}

func TestListFiltersAndSorts(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("Une école numérique", "Des écoles à domicile", "Le télétravail", "Réseau d'artisans")
		w.Draft()
		w.Clock.Advance(2 * time.Hour)
		label, err := w.Screening.AddLabel(ctx, w.Lead, w.Call.ID, "À revoir", "amber")
		w.Must(err)
		w.Must(w.Screening.Tag(ctx, w.Lead, label.ID, true, ids[1], ids[3]))
		w.Must(w.Screening.Admit(ctx, w.Lead, ids[0], screening.Verdict{Verdict: screening.Admissible}, 0))
		_, err = w.Files.Withdraw(ctx, w.Ana, ids[2])
		w.Must(err)
		for _, c := range []struct {
			name string
			f    screening.Filter
			want []int
		}{
			{"all, without the drafts", screening.Filter{}, []int{1, 2, 3, 4}},
			{"a word without its accent", screening.Filter{Words: "ecole"}, []int{1, 2}},
			{"the beginning of a word", screening.Filter{Words: "num"}, []int{1}},
			{"two words", screening.Filter{Words: "ecoles domicile"}, []int{2}},
			{"a word of the title", screening.Filter{Words: "projet"}, []int{1, 2, 3, 4}},
			{"an unknown word", screening.Filter{Words: "zebre"}, nil},
			{"withdrawn", screening.Filter{Status: "withdrawn"}, []int{3}},
			{"a label", screening.Filter{Label: label.ID}, []int{2, 4}},
			{"without a verdict", screening.Filter{Verdict: "waiting"}, []int{2, 3, 4}},
			{"a verdict", screening.Filter{Verdict: "admissible"}, []int{1}},
			{"an answer", screening.Filter{Facets: map[string]string{"bearer": "public"}}, []int{2, 4}},
			{"an answer and a label", screening.Filter{Facets: map[string]string{"bearer": "public"}, Label: label.ID, Sort: "-number"}, []int{4, 2}},
			{"by title, backwards", screening.Filter{Sort: "-title"}, []int{4, 3, 2, 1}},
			{"an unknown order", screening.Filter{Sort: "1; drop table"}, []int{1, 2, 3, 4}},
		} {
			items, err := w.Screening.List(ctx, w.Lead, w.Call.ID, c.f)
			if err != nil || !slices.Equal(numbers(items), c.want) {
				t.Errorf("%s: %v %v, want %v", c.name, numbers(items), err, c.want)
			}
		}
		items, _ := w.Screening.List(ctx, w.Lead, w.Call.ID, screening.Filter{})
		if items[1].Owner != "ana" || !slices.Equal(items[1].Labels, []string{label.ID}) || items[0].Verdict != "admissible" {
			t.Errorf("%+v", items)
		}
	})
}

func TestListHidesWhatPolicyHides(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		ids := w.Deposit("un", "deux", "trois")
		items, err := w.Screening.List(ctx, w.Lead, w.Call.ID, screening.Filter{})
		if err != nil || len(items) != 0 {
			t.Errorf("before the closing the lead sees %v, %v", numbers(items), err)
		}
		n, err := w.Screening.Funnel(ctx, w.Lead, w.Call.ID)
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
		items, err = w.Screening.List(ctx, w.Lead, w.Call.ID, screening.Filter{})
		if err != nil || !slices.Equal(numbers(items), []int{1, 3}) {
			t.Errorf("after the closing, one recused: %v %v", numbers(items), err)
		}
		if _, err := w.Screening.List(ctx, w.Bob, w.Call.ID, screening.Filter{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestListAsksAConstantNumberOfQuestions(t *testing.T) {
	d := dbtest.SQLite(t)
	w := screeningtest.New(t, d)
	count := func() int64 {
		c, n := db.Counted(ctx)
		if _, err := w.Screening.List(c, w.Lead, w.Call.ID, screening.Filter{}); err != nil {
			t.Fatal(err)
		}
		return n.Load()
	}
	w.Deposit("un", "deux")
	w.Clock.Advance(2 * time.Hour)
	few := count()
	w.Clock.Set(applicationtest.Noon)
	w.Deposit("3", "4", "5", "6", "7", "8", "9")
	w.Clock.Advance(2 * time.Hour)
	if many := count(); many != few {
		t.Errorf("%d queries for 2 files, %d for 9", few, many)
	}
}

func TestCorrectionReopensItsFieldsOnly(t *testing.T) {
	run(t, func(t *testing.T, w *screeningtest.World) {
		id := w.Deposit("à corriger")[0]
		w.Clock.Advance(2 * time.Hour)
		due := w.Clock.Now().Add(48 * time.Hour)
		k := application.Correction{Kind: application.Incomplete, Fields: []string{"summary"}, Message: "Précisez.", DueAt: due}
		w.Must(w.Screening.AskCorrection(ctx, w.Lead, id, k))
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
		w.Must(w.Screening.AskCorrection(ctx, w.Lead, id, k))
		w.Clock.Set(due)
		if _, err := w.Files.Submit(ctx, w.Ana, id); errs.KeyOf(err) != "application.correction_over" {
			t.Errorf("after the due date: %v", err)
		}
	})
}
