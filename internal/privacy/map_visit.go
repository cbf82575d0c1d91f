package privacy

// visitTables hold visits of sponsors. What was shared stays with the file of the project; a
// note that somebody wrote for herself goes with her account.
var visitTables = []Table{
	{Name: "visits", Activity: Files, Rule: "projects", Words: "place met_whom shared", Trace: "day made_at changed_at", Linked: "person_id", Technical: "id project_id by_video version",
		Rows: `person_id in {id}`, Leaves: "account/visits", Erasure: Keeps, Near: `(person_id in {id} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "visit_privates", Key: "visit_id", Activity: Files, Rule: "projects", Words: "body", Technical: "visit_id",
		Rows: `visit_id in ` + herVisits, Leaves: "account/visits-private", Erasure: Deletes, Near: `visit_id in (select v.id from visits v where v.project_id in ` + herProjects + `)`},
	{Name: "sponsor_profiles", Key: "edition_id person_id", Activity: Calls, Rule: "roles", Words: "subjects territory", Trace: "updated_at", Linked: "person_id", Technical: "edition_id capacity version",
		Rows: `person_id in {id}`, Leaves: "account/sponsor-profiles", Erasure: Deletes},
}

const herVisits = `(select v.id from visits v where v.person_id in {id})`
