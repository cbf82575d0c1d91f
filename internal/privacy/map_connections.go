package privacy

// connectionTables are what other programs bring and take, and the absences of this one.
var connectionTables = []Table{
	{Name: "api_requests", Key: "token_id request_key", Activity: Accounts, Rule: "attempts", Words: "headers body", Trace: "started_at expires_at done_at", Secret: "digest", Technical: "token_id request_key attempt acts status",
		Rows: `token_id in (select id from access_tokens where person_id in {id})`, Leaves: "account/requests", Erasure: Deletes},
	{Name: "access_tokens", Activity: Accounts, Rule: "dormant", Words: "name", Trace: "created_at expires_at last_used_at revoked_at", Linked: "person_id", Secret: "digest", Technical: "id ending scopes object_kind object_id object_name weak",
		Rows: `person_id in {id}`, Leaves: "account/tokens", Erasure: Deletes},
	{Name: "webhooks", Activity: Calls, Rule: "published", Trace: "created_at", Linked: "owner_id", Secret: "secret former_secret", Technical: "id object_kind object_id url name kinds former_until status problem failing_since version removed_at",
		Rows: `owner_id in {id}`, Leaves: "work/webhooks", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "webhook_deliveries", Activity: Audit, Rule: "events", Words: "body", Trace: "created_at", Technical: "id webhook_id event_key kind status attempts due_at leased_until done_at",
		Erasure: Keeps, Near: `true`, Why: "privacy.why_events"},
	{Name: "webhook_attempts", Key: "delivery_id number", Activity: Audit, Rule: "events", Words: "problem answer", Trace: "at", Technical: "delivery_id number status millis",
		Erasure: Keeps, Near: `true`, Why: "privacy.why_events"},
	{Name: "imports", Activity: Files, Rule: "deposited", Trace: "started_at applied_at ended_at", Linked: "started_by applied_by", Technical: "id call_id source origin file_name digest heads mapping options status row_count version",
		Rows: `(started_by in {actor} or applied_by in {actor})`, Leaves: "work/imports", Erasure: Keeps, Why: "privacy.why_record"},
	{Name: "import_rows", Key: "import_id line", Activity: Files, Rule: "deposited", Words: "cells blocks problems", Technical: "import_id line outcome number application_id",
		Rows: `application_id in {files}`, Leaves: "files/import-rows", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "import_mappings", Key: "call_id source", Activity: Files, Rule: "published", Trace: "saved_at", Linked: "saved_by", Technical: "call_id source mapping",
		Rows: `saved_by in {actor}`, Leaves: "work/import-mappings", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "application_origins", Key: "application_id", Activity: Files, Rule: "deposited", Words: "problems", Trace: "deposited_at imported_at", Linked: "imported_by", Technical: "application_id call_id import_id source origin number content_digest seq",
		Rows: `(application_id in {files} or imported_by in {actor})`, Leaves: "files/origins", Erasure: Keeps, Near: inCircle, Why: "privacy.why_record"},
	{Name: "heartbeats", Technical: "node started_at beat_at"},
	{Name: "outages", Technical: "id from_at until_at kind node recorded_at"},
	{Name: "extension_drafts", Activity: Calls, Rule: "published", Words: "reason", Trace: "drafted_at settled_at", Linked: "settled_by", Technical: "id call_id closes_at suggested_at lost status",
		Rows: `settled_by in {actor}`, Leaves: "work/extension-drafts", Erasure: Keeps, Why: "privacy.why_published"},
	{Name: "upgrades", Activity: Audit, Rule: "journal", Words: "reason", Trace: "at", Technical: "id from_version to_version snapshot", Erasure: Keeps, Why: "privacy.why_journal"},
}

// returnedTables are mails that came back; they are read before the addresses go.
var returnedTables = []Table{
	{Name: "bounces", Activity: Mails, Rule: "mails", Identifying: "email", Words: "reason", Trace: "received_at", Technical: "id mail_id permanent status",
		Rows: `(email in (select email from addresses where person_id in {id}) or mail_id in (select id from mails where person_id in {id}))`, Leaves: "mails/returned", Erasure: Deletes},
	{Name: "bad_addresses", Key: "email", Activity: Mails, Rule: "mails", Identifying: "email", Words: "reason", Trace: "paused_at last_at", Technical: "temporary",
		Rows: `email in (select email from addresses where person_id in {id})`, Leaves: "mails/paused-addresses", Erasure: Deletes},
}
