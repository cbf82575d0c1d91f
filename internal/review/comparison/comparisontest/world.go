// Package comparisontest makes a committee that compares files, for tests.
package comparisontest

import (
	"context"
	"slices"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/review/comparison"
	"transformateur/internal/review/reviewtest"
)

// World is a selection that reads, and its comparisons.
type World struct {
	*reviewtest.World
	Comparisons *comparison.Service
	ctx         context.Context
}

// New makes the world on a database; no round is open.
func New(t testing.TB, d *db.DB, opt reviewtest.Options) *World {
	t.Helper()
	w := reviewtest.New(t, d, opt)
	return &World{World: w, Comparisons: comparison.New(comparison.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Calls: w.Calls}), ctx: context.Background()}
}

// Open opens a round that shows the summary of each file.
func (w *World) Open(advised, after int) {
	w.T.Helper()
	w.Must(w.Comparisons.Begin(w.ctx, w.Lead, reviewtest.Selection, comparison.Settings{Fields: []string{"summary"}, Advised: advised, After: after}))
}

// Show is what somebody is asked.
func (w *World) Show(who account.User) comparison.Turn {
	w.T.Helper()
	t, err := w.Comparisons.Show(w.ctx, who, reviewtest.Selection)
	w.Must(err)
	return t
}

// Say answers the pair that somebody was shown.
func (w *World) Say(who account.User, t comparison.Turn, choice comparison.Choice) {
	w.T.Helper()
	w.Must(w.Comparisons.Answer(w.ctx, who, reviewtest.Selection, comparison.Reply{Round: t.Round.Number, Turn: t.Number, Choice: choice}))
}

// Prefers has somebody answer so many pairs, or all those that she is shown: of two files
// she prefers the one whose number is the lowest.
func (w *World) Prefers(who account.User, most int) (answers int) {
	w.T.Helper()
	for answers < most {
		t := w.Show(who)
		if t.Number == 0 {
			return answers
		}
		choice := comparison.Left
		if w.Place(t.Right.File) < w.Place(t.Left.File) {
			choice = comparison.Right
		}
		w.Say(who, t, choice)
		answers++
	}
	return answers
}

// Place is that of a file among those of the world.
func (w *World) Place(id application.ID) int { return slices.Index(w.Files, id) }
