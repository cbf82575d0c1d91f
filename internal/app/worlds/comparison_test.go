package worlds_test

import (
	"transformateur/internal/application"
	"transformateur/internal/review/comparison"
)

// compares opens a round, and has a member answer every pair that she is shown; prefers says
// which of two files she chooses.
func (w *world) compares(key string, prefers func(a, b application.ID) bool) {
	w.t.Helper()
	w.then("a round opens")
	w.must(w.app.Comparisons.Begin(w.ctx, w.as("lead"), w.selection(), comparison.Settings{Fields: []string{"summary"}, Advised: 12}))
	for {
		w.then(key + " compares")
		v, err := w.app.Comparisons.Show(w.ctx, w.as(key), w.selection())
		w.must(err)
		if v.Number == 0 {
			return
		}
		choice := comparison.Right
		if prefers(v.Left.File, v.Right.File) {
			choice = comparison.Left
		}
		w.must(w.app.Comparisons.Answer(w.ctx, w.as(key), w.selection(), comparison.Reply{Round: v.Round.Number, Turn: v.Number, Choice: choice}))
	}
}

// compared are the secrets of comparisons.
var compared = []secret{
	{name: "which of two files a member prefers, before the round closes", after: "committee", varies: true, knows: []string{"juror"}, plant: func(w *world, told bool) {
		w.compares("juror", func(a, b application.ID) bool { return (a < b) == told })
	}},
	{name: "how a file was compared, to a member who stepped aside", after: "committee", varies: true, knows: append([]string{"region"}, inRoom...), plant: func(w *world, told bool) {
		gil := w.files["gil "+string(chosen)]
		w.compares("juror", func(a, b application.ID) bool {
			if a == gil || b == gil {
				return (a == gil) == told
			}
			return a < b
		})
		w.then("the round closes")
		w.must(w.app.Comparisons.End(w.ctx, w.as("chair"), w.selection(), 1))
		w.deliberates("dora " + string(chosen))
	}},
}
