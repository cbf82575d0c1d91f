package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/demo"
	"transformateur/internal/form"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The days of the second edition's call, from today: it was to close in two days, and was extended.
const (
	secondOpens  = -21
	secondWas    = 2
	secondCloses = 9
)

// The places of the second edition's files among the projects.
const (
	campus = iota
	archives
	kerJoseph
	signals
	ties
	local
	school
	library
	machine
)

const secondAbout = `La deuxième édition normande a bien été annoncée pour 2019. Son thème et ses dates sont **inventés pour la démonstration**, et les dossiers sont écrits à partir de projets d'autres programmes.

## Deux jours ensemble

Les équipes retenues alternent travail seul, travail à plusieurs, apports et temps libres. Chacune est suivie par une marraine ou un parrain.`

const secondText = `Vous menez un projet où le **numérique** change le travail : un outil, une organisation, une façon de se parler. Vous voulez qu'il serve aussi celles et ceux qui travaillent.

## Qui peut répondre

Entreprises, associations, organismes publics, fédérations et cabinets, en Normandie ou avec un terrain en Normandie. Une idée suffit : un projet peu avancé n'est pas un handicap.

## Ce que nous proposons

- deux jours pour approfondir le projet, avec d'autres équipes ;
- une marraine ou un parrain ;
- un relais vers les aides de la région.

## Comment répondre

Comptez deux à trois heures. Vous pouvez écrire à plusieurs, vous arrêter et reprendre. Le dépôt se fait en une fois ; vous recevez un accusé de réception signé.

*Cet appel est une démonstration : ne déposez rien de personnel.*`

func (w *world) planSecond(projects []demo.Project) {
	var edition programme.EditionID
	var stage programme.StageID
	w.on(w.day(-40, 10, 0), func() (err error) {
		edition, stage, err = w.openSecond()
		return err
	})
	w.on(w.day(-24, 14, 0), func() error { return w.publishSecond(edition, stage) })
	files := bearers(1, projects, map[int]string{campus: "owner"})
	w.on(w.day(secondOpens, 10, 0), func() error { return w.meet(files) })
	w.beginSecond(files)
	w.gatherTeam(files[campus])
	w.questions(files)
	w.on(w.day(-5, 17, 30), w.extend)
	w.depositSecond(files)
	w.lastDay(files)
}

func (w *world) openSecond() (programme.EditionID, programme.StageID, error) {
	lead := w.as("lead")
	opens := w.day(secondOpens, 9, 0)
	e, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: w.programme, Journey: "regional-edition", Name: programme.Words{FR: "Normandie 2", EN: "Normandy 2"},
		Theme: programme.Words{FR: typography.Replace("Travailler à distance les uns des autres : quels outils, quelles règles, quelle place pour la discussion ?"), EN: "Working away from one another: which tools, which rules, what room for discussion?"},
		Place: "Le Dôme, Caen", Territory: "region:28", Zone: "Europe/Paris", FirstDay: opens.Format(time.DateOnly)})
	if err != nil {
		return "", "", err
	}
	e.About = programme.Words{FR: typography.Replace(secondAbout), EN: "A second edition in Normandy was announced for 2019. Its theme and dates are **made up for the demonstration**, and the files are written from projects of other programmes."}
	if e, err = w.app.Programmes.EditEdition(w.ctx, lead, e); err != nil {
		return "", "", err
	}
	stage, err := w.dated(lead, e, opens.Format(typed), w.day(secondCloses, 12, 0).Format(typed))
	if err != nil {
		return "", "", err
	}
	return e.ID, stage, w.grant("communications", "communications", policy.Ref{Kind: "edition", ID: string(e.ID)})
}

func (w *world) publishSecond(edition programme.EditionID, stage programme.StageID) error {
	return w.publish("lead", call.Call{ID: demo.OpenCall, EditionID: string(edition), StageID: string(stage), Title: form.Localised{"fr": "Transformateur numérique, deuxième édition en Normandie", "en": "Digital transformer, second edition in Normandy"},
		Summary: form.Localised{"fr": "Deux jours d’accélération à Caen pour des projets où le numérique sert le travail.", "en": "Two days in Caen for projects in which digital tools serve work."},
		Text:    form.Localised{"fr": typography.Replace(secondText)}, Zone: "Europe/Paris", OpensAt: w.day(secondOpens, 9, 0), ClosesAt: w.day(secondWas, 12, 0), Target: 13,
		Legal: legal("Aract Normandie (démonstration)", "normandie@demonstration.invalid", "Le Dôme, 3, esplanade Stéphane-Hessel, 14000 Caen")}, "regional")
}

// beginSecond opens the drafts and writes as much as each team had written by now.
func (w *world) beginSecond(files []*work) {
	steps := map[int]int{campus: 6, archives: 9, kerJoseph: 9, signals: 9, ties: 4, local: 2, school: 9, library: 9, machine: 0}
	for wave := range 3 {
		some := every(files, 3, wave)
		w.on(w.day(secondOpens+2+4*wave, 10+wave, 42), func() error {
			return each(len(some), func(i int) error {
				if err := w.begin(some[i], demo.OpenCall); err != nil {
					return err
				}
				if n := steps[wave+3*i]; n > 0 {
					return w.fill(some[i], n)
				}
				return nil
			})
		})
	}
}

// members of the Campus file besides its owner, and their roles.
var members = []struct{ who, role, message string }{
	{"coauthor", "editor", "Merci de rejoindre le dossier."},
	{"signatory", "signatory", "Merci de rejoindre le dossier, et de le signer le moment venu."},
	{"helper", "helper", "Aide à la rédaction du budget, jusqu’au dépôt."},
	{"reader", "reader", "Pour que vous puissiez relire."},
}

// gatherTeam invites the people of the Campus file, who accept, comment and disagree.
func (w *world) gatherTeam(k *work) {
	w.on(w.day(secondOpens+13, 11, 0), func() error {
		for _, m := range members {
			if err := w.app.Files.Invite(w.ctx, k.by, k.id, m.who+"@demonstration.invalid", m.role, m.message); err != nil {
				return fmt.Errorf("invite %s: %w", m.who, err)
			}
		}
		return nil
	})
	w.on(w.day(secondOpens+13, 14, 12), w.accept)
	w.on(w.day(-4, 16, 8), func() error {
		for _, c := range []struct{ who, field, body string }{
			{"coauthor", "problem", "Je raccourcirais la deuxième phrase : le comité connaît déjà les coopératives."},
			{"signatory", "", "Je signerai le dossier dès que le budget sera équilibré."},
			{"helper", "team", "Il manque la part de temps de la personne qui anime le réseau."},
			{"owner", "problem", "D'accord, je reprends demain."},
		} {
			w.clock.Advance(7 * time.Minute)
			if err := w.app.Files.Comment(w.ctx, w.as(c.who), k.id, c.field, typography.Replace(c.body)); err != nil {
				return err
			}
		}
		return nil
	})
	w.on(w.now.Add(-26*time.Hour), func() error { return w.disagree(k) })
}

// accept has everybody take up what was offered to her.
func (w *world) accept() error {
	for _, m := range members {
		by := w.as(m.who)
		offers, err := w.app.Accounts.MyInvitations(w.ctx, by)
		if err != nil {
			return err
		}
		for _, offer := range offers {
			if _, err := w.app.Accounts.AcceptInvitation(w.ctx, by, offer.ID, account.Acceptance{}); err != nil {
				return fmt.Errorf("accept for %s: %w", m.who, err)
			}
		}
	}
	return nil
}

// disagree has two people write the same answer at once: both texts wait for a choice.
func (w *world) disagree(k *work) error {
	owner, coauthor := w.as("owner"), w.as("coauthor")
	f, err := w.app.Files.Open(w.ctx, owner, k.id)
	if err != nil {
		return err
	}
	base := f.Answers["summary"].Version
	texts := []struct {
		by   account.User
		text string
	}{
		{coauthor, "Un campus en ligne commun à 74 coopératives d'activité et d'emploi, pour que les entrepreneurs salariés partagent leurs ressources. " + told},
		{owner, "Passer d'une feuille de route numérique à un campus commun : 74 coopératives mettent en partage leurs outils, leurs savoirs et leurs appuis. " + told},
	}
	for _, t := range texts {
		w.clock.Advance(4 * time.Minute)
		if err := w.save(t.by, k.id, application.Edit{Field: "summary", Base: base, Value: typography.Replace(t.text)}); err != nil {
			return err
		}
	}
	return nil
}

// queries are what people ask of the team, and the answers; "" waits for one.
var queries = []struct {
	public           bool
	question, answer string
}{
	{true, "Une association peut-elle répondre avec deux structures partenaires ?", "Oui. Une seule structure dépose le dossier ; les autres sont décrites dans la question « Partenaires »."},
	{true, "Faut-il avoir déjà choisi un outil ?", "Non, au contraire : un projet qui part d'une situation de travail nous intéresse davantage."},
	{false, "Notre directrice part en congé : une autre personne peut-elle signer ?", "Oui, invitez cette personne dans le dossier avec le rôle de signataire."},
	{true, "Les frais de déplacement à Caen sont-ils pris en charge ?", ""},
}

func (w *world) questions(files []*work) {
	for i, q := range queries {
		var asked call.Question
		w.on(w.day(-12+3*i, 9, 30), func() (err error) {
			asked, err = w.app.Calls.Ask(w.ctx, files[(i+1)%len(files)].by, demo.OpenCall, typography.Replace(q.question), q.public)
			return err
		})
		if q.answer == "" {
			continue
		}
		w.on(w.day(-11+3*i, 11, 50), func() error {
			_, err := w.app.Calls.Answer(w.ctx, w.as("lead"), demo.OpenCall, call.Reply{Question: asked.ID, Text: typography.Replace(q.answer), Public: q.public, Base: asked.Version})
			return err
		})
	}
}

func (w *world) extend() error {
	_, err := w.app.Calls.Extend(w.ctx, w.as("lead"), demo.OpenCall, w.day(secondCloses, 12, 0), typography.Replace("Plusieurs équipes attendent une réponse de leur direction : une semaine de plus pour toutes."))
	if err != nil {
		return fmt.Errorf("extend: %w", err)
	}
	return w.settle()
}

// depositSecond has four files deposited.
func (w *world) depositSecond(files []*work) {
	for i, at := range []int{archives, kerJoseph, school, signals} {
		k := files[at]
		w.on(w.day(-5+i, 11+i, 3), func() error {
			if at != school {
				if err := w.attach(k, "pitch", "presentation.pdf", "Le projet"); err != nil {
					return err
				}
			}
			if err := w.deposit(k); err != nil {
				return err
			}
			return w.settle()
		})
	}
}

// lastDay is what happened since yesterday: a file is replaced, another withdrawn.
func (w *world) lastDay(files []*work) {
	again, gone := files[kerJoseph], files[school]
	w.on(w.now.Add(-9*time.Hour), func() error {
		if err := w.app.Files.Reopen(w.ctx, again.by, again.id); err != nil {
			return err
		}
		return w.change(again.by, again.id, "needs_detail", "Une aide pour animer la discussion entre les soignantes et l'encadrement, avant d'étendre la télégestion. "+told)
	})
	w.on(w.now.Add(-8*time.Hour), func() error { return w.deposit(again) })
	w.on(w.now.Add(-6*time.Hour), func() error {
		_, err := w.app.Files.Withdraw(w.ctx, gone.by, gone.id)
		return err
	})
	w.on(w.now.Add(-2*time.Hour), func() error {
		return w.app.Files.Comment(w.ctx, w.as("coauthor"), files[campus].id, "summary", typography.Replace("Nos deux résumés se sont croisés : on garde le tien, avec mon chiffre ?"))
	})
}
