package demo

import (
	"fmt"

	"transformateur/internal/demo"
	"transformateur/internal/policy"
	"transformateur/internal/showcase"
)

// planShowcase puts projects of the edition that is over in the showcase.
func (w *world) planShowcase() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.day(-110, 10, 0), w.exhibit)
}

// exhibited is what a team writes of its project for the public, besides what it applied with.
type exhibited struct{ story, tried, gave, themes, links string }

var sheets = []exhibited{
	{"Récit inventé pour la démonstration. Tout est parti d'un fichier que deux personnes seulement savaient ouvrir. L'équipe a voulu un outil que l'on apprend en une heure.",
		"Trois versions en deux mois, dont une que personne n'ouvrait. La dernière a été dessinée avec celles et ceux qui s'en servent.", "Trois services s'en servent **chaque jour**.",
		"Organisation du travail\nTransmission", "Le guide de l'équipe https://guide.example"},
	{"Récit inventé pour la démonstration. Écrire à plusieurs prenait trois semaines, surtout à attendre.",
		"Une règle simple, essayée sur un seul document : chacun dit quand il a fini, et personne ne relit avant.", "Les règles d'usage, écrites par les équipes, ont été reprises par **deux autres services**.",
		"Organisation du travail\nExpression", ""},
	{"Récit inventé pour la démonstration. L'équipe pensait avoir besoin d'un logiciel.",
		"Le logiciel n'a pas servi. Les réunions préparées à plusieurs, si.", "Une façon de préparer les dossiers ensemble, qui continue sans l'outil.",
		"Expression", "Ce que nous avons appris https://appris.example"},
}

// exhibit has three teams write their sheets and two of them published, on the page of their
// edition, which is open; the programme gives two resources.
func (w *world) exhibit() error {
	lead := w.as("lead")
	if err := w.grant("communications", "communications", policy.Ref{Kind: "programme", ID: string(w.programme)}); err != nil {
		return err
	}
	list, err := w.projects(w.over)
	if err != nil {
		return err
	}
	for i, in := range sheets {
		if err := w.exhibits(list[i], w.over.files[i].project, in, i < 2); err != nil {
			return fmt.Errorf("put %s in the showcase: %w", list[i].Title, err)
		}
	}
	awa := w.as("communications")
	if err := w.app.Showcase.Write(w.ctx, awa, w.over.edition, showcase.Room{Figures: showcase.Countable}); err != nil {
		return err
	}
	if err := w.app.Showcase.Dates(w.ctx, lead, w.over.edition, showcase.Opening{At: w.clock.Now(), Version: 2}); err != nil {
		return err
	}
	for _, g := range []showcase.Given{
		{Kind: "guide", Title: typography.Replace("Préparer une écoute de terrain"), About: typography.Replace("Six questions à poser avant d'écrire une ligne de code."), Author: "Agence fictive", Language: "fr", Licence: "etalab-2.0", Link: "https://guide.example/ecoute"},
		{Kind: "talk", Title: "What a team learns by stopping", Author: "Agence fictive", Language: "en", Licence: "cc-by-4.0", Link: "https://talk.example/stopping"},
	} {
		id, err := w.app.Showcase.Add(w.ctx, awa, w.programme, g, showcase.Sent{})
		if err == nil {
			err = w.app.Showcase.Move(w.ctx, awa, w.programme, id, showcase.Published)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exhibits has the owner of a project write its sheet, agree to all but the contact, and
// propose it; communications clears it and publishes it when told.
func (w *world) exhibits(p carried, applied demo.Project, in exhibited, published bool) error {
	owner := p.by
	values := map[showcase.Name]string{showcase.Title: p.Title, showcase.Sentence: applied.Pitch, showcase.Story: in.story, showcase.Tried: in.tried, showcase.Gave: in.gave,
		showcase.Organisation: applied.Organisation, showcase.Region: "28", showcase.Themes: in.themes, showcase.Links: in.links, showcase.Contact: "equipe@projet.invalid"}
	agreed := map[showcase.Name]bool{showcase.Reuse: true}
	for name, value := range values {
		values[name] = typography.Replace(value)
		agreed[name] = name != showcase.Contact
	}
	if err := w.app.Showcase.Save(w.ctx, owner, p.ID, showcase.Written{Values: values, Agreed: agreed}); err != nil {
		return err
	}
	if err := w.app.Showcase.Propose(w.ctx, owner, p.ID, 1); err != nil || !published {
		return err
	}
	awa := w.as("communications")
	if err := w.app.Showcase.Clear(w.ctx, awa, p.ID, 2); err != nil {
		return err
	}
	return w.app.Showcase.Publish(w.ctx, awa, p.ID, 3)
}
