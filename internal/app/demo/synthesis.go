package demo

// planSynthesis plays synthesis sheets and partners.
func (w *world) planSynthesis() {}
