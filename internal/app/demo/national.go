package demo

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/screening"
)

// The days of the national call, from today.
const (
	nationalOpens  = -45
	nationalCloses = -3
)

// What became of some of the national files, by their place among the projects.
const (
	staysDraft = 37 // PlaniPref, which was not carried on
	takesBack  = 55 // IA Cantines, which was given up
	isAsked    = 2  // the file of the role "corrected"
)

func (w *world) planNational(projects []demo.Project) {
	w.on(w.day(-60, 10, 0), w.openNational)
	files := bearers(10, projects, map[int]string{isAsked: "corrected"})
	w.on(w.day(nationalOpens, 9, 1), func() error { return w.meet(files) })
	w.writeNational(files)
	w.on(w.day(nationalOpens+16, 11, 5), w.reviseNational)
	w.depositNational(files)
	w.admissibility(files)
	w.corrections(files)
}

// bearers gives each project somebody who carries it; some are roles that one may take.
func bearers(first int, projects []demo.Project, roles map[int]string) []*work {
	files := make([]*work, len(projects))
	for i := range projects {
		n := first + i
		k := &work{project: projects[i], number: n, key: fmt.Sprintf("projet.%d", n), called: name(n * 5)}
		if role, ok := demo.Find(roles[i]); ok {
			k.key, k.called = role.Key, role.Name
		}
		files[i] = k
	}
	return files
}

// meet makes the accounts of those who carry projects.
func (w *world) meet(files []*work) error {
	return each(len(files), func(i int) (err error) {
		files[i].by, err = w.person(files[i].key, files[i].called)
		return err
	})
}

const nationalText = `Un **défi** part d'un problème vécu par des agents ou des usagers. Une petite équipe, accueillie dix mois dans une administration, y répond avec les personnes concernées.

## Ce que nous demandons

- un problème précis, et non une solution toute faite ;
- un accès réel au terrain ;
- une personne qui porte le défi et un mentor de haut niveau.

## Calendrier

Les dossiers sont vérifiés dans les deux semaines qui suivent la clôture, puis lus par un jury.

*Cet appel est une démonstration. Les défis sont ceux, publics, de promotions passées ; les personnes, les montants et les réponses sont inventés, et toutes les dates ont été ramenées à aujourd'hui.*`

func (w *world) openNational() error {
	lead := w.as("national-lead")
	p, err := w.app.Programmes.CreateProgramme(w.ctx, lead, programme.Programme{Agency: nationalAgency,
		Name:  programme.Words{FR: "Entrepreneurs d’intérêt général (démonstration)", EN: "Public-interest entrepreneurs (demonstration)"},
		About: programme.Words{FR: "Dix mois dans une administration pour résoudre un problème avec celles et ceux qui le vivent."}})
	if err != nil {
		return err
	}
	opens, closes := w.day(nationalOpens, 9, 0), w.day(nationalCloses, 12, 0)
	e, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: p.ID, Journey: "national-acceleration",
		Name: programme.Words{FR: "Défis d’intérêt général", EN: "Public-interest challenges"}, Theme: programme.Words{FR: "Des équipes pluridisciplinaires au service du travail des administrations", EN: "Teams of several trades for the work of public services"},
		Place: "Paris", Zone: "Europe/Paris", FirstDay: opens.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	e.About = programme.Words{FR: typography.Replace("Une promotion de démonstration : les dates ont été ramenées à aujourd'hui, et tout ce qui n'est pas un nom de projet ou d'organisation est **inventé**."), EN: "A demonstration: dates were moved to today, and everything but the names of projects and organisations is **made up**."}
	if e, err = w.app.Programmes.EditEdition(w.ctx, lead, e); err != nil {
		return err
	}
	stage, err := w.dated(lead, e, opens.Format(typed), closes.Format(typed))
	if err != nil {
		return err
	}
	if err := w.grant("officer", "officer", policy.Ref{Kind: "edition", ID: string(e.ID)}); err != nil {
		return err
	}
	c := call.Call{ID: demo.NationalCall, EditionID: string(e.ID), StageID: string(stage), Title: form.Localised{"fr": "Appel à défis (démonstration)", "en": "Call for challenges (demonstration)"},
		Summary: form.Localised{"fr": "Une équipe dix mois dans votre service, pour un problème vécu par des agents ou des usagers."},
		Text:    form.Localised{"fr": typography.Replace(nationalText)}, Zone: "Europe/Paris", OpensAt: opens, ClosesAt: closes, Target: 15,
		Legal: legal("Direction interministérielle (démonstration)", "defis@demonstration.invalid", "1, rue de l’Exemple, 75000 Paris")}
	return w.publish("national-lead", c, "detailed_sheet")
}

// typed is how a local time is written in a form.
const typed = "2006-01-02T15:04"

// publish creates a call with a ready-made form and opens it.
func (w *world) publish(lead string, c call.Call, model string) error {
	f, err := form.ReadyForm(model)
	if err != nil {
		return err
	}
	by := w.as(lead)
	if _, err := w.app.Calls.Create(w.ctx, by, c); err != nil {
		return fmt.Errorf("create the call %s: %w", c.ID, err)
	}
	if _, err := w.app.Calls.SaveForm(w.ctx, by, c.ID, f, 0); err != nil {
		return fmt.Errorf("save the form of %s: %w", c.ID, err)
	}
	if _, err := w.app.Calls.Publish(w.ctx, by, c.ID); err != nil {
		return fmt.Errorf("publish %s: %w", c.ID, err)
	}
	return w.settle()
}

// writeNational has the drafts begun over five weeks; the form is revised meanwhile.
func (w *world) writeNational(files []*work) {
	const waves = 6
	for wave := range waves {
		some := every(files, waves, wave)
		w.on(w.day(nationalOpens+2+wave*6, 9+wave, 17), func() error {
			return each(len(some), func(i int) error {
				if err := w.begin(some[i], demo.NationalCall); err != nil {
					return err
				}
				return w.fill(some[i], 1+i%2)
			})
		})
	}
	w.on(w.day(nationalCloses-10, 15, 0), func() error {
		return each(len(files), func(i int) error {
			if i == staysDraft {
				return nil
			}
			return w.carryOn(files[i])
		})
	})
}

// carryOn takes a file to the published form and answers the rest of it.
func (w *world) carryOn(k *work) error {
	f, err := w.app.Files.Open(w.ctx, k.by, k.id)
	if err != nil {
		return err
	}
	if f.Application.Revision != f.Call.Revision {
		if err := w.app.Files.Accept(w.ctx, k.by, k.id, f.Call.Revision); err != nil {
			return fmt.Errorf("carry %s over: %w", k.project.Name, err)
		}
	}
	return w.fill(k, 9)
}

// every takes one file out of so many, from a first one on.
func every(files []*work, of, first int) (some []*work) {
	for i := first; i < len(files); i += of {
		some = append(some, files[i])
	}
	return some
}

// reviseNational adds a question to the form while drafts are open.
func (w *world) reviseNational() error {
	lead := w.as("national-lead")
	_, d, err := w.app.Calls.FormDraft(w.ctx, lead, demo.NationalCall)
	if err != nil {
		return err
	}
	f := call.CopyOf(d.Form)
	at := slices.IndexFunc(f.Steps, func(s form.Step) bool { return s.ID == "challenge" })
	f.Steps[at].Fields = append(f.Steps[at].Fields, form.Field{ID: "sobriety", Type: "longtext", Settings: form.Settings{MaxLines: 5},
		Label: form.Localised{"fr": "Sobriété : de quoi pouvez-vous vous passer ?", "en": "Restraint: what can you do without?"},
		Help:  form.Localised{"fr": "Facultatif. Écrans, données, notifications : ce que vous avez choisi de ne pas faire.", "en": "Optional. Screens, data, notifications: what you chose not to make."}})
	if _, err := w.app.Calls.SaveForm(w.ctx, lead, demo.NationalCall, f, d.Version); err != nil {
		return err
	}
	if _, err := w.app.Calls.Revise(w.ctx, lead, demo.NationalCall, form.Localised{"fr": "Une question facultative sur la sobriété, demandée par plusieurs équipes.", "en": "An optional question on restraint, which several teams asked for."}); err != nil {
		return fmt.Errorf("revise the form: %w", err)
	}
	return w.settle()
}

// depositNational has the files deposited over the last days, the most on the last one.
func (w *world) depositNational(files []*work) {
	for wave, days := range []int{-9, -6, -2, -1, 0} {
		some, hour := every(files, 5, wave), 10
		if days == 0 {
			hour = 8
		}
		w.on(w.day(nationalCloses+days, hour, 20+wave), func() error {
			err := each(len(some), func(i int) error { return w.complete(some[i], some[i] == files[staysDraft]) })
			if err != nil {
				return err
			}
			return w.settle()
		})
	}
	w.on(w.day(nationalCloses, 10, 2), func() error {
		_, err := w.app.Files.Withdraw(w.ctx, files[takesBack].by, files[takesBack].id)
		return err
	})
}

// complete joins the slides to a file and deposits it, unless it stays a draft.
func (w *world) complete(k *work, draft bool) error {
	if draft {
		return nil
	}
	if err := w.attach(k, "deck", "presentation.pdf", "Le défi"); err != nil {
		return err
	}
	if k.pen(w.clock.Now()).truth("cofunding") {
		if err := w.attach(k, "simulation", "simulation-du-cout.pdf", "Simulation du coût"); err != nil {
			return err
		}
	}
	return w.deposit(k)
}

// verdicts on the files that are not admissible, by their place.
var refusals = map[int]string{
	8:  "Le dossier décrit un marché déjà notifié ; l’appel ne finance que des défis à venir.",
	19: "La structure d’accueil n’a pas confirmé l’accès au terrain.",
	26: "Le mentor indiqué a quitté le service, et personne ne le remplace.",
	33: "Le défi est le double d’un autre dossier de la même direction.",
}

// admissibility is under way: two thirds of the files have a verdict.
func (w *world) admissibility(files []*work) {
	var labels []screening.Label
	w.on(w.day(-2, 9, 0), func() (err error) {
		labels, err = w.labels()
		return err
	})
	for wave := range 3 {
		some := every(files, 3, wave)
		w.on(w.now.Add(time.Duration(wave-3)*11*time.Hour), func() error {
			return each(len(some)*3/4, func(i int) error { return w.check(some[i], slices.Index(files, some[i]), labels) })
		})
	}
}

// check gives a verdict on a file and labels it, if it has anything to judge.
func (w *world) check(k *work, at int, labels []screening.Label) error {
	if at == staysDraft || at == takesBack || asked[at] != nil {
		return nil
	}
	officer, v := w.as("officer"), screening.Verdict{Verdict: screening.Admissible}
	if why := refusals[at]; why != "" {
		v = screening.Verdict{Verdict: screening.Inadmissible, Reason: typography.Replace(why)}
	}
	if err := w.app.Screening.Admit(w.ctx, officer, k.id, v, 0); err != nil {
		return fmt.Errorf("admit %s: %w", k.project.Name, err)
	}
	if at%3 == 0 {
		return w.app.Screening.Tag(w.ctx, officer, labels[at/3%len(labels)].ID, true, k.id)
	}
	return nil
}

func (w *world) labels() (out []screening.Label, err error) {
	for _, l := range []struct{ name, colour string }{{"À lire en premier", "blue"}, {"Données personnelles", "violet"}, {"Plusieurs structures", "green"}, {"Convention à vérifier", "amber"}} {
		label, err := w.app.Screening.AddLabel(w.ctx, w.as("officer"), demo.NationalCall, l.name, l.colour)
		if err != nil {
			return nil, err
		}
		out = append(out, label)
	}
	return out, nil
}

// asked are the corrections that the officer asks for, by the place of the file.
var asked = map[int]*application.Correction{
	isAsked: {Kind: application.Incomplete, Fields: []string{"needs", "field_access"}, Message: "Vous citez trois sites d’observation : précisez lesquels, et qui y est prêt à participer."},
	5:       {Kind: application.Incorrect, Fields: []string{"cost"}, Message: "Le coût estimé ne correspond pas à la simulation jointe. Lequel des deux est juste ?"},
	12:      {Kind: application.Outdated, Fields: []string{"period"}, Message: "La période souhaitée commence avant l’arrivée possible de l’équipe."},
	29:      {Kind: application.Incomplete, Fields: []string{"obstacles"}, Message: "Dites ce qui est prévu si la convention d’accès aux données n’est pas signée à temps."},
}

// asking are the messages of the officer, by the place of the file.
var asking = map[int]string{
	0:       "Bonjour, votre dossier est complet. Une question tout de même : le directeur du site pilote a-t-il changé ?",
	isAsked: "Bonjour, nous avons ouvert deux réponses de votre dossier. Écrivez-nous ici si la demande n'est pas claire.",
	7:       "Bonjour, pouvez-vous nous dire si la maquette peut être montrée au jury ?",
}

func (w *world) corrections(files []*work) {
	w.on(w.now.Add(-20*time.Hour), func() error {
		for _, at := range slices.Sorted(maps.Keys(asked)) {
			correction := *asked[at]
			correction.Message, correction.DueAt = typography.Replace(correction.Message), w.day(6, 12, 0)
			if err := w.app.Screening.AskCorrection(w.ctx, w.as("officer"), files[at].id, correction); err != nil {
				return fmt.Errorf("ask for a correction of %s: %w", files[at].project.Name, err)
			}
		}
		for _, at := range slices.Sorted(maps.Keys(asking)) {
			if err := w.app.Files.Send(w.ctx, w.as("officer"), files[at].id, typography.Replace(asking[at])); err != nil {
				return err
			}
		}
		return w.settle()
	})
	w.on(w.now.Add(-5*time.Hour), func() error {
		return w.app.Files.Send(w.ctx, files[0].by, files[0].id, typography.Replace("Bonjour, oui : la nouvelle directrice a confirmé son accord par courriel ce matin."))
	})
	w.on(w.now.Add(-4*time.Hour), func() error {
		answered := files[29]
		if err := w.change(answered.by, answered.id, "obstacles", "Sans convention à la date prévue, le premier essai se fera sur des données inventées, avec les mêmes équipes. Nous avons fixé au 15 du mois suivant la décision de continuer ou non. "+told); err != nil {
			return err
		}
		return w.deposit(answered)
	})
}
