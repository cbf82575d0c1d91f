package worlds_test

import (
	"maps"
	"slices"

	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
)

// deliberates opens the room, has the chair and a member come in, and Rita, and calls a file.
func (w *world) deliberates(file string) {
	w.t.Helper()
	w.then("the room opens")
	w.must(w.app.Rooms.Open(w.ctx, w.as("chair"), w.selection(), deliberation.Settings{Minutes: 10, Reasons: []deliberation.Reason{{Key: "fit", Label: form.Localised{"fr": "Répond aux objectifs", "en": "Meets the aims"}}}}))
	for _, key := range []string{"chair", "juror", "recused"} {
		w.then(key + " comes in")
		w.must(w.app.Rooms.Enter(w.ctx, w.as(key), w.selection()))
	}
	w.then("a file is called")
	w.must(w.app.Rooms.Call(w.ctx, w.as("chair"), w.selection(), w.files[file], ""))
}

// moves has a member propose, and the chair put to the vote.
func (w *world) moves(wording string) (motion string) {
	w.t.Helper()
	w.then("a motion")
	w.must(w.app.Rooms.Propose(w.ctx, w.as("juror"), w.selection(), deliberation.Retain, wording))
	v, err := w.app.Rooms.Room(w.ctx, w.as("juror"), w.selection())
	w.must(err)
	motion = v.Motions[len(v.Motions)-1].ID
	w.then("the vote opens")
	w.must(w.app.Rooms.PutToVote(w.ctx, w.as("chair"), w.selection(), motion))
	return motion
}

func (w *world) votes(key, motion string, choice deliberation.Choice) {
	w.t.Helper()
	w.then(key + " votes")
	w.must(w.app.Rooms.Cast(w.ctx, w.as(key), w.selection(), motion, choice))
}

func (w *world) pronounces(file string, outcome deliberation.Outcome, wording string) {
	w.t.Helper()
	w.then("a decision on " + file)
	w.must(w.app.Rooms.Decide(w.ctx, w.as("chair"), w.selection(), w.files[file], deliberation.Verdict{Outcome: outcome, Reason: "fit", Wording: wording}))
}

// inRoom are those who may be in the room when nothing closes a file to them.
var inRoom = []string{"chair", "juror", "clerk", "lead"}

// deliberated are the secrets of a deliberation.
var deliberated = []secret{
	{name: "a vote before the vote is closed", after: "committee", varies: true, knows: []string{"juror"}, plant: func(w *world, told bool) {
		w.deliberates("dora " + string(chosen))
		w.votes("juror", w.moves("Voyons."), deliberation.Choice(pick(told, "for", "against")))
	}},
	{name: "how a file was voted, to a member who stepped aside", after: "committee", varies: true, knows: inRoom, plant: func(w *world, told bool) {
		w.deliberates("gil " + string(chosen))
		m, choice := w.moves("Voyons."), deliberation.Choice(pick(told, "for", "against"))
		w.votes("chair", m, choice)
		w.votes("juror", m, choice)
	}},
	{name: "what is said of a file while a member waits outside", after: "committee", varies: true, knows: inRoom, words: []string{"mérou", "congre"}, plant: func(w *world, told bool) {
		w.deliberates("gil " + string(chosen))
		w.moves(pick(told, "Le mérou est mûr.", "Le congre est vert."))
	}},
	{name: "a decision under embargo", after: "committee", varies: true, knows: append([]string{"recused", "region"}, inRoom...), plant: func(w *world, told bool) {
		w.deliberates("dora " + string(chosen))
		w.pronounces("dora "+string(chosen), deliberation.Outcome(pick(told, "retain", "refuse")), "Le comité a pesé la demande.")
	}},
	{name: "a decision, to a member who stepped aside", after: "committee", varies: true, knows: append([]string{"region"}, inRoom...), plant: func(w *world, told bool) {
		w.deliberates("dora " + string(chosen))
		w.pronounces("gil "+string(chosen), deliberation.Outcome(pick(told, "retain", "refuse")), "Le comité a pesé la demande.")
	}},
	{name: "the words of a decision before the signature", after: "committee", varies: true, knows: []string{"chair", "clerk", "juror", "recused"}, words: []string{"thonine", "mulet"}, plant: func(w *world, told bool) {
		w.deliberates("dora " + string(chosen))
		w.pronounces("dora "+string(chosen), deliberation.Refuse, pick(told, "La thonine est fraîche.", "Le mulet n'est pas frais."))
	}},
	// Who reads the journal has the digest of the minutes, which commits to them without telling them.
	{name: "what the minutes say of a file, to a member who stepped aside", after: "committee", varies: true, knows: append([]string{"region", "auditor", "dpo"}, inRoom...), words: []string{"thonine", "mulet"}, plant: func(w *world, told bool) {
		w.deliberates("gil " + string(chosen))
		files, err := committee.Files(w.ctx, w.app.DB.Reader(), w.selection())
		w.must(err)
		named := map[string]bool{}
		for name, id := range w.files {
			for _, a := range files {
				named[name] = named[name] || a.ID == id
			}
		}
		for _, name := range sortedNames(named) {
			w.pronounces(name, deliberation.Refuse, pick(told && name == "gil "+string(chosen), "La thonine est fraîche.", "Le mulet n'est pas frais."))
		}
		w.then("nothing is discussed any more")
		w.must(w.app.Rooms.Call(w.ctx, w.as("chair"), w.selection(), "", ""))
		w.then("the minutes are signed")
		w.must(w.app.Rooms.Sign(w.ctx, w.as("chair"), w.selection()))
	}},
}

// sortedNames are the names that are true, in their order.
func sortedNames(named map[string]bool) (list []string) {
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if named[name] {
			list = append(list, name)
		}
	}
	return list
}
