package privacy

// roadmapTables hold the roadmap of a project.
var roadmapTables []Table
