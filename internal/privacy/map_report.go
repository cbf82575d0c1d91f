package privacy

// reportTables hold the report of an edition.
var reportTables = []Table{
	{Name: "report_words", Key: "edition_id part", Activity: Calls, Rule: "published", Words: "said_before said_after", Trace: "updated_at", Linked: "updated_by", Technical: "edition_id part left_out version",
		Rows: `updated_by in {actor}`, Leaves: "work/report_words", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "report_quotes", Key: "edition_id verbatim", Activity: Calls, Rule: "published", Trace: "chosen_at", Linked: "chosen_by", Technical: "edition_id verbatim choice version",
		Rows: `chosen_by in {actor}`, Leaves: "work/report_quotes", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "report_versions", Key: "edition_id number", Activity: Calls, Rule: "published", Words: "content note", Trace: "made_at published_at", Linked: "made_by published_by", Technical: "edition_id number shared",
		Rows: `made_by in {actor} or published_by in {actor}`, Leaves: "work/report_versions", Erasure: Keeps, Why: "privacy.why_published"},
}
