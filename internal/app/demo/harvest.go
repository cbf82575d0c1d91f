package demo

// planHarvest plays lists of schemes from elsewhere.
func (w *world) planHarvest() {}
