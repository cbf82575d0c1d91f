package demo

import (
	"time"

	"transformateur/internal/demo"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
)

// The days of the first edition's gathering, from the opening of its call: it begins the
// day after that of the demonstration.
const (
	firstGathered = 79
	firstInvited  = 80
	firstDoors    = 85
)

func (w *world) planGathering() {
	w.past(firstGathered, 10, 0, w.gather)
	w.past(firstInvited, 14, 0, w.invite)
	w.past(firstDoors, 17, 30, w.openDoors)
}

// openDoors opens the gathering: those who were asked come in, and the plan is made.
func (w *world) openDoors() error {
	if err := w.app.Gatherings.Open(w.ctx, w.as("lead"), w.gathering); err != nil {
		return err
	}
	if w.moment != Confirmed {
		return nil
	}
	if err := w.welcome(); err != nil {
		return err
	}
	return w.planDays()
}

const gatheringAbout = `Accueil dès **9 h** au rez-de-chaussée, café servi. Les deux journées finissent à 17 h.

- Le Dôme est à 10 minutes à pied de la gare.
- Les repas sont prévus sur place.
- Venez avec un téléphone chargé : tout s'écrit dessus, ou sur papier.`

// gather prepares the two days, with the projects that partners bring beside those that
// were chosen: thirteen in all, as in Normandie in 2018.
func (w *world) gather() (err error) {
	lead := w.as("lead")
	brought := []project.Sheet{{Title: "L'atelier des gestes", Summary: "Filmer les gestes du métier pour les transmettre, sans surveiller qui les fait."}}
	applying, err := demo.Projects()
	if err != nil {
		return err
	}
	for _, p := range applying.Partners {
		brought = append(brought, project.Sheet{Title: p.Name, Summary: p.Pitch})
	}
	for _, sheet := range brought {
		sheet.Title, sheet.Summary = typography.Replace(sheet.Title), typography.Replace(sheet.Summary)
		if _, err := w.app.Projects.Start(w.ctx, lead, project.Started{Edition: w.edition, Lang: "fr", Sheet: sheet}); err != nil {
			return err
		}
	}
	for _, c := range demo.Companions(0) { // those whom a visitor may be, whoever else comes
		if _, err := w.person(c.Key, c.Name); err != nil {
			return err
		}
	}
	first := w.now.In(zone.Location(zone.Default)).AddDate(0, 0, 1)
	w.gathering, err = w.app.Gatherings.Create(w.ctx, lead, w.edition, gathering.Sheet{Title: "Accélérateur des possibles", About: typography.Replace(gatheringAbout), Place: "Le Dôme, Caen", Zone: zone.Default,
		StartsOn: first.Format(time.DateOnly), EndsOn: first.AddDate(0, 0, 1).Format(time.DateOnly)})
	return err
}

// invite seats the teams, and asks an expert who has not answered.
func (w *world) invite() error {
	lead := w.as("lead")
	if _, err := w.app.Gatherings.AddTeams(w.ctx, lead, w.gathering); err != nil {
		return err
	}
	return w.app.Gatherings.Invite(w.ctx, lead, w.gathering, gathering.Invited{Email: "ergonome@demonstration.invalid", Name: "Camille Roux", Organisation: "Cabinet Geste", Role: gathering.Expert, Lang: "fr"})
}
