package privacy

// decisionTables are what follows a choice: its announcement, what was contested and what
// was decided again. They are kept as long as the files are.
var decisionTables = []Table{
	{Name: "announcements", Key: "selection_id", Activity: Files, Rule: "deposited", Trace: "prepared_at announced_at", Linked: "prepared_by announced_by", Technical: "selection_id confirm_by appeal_months winners_public version",
		Rows: `(prepared_by in {actor} or announced_by in {actor})`, Leaves: "work/announcements", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "appeals", Activity: Files, Rule: "deposited", Words: "grounds answer", Trace: "lodged_at answered_at", Linked: "lodged_by answered_by", Technical: "id decision_id application_id lodge_until status version",
		Rows: `(lodged_by in {actor} or answered_by in {actor})`, Leaves: "applications/appeals", Erasure: Keeps, Near: `(application_id in {circle} or lodged_by in {actor} or answered_by in {actor})`, Why: "privacy.why_record"},
	{Name: "decision_revisions", Activity: Files, Rule: "deposited", Words: "reason wording comments", Trace: "decided_at announced_at confirm_by confirmed_at gave_up_at promoted_at replaced_at", Linked: "decided_by replaced_by",
		Technical: "id decision_id appeal_id outcome reserve_rank",
		Rows:      `(decided_by in {actor} or replaced_by in {actor})`, Leaves: "work/decision-revisions", Hidden: "outcome reserve_rank reason wording comments", Erasure: Keeps,
		Near: `(decided_by in {actor} or replaced_by in {actor} or decision_id in (select id from decisions where application_id in {circle}))`, Why: "privacy.why_record"},
}
