package privacy

// mailTables are what people are told.
var mailTables = []Table{
	{Name: "mails", Activity: Mails, Rule: "mails",
		Identifying: "to_email", Words: "subject body problem", Trace: "created_at sent_at due_at since_at claimed_until edited_at attempts", Linked: "person_id edited_by",
		Technical: "id dedupe_key message_id lang template urgent secret discreet object_kind object_id call_id edition_id programme_id agency_id batch_id status version",
		Erased:    `(person_id in {id} or to_email in (select email from addresses where person_id in {id}))`,
		// A mail that waits for somebody to release it tells nothing yet: a verdict before its announcement.
		Rows: `(due_at is not null and (person_id in {id} or to_email in (select email from addresses where person_id in {id})))`, Leaves: "mails/mails", Hidden: "dedupe_key message_id claimed_until edited_by",
		Erasure: Empties, Empty: "to_email subject body problem", Near: `true`, Why: "privacy.why_figures"},
	{Name: "mail_templates", Key: "scope_kind scope_id name lang", Activity: Mails, Rule: "published", Words: "subject body", Trace: "updated_at", Linked: "updated_by", Technical: "scope_kind scope_id name lang version",
		Rows: `updated_by in {actor}`, Leaves: "work/mail-texts", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "notification_preferences", Key: "person_id topic", Activity: Mails, Rule: "dormant", Trace: "updated_at", Linked: "person_id", Technical: "topic pace",
		Rows: `person_id in {id}`, Leaves: "mails/preferences", Erasure: Deletes},
	{Name: "digest_items", Activity: Mails, Rule: "mails", Words: "subject body", Trace: "created_at due_at told_at", Linked: "person_id", Technical: "id dedupe_key object_kind object_id",
		Rows: `person_id in {id}`, Leaves: "mails/digests", Hidden: "dedupe_key", Erasure: Deletes, Near: `true`},
}

// aboutJournal are the lines that a person wrote by acting, or that are about her.
const aboutJournal = `(actor in {actor} or object_id in {id} or detail like '%' || $1 || '%')`

// platformTables are the journal, what the program remembers of its own work, and
// what people ask about their data.
var platformTables = []Table{
	{Name: "journal", Key: "seq", Activity: Audit, Rule: "journal", Trace: "at act object_kind object_id detail request", Linked: "actor", Technical: "seq prev hash",
		Rows: aboutJournal, Leaves: "journal/lines", Hidden: "prev hash", Erasure: Keeps, Why: "privacy.why_journal"},
	{Name: "events", Activity: Audit, Rule: "events", Words: "payload", Trace: "at", Technical: "id kind object_id", Erasure: Keeps, Near: `object_id in {circle}`, Why: "privacy.why_events"},
	{Name: "event_deliveries", Technical: "event_id subscriber attempts due_at done_at problem"},
	{Name: "jobs", Technical: "id kind unique_key payload run_at attempts max_attempts leased_until done_at problem created_at"},
	{Name: "settings", Key: "name", Activity: Audit, Rule: "published", Identifying: "value", Technical: "name updated_at", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "person_archives", Activity: Rights, Rule: "archives", Trace: "asked_at ready_at expires_at fetched_at status", Linked: "person_id", Technical: "id digest size lines files",
		Rows: `person_id in {id}`, Leaves: "rights/archives", Hidden: "digest", Erasure: Keeps, Why: "privacy.why_requests"},
	{Name: "erasures", Activity: Rights, Rule: "requests", Words: "reason", Trace: "asked_at due_at cancelled_at done_at", Linked: "person_id asked_by", Technical: "id",
		Rows: `person_id in {id}`, Leaves: "rights/erasures", Erasure: Empties, Empty: "reason", Why: "privacy.why_requests"},
	{Name: "legal_holds", Activity: Rights, Rule: "requests", Words: "reason", Trace: "placed_at lifted_at", Linked: "object_id placed_by lifted_by", Technical: "id object_kind",
		Rows: `(object_kind = 'person' and object_id in {id})`, Leaves: "rights/holds", Erasure: Empties, Empty: "reason", Why: "privacy.why_requests"},
	{Name: "retention_rules", Key: "scope_kind scope_id rule", Activity: Rights, Rule: "requests", Words: "reason", Trace: "set_at", Linked: "set_by", Technical: "scope_kind scope_id rule days",
		Rows: `set_by in {actor}`, Leaves: "work/retention", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "retention_notices", Key: "rule object_id", Activity: Rights, Rule: "requests", Trace: "due_at told_at", Linked: "object_id", Technical: "rule",
		Rows: `object_id in {id}`, Leaves: "rights/notices", Erasure: Keeps, Why: "privacy.why_requests"},
	{Name: "retention_extensions", Activity: Rights, Rule: "requests", Words: "reason", Trace: "decided_at until_at", Linked: "decided_by", Technical: "id object_kind object_id",
		Rows: `decided_by in {actor}`, Leaves: "work/extensions", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "retention_runs", Technical: "id rule scope_id at objects"},
}
