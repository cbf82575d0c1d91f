package privacy

// venueTables are the laptops that carry a gathering, and what came home from them: what
// somebody wrote there stays with what became of it, under the name of her seat.
var venueTables = []Table{
	{Name: "venues", Activity: Calls, Rule: "published", Words: "label", Trace: "created_at revoked_at taken_at brought_at", Linked: "created_by revoked_by", Secret: "key_digest", Technical: "id gathering_id",
		Rows: `created_by in {id}`, Leaves: "work/venues", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "venue_ops", Activity: Files, Rule: "projects", Words: "op", Trace: "at settled_at", Linked: "person", Technical: "id venue_id board_id client seq v v0 fork upto undoes_client undoes_seq late fate why home_n",
		Rows: `person in ` + herSeats, Leaves: "work/venue_operations", Erasure: Keeps, Near: `person in ` + herSeats, Why: "privacy.why_published"},
	{Name: "venue_boards", Key: "board_id", Words: "state", Technical: "board_id fork_home fork_venue segments", Activity: Files, Rule: "projects", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "venue_codes", Key: "person_id", Activity: Accounts, Rule: "attempts", Trace: "drawn_at", Linked: "person_id", Secret: "code_digest",
		Rows: `person_id in {id}`, Leaves: "account/venue_codes", Erasure: Deletes},
}
