package privacy

// factoryTables hold factory editions: what was promised and decided stays with the project.
var factoryTables = []Table{
	{Name: "factory_sheets", Activity: Files, Rule: "projects", Words: "objectives resources deadlines reasons", Trace: "created_at changed_at answered_at", Linked: "created_by answered_by", Technical: "id project_id number status version",
		Rows: `(created_by in {actor} or answered_by in {actor})`, Leaves: "account/factory_sheets", Erasure: Keeps, Near: `(created_by in {actor} or answered_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "factory_deliverables", Activity: Files, Rule: "projects", Words: "title", Trace: "due_on delivered_on", Technical: "id sheet_id position",
		Rows: `sheet_id in ` + herFramings, Leaves: "account/factory_deliverables", Erasure: Keeps, Near: `(sheet_id in ` + herFramings + ` or sheet_id in (select s.id from factory_sheets s where s.project_id in ` + herProjects + `))`, Why: "privacy.why_published"},
	{Name: "factory_gates", Activity: Files, Rule: "projects", Words: "name reasons learnt kept thanks next_carrier", Trace: "day created_at decided_at", Linked: "created_by decided_by", Technical: "id project_id decision",
		Rows: `(created_by in {actor} or decided_by in {actor})`, Leaves: "account/factory_gates", Erasure: Keeps, Near: `(created_by in {actor} or decided_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "crew_places", Activity: Files, Rule: "projects", Words: "part words", Trace: "halves from_on until_on asked_at answered_at ended_at", Linked: "person_id asked_by ended_by", Technical: "id project_id status",
		Rows: `person_id in {id}`, Leaves: "account/crews", Hidden: "asked_by ended_by", Erasure: Keeps, Near: `(person_id in {id} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
}

const herFramings = `(select s.id from factory_sheets s where s.created_by in {actor})`
