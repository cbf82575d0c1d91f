package privacy

// gatheringTables are projects, what boards landed on them, and who met whom. A guest, who
// came without an account, is erased a month after she left: see Service.passing.
var gatheringTables = []Table{
	{Name: "projects", Activity: Files, Rule: "projects", Words: "title summary", Trace: "created_at updated_at purged_at", Linked: "created_by", Technical: "id edition_id application_id status version",
		Rows: `id in ` + ofHerTeams, Leaves: "projects/sheets", Erasure: Keeps, Near: `id in ` + herProjects, Why: "privacy.why_published"},
	{Name: "project_items", Activity: Files, Rule: "projects", Words: "title detail owner body", Trace: "created_at updated_at done_at", Linked: "made_by done_by", Technical: "id project_id kind level level_label due amount board_id card_id state",
		Rows: `made_by in ` + herSeats, Leaves: "projects/items", Erasure: Keeps, Near: `(made_by in ` + herSeats + ` or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "gatherings", Activity: Calls, Rule: "published", Words: "title about place", Trace: "created_at opened_at closed_at", Linked: "created_by", Secret: "join_code", Technical: "id edition_id zone starts_on ends_on status version beats",
		Rows: `created_by in {actor}`, Leaves: "work/gatherings", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "participants", Activity: Calls, Rule: "roles", Identifying: "email name", Words: "organisation", Trace: "added_at joined_at left_at", Linked: "person_id added_by left_by", Technical: "id gathering_id invitation_id role project_id version",
		Rows: `person_id in {id}`, Leaves: "account/gatherings", Erasure: Empties, Empty: "email name organisation", Why: "privacy.why_roles"},
}

const (
	herProjects = `(select r.object_id from relations r where r.object_kind = 'project' and r.subject_kind = 'person' and r.subject_id in {id})`
	// ofHerTeams leaves out those that she only accompanied: their sheets are not hers.
	ofHerTeams = `(select r.object_id from relations r where r.object_kind = 'project' and r.subject_kind = 'person' and r.subject_id in {id} and r.relation <> 'sponsor')`
	herSeats   = `(select s.id from participants s where s.person_id in {id})`
)
