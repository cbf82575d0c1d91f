package privacy

// selectionTables are what committees leave: who sat, who stepped aside, who read what.
// They are the record of a choice, which may be contested: they are kept as long as the
// files are, and a member's name goes with her erasure.
var selectionTables = []Table{
	{Name: "selections", Activity: Files, Rule: "deposited", Linked: "created_by", Technical: "id call_id stage_id round name_fr name_en status blind others names_public bidding readers target reviews_due_at deliberates_at confidentiality_fr confidentiality_en version created_at reading_at deliberation_at decided_at announced_at",
		Rows: `created_by in {actor}`, Leaves: "work/selections", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "committee_members", Activity: Files, Rule: "deposited", Identifying: "email name", Words: "competences reason", Trace: "presence invited_at answered_at confidentiality_at declared_at ended_at mandate_from mandate_until", Linked: "person_id invited_by",
		Technical: "id selection_id invitation_id organisation_id role status least most confidentiality version",
		Rows:      `(person_id in {id} or invited_by in {actor})`, Leaves: "work/committees", Hidden: "email name competences presence reason", Erased: `person_id in {id}`, Erasure: Empties, Empty: "email name", Near: `person_id in {id}`, Why: "privacy.why_figures"},
	{Name: "recusals", Activity: Files, Rule: "deposited", Words: "waiver_reason", Trace: "found_at waived_at", Linked: "declared_by waived_by", Technical: "id selection_id application_id member_id status version",
		Rows: `(declared_by in {actor} or waived_by in {actor})`, Leaves: "work/recusals", Erasure: Keeps, Near: `(application_id in {circle} or declared_by in {actor} or member_id in (select id from committee_members where person_id in {id}))`, Why: "privacy.why_record"},
	{Name: "recusal_causes", Activity: Files, Rule: "deposited", Words: "detail", Trace: "added_at", Linked: "added_by", Technical: "id recusal_id kind source",
		Rows: `added_by in {actor}`, Leaves: "work/recusal-causes", Erasure: Keeps, Near: `true`, Why: "privacy.why_record"},
	{Name: "oppositions", Activity: Files, Rule: "deposited", Words: "name reason", Trace: "asked_at withdrawn_at", Linked: "asked_by", Technical: "id application_id organisation_id",
		Rows: `asked_by in {actor}`, Leaves: "applications/oppositions", Erasure: Keeps, Near: `true`, Why: "privacy.why_record"},
	{Name: "assignments", Activity: Files, Rule: "deposited", Words: "end_reason", Trace: "assigned_at ended_at", Linked: "assigned_by", Technical: "id selection_id application_id member_id source",
		Rows: `(assigned_by in {actor} or member_id in (select id from committee_members where person_id in {id}))`, Leaves: "work/assignments", Erasure: Keeps, Near: `application_id in {circle}`, Why: "privacy.why_record"},
}
