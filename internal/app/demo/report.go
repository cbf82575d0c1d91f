package demo

// planReport plays the report of an edition.
func (w *world) planReport() {}
