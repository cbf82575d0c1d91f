package privacy

// synthesisTables are the partners of editions, what projects wrote after their gathering and
// who was let read it. Consents and exports are kept whole: they are what a team may ask to see.
var synthesisTables = []Table{
	{Name: "partners", Activity: Calls, Rule: "roles", Identifying: "email name", Words: "organisation", Trace: "added_at removed_at", Linked: "person_id added_by removed_by", Technical: "id edition_id invitation_id status",
		Rows: `person_id in {id}`, Leaves: "work/partners", Hidden: "added_by removed_by", Erasure: Empties, Empty: "email name organisation", Why: "privacy.why_roles"},
	{Name: "syntheses", Key: "project_id", Activity: Files, Rule: "published", Trace: "updated_at", Linked: "updated_by", Technical: "project_id state version",
		Rows: `updated_by in {actor}`, Leaves: "projects/syntheses", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "synthesis_lines", Activity: Files, Rule: "projects", Words: "body addressee", Trace: "made_at updated_at", Linked: "made_by", Technical: "id project_id part help origin source seq state version",
		Rows: `made_by in {actor}`, Leaves: "projects/synthesis-lines", Erasure: Keeps, Near: `(made_by in {actor} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "synthesis_consents", Activity: Files, Rule: "published", Trace: "given_at withdrawn_at", Linked: "given_by withdrawn_by", Technical: "id line_id recipient",
		Rows: `(given_by in {actor} or withdrawn_by in {actor})`, Leaves: "projects/synthesis-consents", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "synthesis_exports", Activity: Files, Rule: "published", Trace: "made_at", Technical: "id edition_id partner_id format",
		Rows: `partner_id in ` + herPartnerships, Leaves: "work/synthesis-exports", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "synthesis_exported", Key: "export_id line_id", Activity: Files, Rule: "projects", Words: "body", Technical: "export_id line_id",
		Rows: `export_id in (select x.id from synthesis_exports x where x.partner_id in ` + herPartnerships + `)`, Leaves: "work/synthesis-exported", Erasure: Keeps, Near: `line_id in (select l.id from synthesis_lines l where l.project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "commitments", Activity: Files, Rule: "projects", Words: "what contact why", Trace: "made_at moved_at confirmed_at reminded_before_at reminded_after_at", Linked: "made_by confirmed_by", Technical: "id edition_id project_id partner_id line_id due state version",
		Rows: `(made_by in {actor} or partner_id in ` + herPartnerships + `)`, Leaves: "work/commitments", Hidden: "made_by confirmed_by", Erasure: Keeps, Near: `(made_by in {actor} or partner_id in ` + herPartnerships + ` or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "proposals", Activity: Files, Rule: "projects", Words: "body quantity why", Trace: "made_at moved_at", Linked: "made_by moved_by", Technical: "id edition_id project_id partner_id line_id kind valid_until state commitment_id version",
		Rows: `(made_by in {actor} or moved_by in {actor} or partner_id in ` + herPartnerships + `)`, Leaves: "work/offers", Hidden: "made_by moved_by", Erasure: Keeps, Near: `(made_by in {actor} or moved_by in {actor} or partner_id in ` + herPartnerships + ` or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "assemblies", Activity: Calls, Rule: "published", Words: "title place", Trace: "created_at", Linked: "created_by", Technical: "id edition_id held_on state project_id running_since spent extra beats version",
		Rows: `created_by in {actor}`, Leaves: "work/partners-meetings", Erasure: Keeps, Near: `created_by in {actor}`, Why: "privacy.why_published"},
	{Name: "assembly_turns", Key: "assembly_id project_id", Activity: Calls, Rule: "published", Technical: "assembly_id project_id seq minutes"},
	{Name: "assembly_partners", Key: "assembly_id partner_id", Activity: Calls, Rule: "published", Technical: "assembly_id partner_id",
		Rows: `partner_id in ` + herPartnerships, Leaves: "work/partners-meeting-seats", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "assembly_sayings", Activity: Calls, Rule: "published", Trace: "said_at", Technical: "id assembly_id proposal_id commitment_id",
		Rows: `(proposal_id in (select o.id from proposals o where o.partner_id in ` + herPartnerships + `) or commitment_id in (select k.id from commitments k where k.partner_id in ` + herPartnerships + `))`, Leaves: "work/partners-meeting-sayings", Erasure: Keeps, Why: "privacy.why_published"},
}

const herPartnerships = `(select t.id from partners t where t.person_id in {id})`
