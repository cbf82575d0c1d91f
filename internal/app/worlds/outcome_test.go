package worlds_test

import "transformateur/internal/debrief/outcome"

// became are the secrets of what people say afterwards.
var became = []secret{
	{name: "why a project stopped", after: "committee", varies: true, knows: append([]string{"dora"}, running...), words: []string{"bernique"}, plant: func(w *world, told bool) {
		w.gathers()
		w.then("a project stops")
		w.must(w.app.Outcomes.Tell(w.ctx, w.as("lead"), w.dunes(), outcome.Told{State: outcome.Stopped, Words: pick(told, "La bernique colle", "La palourde dort!")}))
	}},
}

func init() { oriented = append(oriented, became...) }
