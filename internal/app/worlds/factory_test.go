package worlds_test

import (
	"transformateur/internal/account"
	"transformateur/internal/factory"
	"transformateur/internal/project"
)

// framed are the secrets of framings.
var framed = []secret{
	{name: "the draft framing of a project, to who is not of its team", after: "committee", varies: true, knows: []string{"dora"}, words: []string{"bigorneau"}, plant: func(w *world, told bool) {
		w.t.Helper()
		w.gathers()
		team, err := project.Team(w.ctx, w.app.DB.Reader(), w.dunes(), w.app.Clock.Now())
		w.must(err)
		w.then("a team writes its framing")
		w.must(w.app.Factory.Save(w.ctx, account.User{ID: team[0].Person, Name: team[0].Name, Lang: "fr"}, w.dunes(), factory.Framing{Objectives: pick(told, "Un bigorneau bleu", "Une palourde rose")}))
	}},
}

func init() { oriented = append(oriented, framed...) }
