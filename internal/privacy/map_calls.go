package privacy

// callTables are what programmes publish. Who wrote what there is a public agent, in
// her functions: the act stays, under an identifier without a name.
var callTables = []Table{
	{Name: "agencies", Activity: Calls, Rule: "published", Identifying: "contact", Technical: "id organisation_id name_fr name_en about_fr about_en version created_at updated_at", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "programmes", Technical: "id agency_id name_fr name_en about_fr about_en version created_at updated_at"},
	{Name: "editions", Technical: "id programme_id name_fr name_en theme_fr theme_en about_fr about_en place territory zone status journey cloned_from version created_at updated_at published_at closed_at"},
	{Name: "stages", Technical: "id edition_id position kind name_fr name_en about_fr about_en opens_at closes_at target settings"},
	{Name: "journeys", Technical: "id agency_id name_fr name_en content version created_at updated_at"},
	{Name: "calls", Activity: Calls, Rule: "published", Identifying: "legal",
		Technical: "id edition_id stage_id title_fr title_en summary_fr summary_en text_fr text_en status phase zone opens_at closes_at sealed unseal_at unsealed_at target form_revision last_number version created_at published_at",
		Erasure:   Keeps, Why: "privacy.why_published"},
	{Name: "call_forms", Key: "call_id revision", Activity: Calls, Rule: "published", Trace: "saved_at", Linked: "saved_by", Technical: "call_id revision content status note_fr note_en version published_at",
		Rows: `saved_by in {actor}`, Leaves: "work/forms", Hidden: "content", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "call_form_saves", Key: "call_id revision version", Activity: Calls, Rule: "published", Trace: "saved_at", Linked: "saved_by", Technical: "call_id revision version content",
		Rows: `saved_by in {actor}`, Leaves: "work/form-saves", Hidden: "content", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "call_deadlines", Activity: Calls, Rule: "published", Words: "reason", Trace: "decided_at", Linked: "decided_by", Technical: "id call_id was becomes",
		Rows: `decided_by in {actor}`, Leaves: "work/deadlines", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "call_documents", Activity: Calls, Rule: "published", Trace: "added_at", Linked: "added_by", Technical: "id call_id name size digest mime position removed_at",
		Rows: `added_by in {actor}`, Leaves: "work/documents", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "questions", Activity: Calls, Rule: "published", Words: "question answer", Trace: "asked_at answered_at", Linked: "asked_by answered_by", Technical: "id call_id public version",
		Rows: `(asked_by in {id} or answered_by in {id})`, Leaves: "work/questions", Erasure: Keeps, Near: `(asked_by in {id} or answered_by in {id})`, Why: "privacy.why_questions"},
	{Name: "labels", Activity: Calls, Rule: "published", Words: "name", Technical: "id call_id colour", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "saved_views", Activity: Calls, Rule: "dormant", Words: "name query", Trace: "saved_at", Linked: "person_id", Technical: "id call_id shared",
		Rows: `person_id in {id}`, Leaves: "work/views", Erasure: Deletes},
	{Name: "approvals", Activity: Audit, Rule: "roles", Words: "reason note", Trace: "asked_at expires_at decided_at opens_until status", Linked: "asked_by decided_by", Technical: "id kind object_kind object_id relation_id",
		Rows: `(asked_by in {id} or decided_by in {id})`, Leaves: "work/approvals", Erasure: Keeps, Near: `(asked_by in {id} or decided_by in {id} or object_kind = 'application' and object_id in {circle})`, Why: "privacy.why_roles"},
}
