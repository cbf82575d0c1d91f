package privacy

// inCircle are the rows of the files whose team a person is or was in.
const inCircle = `application_id in {circle}`

// fileTables are files: a draft goes with its only author; what was deposited is the
// programme's record, kept for the time its call announces, without her name.
var fileTables = []Table{
	{Name: "applications", Activity: Files, Rule: "deposited",
		Words: "title", Trace: "created_at updated_at submitted_at withdrawn_at deleted_at purged_at", Linked: "created_by", Technical: "id call_id number status form_revision selection_id phase veiled",
		Rows: `(id in {files} or created_by in {actor})`, Leaves: "files/files", Erasure: Keeps, Near: `id in {circle}`, Why: "privacy.why_record"},
	{Name: "answers", Key: "application_id field", Activity: Files, Rule: "deposited",
		Words: "value", Trace: "saved_at", Linked: "author", Technical: "application_id field version",
		Rows: `(application_id in {files} or author in {actor})`, Leaves: "files/answers", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "answer_variants", Activity: Files, Rule: "deposited",
		Words: "value", Trace: "kept_at settled_at", Linked: "author settled_by", Technical: "id application_id field base outcome",
		Rows: `author in {actor}`, Leaves: "files/variants", Erasure: Empties, Empty: "value", Why: "privacy.why_figures"},
	{Name: "attachments", Activity: Files, Rule: "deposited",
		Words: "name", Trace: "uploaded_at removed_at", Linked: "uploaded_by", Technical: "id application_id field size digest kind mime status problems clean_digest clean_size checked_at",
		Rows: `(application_id in {files} or uploaded_by in {actor})`, Leaves: "files/attachments", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "uploads", Activity: Files, Rule: "uploads",
		Words: "name", Trace: "started_at", Linked: "started_by", Technical: "id application_id field size",
		Rows: `started_by in {actor}`, Leaves: "files/uploads", Erasure: Deletes},
	{Name: "submissions", Activity: Files, Rule: "deposited",
		Words: "title content files", Trace: "at", Linked: "submitted_by", Technical: "id application_id seq kind form_revision receipt",
		Rows: `(application_id in {files} or submitted_by in {actor})`, Leaves: "files/submissions", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	// The name inside a receipt is hidden by a receipt signed anew: see receipt.go.
	{Name: "receipts", Key: "number", Activity: Files, Rule: "deposited",
		Words: "body", Trace: "at", Technical: "number application_id kind digest previous signature key_id",
		Rows: `application_id in {files}`, Leaves: "files/receipts", Erasure: Keeps, Why: "privacy.why_proof"},
	{Name: "corrections", Activity: Files, Rule: "deposited",
		Words: "message", Trace: "asked_at due_at resolved_at cancelled_at", Linked: "asked_by", Technical: "id application_id kind fields",
		Rows: `(application_id in {files} or asked_by in {actor})`, Leaves: "files/corrections", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "application_comments", Activity: Files, Rule: "deposited",
		Words: "body", Trace: "at settled_at", Linked: "author", Technical: "id application_id field",
		Rows: `author in {id}`, Leaves: "files/comments", Erasure: Empties, Empty: "body", Near: inCircle, Why: "privacy.why_figures"},
	{Name: "thread_messages", Activity: Files, Rule: "deposited",
		Words: "body", Trace: "at", Linked: "author", Technical: "id application_id side",
		Rows: `(application_id in {files} or author in {id})`, Leaves: "files/messages", Erasure: Keeps, Near: `(application_id in {circle} or author in {id})`, Why: "privacy.why_record"},
	{Name: "admissibility", Key: "application_id", Activity: Files, Rule: "deposited",
		Words: "reason", Trace: "decided_at", Linked: "decided_by", Technical: "application_id verdict version",
		Rows: `decided_by in {actor}`, Leaves: "work/verdicts", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "application_labels", Technical: "application_id label_id"},
	// Words by which files are found: taken from the masked texts again by an erasure.
	{Name: "search_terms", Key: "kind term object_id", Activity: Files, Rule: "deposited", Words: "term", Technical: "kind object_id", Erasure: Keeps, Why: "privacy.why_index"},
	{Name: "application_facets", Key: "application_id field value", Activity: Files, Rule: "deposited", Technical: "application_id field value", Erasure: Keeps, Why: "privacy.why_figures"},
}
