package privacy

// harvestTables hold lists of schemes from elsewhere. The lists are public ones: what is
// kept of people is who brought them.
var harvestTables = []Table{
	{Name: "scheme_imports", Activity: Calls, Rule: "published", Trace: "started_at ended_at", Linked: "started_by ended_by", Technical: "id agency_id kind list list_key page_address licence file_name heads mapping publish whole state row_count version",
		Rows: `started_by in {actor} or ended_by in {actor}`, Leaves: "work/scheme-imports", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "scheme_import_rows", Key: "import_id line", Rule: "published", Technical: "import_id line cells left_out outcome number name scheme_id problems"},
	{Name: "scheme_sources", Key: "scheme_id", Activity: Calls, Rule: "published", Trace: "seen_on", Linked: "seen_by", Technical: "scheme_id agency_id list list_key number page_address licence said missing_since",
		Rows: `seen_by in {actor}`, Leaves: "work/scheme-sources", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "scheme_procedures", Key: "scheme_id", Activity: Calls, Rule: "published", Trace: "brought_at", Linked: "brought_by", Technical: "scheme_id address form mapping version",
		Rows: `brought_by in {actor}`, Leaves: "work/scheme-procedures", Erasure: Keeps, Why: "privacy.why_published"},
}
