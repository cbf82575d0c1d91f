package demo

import (
	"fmt"

	"transformateur/internal/roadmap"
)

// planRoadmap has the teams of the edition in its months of support write their roadmaps.
func (w *world) planRoadmap() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-58, 10, 0), w.meanToDo)
	w.on(w.day(-12, 16, 0), w.moveOn)
}

// meanToDo writes what each team decided after the days.
func (w *world) meanToDo() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for i, p := range list {
		var before roadmap.ID
		for n, e := range []roadmap.Sheet{
			{Kind: roadmap.Action, Title: "Observer une journée de travail sur deux sites", Carrier: p.by.Name, Starts: w.date(-55), Due: w.date(-30 + 9*i)},
			{Kind: roadmap.Action, Title: "Choisir avec les agents les écrans à essayer", Carrier: "Le groupe d'essai", Starts: w.date(-28 + 3*i), Due: w.date(5)},
			{Kind: roadmap.Milestone, Title: "Premier essai en situation", Due: w.date(20)},
			{Kind: roadmap.Action, Title: "Tirer le bilan de l'essai", Starts: w.date(21), Due: w.date(45)},
			{Kind: roadmap.Need, Title: "Une heure avec une personne qui connaît la protection des données"},
			{Kind: roadmap.Lock, Title: "Le site n'a pas de réseau fiable"},
		} {
			if i > 1 && n > 1+i%2 {
				break // the other teams wrote less
			}
			e.Title, e.Carrier = typography.Replace(e.Title), typography.Replace(e.Carrier)
			if e.Kind == roadmap.Action {
				e.After = before
			}
			id, err := w.app.Roadmaps.Put(w.ctx, p.by, p.ID, "", e, 0)
			if err != nil {
				return fmt.Errorf("write the roadmap of %s: %w", p.Title, err)
			}
			if e.Kind == roadmap.Action {
				before = id
			}
		}
	}
	return nil
}

// moveOn has every team but one say what was done.
func (w *world) moveOn() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for _, p := range list[:len(list)-1] {
		v, err := w.app.Roadmaps.Read(w.ctx, p.by, p.ID)
		if err != nil {
			return err
		}
		for i, to := range []roadmap.State{roadmap.Done, roadmap.Doing} {
			e := v.Of(roadmap.Action)[i]
			e.State = to
			if _, err := w.app.Roadmaps.Put(w.ctx, p.by, p.ID, e.ID, e.Sheet, e.Version); err != nil {
				return err
			}
		}
	}
	return nil
}
