package demo

// planVisit plays visits of sponsors.
func (w *world) planVisit() {}
