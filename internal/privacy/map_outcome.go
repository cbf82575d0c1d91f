package privacy

// outcomeTables hold what people say afterwards.
var outcomeTables = []Table{
	{Name: "project_outcomes", Activity: Files, Rule: "published", Words: "words learnt handed_to", Trace: "day noted_at", Linked: "noted_by", Technical: "id project_id number state people_count jobs_count source",
		Rows: `noted_by in {actor}`, Leaves: "projects/outcomes", Erasure: Keeps, Near: `(noted_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
}
