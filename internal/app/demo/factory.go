package demo

import (
	"fmt"

	"transformateur/internal/factory"
)

// planFactory has one team of the edition in its months of support frame its work.
func (w *world) planFactory() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-50, 10, 0), w.frame)
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
