package worlds_test

import (
	"transformateur/internal/policy"
	sponsoring "transformateur/internal/support/visit"
)

// visits has Hana sponsor the dunes and note a visit.
func (w *world) visits(shared, private string) {
	w.t.Helper()
	w.gathers()
	w.grant("hana", "sponsor", policy.Ref{Kind: "project", ID: string(w.dunes())})
	w.then("a sponsor notes her visit")
	_, err := w.app.Visits.Write(w.ctx, w.as("hana"), w.dunes(), sponsoring.Draft{Day: w.app.Clock.Now().Format("2006-01-02"), Place: "Sur la plage", Met: "L'équipe", Shared: shared, Private: private})
	w.must(err)
}

// visited are the secrets of visits; noted takes them in.
var visited = []secret{
	{name: "the private note of a visit", after: "committee", varies: true, knows: []string{"hana"}, words: []string{"bernique"}, plant: func(w *world, told bool) {
		w.visits("Un bon début.", pick(told, "La bernique a lâché", "La palourde dort!!!"))
	}},
	{name: "the shared note of a visit, to who is not of the project", after: "committee", varies: true, knows: append([]string{"hana", "dora"}, running...), words: []string{"oursin"}, plant: func(w *world, told bool) {
		w.visits(pick(told, "Un oursin de plage", "Un galet de plage!"), "")
	}},
}

func init() { noted = append(noted, visited...) }
