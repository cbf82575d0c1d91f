package deliberation_test

import (
	"encoding/json"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/agreement"
)

func results(t *testing.T, w *deliberationtest.World, who account.User) deliberation.Results {
	t.Helper()
	v, err := w.Rooms.Results(ctx, who, selection)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// scored makes a world of five files that three members read: Mia is severe, and file 4
// fails a gate for Noe.
func scored(t *testing.T, d *db.DB) *deliberationtest.World {
	w := deliberationtest.New(t, d, 5)
	for i, score := range []float64{80, 60, 70, 40, 90} {
		w.Score(w.Mia, w.Files[i], score-15)
		w.Score(w.Noe, w.Files[i], score)
		w.Score(w.Zoe, w.Files[i], score+2)
	}
	for i, g := range w.Given {
		if g.File == w.Files[4] && g.Name == "noe" {
			w.Given[i].Failed = []form.Localised{{"fr": "Dans le champ de l’appel", "en": "In scope"}}
		}
	}
	return w
}

func TestResults(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := scored(t, d)
		_, err := w.Rooms.Results(ctx, w.Chair, selection)
		wants(t, err, errs.Forbidden, "")
		w.Open()
		v := results(t, w, w.Chair)
		if !v.Adjusted || v.Target != 2 || len(v.Lines) != 4 || v.Lines[0].File.ID != w.Files[0] || v.Lines[3].File.ID != w.Files[3] {
			t.Fatalf("adjusted %v, target %d, lines %+v", v.Adjusted, v.Target, v.Lines)
		}
		if len(v.Gated) != 1 || v.Gated[0].File.ID != w.Files[4] || v.Gated[0].Failed[0].Count != 1 || v.Gated[0].Readers != 3 {
			t.Errorf("gated %+v", v.Gated)
		}
		for _, l := range v.Lines {
			if l.Low > l.Calibrated || l.High < l.Calibrated || l.N != 3 || l.Advices[0].Count != 3 {
				t.Errorf("line %+v", l)
			}
		}
		if len(v.Severities) != 3 || v.Severities[0].Name != "mia" || v.Severities[0].Shift >= 0 {
			t.Errorf("severities %+v", v.Severities)
		}
		if a := v.Agreement; len(a) == 0 || a[0].Problem != "" || a[0].Units != 5 || a[0].Values != 15 || a[0].Alpha <= 0.5 || a[0].Alpha >= 1 {
			t.Errorf("agreement %+v", a)
		}
		if f := v.Portfolio.Facets; len(f) != 1 || len(f[0].Values) != 2 || f[0].Values[0].All+f[0].Values[1].All != 5 || f[0].Values[0].Above+f[0].Values[1].Above != 2 {
			t.Errorf("portfolio %+v", v.Portfolio)
		}
		if got := results(t, w, w.Noe); len(got.Severities) != 0 || len(got.Agreement) != 0 || len(got.Lines) != 4 {
			t.Errorf("a member reads %+v, %+v", got.Severities, got.Agreement)
		}
		_, err = w.Rooms.Results(ctx, w.Sam, selection)
		wants(t, err, errs.Forbidden, "")
	})
}

// For a member who stepped aside the figures are those of a panel in which the file was never read.
func TestResultsWithoutWhatIsClosed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := scored(t, d)
		w.Exclude(w.Noe, w.Files[0])
		w.Open()
		w.Decide(w.Files[0], deliberation.Retain)
		w.Exclude(w.Chair, w.Files[0])
		agreed, _ := json.Marshal(results(t, w, w.Chair).Agreement)
		with, _ := json.Marshal(results(t, w, w.Noe))
		if strings.Contains(string(with), string(w.Files[0])) {
			t.Fatalf("Noe reads of the file %s: %.300s", w.Files[0], with)
		}
		kept := w.Given
		w.Given = nil
		for _, g := range kept {
			if g.File != w.Files[0] {
				w.Given = append(w.Given, g)
			}
		}
		if without, _ := json.Marshal(results(t, w, w.Chair).Agreement); len(agreed) < 10 || string(agreed) != string(without) {
			t.Errorf("the readings of the file change the agreement that the chair is told:\n%s\n%s", agreed, without)
		}
		if without, _ := json.Marshal(results(t, w, w.Noe)); string(with) != string(without) {
			t.Errorf("the readings of the file change what Noe is told:\n%s\n%s", with, without)
		}
	})
}

func TestResultsOfTooLittle(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := deliberationtest.New(t, d, 3)
		w.Score(w.Mia, w.Files[0], 50)
		w.Score(w.Noe, w.Files[1], 70)
		w.Open()
		v := results(t, w, w.Chair)
		if v.Adjusted || len(v.Problems) == 0 || v.Lines[0].File.ID != w.Files[1] || len(v.Severities) != 0 || len(v.Agreement) != 1 || v.Agreement[0].Problem != agreement.TooFew || len(v.Unread) != 1 || v.Unread[0].ID != w.Files[2] {
			t.Errorf("%+v", v)
		}
		w.Given = nil
		if v := results(t, w, w.Chair); len(v.Lines) != 0 || len(v.Agreement) != 0 || len(v.Unread) != 3 {
			t.Errorf("without a reading: %+v", v)
		}
	})
}

// Comparisons stand beside the two orders, and move the calibrated one: files that the
// scores leave close are settled by them, and nothing of a closed file comes in.
func TestComparisonsJoin(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := scored(t, d)
		w.Open()
		before := results(t, w, w.Chair)
		if before.Compared != 0 || before.Lines[0].Preferred != 0 {
			t.Errorf("without comparisons: %+v", before.Lines[0])
		}
		for _, who := range []account.User{w.Mia, w.Noe, w.Zoe, w.Chair} {
			w.Prefer(who, w.Files[1], w.Files[2], 3)
			w.Prefer(who, w.Files[4], w.Files[1], 1) // fails a gate: it is not ranked
		}
		at := func(v deliberation.Results, i int) deliberation.Line {
			for _, l := range v.Lines {
				if l.File.ID == w.Files[i] {
					return l
				}
			}
			t.Fatalf("file %d is not in the list", i)
			return deliberation.Line{}
		}
		after := results(t, w, w.Chair)
		won, lost := at(after, 1), at(after, 2)
		if after.Compared != 12 || won.Preferred != 1 || lost.Preferred != 2 || won.Compared != 12 || at(after, 0).Preferred != 0 {
			t.Errorf("%d comparisons, %+v, %+v", after.Compared, won, lost)
		}
		if won.Correction.Votes <= 0 || lost.Correction.Votes >= 0 || won.Calibrated <= at(before, 1).Calibrated || won.Raw != at(before, 1).Raw {
			t.Errorf("who won twelve times goes from %.1f to %.1f (%+v)", at(before, 1).Calibrated, won.Calibrated, won.Correction)
		}
		w.Exclude(w.Zoe, w.Files[2])
		if hers := results(t, w, w.Zoe); hers.Compared != 0 || at(hers, 1).Preferred != 0 {
			t.Errorf("who stepped aside sees comparisons of a closed file: %+v", at(hers, 1))
		}
	})
}

// Each criterion is measured by what it is: ranks for a scale, the same or not for a yes or
// no; a reader who could not judge one is missing there and nowhere else.
func TestAgreementOfCriteria(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := scored(t, d)
		for i := range w.Given {
			g := &w.Given[i]
			need := deliberation.Mark{Criterion: "need", Label: form.Localised{"fr": "Besoin"}, Value: float64(i%2) / 2}
			legal := deliberation.Mark{Criterion: "legal", Label: form.Localised{"fr": "Légal"}, Value: 1, YesNo: true}
			if g.Marks = []deliberation.Mark{legal}; g.Member != w.Given[0].Member {
				g.Marks = []deliberation.Mark{need, legal}
			}
		}
		w.Open()
		got := map[string]deliberation.Agreement{}
		for _, a := range results(t, w, w.Chair).Agreement {
			got[a.Label["fr"]] = a
		}
		if a := got["Besoin"]; a.Metric != agreement.Ordinal || a.Units != 5 || a.Values != 10 || a.Problem != "" {
			t.Errorf("a scale: %+v", a)
		}
		if a := got["Légal"]; a.Metric != agreement.Nominal || a.Values != 15 || a.Problem != agreement.NoVariation {
			t.Errorf("a yes or no: %+v", a)
		}
		if a := got[""]; a.Metric != agreement.Interval || a.Values != 15 {
			t.Errorf("the score: %+v", a)
		}
	})
}
