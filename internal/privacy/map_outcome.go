package privacy

// outcomeTables hold what people say afterwards.
var outcomeTables = []Table{
	{Name: "project_outcomes", Activity: Files, Rule: "projects", Words: "words learnt handed_to", Trace: "day noted_at", Linked: "noted_by", Technical: "id project_id number state people_count jobs_count source wave",
		Rows: `noted_by in {actor}`, Leaves: "projects/outcomes", Erasure: Keeps, Near: `(noted_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "surveys", Activity: Calls, Rule: "published", Words: "title form", Trace: "created_at sent_at closes_at", Linked: "created_by", Technical: "id edition_id kind base_day due_day status version",
		Rows: `created_by in {actor}`, Leaves: "work/surveys", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "survey_links", Activity: Calls, Rule: "projects", Trace: "reminded_at answered", Linked: "person_id", Secret: "link_hash reminder_hash", Technical: "id survey_id project_id",
		Rows: `person_id in {id}`, Leaves: "account/surveys", Erasure: Deletes},
	{Name: "survey_drafts", Key: "link_id", Activity: Calls, Rule: "projects", Secret: "sealed_answers", Technical: "link_id",
		Rows: `link_id in (select id from survey_links where person_id in {id})`, Leaves: "account/survey_drafts", Erasure: Deletes},
	{Name: "survey_answers", Key: "answer_hash", Activity: Files, Rule: "projects", Words: "answers quoted_name", Trace: "sent_on", Secret: "answer_hash", Technical: "survey_id project_id quote complete shown",
		Erasure: Keeps, Near: `project_id in ` + herProjects, Why: "privacy.why_published"},
	{Name: "themes", Activity: Calls, Rule: "published", Words: "name meaning", Trace: "created_at", Linked: "created_by", Technical: "id edition_id retired version",
		Rows: `created_by in {actor}`, Leaves: "work/themes", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "theme_readings", Key: "edition_id verbatim coder", Activity: Calls, Rule: "published", Trace: "read_at", Linked: "coder", Technical: "edition_id verbatim themes version",
		Rows: `coder in {actor}`, Leaves: "work/theme_readings", Erasure: Keeps, Why: "privacy.why_published"},
}
