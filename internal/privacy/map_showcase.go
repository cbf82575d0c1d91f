package privacy

// showcaseTables hold what the public reads of projects, of editions and of programmes. Who
// agreed to what, and when, is the proof of her consent: it stays as long as the text does.
var showcaseTables = []Table{
	{Name: "showcase_sheets", Activity: Calls, Rule: "projects", Words: "remark public", Trace: "begun_at asked_at proposed_at cleared_at published_at changed_at withdrawn_at told_at", Linked: "begun_by asked_by proposed_by cleared_by published_by withdrawn_by",
		Technical: "id project_id slug state version",
		Rows:      `project_id in ` + herProjects, Leaves: "projects/sheets", Erasure: Keeps, Near: `project_id in ` + herProjects, Why: "privacy.why_published"},
	{Name: "showcase_fields", Key: "sheet_id field", Activity: Calls, Rule: "projects", Words: "value", Trace: "saved_at agreed_at", Linked: "saved_by agreed_by", Technical: "sheet_id field",
		Rows: `saved_by in {actor} or agreed_by in {actor}`, Leaves: "projects/sheet_fields", Erasure: Keeps, Near: `(saved_by in {actor} or agreed_by in {actor} or ` + herSheets + `)`, Why: "privacy.why_published"},
	{Name: "showcase_pictures", Activity: Calls, Rule: "projects", Words: "alt credit", Trace: "added_at agreed_at", Linked: "added_by agreed_by", Technical: "id sheet_id edition_id digest width height",
		Rows: `added_by in {actor} or agreed_by in {actor}`, Leaves: "projects/sheet_pictures", Erasure: Keeps, Near: `(added_by in {actor} or agreed_by in {actor} or ` + herSheets + `)`, Why: "privacy.why_published"},
	{Name: "showcase_terms", Key: "kind object_id word", Activity: Calls, Rule: "published", Words: "word", Technical: "kind object_id", Erasure: Keeps, Why: "privacy.why_index"},
	{Name: "showcase_state", Technical: "id version"},
	{Name: "showcase_editions", Key: "edition_id", Activity: Calls, Rule: "published", Words: "about_fr about_en video_label", Trace: "opens_at updated_at", Linked: "opened_by updated_by", Technical: "edition_id video_url figures version",
		Rows: `opened_by in {actor} or updated_by in {actor}`, Leaves: "work/showcase_editions", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "showcase_resources", Activity: Calls, Rule: "published", Words: "title about author", Trace: "added_at published_at updated_at", Linked: "added_by", Technical: "id programme_id kind language licence link name mime digest size state version",
		Rows: `added_by in {actor}`, Leaves: "work/resources", Erasure: Keeps, Near: `added_by in {actor}`, Why: "privacy.why_published"},
}

const herSheets = `sheet_id in (select h.id from showcase_sheets h where h.project_id in ` + herProjects + `)`
