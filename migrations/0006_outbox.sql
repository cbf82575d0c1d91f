-- +goose Up
-- A mail waits here before it leaves. due_at is when it may leave, null until a
-- person releases it; since_at is when it was first due, from which patience runs.
create table mails (
  id text primary key,
  dedupe_key text not null unique,
  message_id text not null,
  to_email text not null,
  person_id text references people (id),
  lang text not null,
  template text not null,
  subject text not null,
  body text not null,
  urgent boolean not null,
  secret boolean not null,
  discreet boolean not null,
  object_kind text not null,
  object_id text not null,
  call_id text,
  edition_id text,
  programme_id text,
  agency_id text,
  batch_id text not null,
  status text not null,
  due_at timestamptz,
  since_at timestamptz,
  claimed_until timestamptz,
  created_at timestamptz not null,
  edited_at timestamptz,
  edited_by text not null,
  version bigint not null,
  attempts bigint not null,
  sent_at timestamptz,
  problem text not null
);
create index mails_due on mails (status, due_at);
create index mails_batch on mails (batch_id, status);
create index mails_edition on mails (edition_id, created_at);
create index mails_created on mails (created_at);

create table mail_templates (
  scope_kind text not null,
  scope_id text not null,
  name text not null,
  lang text not null,
  subject text not null,
  body text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (scope_kind, scope_id, name, lang)
);

create table notification_preferences (
  person_id text not null references people (id),
  topic text not null,
  pace text not null,
  updated_at timestamptz not null,
  primary key (person_id, topic)
);

create table digest_items (
  id text primary key,
  dedupe_key text not null unique,
  person_id text not null references people (id),
  subject text not null,
  body text not null,
  object_kind text not null,
  object_id text not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  told_at timestamptz
);
create index digest_items_due on digest_items (person_id, told_at, due_at);
