package privacy

// roadmapTables hold the roadmap of a project. What was written stays with the project; who
// carries an action is named in words, and hidden when that person is erased.
var roadmapTables = []Table{
	{Name: "roadmap_entries", Activity: Files, Rule: "projects", Words: "title body carried_by reason", Trace: "starts_on due_on created_at updated_at closed_at", Linked: "created_by updated_by",
		Technical: "id project_id kind state after_id item_id version",
		Rows:      `(created_by in {actor} or updated_by in {actor})`, Leaves: "account/roadmap_entries", Erasure: Keeps, Near: `(created_by in {actor} or updated_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "roadmap_changes", Activity: Files, Rule: "projects", Words: "was became", Trace: "at", Linked: "made_by", Technical: "id project_id entry_id field",
		Rows: `made_by in {actor}`, Leaves: "account/roadmap_changes", Erasure: Keeps, Near: `(made_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "news_rhythms", Key: "edition_id", Activity: Calls, Rule: "published", Trace: "first_on last_on updated_at", Linked: "updated_by", Technical: "edition_id weeks version",
		Rows: `updated_by in {actor}`, Leaves: "work/news_rhythms", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "news_rounds", Activity: Calls, Rule: "published", Trace: "due_on opened_at closes_at", Linked: "opened_by", Technical: "id edition_id questions",
		Rows: `opened_by in {actor}`, Leaves: "work/news_rounds", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "news_questions", Key: "edition_id number", Activity: Calls, Rule: "published", Words: "form", Trace: "made_at", Linked: "made_by", Technical: "edition_id number",
		Rows: `made_by in {actor}`, Leaves: "work/news_questions", Hidden: "form", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "news_links", Activity: Calls, Rule: "projects", Trace: "reminded_at", Linked: "person_id", Secret: "link_hash reminder_hash", Technical: "id round_id project_id",
		Rows: `person_id in {id}`, Leaves: "account/news_links", Erasure: Deletes},
	{Name: "news_told", Activity: Files, Rule: "projects", Words: "moved blocks answers", Trace: "told_at", Linked: "told_by", Technical: "id round_id project_id state",
		Rows: `told_by in {actor}`, Leaves: "account/news", Erasure: Keeps, Near: `(told_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
}
