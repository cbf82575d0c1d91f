package demo

import (
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/demo"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// The agencies, as the addresses of the program name them.
const (
	regionalAgency = "aract-normandie"
	nationalAgency = "direction-interministerielle-demonstration"
)

// panel are the organisations that chose the projects of the Normandie edition of
// 2018, by the names that they had then.
var panel = []account.Description{
	{Name: "Aract Normandie", Kind: account.Association, Territory: "region:28"},
	{Name: "Direccte Normandie", Kind: account.StateService, Territory: "region:28"},
	{Name: "Région Normandie", Kind: account.PublicBody, Territory: "region:28"},
	{Name: "AD Normandie (Agence de développement pour la Normandie)", Kind: account.Association, Territory: "region:28"},
	{Name: "Direction régionale aux droits des femmes et à l’égalité", Kind: account.StateService, Territory: "region:28"},
	{Name: "Normandie Numérique", Kind: account.Federation, Territory: "region:28"},
}

// open makes the people, the organisations and the agencies.
func (w *world) open() error {
	err := each(len(demo.Roles), func(i int) error {
		_, err := w.person(demo.Roles[i].Key, demo.Roles[i].Name)
		return err
	})
	if err != nil {
		return err
	}
	for who, relation := range map[string]string{"admin": "admin", "dpo": "dpo", "auditor": "auditor"} {
		if err := w.grant(who, relation, policy.Platform.Ref); err != nil {
			return err
		}
	}
	first, err := w.organisations()
	if err != nil {
		return err
	}
	if err := w.agency(programme.Agency{Organisation: string(first), Name: programme.Words{FR: "Aract Normandie", EN: "Aract Normandie"}, Contact: "contact@demonstration.invalid",
		About: programme.Words{FR: "L’association régionale pour l’amélioration des conditions de travail. Cette page est une **démonstration** : l’Aract Normandie ne l’a pas écrite.", EN: "The regional association for better working conditions. This page is a **demonstration**: Aract Normandie did not write it."}},
		regionalAgency, "lead"); err != nil {
		return err
	}
	if err := w.grant("region", "region", policy.Ref{Kind: "agency", ID: regionalAgency}); err != nil {
		return err
	}
	return w.agency(programme.Agency{Name: programme.Words{FR: "Direction interministérielle (démonstration)", EN: "Interministerial directorate (demonstration)"}, Contact: "contact@demonstration.invalid",
		About: programme.Words{FR: "Une agence **fictive**, qui tient ici un appel sur le modèle public des Entrepreneurs d’intérêt général.", EN: "A **fictitious** agency, running here a call modelled on the public one of the Entrepreneurs d’intérêt général."}},
		nationalAgency, "national-lead")
}

// organisations fills the directory; the first of the committee is the regional agency's.
func (w *world) organisations() (first account.OrganisationID, err error) {
	ids := make([]account.OrganisationID, len(panel))
	for i, d := range panel {
		if ids[i], err = w.app.Accounts.CreateOrganisation(w.ctx, account.System, d, ""); err != nil {
			return "", fmt.Errorf("add %s: %w", d.Name, err)
		}
	}
	w.houses = ids
	before := account.Description{Name: "Filière Normandie Web Experts (NWX)", Kind: account.Federation, Territory: "region:28", Successor: ids[5]}
	if w.former, err = w.app.Accounts.CreateOrganisation(w.ctx, account.System, before, ""); err != nil {
		return "", fmt.Errorf("add %s: %w", before.Name, err)
	}
	return ids[0], nil
}

// agency opens an agency, as the platform's administrator, and gives it its lead.
func (w *world) agency(a programme.Agency, id programme.AgencyID, lead string) error {
	a, err := w.app.Programmes.CreateAgency(w.ctx, w.as("admin"), a, false)
	if err != nil {
		return fmt.Errorf("open %s: %w", id, err)
	}
	if a.ID != id {
		return fmt.Errorf("the agency %s is called %s", id, a.ID)
	}
	return w.grant(lead, "lead", policy.Ref{Kind: "agency", ID: string(id)})
}

// dated gives the call stage of an edition the dates of its call, and publishes the edition.
func (w *world) dated(by account.User, e programme.Edition, opens, closes string) (stage programme.StageID, err error) {
	all, err := w.app.Programmes.Edition(w.ctx, by, e.ID)
	if err != nil {
		return "", err
	}
	form := programme.FormOf(all.Edition, all.Stages[0])
	form.Opens, form.Closes = opens, closes
	if _, err := w.app.Programmes.EditStage(w.ctx, by, e.ID, form); err != nil {
		return "", fmt.Errorf("date the call of %s: %w", e.ID, err)
	}
	return all.Stages[0].ID, w.app.Programmes.PublishEdition(w.ctx, by, e.ID)
}
