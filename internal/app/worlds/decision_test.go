package worlds_test

import (
	"slices"

	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
)

// announces has the committee refuse every file, a file in its own words, the chair sign
// and the lead announce.
func (w *world) announces(file, wording string) {
	w.t.Helper()
	w.concludes(deliberation.Refuse, func(names []string) []string { return names }, file, wording)
}

// concludes has the committee decide the same of every file, in an order, a file in its
// own words, the chair sign and the lead announce.
func (w *world) concludes(outcome deliberation.Outcome, order func([]string) []string, file, wording string) {
	w.t.Helper()
	w.deliberates("gil " + string(chosen))
	files, err := committee.Files(w.ctx, w.app.DB.Reader(), w.selection())
	w.must(err)
	named := map[string]bool{}
	for name, id := range w.files {
		for _, a := range files {
			named[name] = named[name] || a.ID == id
		}
	}
	for _, name := range order(sortedNames(named)) {
		words := "Le comité a pesé la demande."
		if name == file {
			words = wording
		}
		w.pronounces(name, outcome, words)
	}
	w.then("nothing is discussed any more")
	w.must(w.app.Rooms.Call(w.ctx, w.as("chair"), w.selection(), "", ""))
	w.then("the minutes are signed")
	w.must(w.app.Rooms.Sign(w.ctx, w.as("chair"), w.selection()))
	w.then("the announcement is prepared")
	w.must(w.app.Decisions.Prepare(w.ctx, w.as("lead"), w.selection(), decision.Terms{ConfirmBy: w.app.Clock.Now().AddDate(0, 0, 15), AppealMonths: 2, WinnersPublic: true}, 0))
	w.then("the announcement is made")
	_, err = w.app.Decisions.Announce(w.ctx, w.as("lead"), w.selection(), 1)
	w.must(err)
}

// announced are the secrets of what follows a deliberation.
var announced = []secret{
	{name: "why a file is refused, to others than its team", after: "committee", varies: true, knows: append([]string{"gil", "hana", "region", "auditor"}, inRoom...), words: []string{"thonine", "mulet"}, plant: func(w *world, told bool) {
		w.announces("gil "+string(chosen), pick(told, "La thonine est fraîche.", "Le mulet n'est pas frais."))
	}},
	{name: "what an appeal says", after: "committee", varies: true, knows: []string{"gil", "hana", "lead", "region"}, words: []string{"thonine", "mulet"}, plant: func(w *world, told bool) {
		w.announces("", "")
		w.then("an appeal is lodged")
		w.must(w.app.Decisions.Appeal(w.ctx, w.as("gil"), w.selection(), w.files["gil "+string(chosen)], pick(told, "La thonine était fraîche.", "Le mulet n'était pas frais.")))
	}},
	{name: "why a project leaves its place", after: "committee", varies: true, knows: append([]string{"gil", "hana", "region", "auditor"}, inRoom...), words: []string{"thonine", "mulet"}, plant: func(w *world, told bool) {
		w.concludes(deliberation.Retain, func(names []string) []string { return names }, "", "")
		w.then("a place is left")
		w.must(w.app.Decisions.GiveUp(w.ctx, w.as("gil"), w.selection(), w.files["gil "+string(chosen)], pick(told, "La thonine a manqué.", "Le mulet est manqué.")))
	}},
	{name: "the ranks on the reserve list", after: "committee", varies: true, knows: append([]string{"gil", "hana", "dora", "region", "auditor"}, inRoom...), plant: func(w *world, told bool) {
		w.concludes(deliberation.Reserve, func(names []string) []string {
			if told {
				slices.Reverse(names)
			}
			return names
		}, "", "")
	}},
}
