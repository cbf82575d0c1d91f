-- +goose Up
create table calls (
  id text primary key,
  edition_id text not null references editions (id),
  stage_id text references stages (id),
  title_fr text not null,
  title_en text not null,
  summary_fr text not null,
  summary_en text not null,
  text_fr text not null,
  text_en text not null,
  status text not null,
  phase bigint not null,
  zone text not null,
  opens_at timestamptz,
  closes_at timestamptz,
  sealed boolean not null,
  unseal_at timestamptz,
  unsealed_at timestamptz,
  target bigint,
  legal text not null,
  form_revision bigint not null,
  last_number bigint not null,
  version bigint not null,
  created_at timestamptz not null,
  published_at timestamptz
);
create index calls_edition on calls (edition_id);
create index calls_closes on calls (status, closes_at);

create table call_forms (
  call_id text not null references calls (id),
  revision bigint not null,
  content text not null,
  status text not null,
  note_fr text not null,
  note_en text not null,
  version bigint not null,
  saved_at timestamptz not null,
  saved_by text not null,
  published_at timestamptz,
  primary key (call_id, revision)
);

-- Every save of the form being written, so that its authors see who changed what
-- and can go back. The last ones only: the program forgets the others.
create table call_form_saves (
  call_id text not null references calls (id),
  revision bigint not null,
  version bigint not null,
  content text not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (call_id, revision, version)
);

create table call_deadlines (
  id text primary key,
  call_id text not null references calls (id),
  was timestamptz not null,
  becomes timestamptz not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null
);
create index call_deadlines_call on call_deadlines (call_id, decided_at);

create table call_documents (
  id text primary key,
  call_id text not null references calls (id),
  name text not null,
  size bigint not null,
  digest text not null,
  mime text not null,
  position bigint not null,
  added_by text not null,
  added_at timestamptz not null,
  removed_at timestamptz
);
create index call_documents_call on call_documents (call_id, position);

create table questions (
  id text primary key,
  call_id text not null references calls (id),
  asked_by text not null,
  question text not null,
  public boolean not null,
  asked_at timestamptz not null,
  answer text not null,
  answered_by text not null,
  answered_at timestamptz,
  version bigint not null
);
create index questions_call on questions (call_id, asked_at);
