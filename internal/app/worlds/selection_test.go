package worlds_test

import (
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/screening"
)

// selection is the one of every world.
func (w *world) selection() committee.SelectionID {
	return committee.SelectionID(w.named["selection"])
}

// sitting has a committee sit and its reading open. Rita stepped aside from Gil's file.
func sitting(w *world) {
	files, err := db.List(w.ctx, w.app.DB.Reader(), db.Value[string], `select id from applications where call_id = $1 and status = 'submitted' order by id`, string(chosen))
	w.must(err)
	for _, id := range files {
		w.then("a verdict on " + id)
		w.must(w.app.Screening.Admit(w.ctx, w.as("lead"), application.ID(id), screening.Verdict{Verdict: screening.Admissible}, 0))
	}
	w.then("the selection")
	sel, err := w.app.Committees.Create(w.ctx, w.as("lead"), chosen, committee.Settings{Name: form.Localised{"fr": "Sélection du Cap", "en": "Selection of the Cape"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1,
		Confidentiality: form.Localised{"fr": "Je garde le silence.", "en": "I keep silent."}})
	w.must(err)
	w.named["selection"] = string(sel.ID)
	for _, m := range []struct {
		key  string
		role committee.Role
	}{{"chair", committee.Chair}, {"juror", committee.Juror}, {"recused", committee.Juror}, {"clerk", committee.Secretary}} {
		w.sits(m.key, m.role)
	}
	w.then("a recusal")
	w.declares("recused", "gil "+string(chosen), committee.Cause{Kind: committee.Family, Detail: "Une cousine."})
	w.then("the reading opens")
	w.must(w.app.Committees.Begin(w.ctx, w.as("lead"), sel.ID))
}

// sits invites somebody, who commits herself.
func (w *world) sits(key string, role committee.Role) {
	w.t.Helper()
	w.then(key + " is invited")
	id, err := w.app.Committees.Invite(w.ctx, w.as("lead"), w.selection(), committee.Seat{Email: address(key), Name: w.as(key).Name, Role: role, Lang: "fr", What: "Sélection du Cap"})
	w.must(err)
	w.then(key + " answers")
	offers, err := w.app.Accounts.MyInvitations(w.ctx, w.as(key))
	w.must(err)
	_, err = w.app.Accounts.AcceptInvitation(w.ctx, w.as(key), offers[0].ID, account.Acceptance{})
	w.must(err)
	w.then(key + " sits")
	_, err = w.app.Committees.Commit(w.ctx, w.as(key), id, "fr", committee.Digest("Je garde le silence."))
	w.must(err)
}

func (w *world) declares(key, file string, c committee.Cause) {
	w.t.Helper()
	w.must(w.app.Committees.Declare(w.ctx, w.as(key), w.selection(), w.files[file], c))
}

// waives has the chair open Gil's file to Rita again.
func (w *world) waives(reason string) {
	_, list, err := w.app.Committees.Register(w.ctx, w.as("chair"), w.selection())
	w.must(err)
	w.must(w.app.Committees.Waive(w.ctx, w.as("chair"), w.selection(), list[0].ID, reason, list[0].Version))
}

// keeping are those who keep the register of recusals.
var keeping = []string{"lead", "region", "chair", "clerk"}

// selected are the secrets of a committee.
var selected = []secret{
	{name: "a file from which a member is kept by an opposition", after: "the last deposit", knows: append([]string{"barred", "secretary", "chair", "juror", "clerk"}, programmeSide...), words: []string{"vivaneau", "gil"}, plant: func(w *world, _ bool) {
		w.draft("gil", "secret", chosen, "Vivaneau")
		w.fill("gil", "secret", "Un vivaneau.")
		w.deposit("gil", "secret")
		w.then("an opposition")
		w.must(w.app.Committees.Oppose(w.ctx, w.as("gil"), w.files["secret"], "Rita Roche", "Nous sommes en procès."))
	}},
	{name: "that another member stepped aside", after: "committee", knows: append([]string{"juror", "auditor", "dpo"}, keeping...), words: []string{"turbot"}, plant: func(w *world, _ bool) {
		w.declares("juror", "gil "+string(chosen), committee.Cause{Kind: committee.OtherCause, Detail: "Le turbot nous lie."})
	}},
	{name: "why another member stepped aside", after: "committee", varies: true, knows: append([]string{"juror"}, keeping...), words: []string{"turbot", "merlan"}, plant: func(w *world, told bool) {
		w.declares("juror", "dora "+string(chosen), committee.Cause{Kind: committee.OtherCause, Detail: pick(told, "Le turbot nous lie.", "Le merlan nous lie.")})
	}},
	{name: "why the chair waived a recusal", after: "committee", varies: true, knows: append([]string{"recused"}, keeping...), words: []string{"sardine", "rascasse"}, plant: func(w *world, told bool) {
		w.waives(pick(told, "La sardine est trop petite.", "La crevette est si petite.."))
	}},
	{name: "who sits, before names are public", after: "committee", knows: append([]string{"juror", "recused", "officer", "barred", "auditor", "dpo"}, keeping...), words: []string{"Hana Havre", "hana"}, plant: func(w *world, _ bool) {
		w.sits("hana", committee.Juror)
	}},
	{name: "what a project asked of the committee", after: "committee", knows: reading, words: []string{"Confrérie"}, plant: func(w *world, _ bool) {
		w.must(w.app.Committees.Oppose(w.ctx, w.as("gil"), w.files["gil "+string(chosen)], "Confrérie des bulots", strings.Repeat("Bulot ! ", 3)))
	}},
}
