package privacy

// rightTables are the experts of programmes and the drawing rights of projects. Movements
// are kept whole: they are accounts that a funder may ask for.
var rightTables = []Table{
	{Name: "experts", Activity: Calls, Rule: "roles", Identifying: "email name", Words: "organisation subjects languages territory availability partner", Trace: "added_at revoked_at", Linked: "person_id added_by",
		Technical: "id programme_id invitation_id day_cents capacity_minutes capacity_from capacity_until status version",
		Rows:      `person_id in {id}`, Leaves: "work/expertise", Erasure: Empties, Empty: "email name organisation territory availability partner", Why: "privacy.why_roles"},
	{Name: "expert_conflicts", Activity: Calls, Rule: "projects", Words: "organisation", Trace: "declared_at", Linked: "declared_by", Technical: "id expert_id project_id",
		Rows: `expert_id in ` + herExpertise, Leaves: "work/expertise-conflicts", Erasure: Deletes},
	{Name: "right_funds", Activity: Calls, Rule: "published", Words: "funder name subjects", Trace: "made_at", Linked: "made_by", Technical: "id edition_id first_day last_day day_minutes day_cents ceiling_minutes notice_hours missed_rule version",
		Rows: `made_by in {actor}`, Leaves: "work/funds", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "right_shares", Technical: "fund_id project_id granted last_day warned_at", Key: "fund_id project_id"},
	{Name: "right_accounts", Technical: "fund_id project_id kind balance", Key: "fund_id project_id kind"},
	{Name: "right_requests", Activity: Files, Rule: "projects", Words: "subject purpose language reason", Trace: "asked_at ended_at booked_for", Linked: "asked_by ended_by",
		Technical: "id project_id fund_id minutes urgency status expert_id team_minutes expert_minutes consumed missed_side version",
		Rows:      `asked_by in {actor}`, Leaves: "projects/requests", Erasure: Keeps, Near: `(asked_by in {actor} or project_id in ` + herProjects + ` or expert_id in ` + herExpertise + `)`, Why: "privacy.why_published"},
	{Name: "right_asks", Activity: Files, Rule: "projects", Words: "words", Trace: "sent_at answered_at reminded_at", Technical: "id request_id expert_id answer",
		Rows: `expert_id in ` + herExpertise, Leaves: "work/expertise-requests", Erasure: Keeps, Near: `(expert_id in ` + herExpertise + ` or request_id in (select q.id from right_requests q where q.project_id in ` + herProjects + `))`, Why: "privacy.why_published"},
	{Name: "right_movements", Activity: Files, Rule: "published", Words: "reason", Trace: "made_at", Linked: "made_by", Technical: "id seq fund_id act request_id",
		Rows: `made_by in {actor}`, Leaves: "work/right-movements", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "right_entries", Technical: "movement_id fund_id project_id kind amount", Key: "movement_id project_id kind"},
}

const herExpertise = `(select x.id from experts x where x.person_id in {id})`
