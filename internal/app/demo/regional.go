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

// The days of the regional call, from today: it was to close in two days, and was extended.
const (
	regionalOpens  = -21
	regionalWas    = 2
	regionalCloses = 9
)

// The places of the regional files among the projects.
const (
	campus = iota
	cnam
	kerJoseph
	equipment
	connected
	dialogue
	bonnet
	instants
	factory
)

const regionalAbout = `Cette édition a eu lieu en 2018. Son thème, son lieu et les organisations qui l'ont portée sont réels. **Pour la démonstration, ses dates ont été ramenées à aujourd'hui**, et les dossiers sont écrits à partir de projets d'autres programmes.

## Comité de sélection

- Aract Normandie
- Direccte Normandie
- Région Normandie
- AD Normandie, agence de développement pour la Normandie
- Direction régionale aux droits des femmes et à l'égalité
- Filière Normandie Web Experts (NWX), devenue depuis Normandie Numérique

## Deux jours au Dôme

Les équipes retenues alternent travail seul, travail à plusieurs, apports et temps libres. Chacune est suivie par une marraine ou un parrain.`

const regionalText = `Vous menez un projet où le **numérique** change le travail : un outil, une organisation, une façon de se parler. Vous voulez qu'il serve aussi celles et ceux qui travaillent.

## Qui peut répondre

Entreprises, associations, organismes publics, fédérations et cabinets, en Normandie ou avec un terrain en Normandie. Une idée suffit : un projet peu avancé n'est pas un handicap.

## Ce que nous proposons

- deux jours pour approfondir le projet, avec d'autres équipes ;
- une marraine ou un parrain ;
- un relais vers les aides de la région.

## Comment répondre

Comptez deux à trois heures. Vous pouvez écrire à plusieurs, vous arrêter et reprendre. Le dépôt se fait en une fois ; vous recevez un accusé de réception signé.

*Cet appel est une démonstration : ne déposez rien de personnel.*`

func (w *world) playRegional(projects []demo.Project) error {
	if err := w.openRegional(); err != nil {
		return err
	}
	files, err := w.bearers("regional", projects, map[int]string{campus: "owner"})
	if err != nil {
		return err
	}
	for _, scene := range []func([]*work) error{w.beginRegional, w.gatherTeam, w.questions, w.extend, w.depositRegional, w.lastDay} {
		if err := scene(files); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) openRegional() error {
	w.until(w.day(-40, 10, 0))
	lead := w.as("lead")
	p, err := w.app.Programmes.CreateProgramme(w.ctx, lead, programme.Programme{Agency: regionalAgency, Name: programme.Words{FR: "Transformateur numérique", EN: "Digital transformer"},
		About: programme.Words{FR: "Un accélérateur de projets où le numérique améliore le travail.", EN: "An accelerator for projects in which digital tools make work better."}})
	if err != nil {
		return err
	}
	opens := w.day(regionalOpens, 9, 0)
	e, err := w.app.Programmes.CreateEdition(w.ctx, lead, programme.NewEdition{Programme: p.ID, Journey: "regional-edition", Name: programme.Words{FR: "Normandie 2018", EN: "Normandy 2018"},
		Theme: programme.Words{FR: typography.Replace("Transformation numérique et conduite du changement : quels impacts sur le management, les RH et l’implication des salariés ?"), EN: "Digital change and how it is led: what does it do to management, HR and the involvement of staff?"},
		Place: "Le Dôme, Caen", Territory: "region:28", Zone: "Europe/Paris", FirstDay: opens.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	e.About = programme.Words{FR: typography.Replace(regionalAbout), EN: "This edition took place in 2018. Its theme, place and organisations are real; **for the demonstration its dates were moved to today**, and the files are written from projects of other programmes."}
	if e, err = w.app.Programmes.EditEdition(w.ctx, lead, e); err != nil {
		return err
	}
	stage, err := w.dated(lead, e, opens.Format(typed), w.day(regionalCloses, 12, 0).Format(typed))
	if err != nil {
		return err
	}
	if err := w.grant("communications", "communications", policy.Ref{Kind: "edition", ID: string(e.ID)}); err != nil {
		return err
	}
	w.until(w.day(-24, 14, 0))
	return w.publish("lead", call.Call{ID: demo.RegionalCall, EditionID: string(e.ID), StageID: string(stage), Title: form.Localised{"fr": "Transformateur numérique, spécial Normandie", "en": "Digital transformer, Normandy edition"},
		Summary: form.Localised{"fr": "Deux jours d’accélération à Caen pour des projets où le numérique sert le travail.", "en": "Two days in Caen for projects in which digital tools serve work."},
		Text:    form.Localised{"fr": typography.Replace(regionalText)}, Zone: "Europe/Paris", OpensAt: opens, ClosesAt: w.day(regionalWas, 12, 0), Target: 13,
		Legal: legal("Aract Normandie (démonstration)", "normandie@demonstration.invalid", "Le Dôme, 3, esplanade Stéphane-Hessel, 14000 Caen")}, "regional")
}

// beginRegional opens the drafts and writes as much as each team had written by now.
func (w *world) beginRegional(files []*work) error {
	steps := map[int]int{campus: 6, cnam: 9, kerJoseph: 9, equipment: 9, connected: 4, dialogue: 2, bonnet: 9, instants: 9, factory: 0}
	for wave := range 3 {
		w.until(w.day(regionalOpens+2+4*wave, 10+wave, 42))
		some := every(files, 3, wave)
		err := each(len(some), func(i int) error {
			if err := w.begin(some[i], demo.RegionalCall); err != nil {
				return err
			}
			if n := steps[wave+3*i]; n > 0 {
				return w.fill(some[i], n)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// gatherTeam invites the people of the Campus file, who accept, comment and disagree.
func (w *world) gatherTeam(files []*work) error {
	k, owner := files[campus], w.as("owner")
	w.until(w.day(regionalOpens+13, 11, 0))
	for who, role := range map[string]string{"coauthor": "editor", "signatory": "signatory", "helper": "helper", "reader": "reader"} {
		message := "Merci de rejoindre le dossier."
		if role == "helper" {
			message = "Aide à la rédaction du budget, jusqu’au dépôt."
		}
		if err := w.app.Files.Invite(w.ctx, owner, k.id, who+"@demonstration.invalid", role, message); err != nil {
			return fmt.Errorf("invite %s: %w", who, err)
		}
	}
	w.clock.Advance(3 * time.Hour)
	for _, who := range []string{"coauthor", "signatory", "helper", "reader"} {
		by := w.as(who)
		offers, err := w.app.Accounts.MyInvitations(w.ctx, by)
		if err != nil {
			return err
		}
		for _, offer := range offers {
			if _, err := w.app.Accounts.AcceptInvitation(w.ctx, by, offer.ID, account.Acceptance{}); err != nil {
				return fmt.Errorf("accept for %s: %w", who, err)
			}
		}
	}
	w.until(w.day(-4, 16, 8))
	for _, c := range []struct{ who, field, body string }{
		{"coauthor", "problem", "Je raccourcirais la deuxième phrase : le comité connaît déjà les coopératives."},
		{"signatory", "", "Je signerai le dossier dès que le budget sera équilibré."},
		{"helper", "team", "Il manque la part de temps de la personne qui anime le réseau."},
		{"owner", "problem", "D'accord, je reprends demain."},
	} {
		if err := w.app.Files.Comment(w.ctx, w.as(c.who), k.id, c.field, typography.Replace(c.body)); err != nil {
			return err
		}
	}
	return w.disagree(k)
}

// disagree has two people write the same answer at once: both texts wait for a choice.
func (w *world) disagree(k *work) error {
	w.until(w.now.Add(-26 * time.Hour))
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

// questions are asked of the team, in public and in private, and answered but for the last.
func (w *world) questions(files []*work) error {
	for i, q := range []struct {
		public           bool
		question, answer string
	}{
		{true, "Une association peut-elle répondre avec deux structures partenaires ?", "Oui. Une seule structure dépose le dossier ; les autres sont décrites dans la question « Partenaires »."},
		{true, "Faut-il avoir déjà choisi un outil ?", "Non, au contraire : un projet qui part d'une situation de travail nous intéresse davantage."},
		{false, "Notre directrice part en congé : une autre personne peut-elle signer ?", "Oui, invitez cette personne dans le dossier avec le rôle de signataire."},
		{true, "Les frais de déplacement à Caen sont-ils pris en charge ?", ""},
	} {
		w.until(w.day(-12+3*i, 9, 30))
		asked, err := w.app.Calls.Ask(w.ctx, files[(i+1)%len(files)].by, demo.RegionalCall, typography.Replace(q.question), q.public)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		if q.answer == "" {
			continue
		}
		w.clock.Advance(26 * time.Hour)
		if _, err := w.app.Calls.Answer(w.ctx, w.as("lead"), demo.RegionalCall, call.Reply{Question: asked.ID, Text: typography.Replace(q.answer), Public: q.public, Base: asked.Version}); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}

func (w *world) extend([]*work) error {
	w.until(w.day(-5, 17, 30))
	_, err := w.app.Calls.Extend(w.ctx, w.as("lead"), demo.RegionalCall, w.day(regionalCloses, 12, 0), typography.Replace("Plusieurs équipes attendent une réponse de leur direction : une semaine de plus pour toutes."))
	if err != nil {
		return fmt.Errorf("extend: %w", err)
	}
	return w.settle()
}

// depositRegional has four files deposited; one is replaced, another withdrawn.
func (w *world) depositRegional(files []*work) error {
	for i, at := range []int{cnam, kerJoseph, bonnet, equipment} {
		w.until(w.day(-4+i, 11+i, 3))
		k := files[at]
		if at != bonnet {
			if err := w.attach(k, "pitch", "presentation.pdf", "Le projet"); err != nil {
				return err
			}
		}
		if err := w.deposit(k); err != nil {
			return err
		}
		if err := w.settle(); err != nil {
			return err
		}
	}
	return nil
}

// lastDay is what happened since yesterday.
func (w *world) lastDay(files []*work) error {
	w.until(w.now.Add(-9 * time.Hour))
	again := files[kerJoseph]
	if err := w.app.Files.Reopen(w.ctx, again.by, again.id); err != nil {
		return err
	}
	if err := w.change(again.by, again.id, "needs_detail", "Une aide pour animer la discussion entre les soignantes et l'encadrement, avant d'étendre la télégestion. "+told); err != nil {
		return err
	}
	w.clock.Advance(20 * time.Minute)
	if err := w.deposit(again); err != nil {
		return err
	}
	w.until(w.now.Add(-6 * time.Hour))
	if _, err := w.app.Files.Withdraw(w.ctx, files[bonnet].by, files[bonnet].id); err != nil {
		return err
	}
	w.until(w.now.Add(-2 * time.Hour))
	return w.app.Files.Comment(w.ctx, w.as("coauthor"), files[campus].id, "summary", typography.Replace("Nos deux résumés se sont croisés : on garde le tien, avec mon chiffre ?"))
}
