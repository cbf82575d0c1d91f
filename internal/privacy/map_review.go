package privacy

// herReviews are the reviews that a person wrote.
const herReviews = `(select v.id from reviews v join committee_members m on m.id = v.member_id where m.person_id in {id})`

// reviewTables are what readers write of files. They are the reasons of a choice, which may
// be contested: they are kept as long as the files are, under the number of a seat.
var reviewTables = []Table{
	{Name: "rubrics", Key: "selection_id revision", Activity: Files, Rule: "deposited", Words: "note", Trace: "saved_at", Linked: "saved_by", Technical: "selection_id revision content version",
		Rows: `saved_by in {actor}`, Leaves: "work/rubrics", Erasure: Keeps, Near: `saved_by in {actor}`, Why: "privacy.why_record"},
	{Name: "reviews", Activity: Files, Rule: "deposited", Words: "content return_reason", Trace: "started_at updated_at submitted_at returned_at", Technical: "id selection_id application_id member_id alias status revision version",
		Rows: `id in ` + herReviews, Leaves: "work/reviews", Erasure: Keeps, Near: `(application_id in {circle} or id in ` + herReviews + `)`, Why: "privacy.why_record"},
	{Name: "review_answers", Key: "review_id field", Activity: Files, Rule: "deposited", Words: "value", Trace: "saved_at", Technical: "review_id field version",
		Rows: `review_id in ` + herReviews, Leaves: "work/review-answers", Erasure: Keeps, Near: `(review_id in ` + herReviews + ` or review_id in (select id from reviews where application_id in {circle}))`, Why: "privacy.why_record"},
	{Name: "review_variants", Activity: Files, Rule: "deposited", Words: "value", Trace: "kept_at settled_at", Technical: "id review_id field base outcome",
		Rows: `review_id in ` + herReviews, Leaves: "work/review-variants", Erasure: Empties, Empty: "value", Why: "privacy.why_figures"},
	{Name: "redactions", Activity: Files, Rule: "deposited", Words: "passage", Trace: "added_at lifted_at", Linked: "added_by lifted_by", Technical: "id selection_id application_id field",
		Rows: `(added_by in {actor} or lifted_by in {actor})`, Leaves: "work/redactions", Hidden: "passage", Erasure: Keeps, Near: `application_id in {circle}`, Why: "privacy.why_record"},
	{Name: "review_enclosures", Activity: Files, Rule: "deposited", Words: "name", Trace: "added_at removed_at", Technical: "id review_id size digest kind mime status problems clean_digest clean_size checked_at",
		Rows: `review_id in ` + herReviews, Leaves: "work/review-enclosures", Erasure: Keeps, Near: `(review_id in ` + herReviews + ` or review_id in (select id from reviews where application_id in {circle}))`, Why: "privacy.why_record"},
	{Name: "review_reminders", Key: "member_id day", Activity: Files, Rule: "deposited", Trace: "day at", Linked: "reminded_by", Technical: "member_id",
		Rows: `(reminded_by in {actor} or member_id in (select id from committee_members where person_id in {id}))`, Leaves: "work/reminders", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "comparison_rounds", Activity: Files, Rule: "deposited", Trace: "opened_at closed_at", Linked: "opened_by closed_by", Technical: "id selection_id number status fields advised seed version",
		Rows: `(opened_by in {actor} or closed_by in {actor})`, Leaves: "work/comparison-rounds", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "comparisons", Activity: Files, Rule: "deposited", Words: "note", Trace: "choice shown_at answered_at", Technical: "id round_id member_id turn left_id right_id",
		Rows: `member_id in (select id from committee_members where person_id in {id})`, Leaves: "work/comparisons", Erasure: Keeps,
		Near: `(left_id in {circle} or right_id in {circle} or member_id in (select id from committee_members where person_id in {id}))`, Why: "privacy.why_record"},
}
