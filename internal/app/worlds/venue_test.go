package worlds_test

// carried are the secrets of laptops that carry a gathering.
var carried = []secret{
	{name: "which laptop carries a gathering", after: "committee", varies: true, knows: running, words: []string{"bigorneau"}, plant: func(w *world, told bool) {
		id := w.gathers()
		w.then("a laptop is given a key")
		_, _, err := w.app.Venues.Make(w.ctx, w.as("lead"), id, pick(told, "Le bigorneau du hall", "La coquille du hall!"))
		w.must(err)
	}},
}
