package demo

import (
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/factory/crew"
)

// planFactory has one team of the edition in its months of support frame its work.
func (w *world) planFactory() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-50, 10, 0), w.frame)
	w.on(w.day(-49, 10, 0), w.draw)
}

// draw asks the experts of the pool to work on two projects: one says yes, the other has not
// answered yet.
func (w *world) draw() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for i, one := range []crew.Wanted{
		{Part: typography.Replace("Relire avec l'équipe ce que l'outil garde des personnes"), Halves: 2, From: w.date(-42), Until: w.date(48)},
		{Part: "Préparer les essais avec les deux sites", Halves: 1, From: w.date(5), Until: w.date(60)},
	} {
		v, err := w.app.Crews.Of(w.ctx, w.as("lead"), list[i].ID)
		if err != nil || len(v.Candidates) == 0 {
			return fmt.Errorf("nobody may be asked for %s: %w", list[i].Title, err)
		}
		x := v.Candidates[0]
		one.Expert = x.ID
		place, err := w.app.Crews.Ask(w.ctx, w.as("lead"), list[i].ID, one)
		if err != nil {
			return fmt.Errorf("ask %s: %w", x.Name, err)
		}
		if i > 0 {
			continue
		}
		if err := w.app.Crews.Answer(w.ctx, account.User{ID: x.Person, Name: x.Name}, place, true, ""); err != nil {
			return fmt.Errorf("%s joins: %w", x.Name, err)
		}
	}
	return nil
}

// frame writes a framing, has it approved, decides at a first gate and plans the next one.
func (w *world) frame() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	p := list[0]
	if err := w.app.Factory.Save(w.ctx, p.by, p.ID, factory.Framing{Objectives: typography.Replace("Essayer l'outil sur deux sites, avec les agents, avant de décider s'il est étendu."), Resources: "Deux agents un jour par semaine, une salle, six tablettes.", Deadlines: "Trois mois, un jour par semaine.",
		Deliverables: []factory.Deliverable{{Title: "Maquette essayée sur un site", Due: w.date(-10)}, {Title: typography.Replace("Bilan de l'essai"), Due: w.date(45)}}}); err != nil {
		return fmt.Errorf("write a framing: %w", err)
	}
	if err := w.app.Factory.Submit(w.ctx, p.by, p.ID, 1); err != nil {
		return fmt.Errorf("submit a framing: %w", err)
	}
	lead := w.as("lead")
	if err := w.app.Factory.Answer(w.ctx, lead, p.ID, 2, true, ""); err != nil {
		return fmt.Errorf("approve a framing: %w", err)
	}
	first, err := w.app.Factory.Plan(w.ctx, lead, p.ID, "Prototype", w.date(-50))
	if err == nil {
		err = w.app.Factory.Decide(w.ctx, lead, p.ID, first, factory.Verdict{Decision: factory.Changes, Reasons: "Un seul site pour commencer."})
	}
	if err == nil {
		_, err = w.app.Factory.Plan(w.ctx, lead, p.ID, "Essai", w.date(30))
	}
	return err
}
