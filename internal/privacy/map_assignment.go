package privacy

// assignmentTables are what sharing out readings leaves: what members would rather read,
// and what was calculated, where people and files stand by their identifiers alone.
var assignmentTables = []Table{
	{Name: "bids", Activity: Files, Rule: "deposited", Trace: "said_at", Technical: "id selection_id application_id member_id wish",
		Rows: `member_id in (select id from committee_members where person_id in {id})`, Leaves: "work/bids", Erasure: Keeps, Near: `application_id in {circle}`, Why: "privacy.why_record"},
	{Name: "assignment_plans", Activity: Files, Rule: "deposited", Trace: "changed_at published_at", Linked: "changed_by published_by", Technical: "selection_id settings pairs run_id frozen version",
		Rows: `(changed_by in {actor} or published_by in {actor})`, Leaves: "work/assignment-plans", Hidden: "settings pairs", Erasure: Keeps, Key: "selection_id", Why: "privacy.why_record"},
	{Name: "assignment_runs", Activity: Files, Rule: "deposited", Trace: "ran_at", Linked: "ran_by", Technical: "id selection_id kind status input output digest",
		Rows: `ran_by in {actor}`, Leaves: "work/assignment-runs", Hidden: "input output", Erasure: Keeps, Why: "privacy.why_record"},
}
