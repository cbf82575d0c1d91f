package demo

import (
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

// support opens a fund, invites two experts, grants the projects their drawing right, and
// has the first of them write a request.
func (w *world) support() error {
	lead := w.as("lead")
	e, err := programme.FindEdition(w.ctx, w.app.DB.Reader(), w.months.edition)
	if err != nil {
		return err
	}
	if err := w.vet(lead, e.Programme); err != nil {
		return err
	}
	today := w.clock.Now().In(zone.Location(zone.Default))
	fund, err := w.app.Rights.Found(w.ctx, lead, w.months.edition, right.FundSheet{Funder: "Région Normandie", Name: "Droit de tirage", FirstDay: today.Format(time.DateOnly), LastDay: today.AddDate(0, 6, 0).Format(time.DateOnly),
		DayMinutes: 420, DayCents: 70000, Ceiling: 3 * 420, NoticeHours: 48, MissedRule: right.MissedConsumes}, 30*420)
	if err != nil {
		return err
	}
	w.fund = fund
	list, err := w.projects(w.months)
	if err != nil {
		return err
	}
	for i, p := range list {
		if err := w.app.Rights.Change(w.ctx, lead, w.months.edition, right.Change{Fund: fund, Act: ledger.Grant, Project: p.ID, Minutes: int64(max(3-i, 1)) * 420, Reason: typography.Replace("Décidé à l'issue des deux journées.")}); err != nil {
			return err
		}
	}
	return w.needs(list[0])
}

// needs has the team of a project ask for help.
func (w *world) needs(p carried) error {
	_, err := w.app.Rights.Ask(w.ctx, p.by, p.ID, right.Asked{Fund: w.fund, Subject: "Protection des données", Purpose: typography.Replace("Relire avec nous ce que l'outil garde des personnes, et ce qu'il faut leur dire."), Minutes: 120, Urgency: "soon", Language: "fr"})
	if err != nil {
		return fmt.Errorf("ask for help for %s: %w", p.Title, err)
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
