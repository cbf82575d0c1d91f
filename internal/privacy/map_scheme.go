package privacy

// schemeTables are the catalogue of schemes, what is known of projects, and what came of
// their orientation.
var schemeTables = []Table{
	{Name: "schemes", Activity: Calls, Rule: "published", Words: "sheet", Trace: "created_at updated_at checked_on", Linked: "created_by checked_by", Technical: "id agency_id origin name folded state valid_from valid_to version",
		Rows: `created_by in {actor} or checked_by in {actor}`, Leaves: "work/schemes", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "scheme_versions", Key: "scheme_id number", Activity: Calls, Rule: "published", Words: "sheet", Trace: "act made_at", Linked: "made_by", Technical: "scheme_id number",
		Rows: `made_by in {actor}`, Leaves: "work/scheme_versions", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "project_facts", Key: "project_id fact", Activity: Files, Rule: "projects", Words: "value", Trace: "said_at", Linked: "said_by", Technical: "project_id fact reference",
		Rows: `said_by in {actor}`, Leaves: "projects/facts", Erasure: Keeps, Near: `(said_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "orientations", Activity: Files, Rule: "published", Trace: "updated_at", Technical: "id project_id scheme_id state requested obtained paid version",
		Rows: `project_id in ` + herProjects, Leaves: "projects/orientations", Erasure: Keeps, Near: `project_id in ` + herProjects, Why: "privacy.why_published"},
	{Name: "orientation_steps", Activity: Files, Rule: "projects", Words: "why undone_why", Trace: "day noted_at undone_at", Linked: "noted_by undone_by", Technical: "id orientation_id number state amount",
		Rows: `noted_by in {actor} or undone_by in {actor}`, Leaves: "projects/orientation_steps", Erasure: Keeps, Near: `(noted_by in {actor} or undone_by in {actor} or orientation_id in (select o.id from orientations o where o.project_id in ` + herProjects + `))`, Why: "privacy.why_published"},
}
