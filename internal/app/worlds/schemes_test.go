package worlds_test

import (
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/scheme"
)

// oriented are the secrets of what projects do with support schemes.
var oriented = []secret{
	{name: "the reason why a project rejected a scheme", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"goémon"}, plant: func(w *world, told bool) {
		w.gathers()
		id := w.dunes()
		agency, err := db.Get(w.ctx, w.app.DB.Reader(), db.Value[programme.AgencyID], `select m.agency_id from projects p join editions e on e.id = p.edition_id join programmes m on m.id = e.programme_id where p.id = $1`, string(id))
		w.must(err)
		w.then("the agency takes the shipped catalogue")
		_, err = w.app.Schemes.Start(w.ctx, w.as("lead"), agency)
		w.must(err)
		list, err := w.app.Schemes.List(w.ctx, w.as("lead"), agency, scheme.Filter{State: scheme.Published})
		w.must(err)
		w.then("a scheme is rejected")
		w.must(w.app.Schemes.Note(w.ctx, w.as("lead"), id, list[0].ID, scheme.Noted{To: scheme.Rejected, Why: pick(told, "Le goémon est rare", "La palourde dort!!")}))
	}},
}
