package worlds_test

import (
	"strconv"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// partners makes somebody a partner of the edition.
func (w *world) partners(key, organisation string) partner.ID {
	w.t.Helper()
	w.then(key + " becomes a partner")
	id := partner.ID(db.NewID())
	w.must(w.app.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `insert into partners (id, edition_id, person_id, invitation_id, email, name, organisation, status, added_by, added_at, removed_by) values ($1, $2, $3, '', $4, $5, $6, 'active', 'system', $7, '')`,
			string(id), string(w.edition()), string(w.as(key).ID), address(key), w.as(key).Name, organisation, w.app.Clock.Now())
		return err
	}))
	w.grant(key, partner.Relation, policy.Ref{Kind: "edition", ID: string(w.edition())})
	return id
}

// decides makes Dora the owner of a project.
func (w *world) decides(id project.ID) account.User {
	w.grant("dora", "owner", policy.Ref{Kind: "project", ID: string(id)})
	return w.as("dora")
}

// sums writes two lines on the sheet of the dunes, and says that it is ready: the second
// line is the one of the secret.
func (w *world) sums(second string) (by account.User, id project.ID, lines [2]string) {
	w.t.Helper()
	w.gathers()
	id = w.dunes()
	by = w.decides(id)
	for i, body := range []string{"Un local pour dix", second} {
		w.then([]string{"a line is written", "another line is written"}[i])
		var err error
		lines[i], err = w.app.Syntheses.Add(w.ctx, by, id, synthesis.Words{Part: synthesis.Help, Body: body})
		w.must(err)
	}
	w.must(w.app.Syntheses.Turn(w.ctx, by, id, synthesis.Ready, 2))
	return by, id, lines
}

// lets has the owner of the dunes choose who reads which line.
func (w *world) lets(by account.User, id project.ID, to partner.ID, lines ...string) {
	w.t.Helper()
	w.then("readers of " + strconv.Itoa(len(lines)) + " lines are chosen")
	v, err := w.app.Syntheses.Sharing(w.ctx, by, id)
	w.must(err)
	given := map[string][]string{}
	for _, line := range lines {
		given[line] = []string{string(to)}
	}
	w.must(w.app.Syntheses.Share(w.ctx, by, id, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All, string(to)}, Given: given}))
}

// summed are the secrets of synthesis sheets.
var summed = []secret{
	{name: "a line that a project shares with another partner", after: "committee", varies: true, knows: append([]string{"dora", "hana"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id, lines := w.sums(pick(told, "Une bernique de plus", "Une palourde de plus"))
		w.partners("expert", "Santé au travail")
		w.lets(by, id, w.partners("hana", "Région"), lines[1])
	}},
	{name: "a project that shares nothing, to a partner", after: "committee", varies: true, knows: append(append([]string{"dora", "communications"}, running...), reading...), words: []string{"dunes"}, plant: func(w *world, told bool) {
		w.partners("expert", "Santé au travail")
		if told {
			w.sums("Un appui juridique")
		}
	}},
	{name: "a line that a project shares no more", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id, lines := w.sums(pick(told, "Une bernique de plus", "Une palourde de plus"))
		hers := w.partners("expert", "Santé au travail")
		w.lets(by, id, hers, lines[0], lines[1])
		w.lets(by, id, hers, lines[0])
	}},
	{name: "what is projected when another partner sits too", after: "committee", varies: true, knows: append([]string{"dora", "hana"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id, lines := w.sums(pick(told, "Une bernique de plus", "Une palourde de plus"))
		hers, his := w.partners("hana", "Région"), w.partners("expert", "Santé au travail")
		w.lets(by, id, hers, lines[0], lines[1])
		w.lets(by, id, his, lines[0])
		w.convenes(id, hers, his)
	}},
	{name: "an offer of another partner", after: "committee", varies: true, knows: append([]string{"dora", "hana"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id, lines := w.sums("Un appui juridique")
		hers, his := w.partners("hana", "Région"), w.partners("expert", "Santé au travail")
		w.lets(by, id, hers, lines[0], lines[1])
		w.lets(by, id, his, lines[0])
		meeting := w.convenes(id, hers, his)
		w.offers("hana", meeting, assembly.Words{Project: id, Line: lines[1], Kind: "place", Body: pick(told, "Une salle, rue de la bernique", "Une salle, rue de la palourde")})
	}},
	{name: "a line that is withdrawn during a meeting", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		by, id, lines := w.sums(pick(told, "Une bernique de plus", "Une palourde de plus"))
		hers := w.partners("expert", "Santé au travail")
		w.lets(by, id, hers, lines[0], lines[1])
		w.convenes(id, hers)
		w.lets(by, id, hers, lines[0])
	}},
}

// convenes opens a meeting of partners on one project.
func (w *world) convenes(id project.ID, seats ...partner.ID) assembly.ID {
	w.t.Helper()
	w.then("partners meet")
	which, err := w.app.Assemblies.Plan(w.ctx, w.as("lead"), w.edition(), assembly.Sheet{Title: "Réunion", HeldOn: "2027-06-01", Turns: []assembly.Turn{{Project: id, Minutes: 8}}, Partners: seats})
	w.must(err)
	w.must(w.app.Assemblies.Run(w.ctx, w.as("lead"), w.edition(), which, assembly.Step{Act: assembly.Start, Version: 1}))
	return which
}

// offers has somebody say an offer in the meeting.
func (w *world) offers(key string, meeting assembly.ID, words assembly.Words) {
	w.t.Helper()
	w.then("an offer is said")
	w.must(w.app.Assemblies.Say(w.ctx, w.as(key), w.edition(), meeting, words))
}
