package demo

import (
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

// support opens a fund, invites two experts, grants three projects their drawing right, and
// has the first of them write a request.
func (w *world) support() error {
	lead := w.as("lead")
	e, err := programme.FindEdition(w.ctx, w.app.DB.Reader(), w.edition)
	if err != nil {
		return err
	}
	if err := w.vet(lead, e.Programme); err != nil {
		return err
	}
	today := w.clock.Now().In(zone.Location(zone.Default))
	fund, err := w.app.Rights.Found(w.ctx, lead, w.edition, right.FundSheet{Funder: "Région Normandie", Name: "Droit de tirage", FirstDay: today.Format(time.DateOnly), LastDay: today.AddDate(0, 3, 0).Format(time.DateOnly),
		DayMinutes: 420, DayCents: 70000, Ceiling: 3 * 420, NoticeHours: 48, MissedRule: right.MissedConsumes}, 30*420)
	if err != nil {
		return err
	}
	list, err := project.In(w.ctx, w.app.DB.Reader(), w.edition)
	if err != nil {
		return err
	}
	for i, p := range list[:min(3, len(list))] {
		if err := w.app.Rights.Change(w.ctx, lead, w.edition, right.Change{Fund: fund, Act: ledger.Grant, Project: p.ID, Minutes: int64(3-i) * 420, Reason: typography.Replace("Décidé à l'issue des deux journées.")}); err != nil {
			return err
		}
		if err := w.needs(p, fund); err != nil {
			return err
		}
	}
	return nil
}

// needs has the owner of a project ask for help.
func (w *world) needs(p project.Project, fund right.FundID) error {
	held, err := w.app.Policy.Holders(w.ctx, w.app.DB.Reader(), policy.Ref{Kind: "project", ID: string(p.ID)})
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Relation == "owner" {
			_, err := w.app.Rights.Ask(w.ctx, account.User{ID: account.PersonID(h.SubjectID)}, p.ID, right.Asked{Fund: fund, Subject: "Protection des données", Purpose: typography.Replace("Relire avec nous ce que l'outil garde des personnes, et ce qu'il faut leur dire."), Minutes: 120, Urgency: "soon", Language: "fr"})
			return err
		}
	}
	return nil
}

// vet invites the experts of the programme.
func (w *world) vet(lead account.User, id programme.ProgrammeID) error {
	for _, one := range []struct {
		email string
		pool.Sheet
	}{
		{"juriste@demonstration.invalid", pool.Sheet{Name: "Nora Lemoine", Organisation: "Cabinet Clair", Subjects: []string{"Protection des données", "Contrats"}, Languages: []string{"fr", "en"}, Availability: "Les mardis et jeudis.", DayCents: 70000, Capacity: 10 * 420}},
		{"ergonomie@demonstration.invalid", pool.Sheet{Name: "Paul Vasseur", Organisation: "Atelier du travail", Subjects: []string{"Ergonomie"}, Languages: []string{"fr"}, Partner: "Atelier du travail", Capacity: 5 * 420}},
	} {
		if err := w.app.Experts.Invite(w.ctx, lead, id, pool.Offer{Sheet: one.Sheet, Email: one.email, Lang: "fr"}); err != nil {
			return err
		}
	}
	return nil
}
