package demo

import (
	"fmt"

	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
)

// planRoadmap has the teams of the edition in its months of support write their roadmaps.
func (w *world) planRoadmap() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-58, 10, 0), w.meanToDo)
	w.on(w.day(-29, 9, 0), w.askNews)
	w.on(w.day(-12, 16, 0), w.moveOn)
	w.on(w.day(-1, 9, 0), w.askAgain)
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

// askNews has the lead choose a rhythm, and all teams but the last one answer.
func (w *world) askNews() error {
	lead := w.as("lead")
	if err := w.app.News.SetRhythm(w.ctx, lead, w.months.edition, news.Rhythm{First: w.date(-29), Last: w.date(120), Weeks: 4}); err != nil {
		return fmt.Errorf("choose a rhythm: %w", err)
	}
	ready, err := news.Model()
	if err != nil {
		return err
	}
	if err := w.app.News.SetQuestions(w.ctx, lead, w.months.edition, 0, ready[:2]); err != nil {
		return fmt.Errorf("ask questions of the edition's own: %w", err)
	}
	if err := w.app.News.Run(w.ctx); err != nil {
		return fmt.Errorf("ask for news: %w", err)
	}
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for i, t := range []news.Told{
		{State: news.Well, Moved: "Les deux sites sont choisis, la maquette est prête.", Values: map[string][]string{"f.q1": {"o3"}}},
		{State: news.Stuck, Moved: "Une première réunion avec les équipes de nuit.", Blocks: typography.Replace("Le réseau du site : il faudrait une personne du service informatique une demi-journée."), Values: map[string][]string{"f.q1": {"o2"}, "f.q2": {"o1", "o4"}}},
		{State: news.Slow, Moved: "Le groupe d'essai se cherche encore.", Values: map[string][]string{"f.q1": {"o1"}, "f.q2": {"o2"}}},
	} {
		if i >= len(list)-1 {
			break
		}
		if err := w.app.News.Answer(w.ctx, list[i].by, list[i].ID, t, nil); err != nil {
			return fmt.Errorf("tell the news of %s: %w", list[i].Title, err)
		}
	}
	return nil
}

// askAgain opens the round of the day before, to which one team has answered.
func (w *world) askAgain() error {
	if err := w.app.News.Run(w.ctx); err != nil {
		return fmt.Errorf("ask for news: %w", err)
	}
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	return w.app.News.Answer(w.ctx, list[0].by, list[0].ID, news.Told{State: news.Well, Moved: typography.Replace("L'essai a commencé sur le premier site."), Values: map[string][]string{"f.q1": {"o3"}, "f.q2": {"o2"}}}, nil)
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
