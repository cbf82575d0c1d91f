package app

func init() {
	fixtures["selection"] = fixture{fixtures["selection"].moments, (*world).deliberating}
}

// deliberating is a selection with a grid, whose pages of deliberation name a file that nobody stepped aside from.
func (w *world) deliberating(m moment) made {
	made := w.selection(m)
	made.params["{file}"] = made.params["{title}"]
	return made
}
