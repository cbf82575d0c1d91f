package privacy

// roadmapTables hold the roadmap of a project. What was written stays with the project; who
// carries an action is named in words, and hidden when that person is erased.
var roadmapTables = []Table{
	{Name: "roadmap_entries", Activity: Files, Rule: "published", Words: "title body carried_by reason", Trace: "starts_on due_on created_at updated_at closed_at", Linked: "created_by updated_by",
		Technical: "id project_id kind state after_id item_id version",
		Rows:      `(created_by in {actor} or updated_by in {actor})`, Leaves: "account/roadmap_entries", Erasure: Keeps, Near: `(created_by in {actor} or updated_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "roadmap_changes", Activity: Files, Rule: "published", Words: "was became", Trace: "at", Linked: "made_by", Technical: "id project_id entry_id field",
		Rows: `made_by in {actor}`, Leaves: "account/roadmap_changes", Erasure: Keeps, Near: `(made_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
}
