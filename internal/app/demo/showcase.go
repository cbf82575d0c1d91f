package demo

// planShowcase plays the showcase.
func (w *world) planShowcase() {}
