package comparison_test

import (
	"context"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/comparison"
	"transformateur/internal/review/comparison/comparisontest"
	"transformateur/internal/review/reviewtest"
)

const selection = reviewtest.Selection

var ctx = context.Background()

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

func reply(v comparison.Turn, choice comparison.Choice) comparison.Reply {
	return comparison.Reply{Round: v.Round.Number, Turn: v.Number, Choice: choice}
}

func pair(v comparison.Turn) [2]application.ID {
	return [2]application.ID{v.Left.File, v.Right.File}
}

func TestOneAnswersOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 4})
		if v := w.Show(w.Mia); v.Round.ID != "" || v.Number != 0 {
			t.Fatalf("before any round: %+v", v)
		}
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, comparison.Reply{Round: 1, Turn: 1, Choice: comparison.Left}), errs.Conflict, "comparison.not_open")
		w.Open(9, 0)
		first := w.Show(w.Mia)
		if first.Number != 1 || first.Advised != 6 || first.Done() || first.Left.Parts[0].Text != "Un campus numérique porté par Acme" {
			t.Fatalf("her first pair: %+v", first)
		}
		w.Prefers(w.Noe, 3)
		if again := w.Show(w.Mia); pair(again) != pair(first) || again.Number != 1 {
			t.Errorf("her pair changed while others answered: %v, then %v", pair(first), pair(again))
		}
		r := reply(first, comparison.Right)
		r.Note = " Plus clair. "
		w.Must(w.Comparisons.Answer(ctx, w.Mia, selection, r))
		w.Must(w.Comparisons.Answer(ctx, w.Mia, selection, r))
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, reply(first, comparison.Left)), errs.Conflict, "comparison.stale")
		second := w.Show(w.Mia)
		if len(second.Mine) != 1 || second.Mine[0].Note != "Plus clair." || second.Mine[0].Choice != comparison.Right || second.Number != 2 || pair(second) == pair(first) {
			t.Fatalf("after one answer sent twice: %+v", second)
		}
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, comparison.Reply{Round: 1, Turn: 7, Choice: comparison.Left}), errs.Conflict, "comparison.stale")
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, comparison.Reply{Round: 1, Turn: 2, Choice: "undone"}), errs.Invalid, "")
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, comparison.Reply{Round: 1, Turn: 2}), errs.Invalid, "")
		r = reply(second, comparison.Equal)
		r.Note = strings.Repeat("a", 1001)
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, r), errs.Invalid, "")

		w.Must(w.Comparisons.Undo(ctx, w.Mia, selection, 1, 1))
		w.Must(w.Comparisons.Undo(ctx, w.Mia, selection, 1, 1))
		back := w.Show(w.Mia)
		if pair(back) != pair(first) || back.Number != 3 || len(back.Mine) != 0 {
			t.Errorf("what she took back is not shown again: %+v", back)
		}
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, reply(first, comparison.Right)), errs.Conflict, "comparison.stale")
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, reply(second, comparison.Left)), errs.Conflict, "comparison.stale")
		wants(t, w.Comparisons.Undo(ctx, w.Mia, selection, 1, 3), errs.Conflict, "comparison.stale")
		w.Say(w.Mia, back, comparison.Unsure)

		w.Must(w.Comparisons.End(ctx, w.Chair, selection, 1))
		w.Must(w.Comparisons.Answer(ctx, w.Mia, selection, reply(back, comparison.Unsure)))
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, reply(back, comparison.Left)), errs.Conflict, "comparison.not_open")
		wants(t, w.Comparisons.Undo(ctx, w.Mia, selection, 1, 3), errs.Conflict, "comparison.not_open")
		var lines int
		w.Must(w.DB.Reader().QueryRow(ctx, `select count(*) from journal where act in ('comparison.answered', 'comparison.undone')`).Scan(&lines))
		if lines != 6 {
			t.Errorf("%d lines of the journal tell of 5 answers and of one taken back", lines)
		}
	})
}

func TestEveryPairOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 4})
		w.Exclude(w.Mia, w.Files[1])
		w.Open(5, 0)
		seen := map[[2]application.ID]bool{}
		for v := w.Show(w.Mia); v.Number != 0; v = w.Show(w.Mia) {
			p := pair(v)
			if p[0] > p[1] {
				p[0], p[1] = p[1], p[0]
			}
			if seen[p] || p[0] == w.Files[1] || p[1] == w.Files[1] || p[0] == p[1] {
				t.Fatalf("shown %v after %v", p, seen)
			}
			if seen[p] = true; v.Advised != 3 {
				t.Errorf("%d answers advised of 3 pairs", v.Advised)
			}
			w.Say(w.Mia, v, comparison.Unsure)
		}
		if len(seen) != 3 {
			t.Errorf("shown %d pairs of 3", len(seen))
		}
		if n := w.Prefers(w.Noe, 100); n != 6 {
			t.Errorf("who stepped aside from nothing was shown %d pairs of 6", n)
		}
	})
}

// She steps aside from a file that she has before her: it leaves at once, and what she said
// of it before counts no more.
func TestRecusedMeanwhile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 4})
		w.Open(6, 0)
		w.Prefers(w.Mia, 2)
		now := w.Show(w.Mia)
		w.Exclude(w.Mia, now.Left.File)
		next := w.Show(w.Mia)
		if next.Left.File == now.Left.File || next.Right.File == now.Left.File || next.Number == now.Number {
			t.Errorf("she is still shown %v: %+v", now.Left.File, next)
		}
		wants(t, w.Comparisons.Answer(ctx, w.Mia, selection, reply(now, comparison.Left)), errs.Conflict, "comparison.stale")
		for _, a := range next.Mine {
			if a.Left == now.Left.File || a.Right == now.Left.File {
				t.Errorf("her answers still name the file: %+v", a)
			}
		}
		w.Must(w.Comparisons.End(ctx, w.Lead, selection, 1))
		v, err := w.Comparisons.Ranking(ctx, w.Lead, selection, 0)
		w.Must(err)
		if v.Answers != len(next.Mine) {
			t.Errorf("%d answers count, she keeps %d", v.Answers, len(next.Mine))
		}
	})
}

func TestRanking(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 5})
		w.Open(10, 0)
		_, err := w.Comparisons.Ranking(ctx, w.Lead, selection, 1)
		wants(t, err, errs.NotFound, "")
		for _, who := range []account.User{w.Mia, w.Noe, w.Chair} {
			w.Prefers(who, 10)
		}
		o, err := w.Comparisons.Overview(ctx, w.Lead, selection)
		w.Must(err)
		if len(o.Voters) != 3 || o.Voters[0].Answers != 10 || o.Files != 5 || !o.Questions[0].Chosen {
			t.Errorf("what the lead sees: %+v", o)
		}
		wants(t, w.Comparisons.Begin(ctx, w.Lead, selection, comparison.Settings{Fields: []string{"summary"}, Advised: 4, After: 1}), errs.Conflict, "comparison.changed")
		v, err := w.Comparisons.Ranking(ctx, w.Lead, selection, 0)
		w.Must(err)
		if v.Round.ID != "" || len(v.Lines) > 0 {
			t.Errorf("an order before the round closes: %+v", v)
		}
		w.Must(w.Comparisons.End(ctx, w.Lead, selection, 1))
		wants(t, w.Comparisons.End(ctx, w.Lead, selection, 1), errs.Conflict, "comparison.changed")
		v, err = w.Comparisons.Ranking(ctx, w.Lead, selection, 0)
		w.Must(err)
		for i, l := range v.Lines {
			if l.File.ID != w.Files[i] || l.Rank != i+1 || l.N != 12 {
				t.Errorf("line %d: %s, rank %d, %d comparisons", i, l.File.ID, l.Rank, l.N)
			}
		}
		if v.Target != 0 || v.Undecided != 0 {
			t.Errorf("a line that nobody drew: %d, %d undecided", v.Target, v.Undecided)
		}
		if len(v.Trusts) != 3 || v.Trusts[0].Name == "" || !v.Trusts[0].Learnt || v.Trusts[0].Agreement != 1 || v.Answers != 30 {
			t.Errorf("who answered: %+v, %d answers", v.Trusts, v.Answers)
		}
		_, err = w.Comparisons.Ranking(ctx, w.Mia, selection, 0)
		wants(t, err, errs.Forbidden, "")
		w.Exclude(w.Chair, w.Files[0])
		hers, err := w.Comparisons.Ranking(ctx, w.Chair, selection, 0)
		w.Must(err)
		if len(hers.Lines) != 4 || hers.Lines[0].File.ID != w.Files[1] || hers.Lines[0].Rank != 1 || hers.Lines[0].N != 9 {
			t.Errorf("what the chair sees of files that are open to her: %+v", hers.Lines)
		}
		w.Open(4, 1)
		if v, err = w.Comparisons.Ranking(ctx, w.Lead, selection, 0); err != nil || v.Round.Number != 1 || v.Answers != 26 {
			t.Errorf("while a second round is open: %v %+v", err, v.Round)
		}
		w.Move(committee.Deliberating)
		if v, err = w.Comparisons.Ranking(ctx, w.Mia, selection, 1); err != nil || len(v.Lines) != 5 || v.Trusts != nil {
			t.Errorf("a member who deliberates: %v, %d lines, %+v", err, len(v.Lines), v.Trusts)
		}
	})
}

func TestWhoMay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 2})
		_, err := w.Comparisons.Show(ctx, w.Lead, selection)
		wants(t, err, errs.Forbidden, "")
		wants(t, w.Comparisons.Begin(ctx, w.Mia, selection, comparison.Settings{Fields: []string{"summary"}, Advised: 4}), errs.Forbidden, "")
		for _, bad := range []comparison.Settings{{Advised: 4}, {Fields: []string{"bearer"}, Advised: 4}, {Fields: []string{"summary"}}, {Fields: []string{"summary"}, Advised: 201}} {
			wants(t, w.Comparisons.Begin(ctx, w.Chair, selection, bad), errs.Invalid, "")
		}
		w.Open(4, 0)
		wants(t, w.Comparisons.End(ctx, w.Mia, selection, 1), errs.Forbidden, "")
		_, err = w.Comparisons.Show(ctx, w.Bob, selection)
		wants(t, err, errs.NotFound, "")
	})
}

func TestVeiledPitch(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := comparisontest.New(t, d, reviewtest.Options{Number: 2, Blind: committee.Veiled})
		w.Must(w.Reviews.Redact(ctx, w.Lead, selection, veil.Redaction{Passage: "Acme"}))
		w.Open(4, 0)
		v := w.Show(w.Mia)
		if got := v.Left.Parts[0].Text; strings.Contains(got, "Acme") || !strings.Contains(got, veil.Masked) {
			t.Errorf("a veiled pitch says %q", got)
		}
	})
}
