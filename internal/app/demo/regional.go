package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
)

// The days of the first edition, from the opening of its call.
const (
	firstMade      = -25
	firstOpened    = 0
	firstClosed    = 30
	firstChecked   = 34
	firstConvened  = 35
	firstDeclared  = 40
	firstReading   = 43
	firstDue       = 58
	firstRoom      = 60
	firstAnnounced = 65
	firstConfirmBy = 90
)

// The places of some of the files of the first edition among its projects.
const (
	laureate   = 0  // which was retained in a real edition
	autonomy   = 1  // whose place is confirmed, and whose team is in the gathering
	hairnet    = 4  // the file of the role "refused"
	workshop   = 6  // whose team asks that a member does not read it
	debates    = 7  // whose bearer is a colleague of a member
	outOfScope = 10 // not admissible
)

// stops are the last day that is played and the day that is today, by moment.
var stops = map[Moment]struct{ last, today int }{
	Confirmed:    {firstConfirmBy, 86},
	Deliberating: {firstRoom, firstRoom},
	Reading:      {56, 57},
}

// past plans an act of the first edition, unless the demonstration begins before it.
func (w *world) past(days, hour, minute int, do func() error) {
	stop := stops[w.moment]
	if days > stop.last {
		return
	}
	w.on(w.since(days, hour, minute), func() error {
		if err := do(); err != nil {
			return err
		}
		return w.settle()
	})
}

// since is a local hour some days after the first call opened.
func (w *world) since(days, hour, minute int) time.Time {
	return w.day(days-stops[w.moment].today, hour, minute)
}

func (w *world) planFirst(projects []demo.Project) {
	files := bearers(100, projects, map[int]string{laureate: "retained", autonomy: "carrier", hairnet: "refused"})
	w.past(firstMade, 10, 0, w.openFirst)
	w.past(firstOpened+1, 10, 0, func() error { return w.meet(files) })
	for wave := range 4 {
		some := every(files, 4, wave)
		w.past(firstOpened+4+5*wave, 10+wave, 12, func() error {
			return each(len(some), func(i int) error {
				if err := w.begin(some[i], demo.RegionalCall); err != nil {
					return err
				}
				return w.fill(some[i], 9)
			})
		})
		w.past(firstClosed-7+2*wave, 9+wave, 47, func() error {
			return each(len(some), func(i int) error {
				if err := w.attach(some[i], "pitch", "presentation.pdf", "Le projet"); err != nil {
					return err
				}
				return w.deposit(some[i])
			})
		})
	}
	w.past(firstChecked, 15, 0, func() error { return w.checkFirst(files) })
	w.planCommittee(files)
	w.planReading()
	w.planBeside(files)
	w.planDeliberation()
	w.planAnnouncement()
	w.planGathering()
}

const regionalAbout = `Cette édition a eu lieu en 2018. Son thème, son lieu et les organisations qui l'ont portée sont réels. **Pour la démonstration, ses dates ont été ramenées à aujourd'hui**, et les dossiers sont écrits à partir de projets d'autres programmes. Les personnes, les lectures et les décisions sont inventées.

## Comité de sélection

- Aract Normandie
- Direccte Normandie
- Région Normandie
- AD Normandie, agence de développement pour la Normandie
- Direction régionale aux droits des femmes et à l'égalité
- Filière Normandie Web Experts (NWX), devenue depuis Normandie Numérique

## Deux jours au Dôme

Les équipes retenues alternent travail seul, travail à plusieurs, apports et temps libres. Chacune est suivie par une marraine ou un parrain.`

// regionalProgramme is the programme of all the editions of Normandie.
func (w *world) regionalProgramme() (programme.ProgrammeID, error) {
	if w.programme != "" {
		return w.programme, nil
	}
	p, err := w.app.Programmes.CreateProgramme(w.ctx, w.as("lead"), programme.Programme{Agency: regionalAgency, Name: programme.Words{FR: "Transformateur numérique", EN: "Digital transformer"},
		About: programme.Words{FR: "Un accélérateur de projets où le numérique améliore le travail.", EN: "An accelerator for projects in which digital tools make work better."}})
	w.programme = p.ID
	return p.ID, err
}

// openFirst makes the edition whose two days come, and its call.
func (w *world) openFirst() error {
	lead := w.as("lead")
	id, err := w.regionalProgramme()
	if err != nil {
		return err
	}
	opens, closes := w.since(firstOpened, 9, 0), w.since(firstClosed, 12, 0)
	e, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: id, Journey: "regional-edition", Name: programme.Words{FR: "Normandie 2018", EN: "Normandy 2018"},
		Theme: programme.Words{FR: typography.Replace("Transformation numérique et conduite du changement : quels impacts sur le management, les RH et l’implication des salariés ?"), EN: "Digital change and how it is led: what does it do to management, HR and the involvement of staff?"},
		Place: "Le Dôme, Caen", Territory: "region:28", Zone: "Europe/Paris", FirstDay: opens.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	e.About = programme.Words{FR: typography.Replace(regionalAbout), EN: "This edition took place in 2018. Its theme, place and organisations are real; **for the demonstration its dates were moved to today**, and the files are written from projects of other programmes. People, readings and decisions are made up."}
	if e, err = w.app.Programmes.EditEdition(w.ctx, lead, e); err != nil {
		return err
	}
	w.edition = e.ID
	stage, err := w.dated(lead, e, opens.Format(typed), closes.Format(typed))
	if err != nil {
		return err
	}
	return w.publish("lead", call.Call{ID: demo.RegionalCall, EditionID: string(e.ID), StageID: string(stage), Title: form.Localised{"fr": "Transformateur numérique, spécial Normandie", "en": "Digital transformer, Normandy edition"},
		Summary: form.Localised{"fr": "Deux jours d’accélération à Caen pour des projets où le numérique sert le travail.", "en": "Two days in Caen for projects in which digital tools serve work."},
		Text:    form.Localised{"fr": typography.Replace(secondText)}, Zone: "Europe/Paris", OpensAt: opens, ClosesAt: closes, Target: 13,
		Legal: legal("Aract Normandie (démonstration)", "normandie@demonstration.invalid", "Le Dôme, 3, esplanade Stéphane-Hessel, 14000 Caen")}, "regional")
}

// checkFirst gives every file its verdict.
func (w *world) checkFirst(files []*work) error {
	for i, k := range files {
		v := screening.Verdict{Verdict: screening.Admissible}
		if i == outOfScope {
			v = screening.Verdict{Verdict: screening.Inadmissible, Reason: typography.Replace("Le dossier porte sur un achat de matériel : rien n'y est dit du travail des personnes.")}
		}
		w.clock.Advance(4 * time.Minute)
		if err := w.app.Screening.Admit(w.ctx, w.as("lead"), k.id, v, 0); err != nil {
			return fmt.Errorf("admit %s: %w", k.project.Name, err)
		}
		w.entered[k.id] = k
	}
	return nil
}

// accepts takes up the last invitation that somebody received.
func (w *world) accepts(by account.User) error {
	offers, err := w.app.Accounts.MyInvitations(w.ctx, by)
	if err != nil || len(offers) == 0 {
		return fmt.Errorf("the invitation of %s: %d offers, %w", by.Name, len(offers), err)
	}
	_, err = w.app.Accounts.AcceptInvitation(w.ctx, by, offers[len(offers)-1].ID, account.Acceptance{})
	return err
}
