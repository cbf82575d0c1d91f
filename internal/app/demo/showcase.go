package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
)

// planShowcase puts projects of the regional edition in the showcase.
func (w *world) planShowcase() {
	if w.moment != Confirmed {
		return
	}
	w.on(w.now.Add(-130*time.Minute), w.exhibit)
}

// exhibited is what a team writes of its project for the public.
type exhibited struct {
	sentence, story, tried, gave, organisation, region, themes, links string
}

var sheets = []exhibited{
	{"Un carnet partagé pour que l'équipe du matin sache ce que celle du soir a fait.", "Tout est parti d'un cahier perdu. L'équipe a voulu un outil que l'on ouvre debout, avec des gants, en dix secondes.",
		"Trois versions en deux mois, dont une sur tablette que personne n'ouvrait. La dernière tient sur un écran fixe, à l'entrée de l'atelier.", "Les consignes oubliées sont passées de **neuf à deux par semaine**.",
		"Association fictive des ateliers", "28", "Organisation du travail\nTransmission", "Le carnet https://carnet.example"},
	{"Des réunions d'équipe plus courtes, préparées par celles et ceux qui font le travail.", "Une petite entreprise de services où les réunions du lundi duraient deux heures.",
		"Un tour de table écrit avant la réunion, puis une règle simple : on ne parle que de ce qui bloque.", "La réunion dure quarante minutes, et l'on en sort avec trois décisions.",
		"Entreprise fictive de services", "53", "Organisation du travail\nExpression", ""},
	{"Une carte des savoir-faire pour que chacun sache à qui demander.", "Quand deux personnes sont parties à la retraite la même année, l'équipe a mesuré ce qu'elle ne savait plus faire.",
		"Des entretiens à deux, filmés puis écrits. Le film n'a pas servi ; les fiches, si.", "Quarante fiches, relues chaque trimestre.",
		"Coopérative fictive", "28", "Transmission", "Les fiches https://savoirs.example"},
}

// exhibit has three teams write their sheets and two of them published, on the page of their
// edition, which is open; the programme gives two resources.
func (w *world) exhibit() error {
	lead := w.as("lead")
	if err := w.grant("communications", "communications", policy.Ref{Kind: "programme", ID: string(w.programme)}); err != nil {
		return err
	}
	list, err := w.app.Projects.List(w.ctx, lead, w.edition)
	if err != nil {
		return err
	}
	done := 0
	for _, o := range list {
		owner, err := w.ownerOf(o.Project)
		if err != nil {
			return err
		}
		if owner.ID == "" || done == len(sheets) {
			continue
		}
		if err := w.exhibits(owner, o.Project, sheets[done], done < 2); err != nil {
			return fmt.Errorf("put project %d in the showcase: %w", done, err)
		}
		done++
	}
	awa := w.as("communications")
	if err := w.app.Showcase.Write(w.ctx, awa, w.edition, showcase.Room{Figures: showcase.Countable}); err != nil {
		return err
	}
	if err := w.app.Showcase.Dates(w.ctx, lead, w.edition, showcase.Opening{At: w.clock.Now(), Version: 2}); err != nil {
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

// ownerOf finds who owns a project, nobody for one that was written down by hand.
func (w *world) ownerOf(p project.Project) (account.User, error) {
	held, err := w.app.Policy.Holders(w.ctx, w.app.DB.Reader(), policy.Ref{Kind: "project", ID: string(p.ID)})
	for _, h := range held {
		if h.Relation == "owner" {
			return account.User{ID: account.PersonID(h.SubjectID)}, err
		}
	}
	return account.User{}, err
}

// exhibits has the owner of a project write its sheet, agree to all but the contact, and
// propose it; communications clears it and publishes it when told.
func (w *world) exhibits(owner account.User, p project.Project, in exhibited, published bool) error {
	values := map[showcase.Name]string{showcase.Title: p.Title, showcase.Sentence: in.sentence, showcase.Story: in.story, showcase.Tried: in.tried, showcase.Gave: in.gave,
		showcase.Organisation: in.organisation, showcase.Region: in.region, showcase.Themes: in.themes, showcase.Links: in.links, showcase.Contact: "equipe@projet.invalid"}
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
