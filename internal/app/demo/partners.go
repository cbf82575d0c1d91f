package demo

import (
	"fmt"

	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
)

// offer has two partners answer the need of a project that is supported, which accepts one
// of their offers, and the lead plan a meeting of all three.
func (w *world) offer() error {
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	var all []partner.Partner
	for _, key := range []string{"partner", "partner-2", "partner-3"} {
		p, err := partner.As(w.ctx, w.app.DB.Reader(), w.months.edition, w.as(key).ID)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	first, accepted := list[0], ""
	for i, one := range []proposal.Sheet{
		{Kind: "place", Body: "Une salle de réunion et un atelier, les mardis.", Quantity: "deux journées par mois", Until: w.date(120)},
		{Kind: "advice", Body: "L'appui d'une juriste sur les statuts.", Quantity: "trois demi-journées"},
	} {
		shown, err := w.app.Syntheses.SharedWith(w.ctx, w.app.DB.Reader(), all[i])
		if err != nil {
			return err
		}
		for _, p := range shown {
			if needs := p.Part(synthesis.Help); p.Project == first.ID && len(needs) > 0 {
				one.Line = needs[0].ID
			}
		}
		one.Project, one.Body = first.ID, typography.Replace(one.Body)
		if accepted, err = w.app.Offers.Make(w.ctx, w.as([]string{"partner", "partner-2"}[i]), w.months.edition, one); err != nil {
			return fmt.Errorf("offer something to %s: %w", first.Title, err)
		}
	}
	if err := w.app.Offers.Answer(w.ctx, first.by, first.ID, accepted, proposal.Answer{Accepts: true, Version: 1}); err != nil {
		return fmt.Errorf("accept an offer: %w", err)
	}
	meeting := assembly.Sheet{Title: "Réunion des partenaires", HeldOn: w.date(20), Place: typography.Replace("14 h, salle du conseil")}
	for _, p := range list {
		meeting.Turns = append(meeting.Turns, assembly.Turn{Project: p.ID, Minutes: 8})
	}
	for _, p := range all {
		meeting.Partners = append(meeting.Partners, p.ID)
	}
	_, err = w.app.Assemblies.Plan(w.ctx, w.as("lead"), w.months.edition, meeting)
	return err
}
