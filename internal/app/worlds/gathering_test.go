package worlds_test

import (
	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// running are those who run the gatherings of the edition.
var running = []string{"lead", "region", "facilitator"}

func (w *world) edition() programme.EditionID {
	return programme.EditionID(w.named["edition of lead"])
}

// bears writes a project down, with its team.
func (w *world) bears(title string, team ...string) project.ID {
	w.t.Helper()
	w.then("a project is written down: " + title)
	id, err := w.app.Projects.Start(w.ctx, w.as("lead"), project.Started{Edition: w.edition(), Sheet: project.Sheet{Title: title}})
	w.must(err)
	for _, key := range team {
		w.grant(key, "editor", policy.Ref{Kind: "project", ID: string(id)})
	}
	return id
}

// gathers prepares a gathering in which Dora has a seat.
func (w *world) gathers() gathering.ID {
	w.t.Helper()
	w.bears("Les dunes", "dora")
	w.then("a gathering is prepared")
	day := w.app.Clock.Now().Format("2006-01-02")
	id, err := w.app.Gatherings.Create(w.ctx, w.as("lead"), w.edition(), gathering.Sheet{Title: "Deux jours", Zone: "Europe/Paris", StartsOn: day, EndsOn: day})
	w.must(err)
	w.then("the teams are seated")
	_, err = w.app.Gatherings.AddTeams(w.ctx, w.as("lead"), id)
	w.must(err)
	return id
}

// gathered are the secrets of projects and gatherings.
var gathered = []secret{
	{name: "who is invited to a gathering before it opens", after: "committee", varies: true, knows: append(append([]string{}, running...), reading...), words: []string{"pouce-pied"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("somebody is invited")
		if told {
			w.must(w.app.Gatherings.Invite(w.ctx, w.as("lead"), id, gathering.Invited{Email: "pouce-pied@personnes.invalid", Name: "Paul Pouce-Pied", Role: gathering.Expert, Lang: "fr"}))
		}
	}},
	{name: "what boards gave a project, to who is not of it", after: "committee", varies: true, knows: append([]string{"ana"}, running...), words: []string{"limule"}, plant: func(w *world, told bool) {
		id := w.bears("Les anses", "ana")
		w.then("a board lands")
		w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
			return w.app.Projects.Land(w.ctx, tx, account.System, id, "plateau", []project.Item{{Kind: "need", Card: "carte", Title: pick(told, "Une limule de mer", "Un homard de mer!")}})
		}))
	}},
	{name: "the code of a gathering, to who has a seat there", after: "committee", varies: true, knows: running, words: []string{"K7MQ4TXP"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("the gathering opens")
		w.must(w.app.Gatherings.Open(w.ctx, w.as("lead"), id))
		w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `update gatherings set join_code = $2 where id = $1`, string(id), pick(told, "K7MQ4TXP", "M9NR5VYQ"))
			return err
		}))
	}},
}
