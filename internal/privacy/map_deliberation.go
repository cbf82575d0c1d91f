package privacy

// deliberationTables are the record of the choice itself: who was there, what was put to
// the vote, what was decided and why. They are kept as long as the files are.
var deliberationTables = []Table{
	{Name: "deliberations", Key: "selection_id", Activity: Files, Rule: "deposited", Words: "reasons", Trace: "opened_at closed_at called_at", Linked: "opened_by",
		Technical: "selection_id status quorum seconds named threshold envelope countersigned portfolio discussion_order application_id beside_id discussion timer_until deputy_id version",
		Rows:      `opened_by in {actor}`, Leaves: "work/deliberations", Hidden: "discussion_order application_id beside_id", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "attendances", Activity: Files, Rule: "deposited", Trace: "entered_at left_at mode", Linked: "person_id noted_by", Technical: "id selection_id member_id",
		Rows: `(person_id in {id} or noted_by in {actor})`, Leaves: "work/attendances", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "absences", Activity: Files, Rule: "deposited", Trace: "left_at returned_at", Linked: "person_id", Technical: "id selection_id application_id discussion member_id",
		Rows: `person_id in {id}`, Leaves: "work/absences", Hidden: "application_id", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "motions", Activity: Files, Rule: "deposited", Words: "wording", Trace: "proposed_at opened_at closed_at", Linked: "proposed_by",
		Technical: "id selection_id application_id other_id discussion kind status electors votes_for votes_against abstentions carried version",
		Rows:      `proposed_by in {actor}`, Leaves: "work/motions", Hidden: "electors votes_for votes_against abstentions carried", Erasure: Keeps,
		Near: `(application_id in {circle} or other_id in {circle} or proposed_by in {actor})`, Why: "privacy.why_record"},
	{Name: "votes", Key: "motion_id member_id", Activity: Files, Rule: "deposited", Trace: "choice cast_at", Technical: "motion_id member_id",
		Rows: `member_id in (select id from committee_members where person_id in {id})`, Leaves: "work/votes", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "decisions", Activity: Files, Rule: "deposited", Words: "reason wording comments gave_up_reason", Trace: "decided_at announced_at confirm_by confirmed_at gave_up_at promoted_at", Linked: "decided_by confirmed_by gave_up_by",
		Technical: "id selection_id application_id outcome other_id reserve_rank motion_id version",
		Rows:      `(decided_by in {actor} or confirmed_by in {actor} or gave_up_by in {actor})`, Leaves: "work/decisions", Hidden: "outcome other_id reserve_rank reason wording comments", Erasure: Keeps,
		Near: `(application_id in {circle} or other_id in {circle} or decided_by in {actor} or confirmed_by in {actor} or gave_up_by in {actor})`, Why: "privacy.why_record"},
	{Name: "minutes", Key: "selection_id", Activity: Files, Rule: "deposited", Words: "content", Trace: "signed_at countersigned_at", Linked: "signed_by countersigned_by", Technical: "selection_id digest version",
		Rows: `(signed_by in {actor} or countersigned_by in {actor})`, Leaves: "work/minutes", Hidden: "content", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "voided_minutes", Activity: Files, Rule: "deposited", Words: "content reason", Trace: "signed_at countersigned_at voided_at", Linked: "signed_by countersigned_by voided_by", Technical: "id selection_id digest",
		Rows: `(signed_by in {actor} or countersigned_by in {actor} or voided_by in {actor})`, Leaves: "work/voided_minutes", Hidden: "content", Erasure: Keeps, Why: "privacy.why_record"},
}
