package demo

// planFactory plays factory editions.
func (w *world) planFactory() {}
