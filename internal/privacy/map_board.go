package privacy

// boardTables are live boards. What somebody wrote on a card is the group's work, under the
// name of her seat: it stays, and the name goes with the seat.
var boardTables = []Table{
	{Name: "boards", Activity: Files, Rule: "published", Words: "title", Trace: "created_at closed_at changed_at", Linked: "created_by", Technical: "id gathering_id project_id kit_id variant n cards phase renumbered_n",
		Rows: `created_by in {actor}`, Leaves: "work/boards", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "board_sheets", Activity: Files, Rule: "published", Words: "kit state", Technical: "id snapshot_n",
		Rows: `id in (select id from boards where created_by in {actor})`, Leaves: "work/board_sheets", Hidden: "kit state", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "board_places", Activity: Files, Rule: "published", Trace: "at", Linked: "participant_id by_id", Technical: "id gathering_id board_id",
		Rows: `participant_id in ` + herSeats, Leaves: "work/board_places", Erasure: Keeps, Near: `participant_id in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_log", Activity: Files, Rule: "published", Words: "op inverse", Trace: "at", Linked: "person", Technical: "id board_id n client seq undoes",
		Rows: `person in ` + herSeats, Leaves: "work/board_operations", Hidden: "inverse", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_late", Activity: Files, Rule: "published", Words: "op", Trace: "at settled_at", Linked: "person settled_by", Technical: "id board_id client seq why kept",
		Rows: `person in ` + herSeats, Leaves: "work/board_late", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
}
