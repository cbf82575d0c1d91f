package privacy

// mailTables are what people are told.
var mailTables = []Table{
	{Name: "mails", Activity: Mails, Rule: "mails",
		Identifying: "to_email", Words: "subject body problem", Trace: "created_at sent_at due_at since_at claimed_until edited_at attempts", Linked: "person_id edited_by",
		Technical: "id dedupe_key message_id lang template urgent secret discreet object_kind object_id call_id edition_id programme_id agency_id batch_id status version",
		Rows:      `(person_id in {id} or to_email in (select email from addresses where person_id in {id}))`, Leaves: "mails/mails", Hidden: "dedupe_key message_id claimed_until edited_by",
		Erasure: Empties, Empty: "to_email subject body problem", Near: `true`, Why: "privacy.why_figures"},
	{Name: "mail_templates", Key: "scope_kind scope_id name lang", Activity: Mails, Rule: "published", Words: "subject body", Trace: "updated_at", Linked: "updated_by", Technical: "scope_kind scope_id name lang version",
		Rows: `updated_by in {actor}`, Leaves: "work/mail-texts", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "notification_preferences", Key: "person_id topic", Activity: Mails, Rule: "dormant", Trace: "updated_at", Linked: "person_id", Technical: "topic pace",
		Rows: `person_id in {id}`, Leaves: "mails/preferences", Erasure: Deletes},
	{Name: "bounces", Activity: Mails, Rule: "mails",
		Identifying: "email", Words: "reason", Trace: "received_at permanent status", Technical: "id mail_id",
		Rows: `(email in (select email from addresses where person_id in {id}) or mail_id in (select id from mails where person_id in {id}))`, Leaves: "mails/bounces", Erasure: Deletes, Near: `true`},
	{Name: "bad_addresses", Activity: Mails, Rule: "dormant", Key: "email",
		Identifying: "email", Words: "reason", Trace: "temporary paused_at last_at",
		Rows: `email in (select email from addresses where person_id in {id})`, Leaves: "mails/refused-addresses", Erasure: Deletes},
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
	{Name: "access_tokens", Activity: Accounts, Rule: "dormant",
		Words: "name object_name", Trace: "created_at expires_at last_used_at revoked_at", Linked: "person_id", Secret: "digest", Technical: "id ending scopes object_kind object_id weak",
		Rows: `person_id in {id}`, Leaves: "account/access-tokens", Erasure: Deletes},
	{Name: "api_requests", Activity: Audit, Rule: "events", Key: "token_id request_key",
		Words: "body", Trace: "started_at expires_at done_at acts status", Secret: "digest attempt", Technical: "token_id request_key headers",
		Rows: `token_id in (select id from access_tokens where person_id in {id})`, Leaves: "account/api-requests", Hidden: "body headers", Erasure: Deletes, Near: `true`},
	{Name: "webhooks", Activity: Audit, Rule: "roles",
		Words: "name url", Trace: "created_at removed_at failing_since former_until status problem", Linked: "owner_id", Secret: "secret former_secret", Technical: "id object_kind object_id kinds version",
		Rows: `owner_id in {id}`, Leaves: "work/webhooks", Erasure: Keeps, Near: `owner_id in {id}`, Why: "privacy.why_roles"},
	{Name: "webhook_deliveries", Activity: Audit, Rule: "events",
		Words: "body", Trace: "created_at", Technical: "id webhook_id event_key kind status attempts due_at leased_until done_at", Erasure: Keeps, Near: `true`, Why: "privacy.why_events"},
	{Name: "webhook_attempts", Activity: Audit, Rule: "events", Key: "delivery_id number",
		Words: "problem answer", Trace: "at", Technical: "delivery_id number status millis", Erasure: Keeps, Near: `true`, Why: "privacy.why_events"},
	{Name: "heartbeats", Technical: "node started_at beat_at"},
	{Name: "outages", Technical: "id from_at until_at kind node recorded_at"},
	{Name: "upgrades", Technical: "id at from_version to_version reason snapshot"},
	{Name: "extension_drafts", Activity: Calls, Rule: "published", Words: "reason", Trace: "drafted_at settled_at status", Linked: "settled_by", Technical: "id call_id closes_at suggested_at lost",
		Rows: `settled_by in {actor}`, Leaves: "work/extension-drafts", Erasure: Keeps, Why: "privacy.why_published"},
}
