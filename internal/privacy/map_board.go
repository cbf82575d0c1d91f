package privacy

// boardTables are live boards. What somebody wrote on a card is the group's work, under the
// name of her seat: it stays, and the name goes with the seat.
var boardTables = []Table{
	{Name: "boards", Activity: Files, Rule: "published", Words: "title kit state", Trace: "created_at closed_at", Linked: "created_by", Technical: "id gathering_id project_id kit_id variant n snapshot_n renumbered_n",
		Rows: `created_by in {actor}`, Leaves: "work/boards", Hidden: "kit state", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "board_log", Activity: Files, Rule: "published", Words: "op inverse", Trace: "at", Linked: "person", Technical: "id board_id n client seq undoes",
		Rows: `person in ` + herSeats, Leaves: "work/board_operations", Hidden: "inverse", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "board_late", Activity: Files, Rule: "published", Words: "op", Trace: "at settled_at", Linked: "person settled_by", Technical: "id board_id client seq why kept",
		Rows: `person in ` + herSeats, Leaves: "work/board_late", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
}
