package privacy

// kitTables are the kits that editions write: work of the team, signed by nobody but its
// journal.
var kitTables = []Table{
	{Name: "kits", Activity: Calls, Rule: "published", Words: "title draft", Trace: "created_at updated_at retired_at", Linked: "created_by updated_by", Technical: "id edition_id revision version published_revision",
		Rows: `(created_by in {actor} or updated_by in {actor})`, Leaves: "work/kits", Hidden: "draft", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "kit_versions", Activity: Calls, Rule: "published", Words: "body", Trace: "published_at", Linked: "published_by", Technical: "id kit_id number",
		Rows: `published_by in {actor}`, Leaves: "work/kit_versions", Hidden: "body", Erasure: Keeps, Why: "privacy.why_published"},
}

// boardTables are live boards. What somebody wrote on a card is the group's work, under the
// name of her seat: it stays, and the name goes with the seat.
var boardTables = []Table{
	{Name: "boards", Activity: Files, Rule: "projects", Words: "title", Trace: "created_at closed_at changed_at", Linked: "created_by", Technical: "id gathering_id project_id kit_id variant n cards phase renumbered_n",
		Rows: `created_by in {actor}`, Leaves: "work/boards", Erasure: Keeps, Near: `project_id in ` + herProjects, Why: "privacy.why_published"},
	{Name: "board_sheets", Activity: Files, Rule: "projects", Words: "kit state", Technical: "id snapshot_n",
		Rows: `id in (select id from boards where created_by in {actor})`, Leaves: "work/board_sheets", Hidden: "kit state", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "board_places", Activity: Files, Rule: "published", Trace: "at", Linked: "participant_id by_id", Technical: "id gathering_id board_id",
		Rows: `participant_id in ` + herSeats, Leaves: "work/board_places", Erasure: Keeps, Near: `participant_id in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_log", Activity: Files, Rule: "projects", Words: "op inverse", Trace: "at", Linked: "person", Technical: "id board_id n client seq undoes",
		Rows: `person in ` + herSeats, Leaves: "work/board_operations", Hidden: "inverse", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_late", Activity: Files, Rule: "projects", Words: "op", Trace: "at settled_at", Linked: "person settled_by", Technical: "id board_id client seq why kept",
		Rows: `person in ` + herSeats, Leaves: "work/board_late", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_pictures", Activity: Files, Rule: "projects", Trace: "added_at", Linked: "person", Technical: "id board_id digest size width height",
		Rows: `person in ` + herSeats, Leaves: "work/board_pictures", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "agenda_plans", Activity: Files, Rule: "published", Words: "running_order body reason account", Trace: "made_at published_at retired_at", Linked: "made_by published_by", Technical: "id gathering_id number state based_on version",
		Rows: `made_by in {actor} or published_by in {actor}`, Leaves: "work/agenda_plans", Hidden: "running_order body account", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "board_codes", Activity: Files, Rule: "published", Trace: "made_at", Linked: "made_by", Technical: "code gathering_id board_id kit_id place", Key: "code",
		Rows: `made_by in {actor}`, Leaves: "work/board_codes", Erasure: Keeps, Why: "privacy.why_published"},
}
