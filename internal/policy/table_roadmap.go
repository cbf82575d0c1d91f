package policy

// roadmapRules are the rights on the roadmap of a project.
var roadmapRules []Rule
