package worlds_test

import (
	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

// grants gives the dunes minutes of a fund, which the lead of the programme writes down.
func (w *world) grants(minutes int64) (right.FundID, programme.Edition) {
	w.t.Helper()
	w.gathers()
	p, err := project.Load(w.ctx, w.app.DB.Reader(), w.dunes())
	w.must(err)
	e, err := programme.FindEdition(w.ctx, w.app.DB.Reader(), p.Edition)
	w.must(err)
	w.then("a fund is granted")
	fund, err := w.app.Rights.Found(w.ctx, w.as("lead"), e.ID, right.FundSheet{Funder: "Région", Name: "Fonds", FirstDay: "2000-01-01", LastDay: "2099-12-31", DayMinutes: 420, Ceiling: 6000, MissedRule: right.MissedConsumes}, 6000)
	w.must(err)
	w.must(w.app.Rights.Change(w.ctx, w.as("lead"), e.ID, right.Change{Fund: fund, Act: ledger.Grant, Project: p.ID, Minutes: minutes, Reason: "Comité"}))
	return fund, e
}

// vets makes somebody an active expert of a programme.
func (w *world) vets(key string, id programme.ProgrammeID) pool.ID {
	w.t.Helper()
	x := pool.ID(db.NewID())
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `insert into experts (id, programme_id, person_id, invitation_id, email, name, organisation, subjects, languages, territory, availability, partner, day_cents, capacity_minutes, capacity_from, capacity_until, status, added_by, added_at, version)
			values ($1, $2, $3, '', $4, $5, '', '["paie"]', '[]', '', '', '', 0, 0, '', '', 'active', 'system', $6, 1)`, string(x), string(id), string(w.as(key).ID), key+"@expert.example", w.as(key).Name, w.app.Clock.Now())
		if err != nil {
			return err
		}
		return w.app.Policy.Grant(w.ctx, tx, account.System, policy.Relation{SubjectID: string(w.as(key).ID), Relation: "expert", Object: policy.Ref{Kind: "programme", ID: string(id)}})
	}))
	return x
}

// righted are the secrets of drawing rights.
var righted = []secret{
	// The sums of the ledger stand in the journal, for whoever audits it.
	{name: "the balance of another project", after: "committee", varies: true, knows: append(append([]string{"dora"}, reading...), running...), plant: func(w *world, told bool) {
		w.grants(map[bool]int64{true: 660, false: 720}[told])
	}},
	{name: "what another expert answered", after: "committee", varies: true, knows: append([]string{"hana", "dora"}, running...), words: []string{"bigorneau"}, plant: func(w *world, told bool) {
		fund, e := w.grants(600)
		w.then("two experts are asked")
		hers, other := w.vets("hana", e.Programme), w.vets("expert", e.Programme)
		var id right.RequestID
		var err error
		id, err = w.app.Rights.Ask(w.ctx, w.as("dora"), w.dunes(), right.Asked{Fund: fund, Subject: "Paie", Purpose: "Lire", Minutes: 60, Urgency: "calm"})
		w.must(err)
		w.must(w.app.Rights.Send(w.ctx, w.as("dora"), w.dunes(), id, []pool.ID{hers, other}))
		mine, err := w.app.Rights.Mine(w.ctx, w.as("hana"))
		w.must(err)
		w.then("one of them answers")
		w.must(w.app.Rights.Answer(w.ctx, w.as("hana"), mine[0].Ask, "no", pick(told, "Un bigorneau m'attend", "Une palourde attend..")))
	}},
}
