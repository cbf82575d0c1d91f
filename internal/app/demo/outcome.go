package demo

import (
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/debrief/coding"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/debrief/survey"
)

// planOutcome has the teams of the edition that is over say what became of their projects:
// in a survey six months after the decision, then by themselves a year after the days.
func (w *world) planOutcome() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-505, 10, 0), w.prepareSurvey)
	w.on(w.day(-360, 10, 0), w.answerSurvey)
	w.on(w.day(-340, 15, 0), w.sortWords)
	w.on(w.day(-140, 11, 0), w.yearAfter)
}

// prepareSurvey has the lead open the survey, which leaves by itself six months after the
// decision: its answers are known when the days are six months old.
func (w *world) prepareSurvey() error {
	lead, edition := w.as("lead"), w.over.edition
	id, err := w.app.Surveys.Start(w.ctx, lead, edition, survey.Survey{Kind: survey.Half, BaseDay: w.date(w.over.opened + earlierAnnounced), Title: "Six mois après la décision"})
	if err != nil {
		return fmt.Errorf("start a survey: %w", err)
	}
	return w.app.Surveys.Move(w.ctx, lead, edition, id, survey.Opened)
}

// later is what a team answers to the survey.
type later struct{ state, words, learnt, people, work, missing string }

var replies = []later{
	{"goes", "Trois services s'en servent chaque jour, les autres attendent que le réseau soit meilleur.", "Essayer tôt, même avec un outil laid.", "48", "fully", "Du temps pour former les nouveaux arrivants."},
	{"goes", "Les équipes ont écrit elles-mêmes les règles d'usage.", "Les règles écrites à plusieurs se discutent moins.", "30", "rather", "Une personne qui connaisse la protection des données."},
	{"changed", "Nous avons gardé les réunions préparées à plusieurs, et laissé le logiciel.", "L'outil n'était pas le cœur du projet.", "22", "rather", "Rien de plus."},
	{"paused", "La personne qui portait le projet a changé de poste.", "Un projet porté par une seule personne s'arrête avec elle.", "12", "little", "Du temps, et une deuxième personne pour porter le projet."},
	{"goes", "L'essai est devenu une pratique, sur deux sites.", "Dire ce que l'outil ne fera pas rassure.", "35", "fully", "Du temps pour en parler à d'autres structures."},
}

// answerSurvey sends the survey, whose day has come, and has every team answer by its link.
func (w *world) answerSurvey() error {
	if err := w.app.Surveys.Run(w.ctx); err != nil {
		return err
	}
	letters, err := w.app.Notify.Mailbox(w.ctx, account.System, 60)
	if err != nil {
		return err
	}
	for i, k := range w.over.files[:w.over.kept] {
		secret := ""
		for _, m := range letters {
			if _, link, there := strings.Cut(m.Body, "/survey/"); there && m.To == k.key+"@demonstration.invalid" {
				secret = link[:26]
			}
		}
		r := replies[i]
		for _, page := range []survey.Typed{
			{Step: "project", Values: map[string][]string{"f.state": {r.state}, "f.words": {typography.Replace(r.words)}, "f.learnt": {typography.Replace(r.learnt)}}},
			{Step: "effects", Values: map[string][]string{"f.people": {r.people}, "f.work": {r.work}, "f.helped": {"coaching", "peers"}}},
			{Step: "next", Values: map[string][]string{"f.missing": {typography.Replace(r.missing)}}, Quote: survey.Nameless, Send: true},
		} {
			if err := w.app.Surveys.Save(w.ctx, secret, page); err != nil {
				return fmt.Errorf("%s answers the survey: %w", k.project.Name, err)
			}
		}
	}
	return nil
}

// sortWords has the lead sort in themes what the teams wrote of what they lack.
func (w *world) sortWords() error {
	lead, edition := w.as("lead"), w.over.edition
	for _, t := range []coding.Theme{{Name: "Du temps", Meaning: "Former, transmettre, en parler."}, {Name: "Des personnes", Meaning: "Porter le projet à plusieurs, savoir à qui demander."}} {
		if err := w.app.Codings.Write(w.ctx, lead, edition, t); err != nil {
			return err
		}
	}
	desk, err := w.app.Codings.Open(w.ctx, lead, edition)
	if err != nil {
		return err
	}
	for _, v := range desk.Verbatims {
		in := coding.Reading{Verbatim: v.ID}
		for _, t := range desk.Themes {
			if t.Name == "Du temps" && strings.Contains(v.Words, "emps") || t.Name == "Des personnes" && strings.Contains(v.Words, "personne") {
				in.Themes = append(in.Themes, t.ID)
			}
		}
		if len(in.Themes) == 0 {
			continue
		}
		if err := w.app.Codings.Code(w.ctx, lead, edition, in); err != nil {
			return fmt.Errorf("sort what was written: %w", err)
		}
	}
	return nil
}

// yearAfter has two teams say what changed since: one stopped, another was taken up elsewhere.
func (w *world) yearAfter() error {
	list, err := w.projects(w.over)
	if err != nil {
		return err
	}
	for i, t := range map[int]outcome.Told{
		1: {State: outcome.Spread, Words: "Deux autres services ont repris les règles d'usage.", Learnt: "Ce qui se transmet, ce sont les règles plus que l'outil."},
		3: {State: outcome.Stopped, Words: "Personne n'a pu reprendre le projet, et le besoin a changé.", Learnt: "Nommer deux personnes dès le début.", Handed: "Le service qui voudrait le reprendre"},
	} {
		v, err := w.app.Outcomes.Read(w.ctx, list[i].by, list[i].ID)
		if err != nil {
			return err
		}
		t.Words, t.Learnt, t.Version = typography.Replace(t.Words), typography.Replace(t.Learnt), v.Version()
		if err := w.app.Outcomes.Tell(w.ctx, list[i].by, list[i].ID, t); err != nil {
			return fmt.Errorf("say what became of %s: %w", list[i].Title, err)
		}
	}
	return nil
}
