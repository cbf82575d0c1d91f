package privacy

// bookingTables are when people can be met, and whom they met. What was said in a meeting
// stays with the file of the project; who met is a pseudonym once a name is gone.
var bookingTables = []Table{
	{Name: "booking_hours", Key: "person_id", Activity: Files, Rule: "roles", Words: "place video body", Trace: "updated_at", Linked: "person_id", Technical: "zone minutes pause notice ahead version",
		Rows: `person_id in {id}`, Leaves: "account/booking_hours", Erasure: Deletes},
	{Name: "bookings", Activity: Files, Rule: "projects", Words: "subject place video reason notes", Trace: "starts_at ends_at made_at changed_at reminded_at ended_before late helper_minutes guest_minutes missing", Linked: "helper_id guest_id made_by ended_by",
		Technical: "id project_id about_kind about_id origin notice state sequence version",
		Rows:      `(helper_id in {id} or guest_id in {id})`, Leaves: "account/bookings", Hidden: "made_by ended_by", Erasure: Keeps, Near: `(helper_id in {id} or guest_id in {id} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
	{Name: "booking_cells", Key: "person_id cell", Activity: Files, Rule: "published", Trace: "cell", Linked: "person_id", Technical: "booking_id",
		Rows: `person_id in {id}`, Leaves: "account/booking_cells", Erasure: Deletes},
	{Name: "booking_proposals", Activity: Files, Rule: "projects", Words: "subject place video", Trace: "made_at answered_at starts", Linked: "helper_id", Technical: "id project_id about_kind about_id minutes state booking_id",
		Rows: `helper_id in {id}`, Leaves: "account/booking_proposals", Erasure: Deletes, Near: `project_id in ` + herProjects},
	{Name: "booking_feeds", Key: "person_id", Activity: Files, Rule: "roles", Trace: "made_at", Linked: "person_id", Secret: "digest",
		Rows: `person_id in {id}`, Leaves: "account/booking_feed", Erasure: Deletes},
	{Name: "sponsorships", Activity: Files, Rule: "projects", Words: "handover", Trace: "begun_at ended_at", Linked: "person_id begun_by ended_by", Technical: "id project_id",
		Rows: `person_id in {id}`, Leaves: "account/sponsorships", Hidden: "begun_by ended_by handover", Erasure: Keeps, Near: `(person_id in {id} or project_id in ` + herProjects + `)`, Why: "privacy.why_published"},
}
