package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/review/comparison"
	"transformateur/internal/review/opinion"
)

// consulted is where the file stands on which somebody outside the committee is asked.
const consulted = 3

// planBeside adds what is asked besides the readings: an opinion, and which of two files.
func (w *world) planBeside(files []*work) {
	w.past(firstReading+3, 17, 0, func() error { return w.consult(files[consulted]) })
	w.past(firstReading+5, 8, 30, w.promises)
	w.past(firstDue-1, 18, 0, w.advise)
	w.past(firstReading+10, 7, 0, w.openComparisons)
	w.past(firstReading+11, 7, 0, w.compare)
	w.past(firstDue, 20, 0, func() error { return w.app.Comparisons.End(w.ctx, w.as("chair"), w.selection, 1) })
}

// consult asks an expert outside the committee for her opinion on one file.
func (w *world) consult(k *work) error {
	role, _ := demo.Find("consulted")
	if _, err := w.person(role.Key, role.Name); err != nil {
		return err
	}
	id, err := w.app.Opinions.Ask(w.ctx, w.as("lead"), w.selection, opinion.Request{File: k.id, Email: role.Email(), Name: role.Name, Question: typography.Replace("Ce dialogue peut-il commencer avant le choix des outils ?"),
		More: []string{"Quelles expériences proches connaissez-vous ?"}, Heading: form.Localised{"fr": "Votre avis", "en": "Your opinion"}, Attached: true, Due: w.since(firstDue, 12, 0).Format(typed), Lang: "fr", What: "Un avis sur un dossier"})
	if err != nil {
		return fmt.Errorf("ask for an opinion: %w", err)
	}
	w.opinion = id
	return nil
}

// promises has the expert accept, and commit to confidentiality.
func (w *world) promises() error {
	by := w.as("consulted")
	if err := w.accepts(by); err != nil {
		return err
	}
	return w.app.Opinions.Accept(w.ctx, by, w.opinion, "fr", committee.Digest(typography.Replace(promise)))
}

// advise has the expert write her opinion and hand it in.
func (w *world) advise() error {
	by := w.as("consulted")
	_, _, err := w.app.Opinions.Save(w.ctx, by, w.opinion, func(d opinion.Sheet) (edits []application.Edit) {
		for i, f := range d.Form.Form.Fields() {
			if f.Type == "longtext" {
				words := []string{"Oui, à condition que les représentants du personnel aient du temps pour s'informer. ", "Deux branches ont essayé : la première réunion a changé l'ordre des sujets. "}[i%2]
				edits = append(edits, application.Edit{Field: f.ID, Base: d.Answers[f.ID].Version, Value: typography.Replace(words + told)})
			}
		}
		return edits
	})
	if err != nil {
		return err
	}
	return w.app.Opinions.Submit(w.ctx, by, w.opinion)
}

// openComparisons opens a round: which of two, from the summaries.
func (w *world) openComparisons() error {
	return w.app.Comparisons.Begin(w.ctx, w.as("chair"), w.selection, comparison.Settings{Fields: []string{"summary", "problem"}, Advised: 8})
}

// compare has five members answer as much as is advised, and one a little.
func (w *world) compare() error {
	for i, key := range []string{"jury.1", "jury.4", "recused", "expert.1", "expert.3", "member"} {
		rng, by := rand.New(rand.NewPCG(seed, 77+uint64(i))), w.as(key)
		most := 8
		if key == "member" {
			most = 3
		}
		for range most {
			turn, err := w.app.Comparisons.Show(w.ctx, by, w.selection)
			if err != nil {
				return err
			}
			if turn.Number == 0 {
				break
			}
			left, right := w.entered[turn.Left.File], w.entered[turn.Right.File]
			if left == nil || right == nil {
				return errors.New("a pair holds a file of another call")
			}
			choice := comparison.Left
			switch gap := worth[left.number-100] - worth[right.number-100] + 0.2*rng.NormFloat64(); {
			case gap > -0.03 && gap < 0.03:
				choice = comparison.Equal
			case gap < 0:
				choice = comparison.Right
			}
			w.clock.Advance(80 * time.Second)
			if err := w.app.Comparisons.Answer(w.ctx, by, w.selection, comparison.Reply{Round: turn.Round.Number, Turn: turn.Number, Choice: choice}); err != nil {
				return fmt.Errorf("%s compares: %w", key, err)
			}
		}
	}
	return nil
}
