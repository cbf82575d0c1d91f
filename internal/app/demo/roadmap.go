package demo

// planRoadmap plays the roadmap of a project.
func (w *world) planRoadmap() {}
