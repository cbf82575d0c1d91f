package demo

import (
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// planSynthesis has three partners come in, projects share some lines, a partner commit, two of them offer something, and the lead plan their meeting.
func (w *world) planSynthesis() {
	if w.moment == Confirmed {
		w.on(w.now.Add(-70*time.Minute), w.sum)
	}
}

func (w *world) sum() error {
	var all []partner.Partner
	for _, one := range []struct{ key, name, organisation string }{
		{"partner", "Élise Bruyère", "Service régional de santé au travail"}, {"partner-2", "Simon Tamaris", "Chambre régionale de l'économie sociale"}, {"partner-3", "Tessa Glycine", "Fonds d'amorçage territorial"},
	} {
		by, err := w.person(one.key, one.name)
		if err != nil {
			return err
		}
		if err := w.app.Partners.Invite(w.ctx, w.as("lead"), w.edition, partner.Asked{Email: one.key + "@demonstration.invalid", Name: one.name, Organisation: typography.Replace(one.organisation), Lang: "fr"}); err != nil {
			return err
		}
		if err := w.accepts(by); err != nil {
			return err
		}
		if _, err := w.app.Bus.Deliver(w.ctx); err != nil {
			return err
		}
		p, err := partner.As(w.ctx, w.app.DB.Reader(), w.edition, by.ID)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	list, err := project.In(w.ctx, w.app.DB.Reader(), w.edition)
	if err != nil {
		return err
	}
	// each project chooses otherwise: all partners, one of them, two of them; the second, nobody
	choices := [][]string{{synthesis.All}, {string(all[0].ID)}, {string(all[0].ID), string(all[1].ID)}}
	var first project.ID
	n := 0
	for _, p := range list {
		owner, err := w.owner(p.ID)
		if err != nil {
			return err
		}
		if owner.ID == "" {
			continue
		}
		to := choices[n%len(choices)]
		if n == 1 && owner.ID != w.as("carrier").ID {
			to = nil
		}
		if err := w.shares(owner, p.ID, to); err != nil {
			return err
		}
		if n++; first == "" {
			first = p.ID
		}
	}
	if _, err = w.app.Commitments.Make(w.ctx, w.as("partner"), w.edition, commitment.Sheet{Project: first, What: typography.Replace("Une visite de l'atelier par une ergonome, et son compte rendu."), Due: w.date(40), Contact: "Élise Bruyère"}); err != nil {
		return err
	}
	return w.offer(all, first, list)
}

// offer has two partners offer something to the first project, which accepts one, and the lead
// plan a meeting of all three.
func (w *world) offer(all []partner.Partner, first project.ID, list []project.Project) error {
	var accepted string
	for i, one := range []proposal.Sheet{
		{Kind: "place", Body: "Une salle de réunion et un atelier, les mardis.", Quantity: "deux journées par mois", Until: w.date(120)},
		{Kind: "advice", Body: "L'appui d'une juriste sur les statuts.", Quantity: "trois demi-journées"},
	} {
		shown, err := w.app.Syntheses.SharedWith(w.ctx, w.app.DB.Reader(), all[i])
		if err != nil {
			return err
		}
		for _, p := range shown {
			if needs := p.Part(synthesis.Help); p.Project == first && len(needs) > 0 {
				one.Line = needs[0].ID
			}
		}
		one.Project, one.Body = first, typography.Replace(one.Body)
		if accepted, err = w.app.Offers.Make(w.ctx, account.User{ID: all[i].Person}, w.edition, one); err != nil {
			return err
		}
	}
	owner, err := w.owner(first)
	if err != nil {
		return err
	}
	if err := w.app.Offers.Answer(w.ctx, owner, first, accepted, proposal.Answer{Accepts: true, Version: 1}); err != nil {
		return err
	}
	meeting := assembly.Sheet{Title: "Réunion des partenaires", HeldOn: w.date(60), Place: "14 h, salle du conseil"}
	for _, p := range list {
		meeting.Turns = append(meeting.Turns, assembly.Turn{Project: p.ID, Minutes: 8})
	}
	for _, p := range all {
		meeting.Partners = append(meeting.Partners, p.ID)
	}
	meeting.Place = typography.Replace(meeting.Place)
	_, err = w.app.Assemblies.Plan(w.ctx, w.as("lead"), w.edition, meeting)
	return err
}

// owner is who decides for a project, empty when nobody does yet.
func (w *world) owner(id project.ID) (account.User, error) {
	held, err := w.app.Policy.Holders(w.ctx, w.app.DB.Reader(), policy.Ref{Kind: "project", ID: string(id)})
	for _, h := range held {
		if h.Relation == "owner" {
			return account.User{ID: account.PersonID(h.SubjectID)}, nil
		}
	}
	return account.User{}, err
}

// shares writes the sheet of a project, and shares what asks for help.
func (w *world) shares(owner account.User, id project.ID, to []string) error {
	sheets, c := w.app.Syntheses, synthesis.Choice{Recipients: to, Given: map[string][]string{}}
	if _, err := sheets.Propose(w.ctx, owner, id); err != nil {
		return err
	}
	for _, words := range []synthesis.Words{
		{Part: synthesis.Brought, Body: "Deux rencontres qui changent notre façon de présenter le projet."},
		{Part: synthesis.Stands, Body: "La direction est d'accord pour un essai, les équipes demandent à en parler avant."},
		{Part: synthesis.Help, Body: "Un appui pour mener la discussion avec les équipes.", Help: "advice", Addressee: "un service de santé au travail"},
		{Part: synthesis.Next, Body: "Réunir les équipes, puis écrire ensemble les règles de l'essai."},
	} {
		words.Body = typography.Replace(words.Body)
		line, err := sheets.Add(w.ctx, owner, id, words)
		if err != nil {
			return err
		}
		if words.Part == synthesis.Help || len(to) > 0 && to[0] == synthesis.All {
			c.Given[line] = to
		}
	}
	v, err := sheets.Read(w.ctx, owner, id)
	if err != nil {
		return err
	}
	if err := sheets.Turn(w.ctx, owner, id, synthesis.Ready, v.Version); err != nil {
		return err
	}
	if v, err = sheets.Read(w.ctx, owner, id); err != nil {
		return err
	}
	c.Version = v.Version
	return sheets.Share(w.ctx, owner, id, c)
}
